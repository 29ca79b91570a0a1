/// Cuts zone text (RFC 1035 section 5.1) into entries: one record or directive each, comments,
/// line breaks inside parentheses and the parentheses themselves taken out.
///
/// The reader above knows by it where each entry starts; ldns alone tells only where one ends, and
/// nothing of a column.
struct ZoneEntries: Sequence, IteratorProtocol {
  struct Entry {
    /// Where its first token stands; both from 1.
    let line: Int
    let column: Int
    /// The owner was left out: the last one stands for it.
    let startsBlank: Bool
    let text: String
    /// A parenthesis or quote that never closes, or a closing one too many.
    let problem: String?
  }

  private let octets: [UInt8]
  private var offset = 0
  private var line = 1
  private var lineStart = 0

  init(_ octets: [UInt8]) { self.octets = octets }

  mutating func next() -> Entry? {
    while offset < octets.count {
      if let entry = entry() { return entry }
    }
    return nil
  }

  /// Reads to the end of an entry; nil for an empty line.
  private mutating func entry() -> Entry? {
    var text: [UInt8] = []
    var depth = 0
    var isQuoted = false
    var start: (line: Int, column: Int)?
    let startsBlank = octets[offset] == UInt8(ascii: " ") || octets[offset] == UInt8(ascii: "\t")
    var problem: String?
    reading: while offset < octets.count {
      let octet = octets[offset]
      switch octet {
      case UInt8(ascii: "\n"):
        offset += 1
        line += 1
        lineStart = offset
        if isQuoted { problem = "a quoted string does not end on its line" }
        isQuoted = false
        if depth == 0 { break reading }
        text.append(UInt8(ascii: " "))
        continue reading
      case UInt8(ascii: ";") where !isQuoted:
        while offset < octets.count, octets[offset] != UInt8(ascii: "\n") { offset += 1 }
        continue reading
      case UInt8(ascii: "(") where !isQuoted:
        depth += 1
        text.append(UInt8(ascii: " "))
      case UInt8(ascii: ")") where !isQuoted:
        if depth == 0 { problem = "\")\" without \"(\"" } else { depth -= 1 }
        text.append(UInt8(ascii: " "))
      case UInt8(ascii: "\\") where offset + 1 < octets.count && octets[offset + 1] != UInt8(ascii: "\n"):
        start = start ?? (line, offset - lineStart + 1)
        text.append(octet)
        text.append(octets[offset + 1])
        offset += 1
      default:
        if octet == UInt8(ascii: "\"") { isQuoted.toggle() }
        let isBlank = octet == UInt8(ascii: " ") || octet == UInt8(ascii: "\t") || octet == UInt8(ascii: "\r")
        if !isBlank { start = start ?? (line, offset - lineStart + 1) }
        text.append(octet == UInt8(ascii: "\r") ? UInt8(ascii: " ") : octet)
      }
      offset += 1
    }
    if depth > 0 { problem = "\"(\" is never closed" }
    if isQuoted { problem = "a quoted string never ends" }
    guard let start else { return nil }
    if text.contains(0) { problem = "a NUL octet" }
    return Entry(
      line: start.line, column: start.column, startsBlank: startsBlank,
      text: String(decoding: text, as: UTF8.self), problem: problem)
  }
}
