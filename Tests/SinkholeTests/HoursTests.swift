import Sinkhole
import Support
import Testing

/// Rules with `hours`, decided at instants of the test's choice.
@Suite("Rules that hold by the clock")
struct HoursTests {
  struct Edge: Sendable, CustomTestStringConvertible {
    let hours: String
    var zone = "UTC"
    /// Instants, and whether the rule holds there.
    let instants: [(String, Bool)]
    var testDescription: String { "\(hours) \(zone)" }
  }

  static let edges = [
    Edge(
      hours: "mon-fri 09:00-18:00", zone: "Asia/Seoul",
      instants: [
        ("2026-12-01T08:59:59+09:00", false), ("2026-12-01T09:00:00+09:00", true), ("2026-12-01T00:00:00Z", true),
        ("2026-12-01T17:59:59+09:00", true), ("2026-12-01T18:00:00+09:00", false), ("2026-12-05T12:00:00+09:00", false),
        ("2026-12-07T09:00:00+09:00", true),
      ]),
    Edge(
      hours: "daily 22:00-06:00",
      instants: [
        ("2026-12-01T21:59:59Z", false), ("2026-12-01T22:00:00Z", true), ("2026-12-02T00:00:00Z", true),
        ("2026-12-02T05:59:59Z", true), ("2026-12-02T06:00:00Z", false),
      ]),
    Edge(
      hours: "fri 22:00-06:00",
      instants: [
        ("2026-12-04T05:00:00Z", false), ("2026-12-04T22:00:00Z", true), ("2026-12-05T05:59:59Z", true),
        ("2026-12-05T22:30:00Z", false), ("2026-12-06T05:00:00Z", false),
      ]),
    Edge(
      hours: "sun 02:30-03:30", zone: "America/New_York",
      instants: [
        // On 8 March 2026 clocks go from 02:00 to 03:00, on 1 November from 02:00 back to 01:00.
        ("2026-03-08T01:59:59-05:00", false), ("2026-03-08T03:00:00-04:00", true), ("2026-03-08T03:30:00-04:00", false),
        ("2026-11-01T02:29:59-05:00", false), ("2026-11-01T02:30:00-05:00", true),
      ]),
    Edge(
      hours: "sun 01:00-02:00", zone: "America/New_York",
      instants: [("2026-11-01T01:30:00-04:00", true), ("2026-11-01T01:30:00-05:00", true), ("2026-11-01T02:00:00-05:00", false)]),
  ]

  @Test("a rule decides within its hours and not outside them", arguments: edges)
  func holds(_ edge: Edge) throws {
    let road = try Road(
      policy: "policies: { p: [{block: {services: all}, hours: \"\(edge.hours)\", time_zone: \(edge.zone)}] }\ndefault_policy: p")
    for (instant, holds) in edge.instants {
      let answer = try road.ask("chat.deepseek.com A", at: instant)
      #expect(answer.text == (holds ? "NOERROR | chat.deepseek.com 5 A 192.0.2.53" : "forward"), "\(instant)")
      #expect((answer.told.verdict != nil) == holds, "\(instant)")
    }
  }

  @Test("rules may relieve each other by the clock, each in its own time zone, the file's by default")
  func relief() throws {
    let road = try Road(
      policy: """
        time_zone: Asia/Seoul
        policies:
          p:
            - {allow: {services: all}, hours: "daily 12:00-13:00"}
            - {nodata: {services: all}, hours: "daily 12:00-13:00", time_zone: UTC}
            - {block: {services: all}}
        default_policy: p
        """)
    for (instant, expected) in [
      ("2026-12-01T12:00:00+09:00", "forward"), ("2026-12-01T12:59:59+09:00", "forward"),
      ("2026-12-01T13:00:00+09:00", "NOERROR | deepseek.com 5 A 192.0.2.53"), ("2026-12-01T12:00:00Z", "NOERROR"),
      ("2026-12-01T13:00:00Z", "NOERROR | deepseek.com 5 A 192.0.2.53"),
    ] {
      #expect(try road.ask("deepseek.com A", at: instant).text == expected, "\(instant)")
    }
  }

  static let open = [
    // Opened by the clock: five seconds, or to the next change.
    ("{block: {services: all}, hours: \"daily 09:00-18:00\"}", "2026-12-01T08:00:00Z", 5),
    ("{block: {services: all}, hours: \"daily 09:00-18:00\"}", "2026-12-01T08:59:57Z", 3),
    ("{block: {services: all}, hours: \"daily 09:00-18:00\"}", "2026-12-01T08:59:59Z", 1),
    ("{allow: {services: all}, hours: \"daily 09:00-18:00\"}, {block: {services: all}}", "2026-12-01T17:59:58Z", 2),
    ("{allow: {services: all}, hours: \"daily 09:00-18:00\"}, {block: {services: all}}", "2026-12-01T12:00:00Z", 5),
    // A clock without a part in it leaves the TTL alone.
    ("{allow: {services: all}}, {block: {services: all}, hours: \"daily 09:00-18:00\"}", "2026-12-01T12:00:00Z", 300),
    ("{block: {names: [other.example]}, hours: \"daily 09:00-18:00\"}", "2026-12-01T08:59:59Z", 300),
  ]

  @Test("what the clock has opened lives five seconds at most, and not past the next change", arguments: open)
  func lifetime(_ rules: String, _ instant: String, _ ttl: Int) throws {
    let road = try Road(policy: "policies: { p: [\(rules)] }\ndefault_policy: p")
    try road.keep("deepseek.com A", ["deepseek.com 300 A 198.51.100.9"])
    try road.keep("www.example.org A", ["www.example.org 300 CNAME deepseek.com", "deepseek.com 300 A 198.51.100.9"])
    #expect(try road.ask("deepseek.com A", at: instant).text == "NOERROR | deepseek.com \(ttl) A 198.51.100.9")
    #expect(
      try road.ask("www.example.org A", at: instant).text
        == "NOERROR | www.example.org \(ttl) CNAME deepseek.com | deepseek.com \(ttl) A 198.51.100.9")
  }

  @Test("a present that moves on knows which hours hold, and so does one under another policy")
  func moves() throws {
    let rules = "{block: {services: all}, hours: \"daily 09:00-18:00\"}"
    let policy = try PlayZone.snapshot("policies: { p: [\(rules)] }\ndefault_policy: p", [Road.zone]).snapshot.policy
    let always = try PlayZone.snapshot("policies: { p: [{block: {services: all}}] }\ndefault_policy: p", [Road.zone]).snapshot.policy
    let name = try #require(Name("deepseek.com"))
    let asker = policy.asker(IPAddress(v4: 1))
    let morning = try #require(Instant("2026-12-01T08:59:59Z", in: .utc)).unixSeconds
    var present = Present(clock: 0, instant: morning, policy: policy)
    func isBlocked(_ policy: Policy) -> Bool { policy.ruling(on: name, for: asker, present.activity).selected != nil }
    #expect(!isBlocked(policy))
    present.move(to: morning + 1, policy: policy, isOther: false)
    #expect(isBlocked(policy))
    present.move(to: morning, policy: policy, isOther: false)
    #expect(!isBlocked(policy))
    present.move(to: morning, policy: always, isOther: true)
    #expect(isBlocked(always))
  }

  @Test("a rule that observes and one that blocks tell two events of one query, one that only observes one")
  func twoEvents() throws {
    let rules = """
      policies: { p: [{observe: everything, id: watch}, {block: {services: all}, id: shut}] }
      default_policy: p
      """
    let definition = try ConfigurationReader.read(text: rules, file: "s.yaml").definition
    let server = try TestServer { $0.definition = definition }
    let client = try server.udp()
    _ = client.ask(Message.query("deepseek.com"))
    _ = client.ask(Message.query("www.example.org"))
    var events: [String] = []
    let policy = server.server.cell.snapshot.policy
    _ = server.server.journals[0].drain(atMost: 10) { event in
      let rule = policy.effect(of: event.verdict).rule.id
      events.append("\(event.name) \(rule) \(event.isObserved ? "observed" : "restricted")")
    }
    #expect(
      events == ["deepseek.com shut restricted", "deepseek.com watch observed", "www.example.org watch observed"])
    #expect(server.server.value(.observed) == 2)
    #expect(server.server.value(.blocked) == 1)
  }

  @Test("of what several zones say to a rule that observes, the earliest zone's is told", arguments: [true, false])
  func observedZone(_ isReversed: Bool) throws {
    let zones = [PlayZone.zone("one", "*.example.org CNAME ."), .zone("two", "a.example.org CNAME .")]
    let road = try Road(
      policy: "policies: { p: [{observe: {zone: all}}] }\ndefault_policy: p", zones: isReversed ? zones.reversed() : zones)
    let told = try road.ask("a.example.org A", at: "2026-12-01").told
    #expect(try #require(told.observed).zone == 0)
  }
}
