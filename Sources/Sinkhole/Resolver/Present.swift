/// What the clocks say, read once a round.
package struct Present: Sendable {
  /// Seconds, monotonic: for the cache.
  package var clock: UInt32
  /// Unix seconds: for hours and exceptions. Kept up only where a policy has hours or an exception holds.
  package var instant: Int64
  /// Which rules with hours hold at `instant`.
  package var activity: Activity

  package init(clock: UInt32, instant: Int64, policy: Policy) {
    self.clock = clock
    self.instant = instant
    activity = policy.activity(at: instant)
  }

  /// Moves on to another instant, and to another policy when `isOther`.
  package mutating func move(to instant: Int64, policy: Policy, isOther: Bool) {
    self.instant = instant
    if isOther || !activity.holds(at: instant) { activity = policy.activity(at: instant) }
  }
}
