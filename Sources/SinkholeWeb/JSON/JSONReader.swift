/// Reads a JSON text. Strict: no name twice in an object, no fractions, sixteen levels at most, nothing behind the value.
package struct JSONReader {
  package struct Failure: Error, Sendable, Equatable, CustomStringConvertible {
    package let description: String
  }

  private static let depth = 16

  private let octets: [UInt8]
  private var offset = 0

  package static func read(_ octets: [UInt8]) throws(Failure) -> JSONValue {
    var reader = JSONReader(octets: octets)
    let value = try reader.value(depth: 0)
    reader.skipBlanks()
    guard reader.offset == octets.count else { throw reader.failure("something behind the value") }
    return value
  }

  private func failure(_ problem: String) -> Failure {
    Failure(description: "no JSON as expected: \(problem), at octet \(offset)")
  }

  private init(octets: [UInt8]) { self.octets = octets }

  private var next: UInt8? { offset < octets.count ? octets[offset] : nil }

  private mutating func skipBlanks() {
    while let octet = next, [0x20, 0x09, 0x0A, 0x0D].contains(octet) { offset += 1 }
  }

  private mutating func take(_ character: Character) -> Bool {
    skipBlanks()
    guard next == character.asciiValue else { return false }
    offset += 1
    return true
  }

  private mutating func value(depth: Int) throws(Failure) -> JSONValue {
    guard depth < JSONReader.depth else { throw failure("more than \(JSONReader.depth) levels") }
    skipBlanks()
    switch next {
    case UInt8(ascii: "{"): return try object(depth: depth)
    case UInt8(ascii: "["): return try array(depth: depth)
    case UInt8(ascii: "\""): return .string(try string())
    case UInt8(ascii: "t"): return try word("true", .boolean(true))
    case UInt8(ascii: "f"): return try word("false", .boolean(false))
    case UInt8(ascii: "n"): return try word("null", .null)
    default: return .number(try number())
    }
  }

  private mutating func word(_ word: String, _ value: JSONValue) throws(Failure) -> JSONValue {
    guard octets[offset...].starts(with: word.utf8) else { throw failure("expected \(word)") }
    offset += word.utf8.count
    return value
  }

  private mutating func number() throws(Failure) -> Int64 {
    let start = offset
    if next == UInt8(ascii: "-") { offset += 1 }
    while let octet = next, (0x30...0x39).contains(octet) { offset += 1 }
    let text = String(decoding: octets[start..<offset], as: UTF8.self)
    let isFraction = next.map { [0x2E, 0x45, 0x65].contains($0) } ?? false
    guard !isFraction, let number = Int64(text) else { throw failure("expected a value, numbers whole") }
    return number
  }

  private mutating func array(depth: Int) throws(Failure) -> JSONValue {
    offset += 1
    var values: [JSONValue] = []
    if take("]") { return .array([]) }
    repeat { values.append(try value(depth: depth + 1)) } while take(",")
    guard take("]") else { throw failure("expected , or ]") }
    return .array(values)
  }

  private mutating func object(depth: Int) throws(Failure) -> JSONValue {
    offset += 1
    var members: [JSONValue.Member] = []
    if take("}") { return .object([]) }
    repeat {
      skipBlanks()
      guard next == UInt8(ascii: "\"") else { throw failure("expected a name") }
      let name = try string()
      guard !members.contains(where: { $0.name == name }) else { throw failure("\"\(name)\" twice") }
      guard take(":") else { throw failure("expected :") }
      members.append(JSONValue.Member(name: name, value: try value(depth: depth + 1)))
    } while take(",")
    guard take("}") else { throw failure("expected , or }") }
    return .object(members)
  }

  private mutating func string() throws(Failure) -> String {
    offset += 1
    var text: [UInt8] = []
    while let octet = next {
      offset += 1
      switch octet {
      case UInt8(ascii: "\""):
        guard let valid = String(validating: text, as: UTF8.self) else { throw failure("a text that is not UTF-8") }
        return valid
      case UInt8(ascii: "\\"): text += Array(String(try escape()).utf8)
      case 0..<0x20: throw failure("a control character")
      default: text.append(octet)
      }
    }
    throw failure("a text without its end")
  }

  private mutating func escape() throws(Failure) -> Unicode.Scalar {
    guard let octet = next else { throw failure("a text without its end") }
    offset += 1
    switch octet {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): return Unicode.Scalar(octet)
    case UInt8(ascii: "b"): return "\u{8}"
    case UInt8(ascii: "f"): return "\u{C}"
    case UInt8(ascii: "n"): return "\n"
    case UInt8(ascii: "r"): return "\r"
    case UInt8(ascii: "t"): return "\t"
    case UInt8(ascii: "u"):
      let unit = try fourDigits()
      if let scalar = Unicode.Scalar(unit) { return scalar }
      // The first half of a pair; the second follows.
      guard (0xD800..<0xDC00).contains(unit), octets[offset...].starts(with: [0x5C, 0x75]) else {
        throw failure("half a character")
      }
      offset += 2
      let low = try fourDigits()
      guard (0xDC00..<0xE000).contains(low), let scalar = Unicode.Scalar(0x10000 + (unit - 0xD800) << 10 + low - 0xDC00)
      else { throw failure("half a character") }
      return scalar
    default: throw failure("an unknown escape")
    }
  }

  private mutating func fourDigits() throws(Failure) -> UInt32 {
    let text = String(decoding: octets[offset...].prefix(4), as: UTF8.self)
    guard text.utf8.count == 4, text.allSatisfy(\.isHexDigit), let value = UInt32(text, radix: 16) else {
      throw failure("expected four hexadecimal digits")
    }
    offset += 4
    return value
  }
}
