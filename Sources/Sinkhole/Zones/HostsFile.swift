/// A hosts file: `ADDRESS NAME [NAME...]   # comment`.
///
/// Names that it sends to an unspecified or loopback address are listed. Any other address would have to be answered with,
/// which a list does not do. The machine's own names, which such files begin with, mean nothing here.
struct HostsFile: ListFormat {
  static let kind = "a hosts file (ADDRESS NAME...)"

  private enum Meaning {
    case listed
    case mapped
  }

  private var name = PlainName()
  /// The address of the last line, as written: files have one or two.
  private var lastAddress: [UInt8] = []
  private var lastMeaning: Meaning?

  mutating func take(_ line: Span<UInt8>, _ list: inout ListReader) {
    let start = ListReader.skipBlanks(line, from: 0)
    guard start < line.count, line[start] != UInt8(ascii: "#") else { return }
    list.noteEntry()
    let end = ListReader.endOfWord(line, from: start, or: UInt8(ascii: "#"))
    guard let meaning = meaning(line.extracting(start..<end)) else {
      return list.malformed("no address at the start of the line", line.extracting(start..<end), at: start)
    }
    var count = 0
    var at = ListReader.skipBlanks(line, from: end)
    while at < line.count, line[at] != UInt8(ascii: "#") {
      count += 1
      let wordEnd = takeName(line, at, meaning, &list)
      at = ListReader.skipBlanks(line, from: wordEnd)
    }
    if count == 0 { list.malformed("an address without a name", line.extracting(start..<end), at: start) }
  }

  /// Returns where the word ends.
  private mutating func takeName(
    _ line: Span<UInt8>, _ start: Int, _ meaning: Meaning, _ list: inout ListReader
  ) -> Int {
    guard let end = name.read(line, from: start), HostsFile.isEnd(line, end), !name.isWildcard else {
      let end = ListReader.endOfWord(line, from: start, or: UInt8(ascii: "#"))
      list.skipWord(line, start..<end)
      return end
    }
    if HostsFile.isOwn(name.wire, labels: name.labels) { return end }
    if name.endsInNumber {
      list.skip(.inexpressible, ListReader.addresses, at: start)
    } else if meaning == .mapped {
      list.skip(.inexpressible, "names mapped to an address of their own", at: start)
    } else {
      list.add(name.wire, at: start)
    }
    return end
  }

  /// Whether `name`, canonical wire octets, is one of those that a machine gives itself: `localhost`, `localhost.localdomain`
  /// and the like with a digit, `local`, `broadcasthost`, `ip6-loopback` and its sisters, and `0.0.0.0`.
  private static func isOwn(_ name: Span<UInt8>, labels: Int) -> Bool {
    let first = name.extracting(1..<(1 + Int(name[0])))
    switch labels {
    case 1: return first.starts(with: "ip6-") || own.contains { first.count == $0.utf8.count && first.starts(with: $0) }
    case 2: return first.starts(with: "localhost") && name.extracting((2 + first.count)...).starts(with: "localdomain")
    case 4: return name.count == 8 && name[1] == UInt8(ascii: "0") && name[7] == UInt8(ascii: "0")
    default: return false
    }
  }

  private static let own = ["localhost", "localhost4", "localhost6", "broadcasthost", "local"]

  /// Nil for a word that is no address.
  private mutating func meaning(_ word: Span<UInt8>) -> Meaning? {
    if word.equals(lastAddress) { return lastMeaning }
    lastAddress = [UInt8](copying: word)
    lastMeaning = HostsFile.meaning(String(decoding: lastAddress, as: UTF8.self))
    return lastMeaning
  }

  private static func meaning(_ text: String) -> Meaning? {
    // Short for 0.0.0.0 in lists made small.
    if text == "0" { return .listed }
    guard let address = IPAddress(String(text.prefix { $0 != "%" })) else { return nil }
    let plain = address.unmapped
    return plain.isLoopback || plain.isUnspecified ? .listed : .mapped
  }

  private static func isEnd(_ line: Span<UInt8>, _ at: Int) -> Bool {
    at == line.count || ZoneEntry.isBlank(line[at]) || line[at] == UInt8(ascii: "#")
  }

  func objection(_ list: ListReader) -> String? { nil }
}
