import Sinkhole
import Support
import Testing

@Suite("How rules call zones")
struct ZoneTitlesTests {
  /// Each holds one name, `TITLE.example.org`.
  private func policy(_ rules: String, zones: [String]) throws -> Policy {
    let text = "policies: {p: [\(rules)]}\ndefault_policy: p"
    let definition = try ConfigurationReader.read(text: text, file: "s.yaml").definition
    let read = try zones.map { title in
      let text = PlayZone.zone(title, "\(title).example.org CNAME .").text
      return try PolicyZoneReader.read(text: Array(text.utf8), file: "\(title).zone")
    }
    return try PolicyCompiler.compile(read, definition, wording: .init(noticeURL: nil, contact: nil, ttl: 5))
  }

  /// Titles of the zones whose name is not open.
  private func restricted(_ policy: Policy, _ zones: [String]) throws -> [String] {
    let asker = policy.asker(IPAddress(v4: 0x7F00_0001))
    return try zones.filter { title in
      let name = try #require(Name("\(title).example.org"))
      return policy.ruling(on: name, for: asker, policy.activity(at: 0)).selected != nil
    }
  }

  static let zones = ["bypass-relay", "bypass-vpn", "ai-chat", "ai", "bypassed", "other"]

  @Test(
    "a zone is called by its title, and several by what their titles begin with",
    arguments: [
      ("zone: bypass-vpn", ["bypass-vpn"]), ("zone: bypass", ["bypass-relay", "bypass-vpn"]),
      ("zone: [bypass, other]", ["bypass-relay", "bypass-vpn", "other"]),
      ("block: {zone: bypass}", ["bypass-relay", "bypass-vpn"]),
      // A zone of that very title is meant alone.
      ("zone: ai", ["ai"]), ("zone: ai-chat", ["ai-chat"]), ("zone: all", zones),
    ])
  func called(_ rule: String, _ expected: [String]) throws {
    let policy = try policy("{\(rule)}", zones: ZoneTitlesTests.zones)
    #expect(try restricted(policy, ZoneTitlesTests.zones) == expected)
  }

  @Test(
    "what no title is or begins with is a fault, with the nearest of both",
    arguments: [
      ("bypas", " Did you mean \"bypass\"?"), ("byp", ""), ("bypass-", " Did you mean \"bypass\"?"),
      ("bypass-vpm", " Did you mean \"bypass-vpn\"?"),
      ("al", " Did you mean \"ai\"?"),
    ])
  func unknown(_ word: String, _ meant: String) throws {
    let error = #expect(throws: Faults.self) {
      try policy("{zone: \(word)}", zones: ["ai-chat", "bypass-relay", "bypass-vpn"])
    }
    #expect(
      error?.list.map(\.description) == [
        "s.yaml:1: rule zone-1 names the zone \"\(word)\", expected one of: ai-chat, bypass-relay, bypass-vpn. "
          + "Correct it, or load that zone.\(meant)"
      ])
  }
}
