import Foundation
import Sinkhole
import Support
import Testing

/// What is wrong in groups, policies and rules, and the lines that say so.
struct PolicyFault: CustomTestStringConvertible, Sendable {
  let text: String
  let faults: [String]
  var testDescription: String { "\(faults[0].prefix(60)) \(text.count)" }

  init(_ text: String, _ faults: String...) {
    self.text = text
    self.faults = faults
  }

  private static let actions = Rule.Action.allCases.map(\.rawValue).joined(separator: ", ")
  private static func rule(_ text: String) -> String { "policies:\n  p:\n    - \(text)\n" }
  private static func lines(_ count: Int, _ line: (Int) -> String) -> String {
    (0..<count).map { line($0) + "\n" }.joined()
  }

  static let all = groups + policies + rules + selectors + words

  private static let groups = [
    PolicyFault("groups: 5", "s.yaml:1:9: groups holds one value, expected NAME: {clients, policy}. Write such lines."),
    PolicyFault("groups:\n  a: 5", "s.yaml:2:6: a group holds one value, expected keys with values. Write KEY: VALUE lines."),
    PolicyFault(
      "groups:\n  a b: {clients: 10.0.0.0/8, policy: p}",
      "s.yaml:2:3: the name of a group is \"a b\", expected 1 to 64 letters, digits, dots, hyphens or underscores. Correct it."),
    PolicyFault("groups:\n  a: {clients: 10.0.0.0/8}", "s.yaml:2:3: group a has no policy. Write policy: in it."),
    PolicyFault("groups:\n  a: {policy: p}", "s.yaml:2:3: group a has no clients. Write clients: in it."),
    PolicyFault(
      "groups:\n  a:\n    client: 10.0.0.1\n    policy: p",
      "s.yaml:3:5: unknown key \"client\" in a group, expected one of: clients, policy, upstreams. Correct or delete it.",
      "s.yaml:2:3: group a has no clients. Write clients: in it."),
    PolicyFault(
      "groups:\n  a: {clients: [10.0.0.0/8, 10.0.0.1/8], policy: p}",
      "s.yaml:2:29: clients has \"10.0.0.1/8\", expected loopback, private, all or a prefix. Write 192.0.2.0/24 or \"2001:db8::/32\", with no bit set beyond the length."),
    PolicyFault(
      "groups:\n  a: {clients: [nobody], policy: \"no one\"}",
      "s.yaml:2:17: clients has \"nobody\", expected loopback, private, all or a prefix. Write 192.0.2.0/24 or \"2001:db8::/32\", with no bit set beyond the length.",
      "s.yaml:2:34: policy is \"no one\", expected 1 to 64 letters, digits, dots, hyphens or underscores. Correct it."),
    PolicyFault(
      "groups:\n" + lines(1025) { "  g\($0): {clients: [], policy: p}" },
      "s.yaml:2:3: 1025 groups, expected at most 1024. Join those that share a policy."),
    PolicyFault(
      "groups:\n  a:\n    policy: p\n    clients:\n" + lines(65_537) { "    - 10.\($0 >> 16).\($0 >> 8 & 255).\($0 & 255)" },
      "s.yaml:2:3: 65537 client prefixes, expected at most 65536. Use shorter ones."),
    PolicyFault(
      "listen:\n  trusted_forwarders: [10.0.0.0/33]",
      "s.yaml:2:24: listen.trusted_forwarders has \"10.0.0.0/33\", expected loopback, private, all or a prefix. Write 192.0.2.0/24 or \"2001:db8::/32\", with no bit set beyond the length."),
  ]

  private static let policies = [
    PolicyFault("policies: 5", "s.yaml:1:11: policies holds one value, expected NAME: and a list of rules. Write such lines."),
    PolicyFault("policies:\n  p: 5", "s.yaml:2:6: policy p holds one value, expected a list of rules. Write - block: ... lines."),
    PolicyFault("policies:\n  p: {block: everything}", "s.yaml:2:6: policy p holds keys, expected a list of rules. Write - block: ... lines."),
    PolicyFault(
      "policies:\n  p q: []",
      "s.yaml:2:3: the name of a policy is \"p q\", expected 1 to 64 letters, digits, dots, hyphens or underscores. Correct it."),
    PolicyFault("policies:\n  p: []\n  p: []", "s.yaml:3:3: key written twice: p. Keep one."),
    PolicyFault("policies:\n" + lines(65) { "  p\($0): []" }, "s.yaml:2:3: 65 policies, expected at most 64. Join some of them."),
    PolicyFault(
      "policies:\n  p:\n" + lines(10_000) { "    - block: {names: [n\($0).example.org]}" },
      "s.yaml:3:5: policy p has 10000 rules, expected at most 1000. Select by category or jurisdiction, or put the names into a list."),
    PolicyFault(
      "policies:\n  p:\n    - {block: everything, id: a}\n    - {zone: all, id: a}",
      "s.yaml:4:7: policy p has two rules with the id \"a\". Give each an id of its own."),
    PolicyFault(
      "default_policy: \"a policy\"",
      "s.yaml:1:17: default_policy is \"a policy\", expected 1 to 64 letters, digits, dots, hyphens or underscores. Correct it."),
  ]

  private static let rules = [
    PolicyFault(rule("5"), "s.yaml:3:7: a rule is one value, expected keys with values. Write - block: {services: [ID]}."),
    PolicyFault(rule("{id: a}"), "s.yaml:3:7: a rule without an action, expected one of: \(actions). Write one in each rule."),
    PolicyFault(
      rule("{block: everything, allow: everything}"),
      "s.yaml:3:27: a rule with 2 actions, expected one of: \(actions). Write one in each rule."),
    PolicyFault(
      rule("{block: everything, raeson: x}"),
      "s.yaml:3:27: unknown key \"raeson\" in a rule, expected one of: \(actions), to, id, reason, authority, reference, contact, ede, hours, time_zone, review, for, named. Correct or delete it."),
    PolicyFault(
      rule("{block: everything, id: a b}"),
      "s.yaml:3:31: id is \"a b\", expected 1 to 64 letters, digits, dots, hyphens or underscores. Correct it."),
    PolicyFault(rule("redirect: everything"), "s.yaml:3:7: redirect without to. Write to: garden.example.org beside it."),
    PolicyFault(
      rule("{block: everything, to: garden.example.org}"),
      "s.yaml:3:8: to goes with redirect alone. Delete it, or write redirect."),
    PolicyFault(
      rule("{redirect: everything, to: a..b}"), "s.yaml:3:34: to is \"a..b\", expected a domain name. Write one.",
      "s.yaml:3:8: redirect without to. Write to: garden.example.org beside it."),
    PolicyFault(
      rule("{block: everything, ede: 4}"),
      "s.yaml:3:32: ede is \"4\", expected blocked (15), censored (16) or filtered (17). Write censored for what is ordered from outside."),
    PolicyFault(
      rule("{block: everything, review: 2027-02-30}"),
      "s.yaml:3:35: review is \"2027-02-30\", expected a date. Write it as 2027-03-31."),
  ]

  private static let selectors = [
    PolicyFault(
      rule("block: all"),
      "s.yaml:3:14: block holds one value, expected what it selects, or everything. Write block: {services: [ID]}, {category: [chat]}, {zone: NAME} or {names: [...]}."),
    PolicyFault(rule("block: {}"), "s.yaml:3:14: block selects nothing. Write services:, category:, zone: or names:."),
    PolicyFault(
      rule("block: {service: [a]}"),
      "s.yaml:3:15: unknown key \"service\" in a selector, expected one of: services, category, jurisdiction, vendor, zone, names. Correct or delete it."),
    PolicyFault(rule("block: {services: []}"), "s.yaml:3:25: services is empty, expected at least one word. Write one, or delete the key."),
    PolicyFault(rule("block: {category: []}"), "s.yaml:3:25: category is empty, expected at least one word. Write one, or delete the key."),
    PolicyFault(rule("block: {zone: []}"), "s.yaml:3:21: zone is empty, expected at least one word. Write one, or delete the key."),
    PolicyFault(rule("block: {names: []}"), "s.yaml:3:22: names is empty, expected at least one word. Write one, or delete the key."),
    PolicyFault(rule("block: {services: {a: b}}"), "s.yaml:3:25: services holds keys, expected a text. Write one value."),
    PolicyFault(
      rule("block: {zone: \"a b\"}"),
      "s.yaml:3:21: zone is \"a b\", expected 1 to 64 letters, digits, dots, hyphens or underscores. Correct it."),
    PolicyFault(
      rule("block: {names: [example.org, a..b, \"*.\"]}"),
      "s.yaml:3:36: names has \"a..b\", expected a domain name. Write example.org, or \"*.example.org\" for what lies below.",
      "s.yaml:3:42: names has \"*.\", expected a domain name. Write example.org, or \"*.example.org\" for what lies below."),
    PolicyFault(
      rule("block: {names: [example.org], zone: all}"),
      "s.yaml:3:14: names stand alone in a selector. Write a rule of its own for the other keys."),
    PolicyFault(
      rule("block: {names: [\(String(repeating: "a.", count: 23))example.org]}"),
      "s.yaml:3:23: names has a name of 25 labels, expected at most 24. Name one above it."),
    PolicyFault(
      "never_block: [\"*.\(String(repeating: "a.", count: 23))example.org\"]",
      "s.yaml:1:15: never_block has a name of 25 labels, expected at most 24. Name one above it."),
    PolicyFault(
      "never_block: [x..y]",
      "s.yaml:1:15: never_block has \"x..y\", expected a domain name. Write example.org, or \"*.example.org\" for what lies below."),
    // What is no zone has no record that says what to do: to be blocked is not what anyone may have meant.
    PolicyFault(rule("zone: everything"), "s.yaml:3:13: zone selects what no zone says anything about. Write zone: all, or block: everything."),
    PolicyFault(
      rule("zone: {names: [example.org]}"),
      "s.yaml:3:13: zone selects what no zone says anything about. Write zone: NAME, or block: {names: [...]}."),
  ]

  private static let words = [
    PolicyFault(
      rule("{block: everything, reason: {\"in Korean\": x}}"),
      "s.yaml:3:36: \"in Korean\" is no language, expected a tag such as ko or en. Write one (RFC 5646)."),
    PolicyFault(
      rule("{block: everything, reason: {ko: [a, b]}}"), "s.yaml:3:40: reason holds a list, expected a text. Write one value."),
    PolicyFault(
      rule("{block: everything, authority: \"\(String(repeating: "x", count: 1001))\"}"),
      "s.yaml:3:38: authority is no line of at most 1,000 characters. Shorten it, without line breaks and control characters."),
    PolicyFault(
      rule("{block: everything, contact: \"a\\nb\"}"),
      "s.yaml:3:36: contact is no line of at most 1,000 characters. Shorten it, without line breaks and control characters."),
    PolicyFault(rule("{block: everything, reference: [a]}"), "s.yaml:3:38: reference holds a list, expected a text. Write one value."),
    PolicyFault(
      rule("{block: everything, hours: \"mon-fri 9-18\"}"),
      "s.yaml:3:34: hours: \"9\" is no time of day, expected 00:00 to 24:00. Write hours and minutes with two digits each."),
    PolicyFault(
      rule("{block: everything, hours: [\"mon 09:00-18:00\", \"someday\"]}"),
      "s.yaml:3:34: hours: unknown day \"someday\", expected mon, tue, wed, thu, fri, sat, sun or daily. Write days by their first three letters."),
    PolicyFault(
      rule("{block: everything, time_zone: Mars/Olympus}"),
      "s.yaml:3:38: time zone \"Mars/Olympus\": /usr/share/zoneinfo/Mars/Olympus cannot be read: open: No such file or directory. Is the name spelt as in the tz database (Asia/Seoul), and the package tzdata installed?"),
    PolicyFault("time_zone: Mars/Olympus", "s.yaml:1:12: time zone \"Mars/Olympus\": /usr/share/zoneinfo/Mars/Olympus cannot be read: open: No such file or directory. Is the name spelt as in the tz database (Asia/Seoul), and the package tzdata installed?"),
  ]
}

@Suite("Faults of a policy")
struct PolicyFaultTests {
  @Test("every fault is told with file, line and column, what was expected and what to do", arguments: PolicyFault.all)
  func refuses(_ fault: PolicyFault) {
    let error = #expect(throws: Faults.self) { try ConfigurationReader.read(text: fault.text, file: "s.yaml") }
    #expect(error?.list.map(\.description) == fault.faults)
  }

  static let references = [
    PolicyFault(
      "groups:\n  a: {clients: 10.0.0.0/8, policy: ministri}\npolicies: {ministry: []}\ndefault_policy: ministry",
      "s.yaml:2:3: group a has the policy \"ministri\", expected one of: ministry. Correct it, or write that policy. Did you mean \"ministry\"?"),
    PolicyFault(
      "policies: {ministry: [], press: []}\ndefault_policy: pres",
      "s.yaml:2:17: default_policy has the policy \"pres\", expected one of: ministry, press. Correct it, or write that policy. Did you mean \"press\"?"),
    PolicyFault(
      "policies: {ministry: []}\ndefault_policy: nothing-like-it",
      "s.yaml:2:17: default_policy has the policy \"nothing-like-it\", expected one of: ministry. Correct it, or write that policy."),
    PolicyFault("default_policy: p", "s.yaml:1:17: default_policy has the policy \"p\", there is none. Correct it, or write that policy."),
    PolicyFault(
      "policies:\n  p:\n    - zone: ia\n    - block:\n        zone: [ai, bypas]\ndefault_policy: p",
      "s.yaml:3: rule zone-1 names the zone \"ia\", expected one of: ai, bypass. Correct it, or load that zone. Did you mean \"ai\"?",
      "s.yaml:4: rule block-2 names the zone \"bypas\", expected one of: ai, bypass. Correct it, or load that zone. Did you mean \"bypass\"?"),
  ]

  @Test("what a policy names and is not there is a fault, with the nearest that is", arguments: references)
  func unknown(_ fault: PolicyFault) throws {
    let definition = try ConfigurationReader.read(text: fault.text, file: "s.yaml").definition
    let zones = try [("ai", "a.example.org CNAME ."), ("bypass", "b.example.org CNAME .")].map { title, text in
      try PolicyZoneReader.read(text: Array(PlayZone.zone(title, text).text.utf8), file: "\(title).zone")
    }
    let error = #expect(throws: Faults.self) {
      try PolicyCompiler.compile(zones, definition, wording: .init(noticeURL: nil, contact: nil, ttl: 5))
    }
    #expect(error?.list.map(\.description) == fault.faults)
  }

  @Test("all faults of a file are told at once, in their order")
  func several() {
    let text = "groups: 1\npolicies:\n  p:\n    - block: all\n    - {allow: everything, ede: 3}\nnever_block: [..]\n"
    let error = #expect(throws: Faults.self) { try ConfigurationReader.read(text: text, file: "s.yaml") }
    #expect(error?.list.map { "\($0.line):\($0.column)" } == ["1:9", "4:14", "5:32", "6:15"])
  }

  /// As many as a file may hold: 64 policies of 1,000 rules.
  private static func largest(_ rule: (Int) -> String) -> String {
    let rules = (0..<1000).map { "\n - \(rule($0))" }.joined()
    return "policies:\n p0: &p\(rules)\n" + (1..<64).map { " p\($0): *p\n" }.joined()
      + "groups: { \((0..<64).map { "g\($0): {clients: 127.0.0.\($0), policy: p\($0)}" }.joined(separator: ", ")) }\ndefault_policy: p0"
  }

  @Test("64,000 rules with names are all in force")
  func manyRules() throws {
    let road = try Road(policy: PolicyFaultTests.largest { "block: {names: [n\($0).example.org]}" }, zones: [])
    for (client, number) in [("127.0.0.1", 0), ("127.0.0.63", 999), ("10.0.0.1", 500)] {
      let told = try road.ask("a.n\(number).example.org A", from: client, at: "2026-12-01").told
      #expect(told.verdict.map { road.snapshot.policy.effect(of: $0).rule.id } == "block-\(number + 1)")
    }
  }

  @Test("and so are 64,000 rules with hours")
  func manyHours() throws {
    let road = try Road(
      policy: PolicyFaultTests.largest { "{block: {names: [n\($0).example.org]}, hours: \($0 % 2 == 0 ? "sat" : "sun")}" }, zones: [])
    for (client, number, day) in [("127.0.0.63", 998, "2026-12-05"), ("127.0.0.63", 999, "2026-12-06"), ("127.0.0.1", 0, "2026-12-05")] {
      let told = try road.ask("n\(number).example.org A", from: client, at: day).told
      #expect(told.verdict.map { road.snapshot.policy.effect(of: $0).rule.id } == "block-\(number + 1)")
      #expect(try road.ask("n\(number ^ 1).example.org A", from: client, at: day).told.verdict == nil)
    }
  }
}
