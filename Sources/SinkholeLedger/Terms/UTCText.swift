/// Instants in the words of the audit, which is read without us: RFC 3339 in UTC.
enum UTCText {
  /// `2026-12-01T09:00:00Z` of Unix seconds. Beyond the years 1970 to 9999 the number itself.
  static func text(_ seconds: Int64) -> String {
    guard (0..<253_402_300_800).contains(seconds) else { return "\(seconds)" }
    let (days, second) = seconds.quotientAndRemainder(dividingBy: 86_400)
    // Years are counted from March on, so that the leap day is the last of one: 400 of them have 146,097 days.
    let (era, day) = (days + 719_468).quotientAndRemainder(dividingBy: 146_097)
    let year = (day - day / 1460 + day / 36_524 - day / 146_096) / 365
    let dayOfYear = day - (365 * year + year / 4 - year / 100)
    let march = (5 * dayOfYear + 2) / 153
    let month = march < 10 ? march + 3 : march - 9
    let date = [
      digits(year + era * 400 + (month <= 2 ? 1 : 0), 4), digits(month, 2),
      digits(dayOfYear - (153 * march + 2) / 5 + 1, 2),
    ]
    let time = [second / 3600, second / 60 % 60, second % 60].map { digits($0, 2) }
    return date.joined(separator: "-") + "T" + time.joined(separator: ":") + "Z"
  }

  private static func digits(_ number: Int64, _ count: Int) -> String {
    let text = "\(number)"
    return String(repeating: "0", count: max(0, count - text.utf8.count)) + text
  }
}
