/// Labels outside ASCII in the form that DNS carries (RFC 3492): `公司` is `xn--55qx5d`.
///
/// Only what is already in the canonical form of IDNA (lower-cased, NFC) comes out right; the public suffix list is.
enum Punycode {
  private static let base = 36
  private static let minimumThreshold = 1
  private static let maximumThreshold = 26
  private static let skew = 38
  private static let damp = 700
  private static let initialBias = 72
  private static let initialCode: UInt32 = 128

  /// The A-label of `label`, or `label` itself when it is ASCII.
  static func label(_ label: Substring) -> String {
    label.utf8.allSatisfy { $0 < 0x80 } ? String(label) : "xn--" + encoded(label.unicodeScalars.map(\.value))
  }

  /// RFC 3492 section 6.3. A label has 63 octets at most, so nothing here comes near an overflow.
  private static func encoded(_ codes: [UInt32]) -> String {
    var output = String(String.UnicodeScalarView(codes.filter { $0 < 128 }.compactMap(Unicode.Scalar.init)))
    let basicCount = output.utf8.count
    if basicCount > 0 { output += "-" }
    var (code, delta, bias, handled) = (initialCode, 0, initialBias, basicCount)
    while handled < codes.count {
      guard let next = codes.filter({ $0 >= code }).min() else { break }
      delta += Int(next - code) * (handled + 1)
      code = next
      for other in codes {
        if other < code { delta += 1 }
        guard other == code else { continue }
        append(delta, bias, to: &output)
        bias = adapt(delta, handled + 1, isFirst: handled == basicCount)
        delta = 0
        handled += 1
      }
      delta += 1
      code += 1
    }
    return output
  }

  /// A number as a string of digits that ends by itself.
  private static func append(_ delta: Int, _ bias: Int, to output: inout String) {
    var rest = delta
    var position = base
    while true {
      let threshold = min(max(position - bias, minimumThreshold), maximumThreshold)
      guard rest >= threshold else { break }
      output.append(digit(threshold + (rest - threshold) % (base - threshold)))
      rest = (rest - threshold) / (base - threshold)
      position += base
    }
    output.append(digit(rest))
  }

  /// RFC 3492 section 6.1.
  private static func adapt(_ delta: Int, _ count: Int, isFirst: Bool) -> Int {
    var rest = isFirst ? delta / damp : delta / 2
    rest += rest / count
    var position = 0
    while rest > (base - minimumThreshold) * maximumThreshold / 2 {
      rest /= base - minimumThreshold
      position += base
    }
    return position + (base - minimumThreshold + 1) * rest / (rest + skew)
  }

  /// `a` to `z`, then `0` to `9`.
  private static func digit(_ value: Int) -> Character {
    Character(Unicode.Scalar(UInt8(value < 26 ? 0x61 + value : 0x16 + value)))
  }
}
