/// Reads a short text of digits and marks from its start, such as a date. What does not fit is left where it stands.
struct TextCursor {
  private var rest: Substring.UTF8View

  init(_ text: some StringProtocol) { rest = Substring(text).utf8 }

  var isAtEnd: Bool { rest.isEmpty }

  /// The next octet; nil at the end.
  var next: UInt8? { rest.first }

  /// Takes `mark` when it comes next.
  mutating func take(_ mark: Unicode.Scalar) -> Bool {
    guard let next, UInt32(next) == mark.value else { return false }
    rest.removeFirst()
    return true
  }

  /// A number of exactly `digits` ASCII digits, within `range`.
  mutating func number(digits: Int, in range: ClosedRange<Int>) -> Int? {
    number(digits: digits...digits, in: range)
  }

  /// A number of as many ASCII digits as come, if that many are in `digits`, within `range`. Nine at most.
  mutating func number(digits: ClosedRange<Int>, in range: ClosedRange<Int>) -> Int? {
    precondition(digits.upperBound <= 9)
    let octets = rest.prefix { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
    guard digits.contains(octets.count) else { return nil }
    let number = octets.reduce(0) { $0 * 10 + Int($1 - UInt8(ascii: "0")) }
    guard range.contains(number) else { return nil }
    rest.removeFirst(octets.count)
    return number
  }

  /// Passes over octets for which `condition` holds, and says how many.
  mutating func skip(while condition: (UInt8) -> Bool) -> Int {
    let count = rest.prefix(while: condition).count
    rest.removeFirst(count)
    return count
  }
}
