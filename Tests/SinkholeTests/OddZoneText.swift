import Support

/// Zone text as no tool would write it, and people and broken tools do: drawn from a seed, an entry at a time.
enum OddZoneText {
  private static let long: String = String(repeating: "a", count: 63)
  private static let owners: [String] = [
    "example.org", "*.example.org", "EXAMPLE.Org", "a_b.example.net", "example.org.", "foo.z.rpz.example.",
    "*.Foo.Z.RPZ.example.", "z.rpz.example.", "*.z.rpz.example.", "sub.z.rpz.example.", "x.rpz-ip",
    "32.1.2.0.192.rpz-ip", "24.1.2.0.192.rpz-client-ip", "33.1.2.0.192.rpz-ip", "ns.example.rpz-nsdname", "rpz-x", "rpz-",
    "a.rpz-", "a.rpz-x.org", "@", "", " ", "\t", "*", "*.", "*a.org", "a.*.org", "*.*.org", "a..b", ".a", ".", "-a-.org", "com",
    "*.com", "sinkhole.internal", "x.sinkhole.internal", "id.service.sinkhole.internal", "1.example.org", "a\\.b.org",
    "\\097.org", "a\\032b.org", "a\\000b.org", "a\\255.org", "a\\256.org", "a\\.", "\\@", "\\", "b\u{FC}cher.org", "a\"b.org",
    "\"a.org\"", "a$b.org", "a+b.org", "IN", "60", "CNAME", "TYPE5", "garden.example",
  ] + longOwners
  /// At the bounds of 63 octets, 255 octets, 24 labels and 127 labels, and beyond.
  private static let longOwners: [String] = [
    long + ".org", long + "a.org", three + String(repeating: "b", count: 40), three + String(repeating: "b", count: 47),
    three + String(repeating: "b", count: 48), labels(24), labels(25), "*." + labels(24), labels(120), labels(128),
  ]
  private static let three: String = long + "." + long + "." + long + "."

  private static func labels(_ count: Int) -> String { Array(repeating: "a", count: count).joined(separator: ".") }

  private static let times: [String] = ["", "", "60", "0", "007", "1h", "1H30M", "999999999", "2147483647", "4294967296", "-1", "6x"]
  private static let classes: [String] = ["", "", "IN", "in", "iN", "CH", "CLASS1", "CLASS3", "INN"]
  private static let types: [String] = ["CNAME", "CNAME", "CNAME", "cname", "Cname", "CNAMES", "CNAM", "TYPE5", "A", "NS", "DNAME", ""]
  private static let targets: [String] = [
    ".", "*.", "rpz-passthru.", "RPZ-DROP.", "rpz-tcp-only.", "rpz-foo.", "x.rpz-foo.", "rpz-.", "x.rpz-.", "garden.example.",
    "*.garden.example.", "Garden.Example.", "garden.example", "DeepSeek.service.sinkhole.internal.",
    "*.service.sinkhole.internal.", "x.y.service.sinkhole.internal.", "service.sinkhole.internal.",
    "a_b.service.sinkhole.internal.", "relative", "@", "*", "z.rpz.example.", "a.z.rpz.example.", "example.org.",
    "EXAMPLE.org.", "*.example.org.", "foo.", "..", "a..b.", "a b.", "", "te;st.", "te\\.st.", "\\103arden.example.",
    "\"quoted.\"", "(.)", "b\u{FC}cher.", long + ".", long + "a.", "192.0.2.1", ". extra", ". )", "( .", "\\# 1 00",
    three + String(repeating: "b", count: 62) + ".", "garden.example.. ",
  ]
  private static let records: [String] = [
    "A 192.0.2.1", "a 192.0.2.2", "A 192.0.2", "AAAA 2001:db8::1", "TXT plain", "TXT \"a;b (c)\" d", "TXT \"open", "MX 10 mail",
    "TYPE65280 \\# 4 0a000001", "TYPE65280 \\# 4 0a", "TYPE65280 x", "TYPE1 192.0.2.1", "A \\# 4 c0000201", "SOA a. b. 1 2 3 4 5",
    "HTTPS 1 . alpn=h2", "RRSIG x", "ANY x", "TYPE65536 \\# 0",
  ]
  private static let directives: [String] = [
    "$TTL 77", "$TTL 1h", "$ttl 5", "$TTL soon", "$ORIGIN sub", "$ORIGIN sub.z.rpz.example.", "$ORIGIN z.rpz.example.",
    "$origin SUB.Z.rpz.example.", "$ORIGIN rpz-ip", "$ORIGIN rpz-client-ip.z.rpz.example.", "$ORIGIN rpz-", "$ORIGIN elsewhere.",
    "$ORIGIN .", "$ORIGIN @", "$ORIGIN a..b", "$ORIGIN " + three, "$ORIGIN a\\.b", "$GENERATE 1-2 a CNAME .", "$", "$X",
    " $TTL 60", "$TTL 60 ; why", "$ORIGIN ( sub\n )",
  ]
  private static let blanks: [String] = [" ", " ", "\t", "  \t "]
  private static let ends: [String] = ["", "", " ", "\t", " ; comment", ";comment", "\t;", "\r", " \r", " ;\r", " junk", "\u{0B}"]
  private static let nothings: [String] = ["", " ", "\t", ";", " ; x", "\r", "; (", "()", " ( )", "\"\"", ")"]

  /// One entry, over several lines where a parenthesis is open, without the last line's end.
  static func entry(_ random: inout SeededRandom) -> String {
    switch Int.random(in: 0..<12, using: &random) {
    case 0: return any(directives, &random)
    case 1: return any(nothings, &random)
    case 2: return line([any(owners, &random), header(&random), any(records, &random)], &random)
    case 3: return "\(any(blanks, &random))\(line([header(&random), record(&random)], &random))"
    case 4:
      let inside = [header(&random), record(&random)].joined(separator: any(["\n", " ; (\n  ", "\n\n\t"], &random))
      return "\(any(owners, &random)) (\(any(blanks, &random))\(inside)\n)\(any(ends, &random))"
    default:
      return line([any(owners, &random), header(&random), any(types, &random), any(targets, &random)], &random)
    }
  }

  private static func record(_ random: inout SeededRandom) -> String {
    Bool.random(using: &random) ? any(records, &random) : "CNAME " + any(targets, &random)
  }

  /// TTL and class, in either order, or none.
  private static func header(_ random: inout SeededRandom) -> String {
    let words = [any(times, &random), any(classes, &random)].filter { !$0.isEmpty }
    return (random.isOne(in: 3) ? words.reversed() : words).joined(separator: any(blanks, &random))
  }

  private static func line(_ words: [String], _ random: inout SeededRandom) -> String {
    let rest = words.dropFirst().filter { !$0.isEmpty }
    return rest.reduce(words[0]) { $0 + any(blanks, &random) + $1 } + any(ends, &random)
  }

  private static func any(_ list: [String], _ random: inout SeededRandom) -> String {
    list.randomElement(using: &random) ?? ""
  }
}
