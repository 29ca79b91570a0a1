/// The fields of a body of type `application/x-www-form-urlencoded` (URL Living Standard section 5.1), read strictly:
/// what a browser would not have sent is refused, not guessed at.
///
/// 1. `name=value` joined by `&`; a pair without `=` or with an empty name is refused.
/// 2. `+` is a blank, `%XX` an octet; a `%` that is followed by anything else is refused, and so is an octet that every
///    browser encodes (controls, blanks, anything beyond ASCII).
/// 3. What comes out must be UTF-8 without control characters other than line breaks and tabs.
/// 4. A name stands there once. At most `FormLimits.fields` fields.
struct FormFields: Sendable {
  private var values: [String: String] = [:]

  /// Nil for what is no such body. An empty one has no fields.
  init?(_ octets: some Collection<UInt8>) {
    guard !octets.isEmpty else { return }
    let pairs = octets.split(separator: UInt8(ascii: "&"), maxSplits: FormLimits.fields, omittingEmptySubsequences: false)
    guard pairs.count <= FormLimits.fields else { return nil }
    for pair in pairs {
      let parts = pair.split(separator: UInt8(ascii: "="), omittingEmptySubsequences: false)
      guard parts.count == 2, let name = Self.text(parts[0]), let value = Self.text(parts[1]), !name.isEmpty,
        values.updateValue(value, forKey: name) == nil
      else { return nil }
    }
  }

  /// Empty when it is not there.
  subscript(name: String) -> String { values[name] ?? "" }

  /// Whether every field is one of `names`.
  func areAmong(_ names: Set<String>) -> Bool { values.keys.allSatisfy(names.contains) }

  private static func text(_ encoded: some Collection<UInt8>) -> String? {
    var octets: [UInt8] = []
    octets.reserveCapacity(encoded.count)
    var rest = encoded.makeIterator()
    while let octet = rest.next() {
      switch octet {
      case UInt8(ascii: "+"): octets.append(UInt8(ascii: " "))
      case UInt8(ascii: "%"):
        guard let high = rest.next().flatMap(digit), let low = rest.next().flatMap(digit) else { return nil }
        octets.append(high << 4 | low)
      case 0x21...0x7E: octets.append(octet)
      default: return nil
      }
    }
    guard let text = String(validating: octets, as: UTF8.self) else { return nil }
    let isPlain = text.unicodeScalars.allSatisfy { scalar in
      scalar.properties.generalCategory != .control || ["\n", "\r", "\t"].contains(scalar)
    }
    return isPlain ? text : nil
  }

  private static func digit(_ octet: UInt8) -> UInt8? {
    switch octet {
    case 0x30...0x39: octet - 0x30
    case 0x41...0x46: octet - 0x41 + 10
    case 0x61...0x66: octet - 0x61 + 10
    default: nil
    }
  }
}
