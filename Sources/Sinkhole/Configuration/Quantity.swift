/// Times and sizes as people write them.
package enum Quantity {
  private static let times = [("ms", 1), ("s", 1000), ("m", 60_000), ("h", 3_600_000), ("d", 86_400_000)]
  private static let sizes = [("KiB", 1 << 10), ("MiB", 1 << 20), ("GiB", 1 << 30)]

  /// `500ms`, `5s`, `2m`, `1h`, `90d`.
  package static func milliseconds(_ text: String) -> Int? { value(text, times) }

  /// `512KiB`, `64MiB`, `1GiB`.
  static func octets(_ text: String) -> Int? { value(text, sizes) }

  package static func text(milliseconds: Int) -> String { Self.text(milliseconds, times) }
  static func text(octets: Int) -> String { Self.text(octets, sizes) }

  private static func value(_ text: String, _ units: [(String, Int)]) -> Int? {
    let digits = text.prefix(while: \.isNumber)
    let unit = text.dropFirst(digits.count).drop(while: { $0 == " " })
    guard let number = Int(digits), let factor = units.first(where: { $0.0 == unit })?.1 else { return nil }
    let (product, overflow) = number.multipliedReportingOverflow(by: factor)
    return overflow ? nil : product
  }

  private static func text(_ value: Int, _ units: [(String, Int)]) -> String {
    let unit = units.last { value % $0.1 == 0 && value >= $0.1 } ?? units[0]
    return "\(value / unit.1)\(unit.0)"
  }
}
