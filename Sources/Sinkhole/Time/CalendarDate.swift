/// A day of the Gregorian calendar, `2027-03-31`: when a rule is to be reviewed, or an authorisation ends. Years 0000
/// to 9999.
package struct CalendarDate: Hashable, Sendable {
  /// Days since 1970-01-01.
  private let days: Int64

  private static let writable =
    CivilTime.writable.lowerBound / CivilTime.secondsPerDay...CivilTime.writable.upperBound / CivilTime.secondsPerDay

  /// Reads `2027-03-31`; nil for any other form, and for days that do not exist.
  package init?(_ text: String) {
    var cursor = TextCursor(text)
    self.init(&cursor)
    guard cursor.isAtEnd else { return nil }
  }

  /// Reads a date from where `cursor` stands.
  init?(_ cursor: inout TextCursor) {
    guard let year = cursor.number(digits: 4, in: 0...9999), cursor.take("-"),
      let month = cursor.number(digits: 2, in: 1...12), cursor.take("-"),
      let day = cursor.number(digits: 2, in: 1...CivilTime.daysIn(month: month, of: year))
    else { return nil }
    days = CivilTime.days(of: .init(year: year, month: month, day: day))
  }

  /// The date that calendars in `zone` show at an instant; the first or last one for instants beyond them.
  package init(_ unixSeconds: Int64, in zone: TimeZoneRules) {
    let instant = Instant(unixSeconds: unixSeconds)
    self.init(local: instant.unixSeconds + Int64(zone.offset(at: instant.unixSeconds)))
  }

  /// The day in which `local` lies, seconds on one clock since its 1970-01-01T00:00.
  init(local: Int64) {
    let day = CivilTime.floorDivide(local, CivilTime.secondsPerDay).quotient
    days = min(max(day, CalendarDate.writable.lowerBound), CalendarDate.writable.upperBound)
  }

  /// Unix seconds of the first instant of the day in `zone`: midnight, or where clocks jump over it the instant after.
  package func start(in zone: TimeZoneRules) -> Int64 {
    zone.firstInstant(showing: days * CivilTime.secondsPerDay)
  }

  /// Unix seconds at which the day is over in `zone`, for good: where clocks are put back over midnight, the second
  /// one. The start itself for a day that the zone left out, as Samoa did 2011-12-30.
  package func end(in zone: TimeZoneRules) -> Int64 {
    zone.lastInstant(showing: (days + 1) * CivilTime.secondsPerDay)
  }
}

extension CalendarDate: Comparable {
  package static func < (left: CalendarDate, right: CalendarDate) -> Bool { left.days < right.days }
}

extension CalendarDate: CustomStringConvertible {
  package var description: String {
    let date = CivilTime.date(ofDay: days)
    return "\(CivilTime.digits(date.year, 4))-\(CivilTime.digits(date.month))-\(CivilTime.digits(date.day))"
  }
}
