import Foundation
import Sinkhole
import Support
import Testing

/// Legal, and probably not meant.
@Suite("Warnings about a policy")
struct PolicyReviewTests {
  private static let ai = PlayZone.zone(
    "ai",
    """
    deepseek.service.sinkhole.internal TXT "name=DeepSeek" "vendor=DeepSeek" "jurisdiction=CN" "category=chat"
    deepseek.com CNAME deepseek.service.sinkhole.internal.
    *.deepseek.com CNAME deepseek.service.sinkhole.internal.
    nx.example.net CNAME .
    """)

  struct Case: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let policy: String
    var zones = [ai]
    let warnings: [String]
  }

  /// `deepseek` alone, and an exception.
  private static let services = PlayZone.zone(
    "services", "a.deepseek.com CNAME deepseek.service.sinkhole.internal.\nb.deepseek.com CNAME rpz-passthru.")
  private static let unliftable = "readers acknowledge services, so nobody can lift it. Select services, or write block."

  private static func p(_ rules: String) -> String { "policies:\n  p:\n    - \(rules)\ndefault_policy: p" }

  static let cases = [
    Case(testDescription: "nothing to say", policy: p("{block: {services: all}}\n    - zone: ai"), warnings: []),
    Case(testDescription: "no policy at all", policy: "", warnings: []),
    Case(
      testDescription: "a policy called default is everyone's", policy: "policies: { default: [{zone: ai}] }", warnings: []),
    Case(
      testDescription: "a rule that selects nothing", policy: p("block: {category: [chat], jurisdiction: [US]}"),
      warnings: [
        "s.yaml:3:7: rule block-1 of policy p selects nothing in the zones that are loaded.",
        "s.yaml:3:7: rule block-1 names the unknown jurisdiction \"us\".",
      ]),
    Case(
      testDescription: "an unknown service and its nearest", policy: p("block: {services: [depseek, deepseek]}"),
      warnings: ["s.yaml:3:7: rule block-1 names the unknown service \"depseek\". Did you mean \"deepseek\"?"]),
    Case(
      testDescription: "unknown facts", policy: p("block: {category: [chta], vendor: [\"Deep Sea\"]}"),
      warnings: [
        "s.yaml:3:7: rule block-1 of policy p selects nothing in the zones that are loaded.",
        "s.yaml:3:7: rule block-1 names the unknown category \"chta\". Did you mean \"chat\"?",
        "s.yaml:3:7: rule block-1 names the unknown vendor \"deep sea\".",
      ]),
    Case(
      testDescription: "a rule that is never reached", policy: p("block: {services: all}\n    - caution: {services: [deepseek]}"),
      warnings: ["s.yaml:4:7: rule caution-2 of policy p is never reached: rules before it decide all that it selects."]),
    Case(
      testDescription: "a rule behind one with hours, or behind one that observes, is reached",
      policy: p("{block: {services: all}, hours: sat}\n    - observe: {services: all}\n    - caution: {services: [deepseek]}"),
      warnings: []),
    Case(
      testDescription: "names behind names", policy: p("block: {names: [example.org]}\n    - allow: {names: [www.example.org]}"),
      warnings: ["s.yaml:4:7: rule allow-2 of policy p is never reached: rules before it decide all that it selects."]),
    Case(
      testDescription: "a date of review that has passed, and one that has not",
      policy: p("{block: {services: all}, review: 2026-11-30}\n    - {zone: ai, review: 2026-12-01}"),
      warnings: ["s.yaml:3:8: rule block-1 of policy p was to be reviewed by 2026-11-30. Look at it again, and set another date."]),
    Case(
      testDescription: "groups",
      policy: """
        groups:
          none: {clients: [], policy: p}
          one: {clients: [10.0.0.0/8, 10.0.0.0/8, 10.1.0.0/16], policy: p}
          two: {clients: [10.1.0.0/16], policy: p}
        policies: { p: [{zone: ai}], q: [{zone: ai}] }
        default_policy: p
        """,
      warnings: [
        "s.yaml:2:3: group none has no clients.", "s.yaml:3:3: group one has 10.0.0.0/8 twice.",
        "s.yaml:4:3: group two has 10.1.0.0/16 and so has group one, whose it is.",
        "s.yaml: policy q is nobody's: no group and no default_policy names it.",
      ]),
    Case(
      testDescription: "a caution about names that the rule holds itself", policy: p("caution: {names: [example.org]}"),
      warnings: ["s.yaml:3:7: rule caution-1 of policy p cautions about names that it holds itself: \(unliftable)"]),
    Case(
      testDescription: "a caution about everything", policy: p("{caution: everything, id: all}"),
      warnings: ["s.yaml:3:8: rule all of policy p cautions about names that it holds itself: \(unliftable)"]),
    Case(
      testDescription: "a caution about zones, some of whose names are no service's",
      policy: p("caution: {zone: all}\n    - caution: {zone: services}"),
      zones: [services, ai, .zone("own", "a.example.org A 192.0.2.1")],
      warnings: [
        "s.yaml:4:7: rule caution-2 of policy p is never reached: rules before it decide all that it selects.",
        "s.yaml:3:7: rule caution-1 of policy p cautions about what belongs to no service in zone ai, zone own: \(unliftable)",
      ]),
    Case(
      testDescription: "a caution about services", policy: p("caution: {services: [deepseek]}"), zones: [ai, services],
      warnings: []),
    Case(
      testDescription: "a caution about a zone that has services and exceptions alone", policy: p("caution: {zone: services}"),
      zones: [services], warnings: []),
    Case(
      testDescription: "triggers that are left out", policy: "",
      zones: [
        .zone(
          "bad",
          """
          a.example.org CNAME .
          33.1.2.0.192.rpz-ip CNAME .
          24.1.2.0.192.rpz-client-ip CNAME .
          com CNAME .
          """)
      ],
      warnings: [
        "bad.zone:6:1: triggers on what is no address, the first \"33.1.2.0.192.rpz-ip\": prefix length 33, expected 1 to 32 (2 in zone bad).",
        "bad.zone:8:1: a rule for a top-level domain (1 in zone bad).",
      ]),
    Case(
      testDescription: "an exception that opens what another zone lists", policy: p("zone: all"),
      zones: [.zone("own", "*.deepseek.com CNAME rpz-passthru.\nb.nx.example.net CNAME rpz-passthru."), ai],
      warnings: ["own.zone:5: *.deepseek.com opens *.deepseek.com of zone ai under policy p (1 such)."]),
    Case(
      testDescription: "an exception behind what it would open, and one that no rule obeys", policy: p("block: {zone: all}"),
      zones: [ai, .zone("own", "*.deepseek.com CNAME rpz-passthru.")], warnings: []),
  ]

  /// Warnings of `policy` on 1 December 2026, paths left out.
  private func warnings(_ policy: String, _ zones: [PlayZone]) throws -> [String] {
    let definition = try ConfigurationReader.read(text: policy, file: "s.yaml").definition
    let read = try zones.map { try PolicyZoneReader.read(text: Array($0.text.utf8), file: $0.file) }
    let compiled = try PolicyCompiler.compile(read, definition, wording: .init(noticeURL: nil, contact: nil, ttl: 5))
    let today = try #require(Instant("2026-12-01T12:00:00Z", in: .utc))
    let review = PolicyReview(compiled, definition, at: today)
    return review.warnings + review.shadows
  }

  @Test("what is legal and probably not meant is told, with its place", arguments: cases)
  func warns(_ review: Case) throws {
    #expect(try warnings(review.policy, review.zones) == review.warnings)
  }

  @Test("a date of review ends with its day, by the clocks of the rule", arguments: [("UTC", "2026-12-01", 0), ("Asia/Seoul", "2026-12-01", 0), ("UTC", "2026-11-30", 1)])
  func reviewEnds(_ zone: String, _ date: String, _ count: Int) throws {
    let rule = "{block: {services: all}, review: \(date), time_zone: \(zone)}"
    #expect(try warnings(PolicyReviewTests.p(rule), [PolicyReviewTests.ai]).count == count)
  }

  @Test("rules are shown in their order, with what they select, say and come to")
  func outline() throws {
    let policy = """
      groups: { left: {clients: [10.0.0.0/8, "2001:db8::/32"], policy: p} }
      policies:
        p:
          - {block: {services: [deepseek], vendor: [deepseek]}, id: shut, ede: censored, reason: {ko: "이유", en: why}, authority: A, reference: D 1, contact: c@example.org, review: 2026-11-30}
          - {caution: {services: all}, hours: "mon-fri 09:00-18:00", time_zone: Asia/Seoul}
          - {redirect: {names: [example.org, "*.example.net"]}, to: garden.example.com}
          - zone: all
          - {refuse: everything, review: 2027-01-01}
      default_policy: p
      """
    let definition = try ConfigurationReader.read(text: policy, file: "s.yaml").definition
    let zone = try PolicyZoneReader.read(text: Array(PolicyReviewTests.ai.text.utf8), file: "ai.zone")
    let compiled = try PolicyCompiler.compile([zone], definition, wording: .init(noticeURL: nil, contact: nil, ttl: 5))
    let noon = try #require(Instant("2026-12-01T12:00:00+09:00", in: .utc))
    let text = PolicyOutline(compiled, group: compiled.groups[1], definition: definition, at: noon).text
    #expect(
      text == """
        policy p for group left
        clients 10.0.0.0/8, 2001:db8::/32
        zones   ai@7
        - shut: block services deepseek; vendor deepseek
            review 2026-11-30, which has passed
            reason why (en)
            reason 이유 (ko)
            authority A
            reference D 1
            contact c@example.org
            EDE 16 (Censored)
            at s.yaml:4
        - caution-2: caution every service
            hours mon-fri 09:00-18:00 Asia/Seoul, holds now
            never reached: rules before it decide all that it selects
            at s.yaml:5
        - redirect-3: redirect names example.org, *.example.net
            to garden.example.com
            at s.yaml:6
        - zone-4: zone every zone
            at s.yaml:7
        - refuse-5: refuse everything
            review 2027-01-01
            at s.yaml:8
        The first rule that selects a trigger of the name decides; inside a zone the closest name.
        """)
    let everyone = PolicyOutline(compiled, group: compiled.groups[0], definition: definition, at: noon).text
    #expect(everyone.hasPrefix("policy p for clients in no group\nzones   ai@7\n- shut: "))
  }

  @Test("a change of policy is told name by name, for each group that it is a change for")
  func difference() throws {
    let zone = try PolicyZoneReader.read(text: Array(PolicyReviewTests.ai.text.utf8), file: "ai.zone")
    func compile(_ text: String) throws -> Policy {
      let definition = try ConfigurationReader.read(text: text, file: "s.yaml").definition
      return try PolicyCompiler.compile([zone], definition, wording: .init(noticeURL: nil, contact: nil, ttl: 5))
    }
    let old = try compile("groups: { left: {clients: 10.0.0.0/8, policy: p}, gone: {clients: 10.1.0.0/16, policy: p} }\npolicies: { p: [{zone: all}] }\ndefault_policy: p")
    let new = try compile(
      """
      groups: { left: {clients: 10.0.0.0/8, policy: q}, new: {clients: 10.2.0.0/16, policy: p} }
      policies: { p: [{zone: all}], q: [{caution: {services: all}}, {zone: all}, {block: {names: [example.org]}, hours: "sat,sun"}] }
      default_policy: p
      """)
    func text(_ instant: String, most: Int = 20, _ names: String...) throws -> String {
      PolicyDifference(
        from: old, to: new, names: names.compactMap { Name($0) }, at: try #require(Instant(instant, in: .utc))
      ).text(most: most)
    }
    #expect(
      try text("2026-12-01") == """
        group gone is no more: its clients are in none
        group new is new
        group left: deepseek: blocked -> cautioned (2 names)
          deepseek.com
          *.deepseek.com
        """)
    #expect(
      try text("2026-12-05", most: 1, "www.example.org", "www.example.com") == """
        group gone is no more: its clients are in none
        group new is new
        group left: open -> blocked (3 names)
          example.org
          and 2 more
        group left: deepseek: blocked -> cautioned (2 names)
          deepseek.com
          and 1 more
        """)
    let same = PolicyDifference(from: old, to: old, names: [], at: Instant.now())
    #expect(same.isEmpty)
    #expect(same.text(most: 1) == "no name changes for anyone")
  }
}
