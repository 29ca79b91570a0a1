/// Arithmetic of the Gregorian calendar, carried on before 1582 as ISO 8601 does. Days are counted from 1970-01-01,
/// seconds from its first midnight; both are negative before it. What is read here as Unix time or as the time that
/// clocks in a zone show is the caller's to say.
enum CivilTime {
  static let secondsPerDay: Int64 = 86_400
  static let secondsPerWeek: Int64 = 604_800

  /// 0000-01-01T00:00:00Z to 9999-12-31T23:59:59Z: the instants that four digits for the year can write (RFC 3339).
  static let writable: ClosedRange<Int64> = -62_167_219_200...253_402_300_799

  struct Date: Hashable {
    var year: Int
    /// 1...12
    var month: Int
    /// 1...31
    var day: Int
  }

  /// The number of the day that `date` is. Month and day are in their ranges.
  static func days(of date: Date) -> Int64 {
    // The year runs from March to February, so that the leap day is its last; years repeat after 400.
    let year = Int64(date.month <= 2 ? date.year - 1 : date.year)
    let month = Int64(date.month > 2 ? date.month - 3 : date.month + 9)
    let cycle = floorDivide(year, 400)
    let dayOfYear = (153 * month + 2) / 5 + Int64(date.day) - 1
    let dayOfCycle = cycle.remainder * 365 + cycle.remainder / 4 - cycle.remainder / 100 + dayOfYear
    return cycle.quotient * daysPerCycle + dayOfCycle - daysToEpoch
  }

  /// The date of a day; exact for every day that an `Int64` of seconds reaches.
  static func date(ofDay days: Int64) -> Date {
    let cycle = floorDivide(days + daysToEpoch, daysPerCycle)
    let day = cycle.remainder
    // One day is taken off for each leap day passed, so that years of 365 remain.
    let year = (day - day / 1_460 + day / 36_524 - day / 146_096) / 365
    let dayOfYear = day - (365 * year + year / 4 - year / 100)
    let month = (5 * dayOfYear + 2) / 153
    let isNextYear = month >= 10
    return Date(
      year: Int(cycle.quotient * 400 + year) + (isNextYear ? 1 : 0),
      month: Int(isNextYear ? month - 9 : month + 3),
      day: Int(dayOfYear - (153 * month + 2) / 5 + 1))
  }

  /// 0 is Monday, 6 Sunday.
  static func weekday(ofDay days: Int64) -> Int {
    Int(floorDivide(days + thursday, 7).remainder)
  }

  /// Seconds since the last Monday's midnight, for seconds on one clock.
  static func secondOfWeek(_ seconds: Int64) -> Int64 {
    floorDivide(seconds + thursday * secondsPerDay, secondsPerWeek).remainder
  }

  static func isLeap(_ year: Int) -> Bool {
    year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
  }

  /// - Parameter month: 1...12
  static func daysIn(month: Int, of year: Int) -> Int {
    switch month {
    case 2: isLeap(year) ? 29 : 28
    case 4, 6, 9, 11: 30
    default: 31
    }
  }

  /// Division whose remainder is never negative: the day of a second before 1970 is the one that it lies in.
  static func floorDivide(_ value: Int64, _ divisor: Int64) -> (quotient: Int64, remainder: Int64) {
    let (quotient, remainder) = value.quotientAndRemainder(dividingBy: divisor)
    return remainder < 0 ? (quotient - 1, remainder + divisor) : (quotient, remainder)
  }

  /// A number that is not negative, with zeros before it.
  static func digits(_ number: Int, _ count: Int = 2) -> String {
    let text = String(number)
    return String(repeating: "0", count: max(0, count - text.count)) + text
  }

  /// 400 years.
  private static let daysPerCycle: Int64 = 146_097
  /// From 0000-03-01, where the cycles start, to 1970-01-01.
  private static let daysToEpoch: Int64 = 719_468
  /// 1970-01-01 was one.
  private static let thursday: Int64 = 3
}
