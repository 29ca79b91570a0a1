/// Questions that could not be answered a moment ago: they are not asked again for a while (RFC 9520 section 3.2), which
/// doubles each time they fail again. Bounded: two questions may share a place, and the later one takes it.
struct FailureTable {
  private static let size = 4096
  /// Milliseconds: at least one second, five minutes at most (section 3.2).
  private static let durations: ClosedRange<UInt64> = 1000...60_000

  private struct Entry {
    var hash: UInt64 = 0
    var until: UInt64 = 0
    var duration: UInt64 = 0
    var era: UInt32 = 0
    var reason = Refusal.Reason.noUpstream
  }

  private var entries: [Entry] = []
  /// Counts how often an upstream has come back: what failed before it did may be asked again.
  private var era: UInt32 = 0

  @inline(__always)
  func reason(_ key: CacheKey, now: UInt64) -> Refusal.Reason? {
    guard !entries.isEmpty else { return nil }
    let entry = entries[Int(truncatingIfNeeded: key.hash) & (FailureTable.size - 1)]
    guard entry.hash == key.hash, now < entry.until, entry.era == era || now < entry.until - entry.duration + 1000 else {
      return nil
    }
    return entry.reason
  }

  mutating func note(_ key: CacheKey, _ reason: Refusal.Reason, now: UInt64) {
    if entries.isEmpty { entries = Array(repeating: Entry(), count: FailureTable.size) }
    let index = Int(truncatingIfNeeded: key.hash) & (FailureTable.size - 1)
    let old = entries[index]
    let range = FailureTable.durations
    var duration = range.lowerBound
    // As long again after the end of the last time: a failure long ago says nothing.
    if old.hash == key.hash, old.era == era, now < old.until + old.duration {
      duration = min(old.duration * 2, range.upperBound)
    }
    entries[index] = Entry(hash: key.hash, until: now + duration, duration: duration, era: era, reason: reason)
  }

  /// An upstream answers again.
  mutating func forgive() { era &+= 1 }
}
