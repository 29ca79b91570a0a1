/// A filter list in the AdBlock syntax, as far as DNS can express it: `||NAME^` lists a name and what lies below it,
/// `||*.NAME^` only what lies below, and `@@` before either makes an exception.
///
/// A rule that says more than names is counted by its kind and never applied in part: what it leaves open would be shut,
/// or the other way round.
struct AdBlockList: ListFormat {
  static let kind = "a list in AdBlock syntax (||NAME^)"

  private var name = PlainName()
  private var hasHeader = false
  /// Lines that only this syntax has.
  private var ruleCount = 0

  mutating func take(_ line: Span<UInt8>, _ list: inout ListReader) {
    let start = ListReader.skipBlanks(line, from: 0)
    guard start < line.count, !isComment(line, start) else { return }
    var end = line.count
    while end > start, ZoneEntry.isBlank(line[end - 1]) { end -= 1 }
    list.noteEntry()
    take(rule: line.extracting(start..<end), at: start, &list)
  }

  /// `! comment`, `# comment`, and `[Adblock Plus 2.0]`, which says what the file is.
  private mutating func isComment(_ line: Span<UInt8>, _ start: Int) -> Bool {
    switch line[start] {
    case UInt8(ascii: "!"): return true
    case UInt8(ascii: "["):
      let text = ListReader.excerpt(line.extracting(start..<line.count)).lowercased()
      hasHeader = hasHeader || text.hasPrefix("[adblock") || text.hasPrefix("[adguard") || text.hasPrefix("[ublock")
      return text.hasSuffix("]")
    case UInt8(ascii: "#"):
      // A rule for elements begins with two signs: ##, #@#, #?#, #$#, #%#.
      guard start + 1 < line.count else { return true }
      return !"#@?$%".utf8.contains(line[start + 1])
    default: return false
    }
  }

  private mutating func take(rule: Span<UInt8>, at column: Int, _ list: inout ListReader) {
    ruleCount += 1
    if AdBlockList.hidesElements(rule) { return list.skip(.inexpressible, "rules for elements of a page", at: column) }
    var at = 0
    let isException = rule.starts(with: "@@")
    if isException { at = 2 }
    guard rule.extracting(at...).starts(with: "||") else {
      return takePattern(rule, at, column, isException, &list)
    }
    at += 2
    let isWildcard = rule.extracting(at...).starts(with: "*.")
    if isWildcard { at += 2 }
    guard let end = name.read(rule, from: at), end < rule.count else { return takeOther(rule, at, column, &list) }
    guard rule[end] == UInt8(ascii: "^"), !name.isWildcard else { return takeOther(rule, at, column, &list) }
    if end + 1 < rule.count {
      let isNothing = !isException && AdBlockList.isWholeName(rule.extracting((end + 1)..<rule.count))
      if !isNothing {
        let kind = rule[end + 1] == UInt8(ascii: "$") ? "rules with options" : "rules on paths or patterns"
        return list.skip(.inexpressible, kind, at: column)
      }
    }
    if name.endsInNumber { return list.skip(.inexpressible, ListReader.addresses, at: column) }
    list.add(name.wire, isWildcard: isWildcard, isException: isException, at: column)
  }

  /// Options with which a rule still means every use of the name: `all` says just that. `document` and `doc` name the pages
  /// themselves; a name whose pages may not be opened is listed so by lists of bad pages, and means the whole name.
  private static func isWholeName(_ rest: Span<UInt8>) -> Bool {
    ["$all", "$document", "$doc"].contains { $0.utf8.count == rest.count && rest.starts(with: $0) }
  }

  /// A rule of the form `||...` whose name is not followed by `^`.
  private mutating func takeOther(_ rule: Span<UInt8>, _ start: Int, _ column: Int, _ list: inout ListReader) {
    var end = start
    while end < rule.count, !"^/$|:?&=".utf8.contains(rule[end]) { end += 1 }
    let word = rule.extracting(start..<end)
    for index in word.indices where word[index] == UInt8(ascii: "*") {
      return list.skip(.inexpressible, "rules with a wildcard inside a name", at: column)
    }
    for index in word.indices where word[index] >= 0x80 {
      return list.skip(.inexpressible, ListReader.outsideASCII, at: column)
    }
    let isName = name.read(rule, from: start) == end
    if isName || end == start { return list.skip(.inexpressible, "rules on paths or patterns", at: column) }
    list.malformed(ListReader.noName, word, at: column + start)
  }

  /// A rule that names no host: a regular expression, or a part of an address.
  private mutating func takePattern(
    _ rule: Span<UInt8>, _ start: Int, _ column: Int, _ isException: Bool, _ list: inout ListReader
  ) {
    let last = rule[rule.count - 1]
    if rule.count > start + 1, rule[start] == UInt8(ascii: "/"), last == UInt8(ascii: "/") {
      return list.skip(.inexpressible, "regular expressions", at: column)
    }
    // Every text is a pattern to the syntax, but no pattern has a blank, quote or angle bracket in it.
    for index in rule.indices where " \t<>\"".utf8.contains(rule[index]) {
      ruleCount -= 1
      list.show("no rule", rule, at: column)
      return list.skip(.malformed, "no rule", at: column)
    }
    if start == 0, !"|/*&.-_?=".utf8.contains(rule[0]) { ruleCount -= 1 }
    list.skip(.inexpressible, "rules on paths or patterns", at: column)
  }

  /// Whether `##`, `#@#`, `#?#`, `#$#` or `#%#` stands in it, or `$$`, all of which are about what a page shows.
  private static func hidesElements(_ rule: Span<UInt8>) -> Bool {
    for index in rule.indices.dropLast() {
      let (one, two) = (rule[index], rule[index + 1])
      if one == UInt8(ascii: "$"), two == one { return true }
      guard one == UInt8(ascii: "#") else { continue }
      if two == one { return true }
      if "@?$%".utf8.contains(two), index + 2 < rule.count, "#@?$%".utf8.contains(rule[index + 2]) { return true }
    }
    return false
  }

  /// Without a header, half of the lines must be what only this syntax has.
  func objection(_ list: ListReader) -> String? {
    if hasHeader || list.entryLines == 0 || ruleCount * 2 >= list.entryLines { return nil }
    return "\(list.entryLines - ruleCount) of \(list.entryLines) lines are no rules of \(AdBlockList.kind)"
  }
}
