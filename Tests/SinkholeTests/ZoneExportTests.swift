import Sinkhole
import Support
import Testing

/// What one zone becomes in each form; lines of the heading and blank ones left out.
private struct ExportCase: Sendable, CustomTestStringConvertible {
  let testDescription: String
  let text: String
  let format: ExportFormat
  let lines: [String]
  var losses: [String] = []

  init(
    _ description: String, _ text: String, _ format: ExportFormat, _ lines: [String], losses: [String] = []
  ) {
    testDescription = "\(format.rawValue): \(description)"
    self.text = text
    self.format = format
    self.lines = lines
    self.losses = losses
  }

  private static let subtree =
    "ai.example CNAME ai.service.sinkhole.internal.\n*.ai.example CNAME ai.service.sinkhole.internal.\n"
  private static let exact = "x.cdn.example CNAME ai.service.sinkhole.internal.\n"
  private static let below = "*.y.example CNAME ai.service.sinkhole.internal.\n"
  private static let negative =
    "nx.example CNAME .\n*.nx.example CNAME .\none.example CNAME .\nno.example CNAME *.\n*.no.example CNAME *.\n"
  /// An exception inside a subtree, with names between it and the wildcard.
  private static let opened = subtree + "a.b.ai.example CNAME rpz-passthru.\n*.a.b.ai.example CNAME rpz-passthru.\n"

  static let all = [
    ExportCase(
      "a subtree and an exact name get addresses", subtree + exact, .rpz,
      [
        "ai.example A 192.0.2.53", "ai.example AAAA 2001:db8::53", "*.ai.example A 192.0.2.53",
        "*.ai.example AAAA 2001:db8::53", "x.cdn.example A 192.0.2.53", "x.cdn.example AAAA 2001:db8::53",
      ]),
    ExportCase(
      "negative answers stay as they are", negative, .rpz,
      [
        "nx.example CNAME .", "*.nx.example CNAME .", "one.example CNAME .", "no.example CNAME *.",
        "*.no.example CNAME *.",
      ]),
    ExportCase(
      "what exists between a wildcard and an exception is what RFC 4592 makes of it", opened, .rpz,
      [
        "ai.example A 192.0.2.53", "ai.example AAAA 2001:db8::53", "*.ai.example A 192.0.2.53",
        "*.ai.example AAAA 2001:db8::53", "b.ai.example CNAME rpz-passthru.", "*.b.ai.example CNAME rpz-passthru.",
      ]),
    ExportCase(
      "an exact name under a wildcard leaves open what lies below it, in words", subtree + "a.ai.example CNAME *.\n",
      .rpz,
      [
        "ai.example A 192.0.2.53", "ai.example AAAA 2001:db8::53", "*.ai.example A 192.0.2.53",
        "*.ai.example AAAA 2001:db8::53", "a.ai.example CNAME *.", "*.a.ai.example CNAME rpz-passthru.",
      ]),
    ExportCase(
      "local data, aliases and other actions stay as they are",
      "d.example A 192.0.2.1\nd.example TXT \"hello\"\nw.example CNAME garden.example.\nt.example CNAME rpz-tcp-only.\nr.example CNAME rpz-drop.\n",
      .rpz,
      [
        "d.example 300 A 192.0.2.1", "d.example 300 TXT \\# 6 0568656c6c6f", "w.example CNAME garden.example.",
        "t.example CNAME rpz-tcp-only.", "r.example CNAME rpz-drop.",
      ]),
    ExportCase(
      "a subtree is a redirect, an exact name a transparent zone with data", subtree + exact, .unbound,
      [
        "server:", "  local-zone: \"ai.example.\" redirect", "  local-data: 'ai.example. 5 IN A 192.0.2.53'",
        "  local-data: 'ai.example. 5 IN AAAA 2001:db8::53'", "  local-zone: \"x.cdn.example.\" transparent",
        "  local-data: 'x.cdn.example. 5 IN A 192.0.2.53'", "  local-data: 'x.cdn.example. 5 IN AAAA 2001:db8::53'",
      ]),
    ExportCase(
      "negative answers are zones of their kind, NXDOMAIN with what lies below", negative, .unbound,
      [
        "server:", "  local-zone: \"nx.example.\" always_nxdomain", "  local-zone: \"one.example.\" always_nxdomain",
        "  local-zone: \"no.example.\" always_nodata",
      ]),
    ExportCase(
      "an exception and what it makes exist are open; a wildcard alone has no form", opened + below, .unbound,
      [
        "server:", "  local-zone: \"ai.example.\" redirect", "  local-data: 'ai.example. 5 IN A 192.0.2.53'",
        "  local-data: 'ai.example. 5 IN AAAA 2001:db8::53'", "  local-zone: \"b.ai.example.\" always_transparent",
      ],
      losses: ["not exported: names whose subtree is restricted and they themselves are not (1)", "  y.example"]),
    ExportCase(
      "a subtree, an exact name and a wildcard", subtree + exact + below, .dnsmasq,
      [
        "local=/ai.example/", "address=/ai.example/192.0.2.53", "address=/ai.example/2001:db8::53",
        "local=/x.cdn.example/", "address=/x.cdn.example/192.0.2.53", "address=/x.cdn.example/2001:db8::53",
        "server=/*.x.cdn.example/#", "local=/*.y.example/", "address=/*.y.example/192.0.2.53",
        "address=/*.y.example/2001:db8::53",
      ]),
    ExportCase(
      "exceptions ask the servers; NODATA has no option", opened + negative, .dnsmasq,
      [
        "local=/ai.example/", "address=/ai.example/192.0.2.53", "address=/ai.example/2001:db8::53",
        "local=/nx.example/", "local=/one.example/", "server=/*.one.example/#",
        "server=/b.ai.example/#",
      ], losses: ["not exported: names with nodata, for which there is no option (1)", "  no.example"]),
    ExportCase(
      "names alone, and what is lost is told", opened + exact + negative, .hosts,
      [
        "192.0.2.53 ai.example", "2001:db8::53 ai.example", "192.0.2.53 x.cdn.example", "2001:db8::53 x.cdn.example",
      ],
      losses: [
        "not exported: subtrees, whose names must be listed one by one (1)", "  *.ai.example",
        "not exported: names with nxdomain (2)", "  nx.example", "  one.example", "not exported: names with nodata (1)",
        "  no.example",
      ]),
    ExportCase(
      "subtrees alone, and what is lost is told", opened + exact + below + negative, .domains,
      ["ai.example", "*.y.example"],
      losses: [
        "not exported: names that are listed without what lies below them (1)", "  x.cdn.example",
        "not exported: names with nxdomain (2)", "  nx.example", "  one.example", "not exported: names with nodata (1)",
        "  no.example", "not exported: exceptions below names that are listed (1)", "  b.ai.example",
      ]),
    ExportCase(
      "triggers on addresses and odd names are told", "32.1.2.0.192.rpz-ip CNAME .\na\\.b.example CNAME .\n", .hosts,
      [],
      losses: [
        "not exported: triggers on addresses (1)", "  192.0.2.1/32", "not exported: names that are no host names (1)",
        "  a\\.b.example",
      ]),
  ]
}

@Suite("Writing zones for other resolvers")
struct ZoneExportTests {
  static func zone(_ text: String, _ origin: String = "z.rpz.example") throws -> PolicyZone {
    let head = zoneHead.replacing("z.rpz.example", with: origin)
    return try PolicyZoneReader.read(text: Array((head + text).utf8), file: "\(origin).zone")
  }

  private static func lines(_ zones: [PolicyZone], _ format: ExportFormat) throws -> (
    all: [String], losses: [String]
  ) {
    let sinkhole = ["192.0.2.53", "2001:db8::53"].compactMap { IPAddress($0) }
    let origin = try #require(Name("catalogue.rpz.example"))
    let export = try ZoneExport(zones, format: format, sinkhole: sinkhole, origin: origin)
    let lines = Lines()
    try export.write { (text) throws(SystemError) in lines.texts.append(text) }
    return (lines.texts, export.losses.report(most: .max))
  }

  final class Lines {
    var texts: [String] = []
  }

  @Test("a zone becomes", arguments: ExportCase.all)
  fileprivate func exports(_ row: ExportCase) throws {
    let (all, losses) = try ZoneExportTests.lines([ZoneExportTests.zone(row.text)], row.format)
    let body = all.filter { !$0.isEmpty && !"#;$@".contains($0.first ?? "#") }
    #expect(body == row.lines)
    #expect(losses == row.losses)
    // Whoever has the file alone is told too.
    let reasons = losses.filter { $0.hasPrefix("not exported: ") }.map { $0.dropFirst(14) }
    for reason in reasons { #expect(all.contains { $0.hasSuffix(" Not in it: \(reason).") }) }
  }

  @Test("a written policy zone says of every name what the zones say together, whatever they hide from each other")
  func sameVerdicts() throws {
    var random = SeededRandom(seed: 4)
    let labels = ["a", "b", "c"]
    func randomName() -> String {
      (0..<Int.random(in: 1...3, using: &random)).map { _ in labels.randomElement(using: &random) ?? "a" }
        .joined(separator: ".") + ".example"
    }
    let targets = ["ai.service.sinkhole.internal.", ".", "*.", "rpz-passthru.", "rpz-drop."]
    for round in 0..<300 {
      let zones = try (0..<Int.random(in: 1...3, using: &random)).map { number in
        var owners: Set<String> = []
        let text = (0..<Int.random(in: 1...6, using: &random)).map { _ in
          let owner = (Bool.random(using: &random) ? "*." : "") + randomName()
          let target = targets.randomElement(using: &random) ?? "."
          return owners.insert(owner).inserted ? "\(owner) CNAME \(target)\n" : ""
        }.joined()
        return try ZoneExportTests.zone(text, "z\(number).rpz.example")
      }
      let (text, _) = try ZoneExportTests.lines(zones, .rpz)
      let written = try PolicyZoneReader.read(text: Array(text.joined(separator: "\n").utf8), file: "written.zone")
      let (before, after) = (try FlatPolicy(zones), try FlatPolicy([written]))
      for _ in 0..<60 {
        let name = try #require(Name(Bool.random(using: &random) ? randomName() : "x.\(randomName())"))
        var expected = before.effect(of: name)
        if expected == .sinkhole { expected = sinkhole(after, name) }
        #expect(after.effect(of: name) == expected, "round \(round): \(name)\n\(text.joined(separator: "\n"))")
      }
    }
  }

  /// What a name at the sinkhole is in a written zone: its own two records.
  private func sinkhole(_ policy: FlatPolicy, _ name: Name) -> FlatPolicy.Effect {
    guard case .other(.data(let records)) = policy.effect(of: name), records.count == 2 else { return .sinkhole }
    return .other(.data(records))
  }

  @Test("a list becomes a zone of a service, with its exceptions and what lies between")
  func imports() throws {
    let folder = try SourceFolder()
    let file = try folder.write("l.adblock", "||ai.example^\n||chat.ai.example^\n@@||a.b.ai.example^\n")
    let list = try PolicySource.read(file: file)
    let origin = try #require(Name("l.rpz.example"))
    let service = PolicyZone.Service(id: "ai", facts: ["name": "A \"I\"", "vendor": "V"])
    let zone = try ListImport(list, origin: origin, serial: 5, service: service)
    let lines = Lines()
    try zone.write { (text) throws(SystemError) in lines.texts.append(text) }
    #expect(
      lines.texts.filter { !$0.hasPrefix(";") } == [
        "", "$TTL 5", "$ORIGIN l.rpz.example.", "@ SOA localhost. root.localhost. 5 3600 600 2592000 5",
        "@ NS localhost.",
        "ai.service.sinkhole.internal TXT \"name=A \\\"I\\\"\" \"vendor=V\"", "",
        "ai.example CNAME ai.service.sinkhole.internal.", "*.ai.example CNAME ai.service.sinkhole.internal.",
        "b.ai.example CNAME ai.service.sinkhole.internal.", "*.b.ai.example CNAME ai.service.sinkhole.internal.",
        "a.b.ai.example CNAME rpz-passthru.", "*.a.b.ai.example CNAME rpz-passthru.",
      ])
    let written = try PolicyZoneReader.read(text: Array(lines.texts.joined(separator: "\n").utf8), file: "l.zone")
    #expect(written.services["ai"]?.facts["name"] == "A \"I\"")
    let (before, after) = (try FlatPolicy([list]), try FlatPolicy([written]))
    for text in [
      "ai.example", "x.ai.example", "chat.ai.example", "b.ai.example", "x.b.ai.example", "x.a.b.ai.example", "example",
    ] {
      let name = try #require(Name(text))
      #expect(before.effect(of: name) == after.effect(of: name), "\(text)")
    }
  }
}
