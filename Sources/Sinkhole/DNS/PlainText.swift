/// Text as the inside of a JSON string (RFC 8259 section 7) that is also safe to look at: besides quote, backslash
/// and what lies below U+0020, all control and format characters and the separators of lines and paragraphs become
/// `\uXXXX`. Some of them move the cursor, colour the screen or turn the direction of writing.
package enum PlainText {
  private static let hexadecimal = Array("0123456789abcdef".utf8)
  private static let ellipsis: [UInt8] = [0xE2, 0x80, 0xA6]

  /// A whole JSON string, quotes included.
  package static func quoted(_ text: String) -> String { "\"\(escaped(text))\"" }

  package static func escaped(_ text: String, limit: Int = .max) -> String {
    var octets: [UInt8] = []
    append(text, to: &octets, limit: limit)
    return String(decoding: octets, as: UTF8.self)
  }

  /// The text for people, not for a parser: quotes and backslashes stay as they are.
  package static func visible(_ text: String) -> String {
    // Most are ASCII, and asking Unicode takes its time.
    if text.utf8.allSatisfy({ (0x20..<0x7F).contains($0) }) { return text }
    var visible = String.UnicodeScalarView()
    for scalar in text.unicodeScalars {
      if isPlain(scalar) {
        visible.append(scalar)
      } else {
        visible.append(contentsOf: escaped(String(scalar)).unicodeScalars)
      }
    }
    return String(visible)
  }

  /// Appends at most `limit` octets, which must be three or more; a text that takes more is cut between two
  /// characters and ends in `…`.
  static func append(_ text: String, to octets: inout [UInt8], limit: Int) {
    let start = octets.count
    // Where the text could be cut, so that the ellipsis still fits.
    var cut = start
    let source = text.utf8.span
    var offset = 0
    while offset < source.count {
      let octet = source[offset]
      if octet < 0x80 {
        appendASCII(octet, to: &octets)
        offset += 1
      } else {
        offset += appendScalar(at: offset, of: source, to: &octets)
      }
      if octets.count - start <= limit - ellipsis.count {
        cut = octets.count
      } else if octets.count - start > limit {
        octets.removeLast(octets.count - cut)
        octets.append(contentsOf: ellipsis)
        return
      }
    }
  }

  @inline(__always)
  private static func appendASCII(_ octet: UInt8, to octets: inout [UInt8]) {
    switch octet {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"):
      octets.append(UInt8(ascii: "\\"))
      octets.append(octet)
    case 0x20..<0x7F: octets.append(octet)
    case UInt8(ascii: "\n"): octets.append(contentsOf: [UInt8(ascii: "\\"), UInt8(ascii: "n")])
    case UInt8(ascii: "\r"): octets.append(contentsOf: [UInt8(ascii: "\\"), UInt8(ascii: "r")])
    case UInt8(ascii: "\t"): octets.append(contentsOf: [UInt8(ascii: "\\"), UInt8(ascii: "t")])
    default: appendUnit(UInt16(octet), to: &octets)
    }
  }

  /// Appends the character that starts at `offset` and takes more than one octet; returns how many.
  private static func appendScalar(at offset: Int, of source: Span<UInt8>, to octets: inout [UInt8]) -> Int {
    // Text is well-formed UTF-8, so the first octet tells the length.
    let first = source[offset]
    let length = first < 0xE0 ? 2 : first < 0xF0 ? 3 : 4
    var value = UInt32(first & (0x7F >> UInt8(length)))
    for index in 1..<length { value = value << 6 | UInt32(source[offset + index] & 0x3F) }
    if let scalar = Unicode.Scalar(value), isPlain(scalar) {
      for index in 0..<length { octets.append(source[offset + index]) }
    } else if value < 0x1_0000 {
      appendUnit(UInt16(value), to: &octets)
    } else {
      appendUnit(UInt16(0xD800 + (value - 0x1_0000) >> 10), to: &octets)
      appendUnit(UInt16(0xDC00 + (value & 0x3FF)), to: &octets)
    }
    return length
  }

  private static func isPlain(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.properties.generalCategory {
    case .control, .format, .lineSeparator, .paragraphSeparator, .surrogate: false
    default: true
    }
  }

  private static func appendUnit(_ unit: UInt16, to octets: inout [UInt8]) {
    octets.append(UInt8(ascii: "\\"))
    octets.append(UInt8(ascii: "u"))
    for shift: UInt16 in [12, 8, 4, 0] { octets.append(hexadecimal[Int(unit >> shift & 15)]) }
  }
}
