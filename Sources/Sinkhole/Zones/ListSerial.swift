/// A list has no serial of its own: the hour when its file was written stands for it, as `2026112309`, in UTC.
enum ListSerial {
  /// - Parameter seconds: since 1970. Before that, and where ten digits pass 32 bits (the year 4295), an end of the range.
  static func serial(at seconds: Int) -> UInt32 {
    guard seconds > 0 else { return 0 }
    let hour = seconds / 3600 % 24
    let date = date(seconds / 86_400)
    let digits = ((date.year * 100 + date.month) * 100 + date.day) * 100 + hour
    return UInt32(clamping: digits)
  }

  /// The day of the Gregorian calendar, `days` after 1970-01-01. Years begin in March here, so that the day that some
  /// have is their last; 400 of them have 146,097 days.
  private static func date(_ days: Int) -> (year: Int, month: Int, day: Int) {
    let shifted = days + 719_468
    let era = shifted / 146_097
    let dayOfEra = shifted % 146_097
    let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
    let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let monthFromMarch = (5 * dayOfYear + 2) / 153
    let month = monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9
    return (
      era * 400 + yearOfEra + (month <= 2 ? 1 : 0), month, dayOfYear - (153 * monthFromMarch + 2) / 5 + 1
    )
  }
}
