/// RDATA of any type as RFC 3597 section 5 has it: `\# LENGTH HEX...`
enum GenericRecordData {
  /// Nil when `text` is not of this form.
  static func parse(_ text: Span<UInt8>) throws(RecordData.SyntaxError) -> [UInt8]? {
    var at = skipBlanks(text, from: 0)
    guard at + 1 < text.count, text[at] == UInt8(ascii: "\\"), text[at + 1] == UInt8(ascii: "#") else { return nil }
    at = skipBlanks(text, from: at + 2)
    var length = 0
    var digits = 0
    while at < text.count, text[at] &- UInt8(ascii: "0") < 10 {
      length = length * 10 + Int(text[at] - UInt8(ascii: "0"))
      (at, digits) = (at + 1, digits + 1)
      guard length <= RecordData.maximumLength else {
        throw RecordData.SyntaxError(reason: "more than 65,535 octets")
      }
    }
    guard digits > 0, at == text.count || isBlank(text[at]) else {
      throw RecordData.SyntaxError(reason: "no length after \\#")
    }
    var octets: [UInt8] = []
    var high: UInt8?
    while at < text.count {
      defer { at += 1 }
      if isBlank(text[at]) { continue }
      guard let nibble = nibble(text[at]) else {
        throw RecordData.SyntaxError(reason: "no hexadecimal digit in the data after \\#")
      }
      if let first = high { octets.append(first << 4 | nibble) }
      high = high == nil ? nibble : nil
    }
    guard high == nil, octets.count == length else {
      throw RecordData.SyntaxError(reason: "\\# \(length) is followed by another number of octets")
    }
    return octets
  }

  private static func nibble(_ octet: UInt8) -> UInt8? {
    switch octet {
    case UInt8(ascii: "0")...UInt8(ascii: "9"): octet - UInt8(ascii: "0")
    case UInt8(ascii: "a")...UInt8(ascii: "f"): octet - UInt8(ascii: "a") + 10
    case UInt8(ascii: "A")...UInt8(ascii: "F"): octet - UInt8(ascii: "A") + 10
    default: nil
    }
  }

  private static func skipBlanks(_ text: Span<UInt8>, from start: Int) -> Int {
    var at = start
    while at < text.count, isBlank(text[at]) { at += 1 }
    return at
  }

  private static func isBlank(_ octet: UInt8) -> Bool { octet == UInt8(ascii: " ") || octet == UInt8(ascii: "\t") }
}
