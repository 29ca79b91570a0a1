import Foundation
import Sinkhole
import Support
import Testing

/// The catalogue under a policy, loaded as a server loads it, and names tried on it as `sinkholed explain` does.
struct CataloguePolicy: Sendable {
  let configuration: Configuration
  let snapshot: Snapshot

  /// - Parameters:
  ///   - policy: rules of the configuration, as YAML; none is the default policy.
  ///   - optional: files of `zones/optional` that are loaded as well.
  init(_ policy: String = "", optional: [String] = []) throws {
    let files = ["\(Command.root)/zones/"] + optional.map { "\(Command.root)/zones/optional/\($0).zone" }
    let text = """
      upstreams: ["192.0.2.1"]
      sinkhole: {ipv4: 192.0.2.53, ipv6: "2001:db8::53"}
      zones: [\(files.map { "\"\($0)\"" }.joined(separator: ", "))]
      \(policy)

      """
    configuration = try ConfigurationReader.read(text: text, file: "sinkhole.yaml")
    snapshot = try SnapshotBuilder(configuration).build(generation: 1)
  }

  /// The verdict on a name: `blocked deepseek`, `nxdomain -`, `open -`.
  func verdict(_ name: String, _ type: String = "A") throws -> String {
    let trial = try trial(name, type)
    return "\(trial["verdict"] ?? "?") \(trial["service"] ?? "-")"
  }

  func trial(_ name: String, _ type: String = "A") throws -> [String: String] {
    let trial = Trial(
      name: try #require(Name(name)), type: try #require(RecordType(type)), client: IPAddress(v4: 0x7F00_0001),
      snapshot: snapshot, at: .now())
    let object = try JSONSerialization.jsonObject(with: Data(trial.json().utf8))
    return try #require(object as? [String: Any]).mapValues { "\($0)" }
  }
}

@Suite("The catalogue judged")
struct CatalogueProbeTests {
  static let standard = Result { try CataloguePolicy() }

  /// Lines of a table, in words.
  private static func table(_ file: String) throws -> [[String]] {
    let text = try String(contentsOfFile: "\(Command.root)/Tests/Catalogue/\(file)", encoding: .utf8)
    return text.split(separator: "\n").filter { !$0.hasPrefix("#") }.map { $0.split(separator: " ").map(String.init) }
  }

  /// All that are wrong are told together.
  private func judge(_ probes: [(name: String, type: String, expected: String)]) throws {
    let policy = try CatalogueProbeTests.standard.get()
    let wrong = try probes.compactMap { probe -> String? in
      let found = try policy.trial(probe.name, probe.type)
      let verdict = "\(found["verdict"] ?? "?") \(found["service"] ?? "-")"
      let place = found["trigger"].map { " by \($0), \(found["at"] ?? "?")" } ?? ""
      return verdict == probe.expected
        ? nil : "\(probe.name) \(probe.type): \(verdict)\(place), expected \(probe.expected)"
    }
    #expect(wrong.isEmpty, "\(wrong.joined(separator: "\n"))")
    let names = probes.map { "\($0.name) \($0.type)" }
    #expect(Set(names).count == names.count, "\(Dictionary(grouping: names) { $0 }.filter { $1.count > 1 }.keys)")
  }

  @Test("names that AI services use are restricted, each as its service")
  func restricted() throws {
    let table = try CatalogueProbeTests.table("restricted.txt")
    #expect(table.count >= 300 && table.allSatisfy { $0.count == 2 })
    try judge(table.map { ($0[0], "A", "blocked \($0[1])") })
  }

  @Test("names that others need are open")
  func open() throws {
    let table = try CatalogueProbeTests.table("open.txt")
    #expect(table.count >= 400 && table.allSatisfy { $0.count == 1 })
    try judge(table.map { ($0[0], "A", "open -") })
  }

  @Test("names that a service shares with other products are open, and what lies below them")
  func shared() throws {
    let names = Set(CatalogueZone.all.flatMap { $0.shared.map(\.name) }).sorted()
    try judge(names.flatMap { [($0, "A", "open -"), ("unlisted.\($0)", "A", "open -")] })
  }

  @Test("ways around get what their owners document: no sinkhole address for canaries, relays and resolvers")
  func bypass() throws {
    let table = try CatalogueProbeTests.table("bypass.txt")
    #expect(table.count >= 80 && table.allSatisfy { $0.count == 4 })
    try judge(table.map { ($0[0], $0[1], "\($0[2]) \($0[3])") })
    let policy = try CatalogueProbeTests.standard.get()
    for probe in table {
      let answer = try #require(policy.trial(probe[0], probe[1])["answer"])
      switch probe[2] {
      case "nxdomain": #expect(answer.hasPrefix("NXDOMAIN, 0 answer records"), "\(probe): \(answer)")
      case "nodata": #expect(answer.hasPrefix("NOERROR, 0 answer records"), "\(probe): \(answer)")
      case "blocked": #expect(answer.hasPrefix("NOERROR, 1 answer record,"), "\(probe): \(answer)")
      default: #expect(answer.hasPrefix("forwarded to "), "\(probe): \(answer)")
      }
    }
  }

  @Test("every name of every zone is restricted, and so is what lies below a wildcard")
  func everything() throws {
    let policy = try CatalogueProbeTests.standard.get()
    for zone in CatalogueZone.shipped {
      for rule in zone.rules {
        let verdict = try policy.verdict(rule.isWildcard ? "unlisted.\(rule.name)" : rule.name)
        #expect(!verdict.hasPrefix("open"), "\(zone.path):\(rule.line): \(rule.owner) \(verdict)")
      }
    }
  }

  @Test("the catalogue loads without a warning, and without what is optional")
  func load() throws {
    for policy in [try CatalogueProbeTests.standard.get(), try CataloguePolicy(optional: CataloguePlayTests.optional)] {
      #expect(policy.snapshot.sourceWarnings.isEmpty)
      let review = PolicyReview(policy.snapshot.policy, policy.configuration.definition, at: .now())
      #expect(review.warnings.isEmpty, "\(review.warnings)")
    }
    let files = try CatalogueProbeTests.standard.get().snapshot.policy.zones.map(\.source.file)
    #expect(files.count == CatalogueZone.shipped.count)
    #expect(!files.contains { $0.contains("optional") })
  }
}

@Suite("Policies over the catalogue")
struct CataloguePlayTests {
  static let optional = ["bypass", "hosting", "unconfirmed", "weak"]

  private static func policy(_ rules: String) -> String { "policies: {p: [\(rules)]}\ndefault_policy: p" }

  /// Rules, and the verdicts on names under them.
  static let plays: [(rules: String, verdicts: [String: String])] = [
    // A service below a domain of another can be restricted alone.
    (
      "block: {services: [sora]}",
      ["sora.chatgpt.com": "blocked sora", "videos.openai.com": "blocked sora", "chatgpt.com": "open -"]
    ),
    ("block: {services: [jina-reader]}", ["r.jina.ai": "blocked jina-reader", "api.jina.ai": "open -"]),
    // Kinds of ways around, by zone, by category, and all of them.
    (
      "zone: bypass",
      [
        "dns.google": "nxdomain -", "mask.icloud.com": "nxdomain -", "use-application-dns.net": "nxdomain -",
        "nordvpn.com": "blocked nordvpn", "www.croxyproxy.com": "blocked croxyproxy", "chatgpt.com": "open -",
      ]
    ),
    ("zone: bypass-resolver", ["dns.google": "nxdomain -", "mask.icloud.com": "open -", "nordvpn.com": "open -"]),
    ("zone: [bypass-canary, bypass-relay]", ["dns.google": "open -", "mask.icloud.com": "nxdomain -"]),
    (
      "block: {category: [vpn, tor]}",
      [
        "nordvpn.com": "blocked nordvpn", "www.torproject.org": "blocked tor-project", "dns.google": "open -",
        "www.croxyproxy.com": "open -", "x.translate.goog": "open -",
      ]
    ),
    ("zone: bypass-relay", ["apple-relay.mask.apple-dns.net": "open -", "mask.apple-dns.net": "nxdomain -"]),
    // A resolver, and a tunnel, that an agency uses itself.
    (
      "{allow: {names: [dns.quad9.net, agency.cloudflare-gateway.com]}}, {allow: {services: [tailscale]}}, {zone: bypass}",
      [
        "dns.quad9.net": "allowed -", "dns9.quad9.net": "nxdomain -", "agency.cloudflare-gateway.com": "allowed -",
        "other.cloudflare-gateway.com": "nxdomain -", "controlplane.tailscale.com": "allowed tailscale",
      ]
    ),
    // One jurisdiction, one vendor.
    (
      "block: {jurisdiction: [CN]}",
      ["chat.deepseek.com": "blocked deepseek", "klingai.com": "blocked kling", "chatgpt.com": "open -"]
    ),
    (
      "block: {vendor: [ByteDance]}",
      ["www.coze.com": "blocked coze", "www.doubao.com": "blocked doubao", "www.kimi.com": "open -"]
    ),
    ("zone: ai", ["chatgpt.com": "blocked openai-chatgpt", "nordvpn.com": "open -", "dns.google": "open -"]),
  ]

  @Test("a rule selects what its words say", arguments: plays.indices)
  func selects(_ index: Int) throws {
    let play = CataloguePlayTests.plays[index]
    let rules = play.rules.hasPrefix("{") ? play.rules : "{\(play.rules)}"
    let policy = try CataloguePolicy(CataloguePlayTests.policy(rules))
    for (name, expected) in play.verdicts { #expect(try policy.verdict(name) == expected, "\(play.rules): \(name)") }
  }

  @Test("a designated resolver is exempted for everyone by never_block")
  func neverBlock() throws {
    let policy = try CataloguePolicy("never_block: [dns.quad9.net]")
    #expect(try policy.verdict("dns.quad9.net") == "allowed -")
    #expect(try policy.verdict("dns10.quad9.net") == "nxdomain -")
  }

  @Test("the configurations of docs/catalogue.md hold over the zones, without a warning")
  func documented() throws {
    let text = try String(contentsOfFile: Command.root + "/docs/catalogue.md", encoding: .utf8)
    let blocks = text.matches(of: /```yaml\n((?s:.*?))```/).map { String($0.output.1) }
    #expect(blocks.count == 2)
    for block in blocks {
      let zones = block.hasPrefix("zones:") ? "" : "zones: [/usr/share/sinkhole/zones/]\n"
      let text =
        "upstreams: [\"192.0.2.1\"]\n"
        + (zones + block).replacing("/usr/share/sinkhole/zones", with: "\(Command.root)/zones")
      let configuration = try ConfigurationReader.read(text: text, file: "sinkhole.yaml")
      let snapshot = try SnapshotBuilder(configuration).build(generation: 1)
      let review = PolicyReview(snapshot.policy, configuration.definition, at: .now())
      #expect(review.warnings.isEmpty, "\(review.warnings)")
    }
  }

  @Test("an optional zone is turned on by loading it and a rule", arguments: optional)
  func turnedOn(_ file: String) throws {
    let zone = try #require(CatalogueZone.optional.first { $0.path == "zones/optional/\(file).zone" })
    let rules = CataloguePlayTests.policy("{zone: optional-\(file)}")
    let policy = try CataloguePolicy(rules, optional: [file])
    let standard = try CatalogueProbeTests.standard.get()
    for rule in zone.names {
      #expect(try policy.verdict(rule.name) == (rule.service.map { "blocked \($0)" } ?? "nxdomain -"), "\(rule.name)")
    }
    // What lies below a shipped wildcard is restricted either way.
    let open = try zone.names.filter { try standard.verdict($0.name) == "open -" }
    #expect(open.count == zone.names.count, "\(Set(zone.names.map(\.name)).subtracting(open.map(\.name)))")
    #expect(try policy.verdict("chatgpt.com") == "open -")
  }
}
