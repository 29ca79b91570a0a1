/// A line of zone text in the form that nearly all lines of a policy zone have,
///
///     OWNER [TTL] [IN] CNAME TARGET   ; comment
///
/// with the owner a plain name and the TTL plain seconds. Every other line is left to `ZoneText`, which reads these to the
/// same end, and slowly.
struct PlainLine {
  /// Where the target stands, up to a blank or comment, whatever it is made of.
  let target: Range<Int>
  /// Seconds.
  let ttl: UInt32?

  /// Nil when `line` has another form; `owner` is then of no use.
  init?(_ line: Span<UInt8>, owner: inout PlainName) {
    // A blank at the front leaves the owner out.
    guard var at = owner.read(line, from: 0), let word = PlainLine.nextWord(line, at) else { return nil }
    at = word
    var ttl: UInt32?
    if line[at] &- UInt8(ascii: "0") < 10 {
      guard let value = PlainLine.seconds(line, &at), let next = PlainLine.nextWord(line, at) else { return nil }
      (ttl, at) = (value, next)
    }
    if PlainLine.isWord(line, at, 0x696E) {
      guard let next = PlainLine.nextWord(line, at + 2) else { return nil }
      at = next
    }
    guard PlainLine.isWord(line, at, 0x63_6E61_6D65), let start = PlainLine.nextWord(line, at + 5) else { return nil }
    var end = start
    while end < line.count, line[end] > UInt8(ascii: " "), line[end] != UInt8(ascii: ";") { end += 1 }
    guard end > start, PlainLine.isOver(line, end) else { return nil }
    target = start..<end
    self.ttl = ttl
  }

  /// Where the word after the blanks at `start` begins; nil where there is no blank or no word.
  @inline(__always)
  private static func nextWord(_ line: Span<UInt8>, _ start: Int) -> Int? {
    var at = start
    while at < line.count, ZoneEntry.isBlank(line[at]) { at += 1 }
    return at > start && at < line.count ? at : nil
  }

  /// Up to nine digits, ended by a blank.
  private static func seconds(_ line: Span<UInt8>, _ at: inout Int) -> UInt32? {
    var value: UInt32 = 0
    let start = at
    while at < line.count, line[at] &- UInt8(ascii: "0") < 10 {
      guard at - start < 9 else { return nil }
      value = value * 10 + UInt32(line[at] - UInt8(ascii: "0"))
      at += 1
    }
    return value
  }

  /// Whether the word at `start` is `word`, letters in lower case, its first octet the highest; a blank ends it.
  @inline(__always)
  private static func isWord(_ line: Span<UInt8>, _ start: Int, _ word: UInt64) -> Bool {
    let length = (71 - word.leadingZeroBitCount) / 8
    guard start + length < line.count, ZoneEntry.isBlank(line[start + length]) else { return false }
    var read: UInt64 = 0
    for index in start..<(start + length) { read = read << 8 | UInt64(line[index] | 0x20) }
    return read == word
  }

  /// Whether nothing but blanks and a comment follows.
  @inline(__always)
  private static func isOver(_ line: Span<UInt8>, _ start: Int) -> Bool {
    guard start < line.count else { return true }
    if line[start] == UInt8(ascii: ";") { return true }
    guard ZoneEntry.isBlank(line[start]) else { return false }
    var at = start
    while at < line.count, ZoneEntry.isBlank(line[at]) { at += 1 }
    return at == line.count || line[at] == UInt8(ascii: ";")
  }
}
