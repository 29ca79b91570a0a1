/// A list of domain names, one a line: `NAME`, `.NAME` and `NAME.` list the name and what lies below it, `*.NAME` only what
/// lies below. `#`, `!` and `;` begin comments, `!` only where a word could begin.
struct DomainList: ListFormat {
  static let kind = "a list of domain names"

  private var name = PlainName()

  mutating func take(_ line: Span<UInt8>, _ list: inout ListReader) {
    let start = ListReader.skipBlanks(line, from: 0)
    guard start < line.count, !DomainList.isComment(line[start]) else { return }
    list.noteEntry()
    var from = start
    var isWildcard = false
    if line[start] == UInt8(ascii: ".") {
      from += 1
    } else if line[start] == UInt8(ascii: "*"), start + 1 < line.count, line[start + 1] == UInt8(ascii: ".") {
      from += 2
      isWildcard = true
    }
    guard let end = name.read(line, from: from), DomainList.isEnd(line, end), !name.isWildcard else {
      return list.skipWord(line, start..<ListReader.endOfWord(line, from: start))
    }
    let rest = ListReader.skipBlanks(line, from: end)
    if rest < line.count, !DomainList.isComment(line[rest]) {
      let found = ListReader.excerpt(line.extracting(rest..<line.count))
      return list.fault(rest + 1, "\"\(found)\" after the name, expected one name a line", "Delete it, or put # before it.")
    }
    if name.endsInNumber { return list.skip(.inexpressible, ListReader.addresses, at: start) }
    list.add(name.wire, isWildcard: isWildcard, at: start)
  }

  func objection(_ list: ListReader) -> String? { nil }

  private static func isEnd(_ line: Span<UInt8>, _ at: Int) -> Bool {
    at == line.count || ZoneEntry.isBlank(line[at]) || line[at] != UInt8(ascii: "!") && isComment(line[at])
  }

  private static func isComment(_ octet: UInt8) -> Bool {
    octet == UInt8(ascii: "#") || octet == UInt8(ascii: "!") || octet == UInt8(ascii: ";")
  }
}
