import Sinkhole
import Support
import Testing

/// Which names of a policy want a certificate.
@Suite("Names that lead to the page")
struct PageNamesTests {
  private static let zones = [
    PlayZone.zone(
      "ai",
      """
      deepseek.service.sinkhole.internal TXT "name=DeepSeek" "category=chat"
      other.service.sinkhole.internal TXT "name=Other" "category=code"
      deepseek.com CNAME deepseek.service.sinkhole.internal.
      *.deepseek.com CNAME deepseek.service.sinkhole.internal.
      open.deepseek.com CNAME rpz-passthru.
      *.other.example CNAME other.service.sinkhole.internal.
      nx.example.net CNAME .
      data.example.net A 192.0.2.1
      """), PlayZone.list("ads", "ads.example.net"),
  ]

  struct Case: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let rules: String
    let names: Set<String>
  }

  static let cases = [
    Case(testDescription: "what a zone blocks", rules: "zone: ai", names: ["deepseek.com", "other.example"]),
    Case(testDescription: "what a list blocks", rules: "zone: ads", names: ["ads.example.net"]),
    Case(testDescription: "one service", rules: "block: {services: [deepseek]}", names: ["deepseek.com"]),
    Case(testDescription: "a caution", rules: "caution: {services: [other]}", names: ["other.example"]),
    Case(
      testDescription: "not what another rule opens or denies first",
      rules: "allow: {services: [other]}\n    - nxdomain: {services: [deepseek]}\n    - zone: ai", names: []),
    Case(testDescription: "not what is observed", rules: "observe: {services: all}", names: []),
    Case(
      testDescription: "what is restricted at some hour",
      rules: "block: {services: [deepseek]}\n      hours: mon-fri 09:00-18:00\n    - allow: {services: all}",
      names: ["deepseek.com"]),
    Case(
      testDescription: "names of rules", rules: "block: {names: [rule.example.org, \"*.below.example.org\"]}",
      names: ["rule.example.org", "below.example.org"]),
  ]

  @Test("names that a rule blocks or cautions lead there, and no others", arguments: cases)
  func leads(_ play: Case) throws {
    let policy = try PlayZone.snapshot(
      "policies:\n  p:\n    - \(play.rules)\ndefault_policy: p\ntime_zone: UTC", PageNamesTests.zones
    ).snapshot.policy
    #expect(Set(PageNames(policy).names) == play.names)
  }

  @Test("zones can be left out")
  func leavesOut() throws {
    let policy = try PlayZone.snapshot("policies: {p: [{zone: all}]}\ndefault_policy: p", PageNamesTests.zones).snapshot
      .policy
    #expect(Set(PageNames(policy).names) == ["deepseek.com", "other.example", "ads.example.net"])
    #expect(Set(PageNames(policy, leavingOut: ["ai"]).names) == ["ads.example.net"])
  }
}
