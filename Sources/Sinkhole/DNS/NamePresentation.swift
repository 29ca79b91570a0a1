import Ldns

/// Names as people write them (RFC 1035 section 5.1): `\.` and `\DDD` escapes, the final dot optional
/// on the way in and left out on the way out, except for the root.
extension Name: CustomStringConvertible {
  /// Nil when `text` is no domain name: an empty label, a label over 63 octets, more than 255 in all.
  package init?(_ text: String) {
    guard let octets = PresentationFormat.wireName(of: text) else { return nil }
    self.init(wire: octets.span)
  }

  package var description: String {
    Name.presentation(of: wire)
  }

  /// The text of uncompressed wire octets, case kept.
  package static func presentation(of wire: Span<UInt8>) -> String {
    plainPresentation(of: wire) ?? escapedPresentation(of: wire)
  }

  /// Of a name that needs no escapes, as nearly all; nil for others. Character by character it takes ten times as long.
  private static func plainPresentation(of wire: Span<UInt8>) -> String? {
    var octets: [UInt8] = []
    octets.reserveCapacity(wire.count)
    var offset = 0
    while offset < wire.count, wire[offset] != 0 {
      let end = min(offset + 1 + Int(wire[offset]), wire.count)
      if offset > 0 { octets.append(UInt8(ascii: ".")) }
      for index in (offset + 1)..<end {
        let octet = wire[index]
        let isLetter = (octet | 0x20) &- UInt8(ascii: "a") < 26
        guard isLetter || octet &- UInt8(ascii: "0") < 10 || octet == UInt8(ascii: "-") || octet == UInt8(ascii: "_")
        else { return nil }
        octets.append(octet)
      }
      offset = end
    }
    return octets.isEmpty ? nil : String(decoding: octets, as: UTF8.self)
  }

  private static func escapedPresentation(of wire: Span<UInt8>) -> String {
    var text = ""
    var offset = 0
    while offset < wire.count, wire[offset] != 0 {
      let end = offset + 1 + Int(wire[offset])
      if offset > 0 { text.append(".") }
      for index in (offset + 1)..<min(end, wire.count) { append(wire[index], to: &text) }
      offset = end
    }
    return text.isEmpty ? "." : text
  }

  private static func append(_ octet: UInt8, to text: inout String) {
    switch octet {
    case UInt8(ascii: "."), UInt8(ascii: "\\"), UInt8(ascii: "\""), UInt8(ascii: ";"), UInt8(ascii: "("),
      UInt8(ascii: ")"), UInt8(ascii: "@"), UInt8(ascii: "$"):
      text.append("\\")
      text.unicodeScalars.append(Unicode.Scalar(octet))
    case 0x21...0x7E:
      text.unicodeScalars.append(Unicode.Scalar(octet))
    default:
      let digits = String(octet)
      text.append("\\" + String(repeating: "0", count: 3 - digits.count) + digits)
    }
  }
}
