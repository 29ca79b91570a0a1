/// Bounds what one block of client addresses is sent over UDP, so that a server is of no use to who writes another's
/// address on queries (RFC 5358 section 3). One worker's own: a table of fixed size, no lock, no allocation.
///
/// Each block has a bucket of tokens, kept as the time at which it will be full again (the generic cell rate algorithm).
/// Four buckets share a cache line; a block belongs to one line, chosen by a hash that nobody outside can foresee, and
/// takes the bucket that is nearest to full when none is its own: that of a block that has been quiet is as good as new.
package struct ResponseRateLimiter {
  package struct Limits: Sendable, Hashable {
    /// 0: no limit.
    package var responsesPerSecond = 5000
    /// Of the answers that are held back, one in so many is sent in short form; 0: none, 1: each.
    package var slip = 2
    /// Bits of an address that make a block.
    package var prefixV4 = 32
    package var prefixV6 = 64
    /// Milliseconds whose responses may go at once.
    package var window = 1000
    /// Blocks without a limit.
    package var exempt: [IPPrefix] = IPPrefix.loopback

    package init() {}
  }

  package enum Verdict {
    case free
    /// Free, and another block, which was being counted, had to make room.
    case displacing
    /// No token is left in this bucket.
    case limited(Int)
  }

  private struct Bucket {
    /// The block; 0: nobody's.
    var tag: UInt64 = 0
    /// Nanoseconds on `Clock` at which it is full.
    var full: UInt64 = 0
  }

  /// Buckets: 1 MiB.
  package static let capacity = 1 << 16
  private static let ways = 4
  /// Milliseconds between two reports about one bucket.
  package static let betweenReports: UInt64 = 60_000

  package let limits: Limits
  private let interval: UInt64
  private let depth: UInt64
  private let maskV4: UInt64
  private let maskV6: UInt64
  private let seeds: (UInt64, UInt64)
  private var buckets = [Bucket](repeating: Bucket(), count: capacity)
  /// When a bucket was last reported; apart, since only limited blocks come here.
  private var reported = [UInt64](repeating: 0, count: capacity)
  private var held = 0

  /// Nil when there is no limit.
  package init?(_ limits: Limits) {
    guard limits.responsesPerSecond > 0 else { return nil }
    self.limits = limits
    interval = 1_000_000_000 / UInt64(limits.responsesPerSecond)
    // One response at least, or nobody would ever get any.
    depth = max(interval, UInt64(limits.window) * 1_000_000)
    maskV4 = limits.prefixV4 == 0 ? 0 : UInt64(UInt32.max << UInt32(32 - limits.prefixV4))
    maskV6 = limits.prefixV6 == 0 ? 0 : UInt64.max << UInt64(64 - limits.prefixV6)
    var random = RandomPool()
    seeds = (random.next() | 1, random.next() | 1)
  }

  /// Takes a token of the block of `address` at `now`, milliseconds on `Clock`.
  @inline(__always)
  package mutating func take(_ address: IPAddress, now: UInt64) -> Verdict {
    let tag = tag(address)
    let line = Int(truncatingIfNeeded: tag & UInt64(ResponseRateLimiter.capacity / ResponseRateLimiter.ways - 1))
    let first = line &* ResponseRateLimiter.ways
    let time = now &* 1_000_000
    var index = first
    var chosen = first
    while index < first &+ ResponseRateLimiter.ways {
      if buckets[index].tag == tag {
        let full = max(buckets[index].full, time)
        if full &- time &+ interval <= depth {
          buckets[index].full = full &+ interval
          return .free
        }
        return .limited(index)
      }
      if buckets[index].full < buckets[chosen].full { chosen = index }
      index &+= 1
    }
    let isBusy = buckets[chosen].full > time
    buckets[chosen] = Bucket(tag: tag, full: time &+ interval)
    reported[chosen] = 0
    return isBusy ? .displacing : .free
  }

  /// Whether the answer that was just held back goes out in short form.
  package mutating func slips() -> Bool {
    guard limits.slip > 0 else { return false }
    held += 1
    if held < limits.slip { return false }
    held = 0
    return true
  }

  package func exempts(_ address: IPAddress) -> Bool {
    for prefix in limits.exempt where prefix.contains(address) { return true }
    return false
  }

  /// The block of `address`, when it is to be told that it is limited: once a minute.
  package mutating func report(_ address: IPAddress, bucket: Int, now: UInt64) -> IPPrefix? {
    guard reported[bucket] == 0 || now &- reported[bucket] >= ResponseRateLimiter.betweenReports else { return nil }
    reported[bucket] = max(now, 1)
    return IPPrefix(around: address, length: address.family == .v4 ? limits.prefixV4 : limits.prefixV6)
  }

  /// A hash of the block under this worker's seeds, never 0: two blocks that share all its bits share a bucket.
  @inline(__always)
  private func tag(_ address: IPAddress) -> UInt64 {
    let block = address.family == .v4 ? address.low & maskV4 : address.high & maskV6
    let family: UInt64 = address.family == .v4 ? 0 : 0x9E37_79B9_7F4A_7C15
    let first = (block ^ seeds.0).multipliedFullWidth(by: seeds.1)
    let mixed = (first.high ^ first.low ^ family).multipliedFullWidth(by: seeds.0)
    return mixed.high ^ mixed.low | 1 << 63
  }
}
