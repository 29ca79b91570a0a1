/// Times of the record: RFC 3339 in UTC with milliseconds, `2026-12-01T09:00:00.123Z`; and the times people ask for.
package enum RecordTime {
  /// The last millisecond that four digits of a year can say.
  private static let last: Int64 = 253_402_300_799_999
  private static let day: Int64 = 86_400_000

  /// The text of `milliseconds` since 1970; what lies before 1970 or after 9999 as the nearest of these.
  package static func text(_ milliseconds: Int64) -> String {
    var octets: [UInt8] = []
    append(milliseconds, to: &octets)
    return String(decoding: octets, as: UTF8.self)
  }

  static func append(_ milliseconds: Int64, to octets: inout [UInt8]) {
    let time = min(max(milliseconds, 0), last)
    let (year, month, day) = date(ofDay: time / Self.day)
    let rest = time % Self.day
    append(year, digits: 4, to: &octets)
    octets.append(UInt8(ascii: "-"))
    append(month, digits: 2, to: &octets)
    octets.append(UInt8(ascii: "-"))
    append(day, digits: 2, to: &octets)
    octets.append(UInt8(ascii: "T"))
    append(rest / 3_600_000, digits: 2, to: &octets)
    octets.append(UInt8(ascii: ":"))
    append(rest / 60_000 % 60, digits: 2, to: &octets)
    octets.append(UInt8(ascii: ":"))
    append(rest / 1000 % 60, digits: 2, to: &octets)
    octets.append(UInt8(ascii: "."))
    append(rest % 1000, digits: 3, to: &octets)
    octets.append(UInt8(ascii: "Z"))
  }

  /// Milliseconds since 1970 of `2026-12-01` (its start in UTC), `2026-12-01T09:00Z`, `...T09:00:30.5+09:00`: RFC
  /// 3339 section 5.6, the seconds or the whole time optional, the zone not. Nil for anything else; a leap second
  /// is the second after it.
  package static func milliseconds(_ text: Span<UInt8>) -> Int64? {
    var cursor = DigitCursor(text)
    guard let year = cursor.number(digits: 4), cursor.take("-"), let month = cursor.number(digits: 2),
      cursor.take("-"), let day = cursor.number(digits: 2), (1...12).contains(month),
      (1...length(ofMonth: month, year)).contains(day)
    else { return nil }
    let date = Self.day * self.day(year, month, day)
    if cursor.isAtEnd { return date }
    guard cursor.take("T") || cursor.take("t") || cursor.take(" "), let hour = cursor.number(digits: 2), hour < 24,
      cursor.take(":"), let minute = cursor.number(digits: 2), minute < 60
    else { return nil }
    var time = hour * 3_600_000 + minute * 60_000
    if cursor.take(":") {
      guard let second = cursor.number(digits: 2), second <= 60 else { return nil }
      time += second * 1000
      if cursor.take(".") {
        guard let fraction = cursor.fraction() else { return nil }
        time += fraction
      }
    }
    guard let zone = cursor.zone(), cursor.isAtEnd else { return nil }
    return date + time - zone
  }

  package static func milliseconds(_ text: String) -> Int64? {
    milliseconds(text.utf8.span)
  }

  /// A time as an operator asks for it: one of the above, or so long before `now`: `90s`, `30m`, `2h`, `7d`.
  package static func asked(_ text: String, now: Int64) -> Int64? {
    if let time = milliseconds(text) { return time }
    guard let unit = text.utf8.last, let count = Int64(text.dropLast()), count >= 0,
      text.utf8.allSatisfy({ $0 != UInt8(ascii: "+") })
    else { return nil }
    let length: Int64
    switch unit {
    case UInt8(ascii: "s"): length = 1000
    case UInt8(ascii: "m"): length = 60_000
    case UInt8(ascii: "h"): length = 3_600_000
    case UInt8(ascii: "d"): length = day
    default: return nil
    }
    let (span, overflow) = count.multipliedReportingOverflow(by: length)
    return overflow ? nil : now &- span
  }

  private static func append(_ value: Int64, digits: Int, to octets: inout [UInt8]) {
    var divisor: Int64 = digits == 4 ? 1000 : digits == 3 ? 100 : 10
    while divisor > 0 {
      octets.append(UInt8(ascii: "0") + UInt8(value / divisor % 10))
      divisor /= 10
    }
  }

  // Days are counted in eras of 400 years that start on 1 March, so that the day added in a leap year is the last
  // of its year. Year 0 began 719,468 days before 1970.

  private static func day(_ year: Int64, _ month: Int64, _ day: Int64) -> Int64 {
    let shifted = month <= 2 ? year - 1 : year
    let era = (shifted >= 0 ? shifted : shifted - 399) / 400
    let yearOfEra = shifted - era * 400
    let dayOfYear = (153 * ((month + 9) % 12) + 2) / 5 + day - 1
    return era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
  }

  /// For days from 1970 on.
  private static func date(ofDay day: Int64) -> (year: Int64, month: Int64, day: Int64) {
    let shifted = day + 719_468
    let dayOfEra = shifted % 146_097
    let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
    let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let month = (5 * dayOfYear + 2) / 153
    let year = shifted / 146_097 * 400 + yearOfEra + (month >= 10 ? 1 : 0)
    return (year, month < 10 ? month + 3 : month - 9, dayOfYear - (153 * month + 2) / 5 + 1)
  }

  private static func length(ofMonth month: Int64, _ year: Int64) -> Int64 {
    switch month {
    case 2: year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28
    case 4, 6, 9, 11: 30
    default: 31
    }
  }
}

/// Reads a text of fixed digits from its start to its end.
private struct DigitCursor: ~Escapable {
  private let text: Span<UInt8>
  private var offset = 0

  @_lifetime(copy text)
  init(_ text: Span<UInt8>) { self.text = text }

  var isAtEnd: Bool { offset == text.count }

  mutating func take(_ character: Unicode.Scalar) -> Bool {
    guard offset < text.count, text[offset] == UInt8(ascii: character) else { return false }
    offset += 1
    return true
  }

  mutating func number(digits: Int) -> Int64? {
    guard text.count - offset >= digits else { return nil }
    var value: Int64 = 0
    for _ in 0..<digits {
      let digit = text[offset] &- UInt8(ascii: "0")
      guard digit < 10 else { return nil }
      value = value * 10 + Int64(digit)
      offset += 1
    }
    return value
  }

  /// Milliseconds of the digits behind a point, nine at most; what is finer is left out.
  mutating func fraction() -> Int64? {
    var (value, scale, count): (Int64, Int64, Int) = (0, 100, 0)
    while let digit = number(digits: 1) {
      value += digit * scale
      scale /= 10
      count += 1
    }
    return (1...9).contains(count) ? value : nil
  }

  /// Milliseconds that a zone (`Z`, `+09:00`) is ahead of UTC.
  mutating func zone() -> Int64? {
    if take("Z") || take("z") { return 0 }
    let sign: Int64 = take("+") ? 1 : take("-") ? -1 : 0
    guard sign != 0, let hours = number(digits: 2), hours < 24, take(":"), let minutes = number(digits: 2),
      minutes < 60
    else { return nil }
    return sign * (hours * 3_600_000 + minutes * 60_000)
  }
}
