// Foundation, here only: its time zones know the server's local time.
import Foundation

/// The second at which a notice was given, in the server's time zone.
struct Moment: Sendable {
  /// ISO 8601 extended format with offset, `2026-03-04T14:05:06+09:00` or `...Z` (RFC 3339).
  let text: String

  init(_ date: Date = Date(), in zone: TimeZone = .current) {
    text = date.formatted(
      Date.ISO8601FormatStyle(timeZoneSeparator: .colon, timeZone: zone))
  }

  /// The same for the eye: `2026-03-04 14:05:06 +09:00`.
  var readable: String {
    let (date, rest) = (text.prefix(10), text.dropFirst(11))
    let (time, zone) = (rest.prefix(8), rest.dropFirst(8))
    return "\(date) \(time) \(zone == "Z" ? "UTC" : zone)"
  }
}
