/// What the forms of lists have in common: blanks, words, and names in them.
extension ListReader {
  static let outsideASCII = "names outside ASCII: write them as A-labels (xn--...)"
  static let addresses = "addresses in the place of names"
  static let noName = "no domain name"

  /// The offset of the first octet at or after `start` that is no blank.
  @inline(__always)
  static func skipBlanks(_ line: Span<UInt8>, from start: Int) -> Int {
    var at = start
    while at < line.count, ZoneEntry.isBlank(line[at]) { at += 1 }
    return at
  }

  /// Where the word at `start` ends: at a blank, or one of `ends`.
  @inline(__always)
  static func endOfWord(_ line: Span<UInt8>, from start: Int, or end: UInt8 = 0) -> Int {
    var at = start
    while at < line.count, !ZoneEntry.isBlank(line[at]), line[at] != end { at += 1 }
    return at
  }

  /// Counts the word at `range`, which is no plain name, as what it is.
  mutating func skipWord(_ line: Span<UInt8>, _ range: Range<Int>) {
    let word = line.extracting(range)
    for index in word.indices where word[index] >= 0x80 { return skip(.inexpressible, ListReader.outsideASCII, at: range.lowerBound) }
    malformed(ListReader.noName, word, at: range.lowerBound)
  }
}
