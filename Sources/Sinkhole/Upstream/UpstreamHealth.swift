/// Whether an upstream is in use, as one worker sees it, or left alone for a while after failures.
struct UpstreamHealth: Sendable {
  private var failures = 0
  /// Milliseconds on `Clock`: until then others are asked first.
  private(set) var restsUntil: UInt64 = 0

  func isResting(_ now: UInt64) -> Bool { now < restsUntil }

  /// Any response, whatever it says: the upstream is there.
  mutating func noteResponse() {
    failures = 0
    restsUntil = 0
  }

  /// No response in time, or none possible. Two in a row send it to rest: 1 s, doubling to 30 s; the
  /// first query after a rest is the probe.
  mutating func noteFailure(_ now: UInt64) {
    // What was on its way already when the rest began says nothing new.
    guard now >= restsUntil else { return }
    failures += 1
    guard failures >= 2 else { return }
    restsUntil = now + min(30_000, 1000 << UInt64(min(failures - 2, 5)))
  }
}
