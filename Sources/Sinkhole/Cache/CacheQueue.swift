/// Responses in the order they were written, in a ring of octets: bounded to the octet, never fragmented, and nothing
/// allocated after its start.
struct CacheQueue: Sendable {
  private(set) var ring: [UInt8]
  /// Where the next response goes.
  private var front = 0
  /// A circular queue: entries `oldest..<next`, each at its number modulo the count.
  private var entries: [CacheEntry]
  private(set) var oldest: UInt32 = 0
  private(set) var next: UInt32 = 0

  /// - Parameter entryCount: a power of two.
  init(octets: Int, entryCount: Int) {
    ring = Array(repeating: 0, count: octets)
    entries = Array(repeating: CacheEntry(), count: entryCount)
  }

  var capacity: Int { ring.count }
  /// Entries that were replaced and not yet passed over included.
  var length: Int { Int(next &- oldest) }

  subscript(number: UInt32) -> CacheEntry {
    @inline(__always) get { entries[Int(number) & (entries.count - 1)] }
    @inline(__always) _modify { yield &entries[Int(number) & (entries.count - 1)] }
  }

  /// Where `length` octets fit before the oldest entry, behind the front or from the ring's start.
  func gap(for length: Int) -> Int? {
    guard next != oldest else { return length <= ring.count ? 0 : nil }
    guard next &- oldest < UInt32(entries.count) else { return nil }
    let tail = Int(self[oldest].offset)
    if front > tail {
      if front + length <= ring.count { return front }
      return length < tail ? 0 : nil
    }
    return front + length < tail ? front : nil
  }

  /// Appends an entry whose octets were, or will be, written at its offset: a gap for as many.
  /// - Returns: its number.
  @inline(__always)
  mutating func append(_ entry: CacheEntry) -> UInt32 {
    let number = next
    entries[Int(number) & (entries.count - 1)] = entry
    front = entry.end
    next &+= 1
    return number
  }

  /// Takes out the oldest. Its octets stay as they are until something is written.
  mutating func removeOldest() -> CacheEntry {
    let entry = self[oldest]
    oldest &+= 1
    return entry
  }

  /// Writes the octets of `entry`: of `response`, which lies in `message`. TTLs go in as they are sent later.
  /// - Returns: false when a record does not end.
  mutating func fill(
    _ entry: CacheEntry, _ response: CachedResponse, _ name: Span<UInt8>, _ message: Span<UInt8>
  ) -> Bool {
    var target = ring.mutableSpan
    target.copy(name, at: entry.nameStart)
    target.copy(response.remark.span, at: entry.remarkStart)
    target.copy(message.extracting(response.questionEnd..<response.end), at: entry.recordsStart)
    let shift = entry.recordsStart - response.questionEnd
    var record = response.questionEnd
    for index in 0..<entry.ttlCount {
      guard let fields = MessageWalk.skipName(message, from: record) else { return false }
      target.store(UInt16(truncatingIfNeeded: fields + 4), at: Int(entry.offset) + index * 2)
      let ttl = message.uint32(at: fields + 4)
      let kept = max(MessageWalk.clamped(ttl), response.minimumTTL)
      if kept != ttl { target.store(kept, at: fields + 4 + shift) }
      record = fields + 10 + Int(message.uint16(at: fields + 8))
    }
    return true
  }

  mutating func removeAll() {
    oldest = next
    front = 0
  }

  /// Moves octets within the ring to a gap.
  mutating func move(from start: Int, to offset: Int, length: Int) {
    var target = ring.mutableSpan
    target.move(from: start, to: offset, length: length)
  }

  /// Copies the octets of an entry of another queue to a gap.
  mutating func copy(_ entry: CacheEntry, of other: borrowing CacheQueue, to offset: Int) {
    var target = ring.mutableSpan
    target.copy(other.ring.span.extracting(Int(entry.offset)..<entry.end), at: offset)
  }
}
