/// When a source is looked at next. Facts in, a time out; it reads no clock.
///
/// 1. After a success: the refresh interval later. That holds over a restart, since the time of the last success is
///    kept with the list.
/// 2. After a failure: a minute later, then 2, 4, 8 and so on, the refresh interval at most. A restart begins anew.
/// 3. Each wait is shortened by up to a tenth at random, so that a fleet started together does not ask together.
package struct RefreshSchedule: Sendable {
  static let firstRetry = 60

  /// Seconds.
  private let interval: Int
  /// Seconds since 1970.
  package private(set) var due: Int
  /// In a row.
  package private(set) var failures = 0

  /// - Parameters:
  ///   - checked: The last success, in seconds since 1970; nil: never.
  ///   - spread: 0 to 1, as in every call below: how much of the tenth is taken off.
  package init(_ interval: Duration, checked: Int?, now: Int, spread: Double) {
    let interval = Int(interval.components.seconds)
    self.interval = interval
    // A success in the future tells of a clock that was wrong, then or now.
    due = checked.map { $0 > now ? now : $0 + RefreshSchedule.shortened(interval, spread) } ?? now
  }

  /// Also when the clock was set back by so much that the time has become unreasonable.
  package func isDue(now: Int) -> Bool { due <= now || due - now > interval }

  package mutating func succeed(now: Int, spread: Double) {
    failures = 0
    due = now + RefreshSchedule.shortened(interval, spread)
  }

  package mutating func fail(now: Int, spread: Double) {
    // 60 s doubled 16 times is longer than the longest interval.
    let wait = min(RefreshSchedule.firstRetry << min(failures, 16), interval)
    failures += 1
    due = now + RefreshSchedule.shortened(wait, spread)
  }

  private static func shortened(_ seconds: Int, _ spread: Double) -> Int {
    seconds - Int(Double(seconds) / 10 * spread)
  }
}
