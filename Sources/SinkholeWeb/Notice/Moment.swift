import Glibc

/// Seconds since 1970-01-01T00:00:00Z, leap seconds not counted.
package typealias UnixSeconds = Int64

/// The clock that pages and tokens go by.
package struct NoticeClock: Sendable {
  package var now: @Sendable () -> UnixSeconds
  /// Seconds east of UTC at an instant: the time zone that readers live in.
  package var offset: @Sendable (UnixSeconds) -> Int

  package init(
    now: @escaping @Sendable () -> UnixSeconds = { UnixSeconds(time(nil)) },
    offset: @escaping @Sendable (UnixSeconds) -> Int = { _ in 0 }
  ) {
    self.now = now
    self.offset = offset
  }

  func moment(_ instant: UnixSeconds) -> Moment { Moment(instant, offset: offset(instant)) }
}

/// A second, in the time zone of its readers.
struct Moment: Sendable {
  /// `2026-03-04`
  let date: String
  /// `14:05:06`
  let time: String
  /// `+09:00`, or `Z`.
  private let zone: String

  /// - Parameter offset: seconds east of UTC; what is left of a minute is not shown.
  init(_ instant: UnixSeconds, offset: Int) {
    let local = instant + UnixSeconds(offset)
    let seconds = Int(local - 86_400 * Moment.day(local))
    let (year, month, day) = Moment.civil(Moment.day(local))
    func two(_ value: Int) -> String { value < 10 ? "0\(value)" : "\(value)" }
    date = "\(year)-\(two(month))-\(two(day))"
    time = "\(two(seconds / 3600)):\(two(seconds / 60 % 60)):\(two(seconds % 60))"
    let minutes = abs(offset) / 60
    zone = minutes == 0 ? "Z" : "\(offset < 0 ? "-" : "+")\(two(minutes / 60)):\(two(minutes % 60))"
  }

  /// ISO 8601 extended format with offset, `2026-03-04T14:05:06+09:00` or `...Z` (RFC 3339).
  var text: String { "\(date)T\(time)\(zone)" }

  /// The same for the eye: `2026-03-04 14:05:06 +09:00`.
  var readable: String { "\(date) \(time) \(readableZone)" }

  /// To the minute: `2026-03-04 14:05 +09:00`.
  var readableToMinute: String { "\(date) \(time.prefix(5)) \(readableZone)" }

  private var readableZone: String { zone == "Z" ? "UTC" : zone }

  private static func day(_ local: UnixSeconds) -> UnixSeconds {
    local >= 0 ? local / 86_400 : (local - 86_399) / 86_400
  }

  /// Year, month and day of a number of days since 1970-01-01, in the Gregorian calendar: counted from 1 March of year
  /// 0, so that a leap day is the last of its year, in spans of 400 years, which are all alike.
  private static func civil(_ days: Int64) -> (year: Int, month: Int, day: Int) {
    let shifted = Int(days) + 719_468
    let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
    let dayOfEra = shifted - era * 146_097
    let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
    let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let shiftedMonth = (5 * dayOfYear + 2) / 153
    let month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
    let year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
    return (year, month, dayOfYear - (153 * shiftedMonth + 2) / 5 + 1)
  }
}
