/// Walks over one flat JSON object (RFC 8259) of strings and numbers: no objects or arrays within, no `true`, `false`
/// or `null`. Nothing is copied; where the members are is said in offsets.
struct FlatObjectScanner: ~Escapable {
  struct Member {
    /// Between the quotes, as it stands.
    var key: Range<Int>
    /// Likewise; a number in full.
    var value: Range<Int>
    /// Whether a string has escapes.
    var isEscaped: Bool
    var isNumber: Bool
  }

  enum Step {
    case member(Member)
    case end
    case fault
  }

  private let text: Span<UInt8>
  private var offset = 0
  private var isFirst = true

  /// What is not well-formed UTF-8 is a fault at once: an octet beyond ASCII has no meaning of its own anywhere.
  @_lifetime(copy text)
  init(_ text: Span<UInt8>) {
    self.text = text
    for index in text.indices where text[index] >= 0x80 {
      if (try? UTF8Span(validating: text)) == nil { offset = text.count }
      break
    }
  }

  /// The next member, or the end: the closing brace with nothing but white space behind it.
  mutating func next() -> Step {
    if isFirst {
      guard take("{") else { return .fault }
      isFirst = false
      if take("}") { return end() }
    } else {
      if take("}") { return end() }
      guard take(",") else { return .fault }
    }
    skipSpace()
    guard let key = string() else { return .fault }
    guard take(":") else { return .fault }
    skipSpace()
    guard offset < text.count else { return .fault }
    if text[offset] == UInt8(ascii: "\"") {
      guard let value = string() else { return .fault }
      return .member(
        Member(key: key.range, value: value.range, isEscaped: value.isEscaped, isNumber: false))
    }
    guard let value = number() else { return .fault }
    return .member(Member(key: key.range, value: value, isEscaped: false, isNumber: true))
  }

  private mutating func end() -> Step {
    skipSpace()
    return offset == text.count ? .end : .fault
  }

  private mutating func skipSpace() {
    while offset < text.count, [0x20, 0x09, 0x0A, 0x0D].contains(text[offset]) { offset += 1 }
  }

  private mutating func take(_ character: Unicode.Scalar) -> Bool {
    skipSpace()
    guard offset < text.count, text[offset] == UInt8(ascii: character) else { return false }
    offset += 1
    return true
  }

  private mutating func string() -> (range: Range<Int>, isEscaped: Bool)? {
    guard take("\"") else { return nil }
    let start = offset
    var isEscaped = false
    while offset < text.count {
      switch text[offset] {
      case UInt8(ascii: "\""):
        offset += 1
        return (start..<(offset - 1), isEscaped)
      case UInt8(ascii: "\\"):
        guard let escape = FlatObjectScanner.escape(in: text, at: offset) else { return nil }
        isEscaped = true
        offset += escape.length
      case 0..<0x20: return nil
      default: offset += 1
      }
    }
    return nil
  }

  /// RFC 8259 section 6: `-`, digits without a leading zero, a fraction, an exponent.
  private mutating func number() -> Range<Int>? {
    let start = offset
    if peek() == UInt8(ascii: "-") { offset += 1 }
    if peek() == UInt8(ascii: "0") {
      offset += 1
    } else {
      guard digits() else { return nil }
    }
    if peek() == UInt8(ascii: ".") {
      offset += 1
      guard digits() else { return nil }
    }
    if peek() | 0x20 == UInt8(ascii: "e") {
      offset += 1
      if peek() == UInt8(ascii: "+") || peek() == UInt8(ascii: "-") { offset += 1 }
      guard digits() else { return nil }
    }
    return start..<offset
  }

  private mutating func digits() -> Bool {
    let start = offset
    while (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(peek()) { offset += 1 }
    return offset > start
  }

  private func peek() -> UInt8 { offset < text.count ? text[offset] : 0 }

  /// The character that the escape at `offset` stands for, and the octets it takes: 2, 6, or 12 for a surrogate
  /// pair. Nil for what is no escape, half a pair too.
  static func escape(in text: Span<UInt8>, at offset: Int) -> (scalar: Unicode.Scalar, length: Int)? {
    guard offset + 1 < text.count else { return nil }
    switch text[offset + 1] {
    case UInt8(ascii: "\""): return ("\"", 2)
    case UInt8(ascii: "\\"): return ("\\", 2)
    case UInt8(ascii: "/"): return ("/", 2)
    case UInt8(ascii: "b"): return ("\u{8}", 2)
    case UInt8(ascii: "f"): return ("\u{C}", 2)
    case UInt8(ascii: "n"): return ("\n", 2)
    case UInt8(ascii: "r"): return ("\r", 2)
    case UInt8(ascii: "t"): return ("\t", 2)
    case UInt8(ascii: "u"):
      guard let unit = unit(in: text, at: offset + 2) else { return nil }
      if let scalar = Unicode.Scalar(unit) { return (scalar, 6) }
      guard unit < 0xDC00, offset + 7 < text.count, text[offset + 6] == UInt8(ascii: "\\"),
        text[offset + 7] == UInt8(ascii: "u"), let low = self.unit(in: text, at: offset + 8),
        (0xDC00...0xDFFF).contains(low),
        let scalar = Unicode.Scalar(0x1_0000 + (UInt32(unit) - 0xD800) << 10 + (UInt32(low) - 0xDC00))
      else { return nil }
      return (scalar, 12)
    default: return nil
    }
  }

  private static func unit(in text: Span<UInt8>, at offset: Int) -> UInt16? {
    guard offset + 4 <= text.count else { return nil }
    var value: UInt16 = 0
    for index in offset..<(offset + 4) {
      let digit: UInt8
      switch text[index] {
      case UInt8(ascii: "0")...UInt8(ascii: "9"): digit = text[index] - UInt8(ascii: "0")
      case UInt8(ascii: "a")...UInt8(ascii: "f"): digit = text[index] - UInt8(ascii: "a") + 10
      case UInt8(ascii: "A")...UInt8(ascii: "F"): digit = text[index] - UInt8(ascii: "A") + 10
      default: return nil
      }
      value = value << 4 | UInt16(digit)
    }
    return value
  }
}
