/// One entry of zone text (RFC 1035 section 5.1): a record or directive, comments, line breaks inside parentheses and
/// the parentheses themselves taken out.
struct ZoneEntry {
  /// The text of the entry; blanks stand where parentheses and line ends were.
  fileprivate(set) var text: [UInt8] = []
  /// The owner was left out: the last one stands for it.
  fileprivate(set) var startsBlank = false
  /// An octet outside ASCII stands outside quotes, so in a name.
  fileprivate(set) var hasRawOctets = false
  /// A parenthesis or quote that never closes, or a closing one too many.
  fileprivate(set) var problem: String?
  /// For each line: where its text starts. Columns run on from there.
  private var pieces: [(offset: Int, line: Int)] = []

  /// Where the first token stands.
  fileprivate(set) var start = (line: 0, column: 0)

  /// Line and column, both from 1, of the octet at `offset` of the text.
  func place(of offset: Int) -> (line: Int, column: Int) {
    guard let piece = pieces.last(where: { $0.offset <= offset }) else { return start }
    return (piece.line, offset - piece.offset + 1)
  }

  /// The token at or after `offset`: up to a blank that is neither quoted nor escaped. Nil at the end.
  func token(from offset: Int) -> Range<Int>? {
    var at = offset
    while at < text.count, ZoneEntry.isBlank(text[at]) { at += 1 }
    let start = at
    var isQuoted = false
    while at < text.count, isQuoted || !ZoneEntry.isBlank(text[at]) {
      if text[at] == UInt8(ascii: "\"") { isQuoted.toggle() }
      at += text[at] == UInt8(ascii: "\\") ? 2 : 1
    }
    return start < text.count ? start..<min(at, text.count) : nil
  }

  /// The text of `range`, for a fault: cut at sixty octets, and nothing in it but printable ASCII and UTF-8.
  func excerpt(_ range: Range<Int>) -> String {
    let text = text[range].prefix(60)
    let shown = String(decoding: text, as: UTF8.self).unicodeScalars.filter { $0.value >= 0x20 && $0.value != 0x7F }
    return String(String.UnicodeScalarView(shown)) + (range.count > 60 ? "..." : "")
  }

  @inline(__always)
  static func isBlank(_ octet: UInt8) -> Bool { octet == UInt8(ascii: " ") || octet == UInt8(ascii: "\t") }

  fileprivate mutating func restart() {
    text.removeAll(keepingCapacity: true)
    pieces.removeAll(keepingCapacity: true)
    (startsBlank, hasRawOctets, problem, start) = (false, false, nil, (0, 0))
  }

  fileprivate mutating func begin(line: Int) { pieces.append((text.count, line)) }
}

/// Joins lines of zone text into entries.
struct ZoneEntryCutter {
  enum Step {
    /// A line without anything in it.
    case nothing
    /// A parenthesis is open: the entry goes on.
    case more
    case complete
    /// The entry is longer than a line may be: its parenthesis was probably never meant to stay open.
    case tooLong
  }

  private(set) var entry = ZoneEntry()
  private var depth = 0

  var isOpen: Bool { depth > 0 }

  /// Takes line `number`, given without its end.
  mutating func add(_ line: Span<UInt8>, number: Int) -> Step {
    if depth == 0 {
      entry.restart()
      entry.startsBlank = line.count > 0 && ZoneEntry.isBlank(line[0])
    } else {
      entry.text.append(UInt8(ascii: " "))
    }
    entry.begin(line: number)
    read(line, number)
    if depth > 0 { return entry.text.count > SourceLines.maximumLineLength ? .tooLong : .more }
    return entry.start.line == 0 ? .nothing : .complete
  }

  /// The file has ended. An entry still open is complete, with a problem.
  mutating func finish() -> Step {
    guard depth > 0 else { return .nothing }
    depth = 0
    entry.problem = "\"(\" is never closed"
    return .complete
  }

  private mutating func read(_ line: Span<UInt8>, _ number: Int) {
    var isQuoted = false
    var at = 0
    while at < line.count {
      var octet = line[at]
      switch octet {
      case UInt8(ascii: ";") where !isQuoted: return
      case UInt8(ascii: "(") where !isQuoted:
        note(number, at)
        depth += 1
        octet = UInt8(ascii: " ")
      case UInt8(ascii: ")") where !isQuoted:
        note(number, at)
        if depth == 0 { entry.problem = "\")\" without \"(\"" } else { depth -= 1 }
        octet = UInt8(ascii: " ")
      case UInt8(ascii: "\\") where at + 1 < line.count:
        note(number, at)
        entry.text.append(octet)
        at += 1
        octet = line[at]
      case UInt8(ascii: " "), UInt8(ascii: "\t"): break
      default:
        note(number, at)
        if octet == UInt8(ascii: "\"") { isQuoted.toggle() }
      }
      if octet >= 0x80, !isQuoted { entry.hasRawOctets = true }
      entry.text.append(octet)
      at += 1
    }
    if isQuoted { entry.problem = "a quoted string does not end on its line" }
  }

  private mutating func note(_ line: Int, _ at: Int) {
    if entry.start.line == 0 { entry.start = (line, at + 1) }
  }
}
