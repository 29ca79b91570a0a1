/// Which rules with `hours` hold during one stretch of time. Made anew when the stretch is over, so that a query costs
/// one bit.
package struct Activity: Sendable, Equatable {
  /// Unix seconds: it holds in `from..<until`.
  package let from: Int64
  package let until: Int64
  private let bits: [UInt64]

  /// For a policy without hours.
  package static let always = Activity(from: .min, until: .max, bits: [])

  init(from: Int64, until: Int64, bits: [UInt64]) {
    self.from = from
    self.until = until
    self.bits = bits
  }

  init(_ rules: [Rule], at instant: Int64) {
    var bits = [UInt64](repeating: 0, count: (rules.count + 63) / 64)
    var until = Int64.max
    for (index, rule) in rules.enumerated() {
      guard let hours = rule.hours else { continue }
      if hours.contains(instant, in: rule.timeZone) { bits[index / 64] |= 1 << UInt64(index % 64) }
      if let change = hours.nextChange(after: instant, in: rule.timeZone) { until = min(until, change) }
    }
    self.init(from: instant, until: until, bits: bits)
  }

  package func holds(at instant: Int64) -> Bool { instant >= from && instant < until }

  @inline(__always)
  func isActive(_ timer: Int) -> Bool { bits[timer / 64] & 1 << UInt64(timer % 64) != 0 }
}
