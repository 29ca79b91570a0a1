/// Deadlines of one worker: 512 buckets of 16 ms, about eight seconds around.
///
/// Nothing is ever taken out early: what was done in time is told by its owner's generation when the
/// bucket comes up. A deadline beyond the wheel comes up early and is put in again by its owner.
package struct TimerWheel {
  package static let granularity: UInt64 = 16
  private static let bucketCount = 512

  private var buckets: [[UInt64]]
  private var count = 0
  /// The tick up to which all buckets have come up.
  private var current: UInt64

  package init(now: UInt64) {
    buckets = Array(repeating: [], count: TimerWheel.bucketCount)
    current = now / TimerWheel.granularity
  }

  /// - Parameter deadline: milliseconds on `Clock`.
  package mutating func schedule(_ token: UInt64, at deadline: UInt64) {
    let wanted = deadline / TimerWheel.granularity + 1
    let tick = min(max(wanted, current + 1), current + UInt64(TimerWheel.bucketCount) - 1)
    buckets[Int(tick) % TimerWheel.bucketCount].append(token)
    count += 1
  }

  /// Calls `body` with every token whose time has come.
  package mutating func expire(now: UInt64, _ body: (UInt64) -> Void) {
    let tick = now / TimerWheel.granularity
    guard count > 0 else {
      current = max(current, tick)
      return
    }
    // After a long sleep one round visits every bucket; more would visit them twice.
    var steps = 0
    while current < tick, steps < TimerWheel.bucketCount {
      current += 1
      steps += 1
      let index = Int(current) % TimerWheel.bucketCount
      guard !buckets[index].isEmpty else { continue }
      let due = buckets[index]
      buckets[index].removeAll(keepingCapacity: true)
      count -= due.count
      for token in due { body(token) }
    }
    current = max(current, tick)
  }

  /// Milliseconds until a bucket comes up; nil when there is none.
  package func wait(now: UInt64) -> UInt64? {
    guard count > 0 else { return nil }
    for step in 1...UInt64(TimerWheel.bucketCount) {
      let tick = current + step
      if !buckets[Int(tick) % TimerWheel.bucketCount].isEmpty {
        let due = tick * TimerWheel.granularity
        return due > now ? due - now : 0
      }
    }
    return nil
  }
}
