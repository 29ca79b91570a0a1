import Sinkhole
import Testing

@Suite("Zone text")
struct ZoneTextTests {
  @Test(
    "directives, parentheses, quotes, comments and owners left out read as the master format has them",
    arguments: [
      ("$ORIGIN sub\nname CNAME .", ["name.sub nxdomain z.zone:6"]),
      ("$ORIGIN sub\n$ORIGIN deeper\nname CNAME .", ["name.deeper.sub nxdomain z.zone:7"]),
      ("$origin Sub.Z.rpz.example.\nname CNAME .\n@ CNAME .", ["name.sub nxdomain z.zone:6", "sub nxdomain z.zone:7"].filter { !$0.hasPrefix("sub ") }),
      ("name.example CNAME ( ; comment )\n  . )", ["name.example nxdomain z.zone:5"]),
      ("( name.example\n 60\n IN CNAME\n . )\nb.example CNAME .", ["name.example nxdomain z.zone:5", "b.example nxdomain z.zone:9"]),
      ("a.example A 192.0.2.1\n  TXT \"a;b (c)\"\n\t60 IN TXT d", ["a.example data=A/300/c0000201+TXT/60/0164+TXT/60/07613b6220286329 z.zone:5"]),
      ("a.example 1h CNAME .\nb.example IN 1d CNAME .\nc.example in cname .", ["a.example nxdomain z.zone:5", "b.example nxdomain z.zone:6", "c.example nxdomain z.zone:7"]),
      ("a.example CLASS1 CNAME .", ["a.example nxdomain z.zone:5"]), ("a.example TYPE5 .", ["a.example nxdomain z.zone:5"]),
      ("a\\.b.example CNAME .\n\\097.example CNAME .", ["a\\.b.example nxdomain z.zone:5", "a.example nxdomain z.zone:6"]),
      ("a.example.z.rpz.example. CNAME .", ["a.example nxdomain z.zone:5"]),
      ("A.Example.Z.RPZ.example. CNAME .;c", ["a.example nxdomain z.zone:5"]),
      ("a.example CNAME .\r\n*.a.example CNAME .\r\n", ["a.example nxdomain z.zone:5", "*.a.example nxdomain z.zone:6"]),
      ("\n;only\n   \n\t;comments\n a.example", []),
      ("IN CNAME .\nCNAME.example CNAME .", ["cname.example nxdomain z.zone:6"]),
      ("a.example CNAME *.\n  \n  CNAME *.", ["a.example nodata z.zone:5", "a.example nodata z.zone:7"]),
    ])
  func forms(_ text: String, _ expected: [String]) {
    let zone = listing(text)
    if expected.isEmpty { return #expect(zone.faults.count == 1) }
    #expect(zone.triggers == expected, "\(zone)")
  }

  @Test("an owner left out after a plain line, a directive and a comment is still the last one")
  func lastOwner() {
    let zone = listing("a.example CNAME .\n; comment\n$TTL 60\n$ORIGIN sub\n  CNAME .\n  CNAME .")
    #expect(zone.triggers.prefix(3) == ["a.example nxdomain z.zone:5", "a.example nxdomain z.zone:9", "a.example nxdomain z.zone:10"])
  }

  @Test(
    "records without an owner behind one that cannot be read are not taken for another name's, and are read for faults",
    arguments: [true, false])
  func lostOwner(_ scans: Bool) {
    let zone = listing(
      "a.example CNAME .\nb..example CNAME .\n  CNAME rpz-drop\n  A 192.0.2\nc.example CNAME .\n  CNAME rpz-drop",
      scansPlainLines: scans)
    #expect(zone.faults.map { $0.prefix { $0 != " " } } == ["z.zone:6:1:", "z.zone:8:5:", "z.zone:10:3:"], "\(zone)")
  }

  @Test(
    "the TTL of local data is the record's, that of $TTL, or the last one stated",
    arguments: [
      ("", "a.example A 192.0.2.1", 3600), ("$TTL 1w\n", "a.example A 192.0.2.1", 604_800),
      ("$TTL 60\n", "a.example 1m30s A 192.0.2.1", 90), ("", "b.example 77 CNAME .\na.example A 192.0.2.1", 77),
      ("", "b.example 78 A 192.0.2.9\na.example A 192.0.2.1", 78), ("$TTL 60\n", "b.example 78 CNAME .\na.example A 192.0.2.1", 60),
    ])
  func ttl(_ head: String, _ text: String, _ expected: Int) throws {
    let zone = listing(
      text, head: head + "$ORIGIN z.rpz.example.\n@ SOA localhost. root.localhost. 7 3600 600 86400 5\n")
    #expect(zone.rules.contains("a.example data=A/\(expected)/c0000201"), "\(zone)")
  }

  @Test(
    "a fault names its line, its column, what was expected and a remedy",
    arguments: [
      ("example.org CNAEM .", "z.zone:5:13: \"CNAEM\" is no record type, expected OWNER [TTL] [CLASS] TYPE RDATA. Correct the record."),
      ("   example.org CNAME", "z.zone:5:4: \"example.org\" is no record type"),
      ("example.org A 192.0.2.256", "z.zone:5:15: \"192.0.2.256\" is no data of type A: "),
      ("example.org TXT \"open", "z.zone:5:1: a quoted string does not end on its line"),
      ("example.org CNAME ( .\n\n", "z.zone:5:1: \"(\" is never closed. Close it"),
      ("example.org CNAME . )", "z.zone:5:1: \")\" without \"(\""),
      ("  ( example.org\n  BAD x )", "z.zone:5:5: \"example.org\" is no record type"),
      ("a.example (\n  BAD x )", "z.zone:6:3: \"BAD\" is no record type"),
      ("a.example (\n A ; c\n   192.0.2 )", "z.zone:7:4: \"192.0.2"),
      ("$GENERATE 1-2 a$ CNAME .", "z.zone:5:1: $GENERATE is not followed. Write its records out"),
      ("$FOO x", "z.zone:5:1: unknown directive $FOO, expected $ORIGIN, $TTL or $INCLUDE"),
      ("$TTL soon", "z.zone:5:1: $TTL takes one time"), ("$TTL", "$TTL takes one time"), ("$TTL 1 2", "$TTL takes one time"),
      ("$TTL 2147483648", "$TTL takes one time"), ("$ORIGIN", "$ORIGIN takes one domain name"),
      ("$ORIGIN a..b", "z.zone:5:9: \"a..b\" is no domain name"), ("$INCLUDE", "$INCLUDE takes a file"),
      ("outside.example. CNAME .", "z.zone:5:1: \"outside.example\" lies outside the zone \"z.rpz.example\""),
      ("a.example CH CNAME .", "z.zone:5:11: class CH, expected IN"), ("a.example HS A 192.0.2.1", "class HS, expected IN"),
      ("a.example CLASS3 CNAME .", "class CLASS3, expected IN"), ("a.example", "z.zone:5:1: a record without a type"),
      ("a.example 60 IN", "a record without a type"), ("a.example CNAME", "z.zone:5:11: a record of type CNAME without data"),
      ("a.example CNAME . .", "is no data of type CNAME"), ("a..example CNAME .", "z.zone:5:1: \"a..example\" is no domain name"),
      ("\(String(repeating: "a", count: 64)).example CNAME .", "is no domain name"),
      ("a.example 4294967296 CNAME .", "\"4294967296\" is no record type"),
      ("a.example TYPE65536 \\# 0", "\"TYPE65536\" is no record type"), ("a.example TYPE12x \\# 0", "is no record type"),
      ("a.example TYPE65280 x", "expected \\# LENGTH HEX"), ("a.example TYPE65280 \\# 2 00", "another number of octets"),
      ("a.example TYPE65280 \\# x 00", "no length after"), ("a.example TYPE65280 \\# 1 0g", "no hexadecimal digit"),
      ("a.example TYPE65280 \\# 65536 00", "more than 65,535 octets"), ("a.example A \\# 3 c00002", "are no RDATA of type A"),
      ("a.example A \\# 5 c000020101", "are no RDATA of type A"), ("a.example CNAME \\# 2 c000", "are no RDATA of type CNAME"),
      ("a.example CNAME rpz-drop", "lies inside the zone itself. End the target with a dot."),
      ("a.example CNAME @", "lies inside the zone itself"),
      ("@ SOA localhost. root.localhost. 8 3600 600 86400 5", "a second SOA, unlike the first"),
      ("a.example MX 10 \(Array(repeating: String(repeating: "a", count: 60), count: 4).joined(separator: "."))", "a name of more than 255 octets"),
    ])
  func faults(_ text: String, _ expected: String) throws {
    let zone = listing(text)
    #expect(zone.faults.count == 1, "\(zone)")
    #expect(try #require(zone.faults.first).contains(expected), "\(zone)")
  }

  @Test("all faults are told at once, up to a hundred; the others are counted")
  func allFaults() {
    #expect(listing("a CNAEM .\nb.example CNAME .\nc A 1.2.3\n$X y").faults.count == 3)
    let bad = (0..<250).map { "n\($0).example BAD x" }.joined(separator: "\n")
    let faults = listing(bad).faults
    #expect(faults.count == 101)
    #expect(faults[99].hasPrefix("z.zone:104:"))
    #expect(faults[100] == "z.zone: 150 further faults. Mend these first.")
    #expect(listing((0..<101).map { _ in "a BAD x" }.joined(separator: "\n")).faults.last == "z.zone: 1 further fault. Mend these first.")
  }

  @Test(
    "a zone begins with its SOA",
    arguments: [
      ("a.example CNAME .\n", "z.zone:1:1: the first record is no SOA. Put the zone's SOA first."),
      ("; nothing\n", "z.zone: no SOA record at the zone's origin. Start with $ORIGIN, an SOA and NS localhost."),
      ("  CNAME .", "z.zone:1:3: the first record has no owner name"),
    ])
  func noSOA(_ text: String, _ expected: String) {
    #expect(listing(text, head: "").faults.first?.hasPrefix(expected) == true, "\(listing(text, head: ""))")
  }

  @Test("a record before the SOA is told once, however many there are")
  func onceNoSOA() {
    let text = String(repeating: "a.example CNAME .\n", count: 50) + zoneHead + "b.example CNAME .\n"
    #expect(listing(text, head: "").faults.count == 1)
  }

  @Test("a transfer written to a file, absolute names and the SOA again at its end, is a zone")
  func transfer() throws {
    let soa = "z.rpz.example. 300 IN SOA localhost. root.localhost. 42 3600 600 86400 5"
    let text = "\(soa)\nz.rpz.example. 300 IN NS localhost.\na.example.z.rpz.example. 300 IN CNAME .\n\(soa)\n"
    let zone = try PolicyZoneReader.read(text: Array(text.utf8), file: "z.zone")
    #expect(ZoneListing(zone).triggers == ["a.example nxdomain z.zone:3"])
    #expect(zone.origin == Name("z.rpz.example") && zone.serial == 42 && zone.title == "z")
  }

  @Test("text without $ORIGIN is the zone that it is called, by its title or its file")
  func noOrigin() throws {
    let text = "@ SOA localhost. root.localhost. 4294967295 3600 600 86400 5\n NS localhost.\na.example CNAME .\n"
    let zone = try PolicyZoneReader.read(text: Array(text.utf8), file: "lists/My feed.rpz")
    #expect(zone.origin == Name("my-feed.rpz.sinkhole.internal") && zone.title == "my-feed")
    #expect(zone.serial == .max && zone.triggerCount == 1)
    let titled = try PolicyZoneReader.read(text: Array(text.utf8), file: "x", title: "Feed")
    #expect(titled.origin == Name("feed.rpz.sinkhole.internal") && titled.title == "Feed")
  }

  @Test("a title given goes before the origin's first label")
  func title() throws {
    let text = Array((zoneHead + "a.example CNAME .").utf8)
    #expect(try PolicyZoneReader.read(text: text, file: "z.zone").title == "z")
    #expect(try PolicyZoneReader.read(text: text, file: "z.zone", title: "ours").title == "ours")
  }
}
