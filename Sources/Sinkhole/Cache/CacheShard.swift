/// One shard of the cache: a ring of octets that responses are written into one after the other, and a
/// table that finds them by hash.
///
/// The oldest goes when room is needed, unless it was used since it was written: then it is written
/// again at the front, once (FIFO with reinsertion, the CLOCK rule). So the shard is bounded to the octet,
/// never fragments, and never allocates after its start.
struct CacheShard: Sendable {
  private struct Entry: Sendable {
    var hash: UInt64 = 0
    var offset: UInt32 = 0
    /// Octets in the ring: TTL offsets, name, records.
    var length: UInt32 = 0
    var storedAt: UInt32 = 0
    var lifetime: UInt32 = 0
    var type = RecordType(rawValue: 0)
    var code = ResponseCode.noError
    var answers: UInt16 = 0
    var authority: UInt16 = 0
    var ttlCount: UInt16 = 0
    var nameLength: UInt8 = 0
    var flags: UInt8 = 0
    var traits: MessageWalk.Traits = []
    var isUsed = false
    /// Still in the table: false once a newer response took its place.
    var isLive = false
  }

  private var ring: [UInt8]
  /// Where the next response goes.
  private var front = 0
  /// A circular queue: entries `oldest..<next`, each at its number modulo the count.
  private var entries: [Entry]
  private var oldest: UInt32 = 0
  private var next: UInt32 = 0
  /// Open addressing: upper half of a slot is a tag of the hash, the lower the entry's number + 1.
  private var slots: [UInt64]

  private(set) var count = 0
  private(set) var evictions = 0
  var capacity: Int { ring.count }

  init(size: Int) {
    var entryCount = 16
    while entryCount * 2 <= size / 256 { entryCount *= 2 }
    entries = Array(repeating: Entry(), count: entryCount)
    slots = Array(repeating: 0, count: entryCount * 2)
    let tables = entryCount * (MemoryLayout<Entry>.stride + 16)
    ring = Array(repeating: 0, count: max(4096, size - tables))
  }

  mutating func answer(
    _ name: Span<UInt8>, to head: QueryHead, key: CacheKey, now: UInt32, in message: inout MutableSpan<UInt8>
  ) -> ResponseCache.Lookup {
    guard let slot = find(key, name) else { return .miss }
    let position = entryIndex(slot)
    let entry = entries[position]
    let age = now &- entry.storedAt
    guard age < entry.lifetime else { return .miss }
    if !entry.isUsed { entries[position].isUsed = true }
    return .hit(CacheShard.write(entry, ring.span, age: age, to: head, in: &message), entry.traits, isDue: false)
  }

  /// Copies the records behind the question and lowers their TTLs.
  private static func write(
    _ entry: Entry, _ ring: Span<UInt8>, age: UInt32, to query: QueryHead, in message: inout MutableSpan<UInt8>
  ) -> Int {
    let offsets = Int(entry.offset)
    let records = offsets + Int(entry.ttlCount) * 2 + Int(entry.nameLength)
    let octets = Int(entry.offset) + Int(entry.length) - records
    var response = Response(to: query)
    if response.hasRoom(for: octets) {
      message.copy(ring.extracting(records..<(records + octets)), at: query.questionEnd)
      for index in 0..<Int(entry.ttlCount) {
        let at = Int(ring.uint16(at: offsets + index * 2))
        // Authority and additional records may have run out before the answer.
        let ttl = MessageWalk.clamped(message.uint32(at: at))
        message.store(ttl > age ? ttl - age : 0, at: at)
      }
    }
    response.adopt(
      octets: octets, answers: Int(entry.answers), authority: Int(entry.authority), additional: 0,
      truncated: false)
    return response.finish(entry.code, to: query, in: &message)
  }

  mutating func store(
    _ response: CachedResponse, name: Span<UInt8>, key: CacheKey, now: UInt32, message: Span<UInt8>
  ) -> Bool {
    let records = response.answers + response.authority
    let octets = response.end - response.questionEnd
    let length = records * 2 + name.count + octets
    // One response may not push out half a shard.
    guard length <= ring.count / 2, records <= Int(UInt16.max) else { return false }
    if let slot = find(key, name) { remove(slot: slot) }
    let offset = makeRoom(for: length, now: now)
    var at = offset + records * 2
    var record = response.questionEnd
    for index in 0..<records {
      // The walk has seen every one of these records end inside the message.
      guard let fields = MessageWalk.skipName(message, from: record) else { return false }
      let ttl = UInt16(fields + 4)
      ring[offset + index * 2] = UInt8(ttl >> 8)
      ring[offset + index * 2 + 1] = UInt8(ttl & 0xFF)
      record = fields + 10 + Int(message.uint16(at: fields + 8))
    }
    var target = ring.mutableSpan
    target.copy(name, at: at)
    at += name.count
    target.copy(message.extracting(response.questionEnd..<response.end), at: at)
    append(
      Entry(
        hash: key.hash, offset: UInt32(offset), length: UInt32(length), storedAt: now, lifetime: response.lifetime,
        type: key.type, code: response.code, answers: UInt16(response.answers), authority: UInt16(response.authority),
        ttlCount: UInt16(records), nameLength: UInt8(name.count),
        flags: key.flags, traits: response.traits, isUsed: false, isLive: true))
    return true
  }

  mutating func removeAll() {
    for index in slots.indices { slots[index] = 0 }
    oldest = next
    front = 0
    count = 0
  }

  // MARK: The ring

  /// A stretch of `length` octets at the front that no entry needs any more.
  private mutating func makeRoom(for length: Int, now: UInt32) -> Int {
    // At most each entry is written again once, then its use is forgotten: this ends.
    while true {
      if next &- oldest < UInt32(entries.count), let offset = gap(for: length) {
        front = offset + length
        return offset
      }
      evictOldest(now: now)
    }
  }

  /// Where `length` octets fit before the oldest entry, behind the front or from the ring's start.
  private func gap(for length: Int) -> Int? {
    guard next != oldest else { return 0 }
    let tail = Int(entries[Int(oldest) & (entries.count - 1)].offset)
    if front > tail {
      if front + length <= ring.count { return front }
      return length < tail ? 0 : nil
    }
    return front + length < tail ? front : nil
  }

  private mutating func evictOldest(now: UInt32) {
    let position = Int(oldest) & (entries.count - 1)
    var entry = entries[position]
    oldest &+= 1
    guard entry.isLive else { return }
    if let slot = slot(ofNumber: oldest &- 1, hash: entry.hash) { remove(slot: slot) }
    guard entry.isUsed, now &- entry.storedAt < entry.lifetime else {
      evictions += 1
      return
    }
    // Its own octets were freed just now, so the front has room for them after at most one wrap.
    guard next &- oldest < UInt32(entries.count), let offset = gap(for: Int(entry.length)) else {
      evictions += 1
      return
    }
    let from = Int(entry.offset)
    for index in 0..<Int(entry.length) { ring[offset + index] = ring[from + index] }
    front = offset + Int(entry.length)
    entry.offset = UInt32(offset)
    entry.isUsed = false
    entry.isLive = true
    append(entry)
  }

  private mutating func append(_ entry: Entry) {
    entries[Int(next) & (entries.count - 1)] = entry
    let tag = UInt32(truncatingIfNeeded: entry.hash >> 24)
    var index = home(of: entry.hash)
    while slots[index] != 0 { index = (index + 1) & (slots.count - 1) }
    slots[index] = UInt64(tag) << 32 | UInt64(next &+ 1)
    next &+= 1
    count += 1
  }

  // MARK: The table

  @inline(__always)
  private func home(of hash: UInt64) -> Int { Int(truncatingIfNeeded: hash) & (slots.count - 1) }

  @inline(__always)
  private func entryIndex(_ slot: Int) -> Int {
    Int(UInt32(truncatingIfNeeded: slots[slot]) &- 1) & (entries.count - 1)
  }

  private func find(_ key: CacheKey, _ name: Span<UInt8>) -> Int? {
    let tag = UInt32(truncatingIfNeeded: key.hash >> 24)
    var index = home(of: key.hash)
    while slots[index] != 0 {
      if UInt32(truncatingIfNeeded: slots[index] >> 32) == tag, matches(entries[entryIndex(index)], key, name) {
        return index
      }
      index = (index + 1) & (slots.count - 1)
    }
    return nil
  }

  private func matches(_ entry: Entry, _ key: CacheKey, _ name: Span<UInt8>) -> Bool {
    guard entry.hash == key.hash, entry.type == key.type, entry.flags == key.flags, Int(entry.nameLength) == name.count
    else { return false }
    let start = Int(entry.offset) + Int(entry.ttlCount) * 2
    return ring.span.matches(name, at: start)
  }

  private func slot(ofNumber number: UInt32, hash: UInt64) -> Int? {
    var index = home(of: hash)
    while slots[index] != 0 {
      if UInt32(truncatingIfNeeded: slots[index]) == number &+ 1 { return index }
      index = (index + 1) & (slots.count - 1)
    }
    return nil
  }

  /// Takes an entry out of the table and closes the hole behind it (linear probing).
  private mutating func remove(slot: Int) {
    entries[entryIndex(slot)].isLive = false
    count -= 1
    var hole = slot
    var index = (slot + 1) & (slots.count - 1)
    while slots[index] != 0 {
      let wanted = home(of: entries[entryIndex(index)].hash)
      if (index &- wanted) & (slots.count - 1) >= (index &- hole) & (slots.count - 1) {
        slots[hole] = slots[index]
        hole = index
      }
      index = (index + 1) & (slots.count - 1)
    }
    slots[hole] = 0
  }
}
