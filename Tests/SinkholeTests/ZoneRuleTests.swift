import Sinkhole
import Testing

@Suite("Rules of a policy zone")
struct ZoneRuleTests {
  @Test(
    "a CNAME's target is the action",
    arguments: [
      (".", "nxdomain"), ("*.", "nodata"), ("rpz-passthru.", "passthru"), ("RPZ-Passthru.", "passthru"),
      ("rpz-drop.", "drop"), ("rpz-tcp-only.", "tcp-only"), ("example.org.", "passthru"),
      ("deepseek.service.sinkhole.internal.", "service=deepseek"),
      ("DeepSeek.Service.Sinkhole.Internal.", "service=deepseek"), ("garden.example.", "alias=garden.example"),
      ("*.garden.example.", "alias=*.garden.example"), ("*.example.org.", "alias=*.example.org"),
      ("rpz.example.", "alias=rpz.example"), ("rpz-.example.", "alias=rpz-.example"),
    ])
  func actions(_ target: String, _ expected: String) {
    #expect(listing("example.org CNAME \(target)").triggers == ["example.org \(expected) z.zone:5"])
  }

  @Test(
    "a CNAME to the trigger itself is the old form of passthru, also where the target is known as a garden",
    arguments: [
      ("*.example.org CNAME *.example.org.", ["*.example.org passthru z.zone:5"]),
      (
        "a.example CNAME garden.example.\ngarden.example CNAME garden.example.\nb.example CNAME garden.example.",
        [
          "a.example alias=garden.example z.zone:5", "garden.example passthru z.zone:6",
          "b.example alias=garden.example z.zone:7",
        ]
      ),
    ])
  func old(_ text: String, _ expected: [String]) { #expect(listing(text).triggers == expected) }

  @Test(
    "a target below an rpz- name without a meaning is counted and not served",
    arguments: ["rpz-unknown.", "x.rpz-passthru.", "rpz-drop.rpz-x."])
  func unknown(_ target: String) {
    let zone = listing("example.org CNAME \(target)\nexample.net CNAME .")
    #expect(zone.triggers == ["example.net nxdomain z.zone:6"])
    #expect(zone.skipped == ["inexpressible 1 targets below rpz- names that are no known action z.zone:5:1"])
  }

  @Test(
    "records of other types are local data, all of a name together wherever they stand, equal sets once",
    arguments: [
      ("example.org A 192.0.2.1", ["example.org data=A/300/c0000201"]),
      // Sorted, whatever their order in the file; the same set for both names.
      (
        "b.example 60 A 192.0.2.2\nc.example 60 A 192.0.2.1\nb.example 60 A 192.0.2.1\nc.example 60 A 192.0.2.2",
        ["b.example data=A/60/c0000201+A/60/c0000202", "c.example data=A/60/c0000201+A/60/c0000202"]
      ),
      // A record that stands twice counts once, and an RRset has its lowest TTL.
      ("x.example 60 A 192.0.2.1\nx.example 30 A 192.0.2.1", ["x.example data=A/30/c0000201"]),
      (
        "x.example 60 A 192.0.2.1\n          30 A 192.0.2.2\n          90 TXT hi",
        ["x.example data=A/30/c0000201+A/30/c0000202+TXT/90/026869"]
      ),
      ("*.x.example A 192.0.2.1\nx.example A 192.0.2.2", ["*.x.example data=A/300/c0000201", "x.example data=A/300/c0000202"]),
      ("x.example TYPE65280 \\# 4 0a 000001", ["x.example data=TYPE65280/300/0a000001"]),
      ("x.example A \\# 4 c0000201", ["x.example data=A/300/c0000201"]),
      ("x.example TYPE1 192.0.2.1", ["x.example data=A/300/c0000201"]),
      ("x.example MX 10 mail", ["x.example data=MX/300/000a046d61696c017a0372707a076578616d706c6500"]),
      ("x.example HTTPS 1 . alpn=h2", ["x.example data=HTTPS/300/000100000100030268" + "32"]),
      ("32.1.2.0.192.rpz-ip A 192.0.2.9", ["response 192.0.2.1/32 data=A/300/c0000209"]),
    ])
  func data(_ text: String, _ expected: [String]) { #expect(listing(text).rules == expected) }

  @Test("local data of one name may be 256 records and 65,535 octets, not more")
  func dataBounds() throws {
    let records = (0..<256).map { "x.example A 192.0.2.\($0)" }.joined(separator: "\n")
    #expect(listing(records).faults.isEmpty)
    let more = listing(records + "\nx.example A 198.51.100.1")
    #expect(more.faults.count == 1)
    #expect(try #require(more.faults.first).hasPrefix("z.zone:261:1: more than 256 records or 65535 octets"))
    let half = String(repeating: "00", count: 30_000)
    let three = (1...3).map { "x.example TYPE6528\($0) \\# 30000 \(half)" }
    #expect(listing(three[0...1].joined(separator: "\n")).faults.isEmpty)
    #expect(listing(three.joined(separator: "\n")).faults.first?.hasPrefix("z.zone:7:1: more than 256") == true)
  }

  @Test("names with one set each, read record by record, need a number for each set that is left and no more")
  func manySets() throws {
    // Sets of A alone come and go: 40,000 of them and as many of both would be more than a zone may have.
    let first = (0..<40_000).map { "n\($0).example A 10.0.\($0 >> 8).\($0 & 255)" }
    let second = (0..<40_000).map { "n\($0).example AAAA 2001:db8::\(String($0, radix: 16))" }
    let text = zoneHead + (first + second).joined(separator: "\n")
    let zone = try PolicyZoneReader.read(text: Array(text.utf8), file: "z.zone")
    #expect(zone.triggerCount == 40_000)
    #expect(zone.actions.count == 40_000)
    let many = (0..<65_536).map { "n\($0).example A 10.0.\($0 >> 8).\($0 & 255)" }.joined(separator: "\n")
    #expect(listing(many).faults == ["z.zone: more than 65,535 actions in a zone. Part the zone."])
  }

  @Test(
    "what is about a zone or a message is no local data",
    arguments: [
      "SOA localhost. root.localhost. 7 3600 600 86400 5", "NS localhost.", "DNAME example.net.",
      "RRSIG A 13 2 300 20300101000000 20200101000000 1 example.org. AAAA", "NSEC a.example. A", "DS 1 13 2 AA",
      "NSEC3 1 0 0 - AAAA A", "DNSKEY 256 3 13 AAAA", "NSEC3PARAM 1 0 0 -", "CDS 1 13 2 AA", "CDNSKEY 256 3 13 AAAA",
      "TYPE41 \\# 0", "TYPE250 \\# 0", "ANY x", "TYPE255 \\# 0",
    ])
  func asides(_ record: String) {
    let zone = listing("example.org \(record)\nexample.net A 192.0.2.1")
    #expect(zone.triggers.count == 1)
    #expect(zone.skipped.count == 1)
    #expect(zone.skipped.first?.hasPrefix("inexpressible 1 records of type ") == true, "\(zone)")
  }

  @Test(
    "two actions for one trigger are a fault that names the other line",
    arguments: [
      ("a.example CNAME .\na.example CNAME *.", "z.zone:6:1: \"a.example\" has another action on line 5"),
      ("a.example A 192.0.2.1\na.example CNAME .", "z.zone:6:1: \"a.example\" has another action on line 5"),
      ("a.example CNAME .\nb.example A 192.0.2.1\na.example TXT x", "z.zone:7:1: \"a.example\" has another action on line 5"),
      ("*.a.example CNAME .\n\n*.a.example A 192.0.2.1", "z.zone:7:1: \"*.a.example\" has another action on line 5"),
      ("32.1.2.0.192.rpz-ip CNAME .\n32.1.2.0.192.rpz-ip CNAME *.", "z.zone:6:1: \"192.0.2.1/32\" has another action on line 5"),
      ("32.1.2.0.192.rpz-ip A 192.0.2.1\n32.1.2.0.192.rpz-ip CNAME *.", "another action on line 5"),
      ("32.1.2.0.192.rpz-ip CNAME .\n32.1.2.0.192.rpz-ip A 192.0.2.1", "another action on line 5"),
    ])
  func contradictions(_ text: String, _ expected: String) throws {
    let error = #expect(throws: Faults.self) {
      let zone = try PolicyZoneReader.read(text: Array((zoneHead + text).utf8), file: "z.zone")
      _ = try PolicyCompiler.compile([zone], wording: .init(noticeURL: nil, contact: nil, ttl: 5))
    }
    #expect(try #require(error).description.contains(expected))
  }

  @Test(
    "the same trigger twice with the same action is one",
    arguments: [
      "a.example CNAME .\na.example CNAME .", "32.1.2.0.192.rpz-ip CNAME .\n32.1.2.0.192.rpz-ip CNAME .",
      "a.example A 192.0.2.1\na.example A 192.0.2.1",
    ])
  func twice(_ text: String) throws {
    let zone = try PolicyZoneReader.read(text: Array((zoneHead + text).utf8), file: "z.zone")
    _ = try PolicyCompiler.compile([zone], wording: .init(noticeURL: nil, contact: nil, ttl: 5))
  }

  @Test(
    "triggers on addresses",
    arguments: [
      ("32.9.2.0.192.rpz-client-ip", "client 192.0.2.9/32"), ("24.0.2.0.192.rpz-ip", "response 192.0.2.0/24"),
      ("8.0.0.0.10.RPZ-IP", "response 10.0.0.0/8"), ("128.1.zz.db8.2001.rpz-ip", "response 2001:db8::1/128"),
      ("48.zz.db8.2001.rpz-client-ip", "client 2001:db8::/48"), ("128.1.zz.rpz-ip", "response ::1/128"),
      ("128.1.0.0.0.0.0.db8.2001.rpz-ip", "response 2001:db8::1/128"),
      // Not the run that the draft would have compressed, and yet one address only.
      ("128.1.0.0.0.1.zz.db8.2001.rpz-ip", "response 2001:db8:0:1::1/128"),
      ("128.1.zz.1.0.0.0.db8.2001.rpz-ip", "response 2001:db8::1:0:1/128"),
      ("128.zz.0001.0db8.2001.rpz-ip", "response 2001:db8:1::/128"), ("1.0.0.0.128.rpz-ip", "response 128.0.0.0/1"),
      ("128.8.7.6.5.4.3.2.1.rpz-ip", "response 1:2:3:4:5:6:7:8/128"),
    ])
  func addresses(_ owner: String, _ expected: String) {
    let zone = listing("\(owner) CNAME rpz-drop.")
    #expect(zone.addresses == ["\(expected) drop z.zone:5"], "\(zone)")
  }

  @Test(
    "a trigger on what is no address is left out and counted, and told with what is wrong",
    arguments: [
      ("33.1.2.0.192.rpz-ip", "prefix length 33, expected 1 to 32"), ("0.0.0.0.0.rpz-ip", "no prefix length"),
      ("24.1.2.0.192.rpz-ip", "192.0.2.1 has bits beyond its 24"), ("32.256.2.0.192.rpz-ip", "\"256\" is no octet"),
      ("32.010.2.0.192.rpz-ip", "\"010\" is no octet"), ("x.1.2.0.192.rpz-ip", "\"x\" is no prefix length"),
      ("32.2.0.192.rpz-ip", "3 parts"), ("*.32.1.2.0.192.rpz-ip", "\"*\" is no prefix length"),
      ("129.zz.1.rpz-ip", "prefix length 129, expected 1 to 128"), ("64.1.zz.db8.2001.rpz-ip", "has bits beyond its 64"),
      ("128.zz.1.zz.rpz-ip", "3 parts"), ("128.zz.8.7.6.5.4.3.2.1.rpz-ip", "9 parts"),
      ("128.12345.zz.rpz-ip", "\"12345\" is no word"), ("128.g.zz.rpz-ip", "\"g\" is no word"), ("rpz-ip", "no prefix length"),
      ("+32.1.2.0.192.rpz-ip", "no prefix length"),
    ])
  func invalidAddresses(_ owner: String, _ expected: String) throws {
    let zone = listing("\(owner) CNAME .\n\(owner) A 192.0.2.1\nexample.org CNAME .\n32.1.2.0.192.rpz-ip CNAME .")
    #expect(zone.rules == ["example.org nxdomain", "response 192.0.2.1/32 nxdomain"], "\(zone)")
    let skip = try #require(zone.skipped.first)
    #expect(skip.hasPrefix("malformed 2 triggers on what is no address, \"\(owner)\": "), "\(skip)")
    #expect(skip.contains(expected) && skip.hasSuffix(" z.zone:5:1"), "\(skip)")
    #expect(zone.skipped.count == 1 && zone.faults.isEmpty)
  }

  @Test("a zone of thousands of triggers loses none for those that are no address, and tells of the first")
  func oneOfMany() {
    let lines = (0..<3_000).map { number in
      number % 1_000 == 500 ? "24.\(number % 250 + 1).2.0.192.rpz-client-ip CNAME ." : "n\(number).example CNAME ."
    }
    let zone = listing(lines.joined(separator: "\n"))
    #expect(zone.triggers.count == 2_997)
    #expect(
      zone.skipped == [
        "malformed 3 triggers on what is no address, \"24.1.2.0.192.rpz-client-ip\": 192.0.2.1 has bits beyond its 24 z.zone:505:1"
      ])
  }

  @Test("text that cannot be read refuses the zone, beside triggers that are left out")
  func syntaxBeside() {
    let zone = listing("33.1.2.0.192.rpz-ip CNAME .\n32.1.2.0.192.rpz-ip CNAEM .")
    #expect(zone.faults.count == 1 && zone.faults.first?.hasPrefix("z.zone:6:21: \"CNAEM\" is no record type") == true)
  }

  @Test("triggers that need delegations, and kinds unknown, are counted")
  func inexpressible() {
    let zone = listing(
      """
      ns.example.rpz-nsdname CNAME .
      32.1.2.0.192.rpz-nsip CNAME .
      33.bad.rpz-nsip CNAME .
      x.rpz-new CNAME .
      y.rpz-other A 192.0.2.1
      """)
    #expect(zone.triggers.isEmpty && zone.faults.isEmpty)
    #expect(
      zone.skipped == [
        "inexpressible 1 rpz-nsdname triggers are not acted on: a forwarder sees no delegations z.zone:5:1",
        "inexpressible 2 rpz-nsip triggers are not acted on: a forwarder sees no delegations z.zone:6:1",
        "inexpressible 2 triggers below rpz- names that are no known kind z.zone:8:1",
      ])
  }

  @Test("names outside ASCII are counted in raw form, and taken where they are escaped or within quotes")
  func raw() {
    let zone = listing(
      "bücher.example CNAME .\nb\\195\\188cher.example CNAME .\nx.example TXT \"grüße\"\nx.org CNAME bücher.example.")
    #expect(zone.triggers.count == 2)
    #expect(
      zone.skipped == ["inexpressible 2 names outside ASCII, which nobody asks for: write A-labels (xn--...) z.zone:5:1"])
  }

  @Test("a TXT record at ID.service.sinkhole.internal describes a service; other names of ours are guarded")
  func services() {
    let zone = listing(
      """
      deepseek.service.sinkhole.internal TXT "name=DeepSeek" "name.ko=딥시크" vendor=DeepSeek
      a.b.service.sinkhole.internal TXT "name=x"
      explain.sinkhole.internal CNAME .
      *.sinkhole.internal CNAME *.
      """)
    #expect(zone.services == ["deepseek name.ko=딥시크 name=DeepSeek vendor=DeepSeek"])
    #expect(zone.skipped == ["guarded 3 a rule for our own names z.zone:6:1"])
  }

  @Test(
    "a service that is badly named or described is a fault",
    arguments: [
      ("x CNAME a.b.service.sinkhole.internal.", "names no service"),
      ("x CNAME service.sinkhole.internal.", "names no service"),
      ("x CNAME *.service.sinkhole.internal.", "names no service"),
      ("x CNAME a\\.b.service.sinkhole.internal.", "names no service"),
      ("x.service.sinkhole.internal TXT x", "\"x\" is no KEY=VALUE"),
      ("x.service.sinkhole.internal TXT =x", "is no KEY=VALUE"),
      ("x.service.sinkhole.internal TXT name=x\n\nx.service.sinkhole.internal TXT name=y", "z.zone:7:1: service \"x\" is described twice"),
      ("x.service.sinkhole.internal TXT \"name=\\255\"", "is not UTF-8"),
    ])
  func badServices(_ text: String, _ expected: String) throws {
    let zone = listing(text.replacing("x CNAME", with: "x.example CNAME"))
    #expect(zone.faults.count == 1)
    #expect(try #require(zone.faults.first).contains(expected), "\(zone)")
  }

  @Test("a trigger may have 24 labels; of more it is counted")
  func depth() {
    let deepest = Array(repeating: "a", count: 22).joined(separator: ".") + ".example.org"
    let zone = listing("\(deepest) CNAME .\n*.\(deepest) CNAME .\nb.\(deepest) CNAME .\nc.\(deepest) A 192.0.2.1")
    #expect(zone.rules.filter { !$0.isEmpty } == ["\(deepest) nxdomain", "*.\(deepest) nxdomain"])
    #expect(zone.skipped == ["inexpressible 2 a rule for a name of more than 24 labels z.zone:7:1"])
  }
}
