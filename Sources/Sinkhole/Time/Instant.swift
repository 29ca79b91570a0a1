import Glibc

/// A second of Unix time, as people write it on the command line and read it in the log (RFC 3339). Years 0000 to 9999.
package struct Instant: Hashable, Sendable {
  package let unixSeconds: Int64

  /// Seconds beyond the years that can be written count as the first or last that can.
  package init(unixSeconds: Int64) {
    self.unixSeconds = min(max(unixSeconds, CivilTime.writable.lowerBound), CivilTime.writable.upperBound)
  }

  /// Reads `2026-12-01T09:00+09:00`, with or without seconds, with an offset or `Z`; without either the time is that of
  /// `zone`, and a lone date its start there. Nil for any other form, and for times that do not exist, such as 24:00.
  ///
  /// In `zone`, a time that clocks show twice is the first, and one that they jump over is the jump.
  package init?(_ text: String, in zone: TimeZoneRules) {
    var cursor = TextCursor(text)
    guard let date = CalendarDate(&cursor) else { return nil }
    // What a clock shows is counted as on one that is in UTC.
    var local = date.start(in: .utc)
    var offset: Int64?
    if !cursor.isAtEnd {
      guard cursor.take("T"), let time = Instant.timeOfDay(&cursor) else { return nil }
      local += time
    }
    if !cursor.isAtEnd {
      offset = Instant.offset(&cursor)
      guard offset != nil, cursor.isAtEnd else { return nil }
    }
    let seconds = offset.map { local - $0 } ?? zone.firstInstant(showing: local)
    guard CivilTime.writable.contains(seconds) else { return nil }
    self.init(unixSeconds: seconds)
  }

  package static func now() -> Instant {
    var time = timespec()
    // Safe: the one value is written. time(2) would lag behind the clock by up to a tick.
    unsafe clock_gettime(CLOCK_REALTIME, &time)
    return Instant(unixSeconds: Int64(time.tv_sec))
  }

  /// RFC 3339 with the offset of `zone`: `2026-12-01T09:00:00+09:00`, `Z` where it is none. In UTC where that form
  /// cannot say it: before zones had offsets of whole minutes, and where the year has no four digits.
  package func text(in zone: TimeZoneRules) -> String {
    let offset = zone.offset(at: unixSeconds)
    let local = unixSeconds + Int64(offset)
    guard offset % 60 == 0, offset != 0, CivilTime.writable.contains(local) else {
      return Instant.text(local: unixSeconds) + "Z"
    }
    let minutes = abs(offset) / 60
    let sign = offset < 0 ? "-" : "+"
    return "\(Instant.text(local: local))\(sign)\(CivilTime.digits(minutes / 60)):\(CivilTime.digits(minutes % 60))"
  }

  private static func text(local: Int64) -> String {
    let second = CivilTime.floorDivide(local, CivilTime.secondsPerDay).remainder
    let time = [second / 3600, second / 60 % 60, second % 60].map { CivilTime.digits(Int($0)) }.joined(separator: ":")
    return "\(CalendarDate(local: local))T\(time)"
  }

  /// `09:00` or `09:00:30`, in seconds.
  private static func timeOfDay(_ cursor: inout TextCursor) -> Int64? {
    guard let hour = cursor.number(digits: 2, in: 0...23), cursor.take(":"),
      let minute = cursor.number(digits: 2, in: 0...59)
    else { return nil }
    guard cursor.take(":") else { return Int64(hour * 3600 + minute * 60) }
    return cursor.number(digits: 2, in: 0...59).map { Int64(hour * 3600 + minute * 60 + $0) }
  }

  /// `Z` or `+09:00`, in seconds east of UTC.
  private static func offset(_ cursor: inout TextCursor) -> Int64? {
    if cursor.take("Z") { return 0 }
    let isWest = cursor.take("-")
    guard isWest || cursor.take("+"), let hour = cursor.number(digits: 2, in: 0...23), cursor.take(":"),
      let minute = cursor.number(digits: 2, in: 0...59)
    else { return nil }
    let seconds = Int64(hour * 3600 + minute * 60)
    return isWest ? -seconds : seconds
  }
}

extension Instant: Comparable {
  package static func < (left: Instant, right: Instant) -> Bool { left.unixSeconds < right.unixSeconds }
}

extension Instant: CustomStringConvertible {
  /// In UTC.
  package var description: String { text(in: .utc) }
}
