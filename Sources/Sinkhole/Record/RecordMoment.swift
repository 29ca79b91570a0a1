/// One look at both clocks, in milliseconds.
package struct RecordMoment: Sendable {
  /// Since 1970 UTC: what is written, and the age of files.
  package let wall: Int64
  /// From an arbitrary start, only ever forward: windows and rests, which a clock set back must not prolong.
  package let steady: UInt64

  package init(wall: Int64, steady: UInt64) {
    self.wall = wall
    self.steady = steady
  }

  package static func now() -> RecordMoment {
    RecordMoment(wall: Clock.unixMilliseconds(), steady: Clock.milliseconds())
  }
}
