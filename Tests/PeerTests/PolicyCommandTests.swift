import Foundation
import Sinkhole
import Support
import Testing

/// What the commands say of groups and rules, and that everything that explains names the same rule.
@Suite("The program explaining its policy")
struct PolicyCommandTests {
  private static let rules = """
    time_zone: Asia/Seoul
    groups:
      staff: {clients: [10.20.0.0/16, "2001:db8:20::/48"], policy: ministry}
      press: {clients: [10.20.7.0/24], policy: open}
    policies:
      ministry:
        - block: {services: [deepseek]}
          id: shut
          hours: "mon-fri 09:00-18:00"
          reason: {ko: "이유", en: "Because."}
          authority: Ministry
          reference: Directive 7
          contact: "mailto:law@example.org"
          ede: censored
          review: 2027-03-31
        - observe: everything
        - zone: test
      open: []
    default_policy: open
    """

  private func lines(_ result: Command.Result, _ program: Program) -> [String] {
    (result.status == 0 ? result.output : result.errors).replacing(program.folder + "/", with: "")
      .split(separator: "\n").map(String.init)
  }

  @Test("explain judges for a client at an instant, and says until when it holds")
  func explains() throws {
    let program = try Program(more: PolicyCommandTests.rules)
    func explain(_ words: String) throws -> [String] { lines(try program.call("explain", words), program) }
    let noon = try explain("chat.deepseek.com --client 10.20.1.9 --at 2026-12-01T12:00+09:00")
    #expect(
      noon.dropLast() == [
        "chat.deepseek.com A for 10.20.1.9: blocked", "  group     staff, policy ministry",
        "  service   DeepSeek (deepseek), DeepSeek, CN, chat", "  rule      shut of policy ministry, sinkhole.yaml:20",
        "  reason    Because. (en)", "  reason    이유 (ko)", "  authority Ministry", "  reference Directive 7",
        "  contact   mailto:law@example.org", "  hours     mon-fri 09:00-18:00 Asia/Seoul", "  review    2027-03-31",
        "  trigger   *.deepseek.com in zone test, serial 7, policy.zone:7",
        "  judged    at 2026-12-01T12:00:00+09:00, until 2026-12-01T18:00:00+09:00",
      ])
    let answer = try #require(noon.last)
    #expect(answer.hasPrefix("  answer    NOERROR, 1 answer record, "))
    #expect(answer.hasSuffix("EDE 16 (Censored): \"DeepSeek; rule shut; ministry@7; see http://notice.example.org/\""))

    // An instant without an offset is by the site's clocks; at six the next rules have their turn.
    let evening = try explain("chat.deepseek.com --client ::ffff:10.20.1.9 --at 2026-12-01T18:00")
    #expect(evening.first == "chat.deepseek.com A for 10.20.1.9: blocked")
    #expect(evening.contains("  rule      zone-3 of policy ministry, sinkhole.yaml:30"))
    #expect(evening.contains("  observed  rule observe-2 would block it: everything, sinkhole.yaml:29"), "\(evening)")
    #expect(evening.contains("  judged    at 2026-12-01T18:00:00+09:00, until 2026-12-02T09:00:00+09:00"))

    let press = try explain("chat.deepseek.com --client 10.20.7.1")
    #expect(press.prefix(2) == ["chat.deepseek.com A for 10.20.7.1: open", "  group     press, policy open"])
    #expect(press.last?.hasPrefix("  answer    forwarded to 127.0.0.1:") == true)
    let nobody = try explain("chat.deepseek.com")
    #expect(nobody.prefix(2) == ["chat.deepseek.com A for 127.0.0.1: open", "  group     none, policy open"])
  }

  @Test("explain --json has the same, and says the same of who may not ask")
  func json() throws {
    let program = try Program(more: PolicyCommandTests.rules)
    func object(_ words: String) throws -> [String: Any] {
      let text = try program.call("explain", "--json", words).output.replacing(program.folder + "/", with: "")
      return try #require(try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any], "\(text)")
    }
    let noon = try object("chat.deepseek.com --client 10.20.1.9 --at 2026-12-01T12:00+09:00 --type AAAA")
    for (key, value) in [
      "name": "chat.deepseek.com", "type": "AAAA", "verdict": "blocked", "service": "deepseek", "rule": "shut",
      "policy": "ministry", "group": "staff", "trigger": "*.deepseek.com", "zone": "test@7", "at": "policy.zone:7",
      "client": "10.20.1.9", "review": "2027-03-31", "authority": "Ministry", "reference": "Directive 7",
      "contact": "mailto:law@example.org", "judged": "2026-12-01T12:00:00+09:00", "until": "2026-12-01T18:00:00+09:00",
      "ede_text": "DeepSeek; rule shut; ministry@7; see http://notice.example.org/",
    ] {
      #expect(noon[key] as? String == value, "\(key): \(String(describing: noon[key]))")
    }
    #expect(noon["ede"] as? Int == 16)
    #expect(noon["reason"] as? [String: String] == ["en": "Because.", "ko": "이유"])
    #expect(noon["observed_by"] == nil)
    let evening = try object("www.example.org --client 10.20.1.9 --at 2026-12-01T18:00")
    #expect(evening["verdict"] as? String == "open")
    #expect(evening["observed_by"] as? String == "observe-2")
    #expect(evening["observed_trigger"] as? String == "everything")
    let stranger = try object("chat.deepseek.com --client 203.0.113.9")
    #expect(stranger["verdict"] as? String == "refused")
    #expect((stranger["answer"] as? String)?.hasPrefix("REFUSED") == true)
  }

  @Test("policy show prints a group's rules in their order, and refuses a group that is not there")
  func shows() throws {
    let program = try Program(more: PolicyCommandTests.rules)
    let staff = lines(try program.call("policy", "show", "staff"), program)
    #expect(
      staff.filter { !$0.hasPrefix(" ") } == [
        "policy ministry for group staff", "clients 10.20.0.0/16, 2001:db8:20::/48", "zones   test@7",
        "- own-names: allow names notice.example.org", "- shut: block services deepseek", "- observe-2: observe everything", "- zone-3: zone zone test",
        "The first rule that selects a trigger of the name decides; inside a zone the closest name.",
      ])
    #expect(staff.contains("    at sinkhole.yaml:20"))
    let everyone = lines(try program.call("policy", "show"), program)
    #expect(everyone.first == "policy open for clients in no group")
    #expect(everyone.contains("no rules: every name is open"))
    let unknown = try program.call("policy", "show", "stuff")
    #expect(unknown.status != 0)
    #expect(unknown.errors.contains("\"stuff\" is no group, expected one of: staff, press."), "\(unknown.errors)")
  }

  @Test("policy diff says which names change for whom, at an instant")
  func differs() throws {
    let program = try Program(more: PolicyCommandTests.rules)
    let old = try String(contentsOfFile: program.configuration, encoding: .utf8)
    try program.write(
      old.replacing("- zone: test", with: "- nodata: {names: [example.com]}\n    - zone: test").replacing("10.20.7.0/24", with: "10.20.8.0/24"),
      to: "new.yaml")
    try program.write("# names to try\nwww.example.com\nwww.example.org # open\n", to: "names.txt")
    func diff(_ words: String) throws -> [String] {
      let result = try Command.run(
        "sh", "-c", "cd \(program.folder) && exec timeout 20 \(Program.executable) policy diff \(words)")
      #expect(result.status == 0, "\(result.errors)")
      return lines(result, program)
    }
    #expect(
      try diff("sinkhole.yaml new.yaml --names names.txt --at 2026-12-01T12:00") == [
        "group staff: open -> nodata (3 names)", "  example.com", "  *.example.com", "  www.example.com",
      ])
    #expect(
      try diff("sinkhole.yaml new.yaml --names names.txt --most 1") == [
        "group staff: open -> nodata (3 names)", "  example.com", "  and 2 more",
      ])
    #expect(try diff("sinkhole.yaml sinkhole.yaml") == ["no name changes for anyone"])
    try program.write(old.replacing("- observe: everything", with: "- refuse: everything"), to: "new.yaml")
    let refused = try diff("sinkhole.yaml new.yaml --at 2026-12-01T12:00")
    #expect(
      refused == [
        "group staff: nodata -> refused (1 name)", "  nodata.example.net", "group staff: nxdomain -> refused (1 name)",
        "  nx.example.net", "group staff: open -> refused (3 names)", "  open.deepseek.com", "  .", "  *.",
      ])
  }

  struct Told: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let question: String
    let rule: String
    let trigger: String
    /// Of the answer's extended error.
    let code: UInt16
    var hasPage = true
    /// What the command cannot know: it asks nobody.
    var isTarget = false
  }

  static let told = [
    Told(testDescription: "a service", question: "chat.deepseek.com", rule: "shut", trigger: "*.deepseek.com", code: 16),
    Told(testDescription: "a caution", question: "gpt.example.com", rule: "care", trigger: "gpt.example.com", code: 15),
    Told(testDescription: "a name of a rule", question: "a.example.net", rule: "names", trigger: "*.example.net", code: 17),
    Told(testDescription: "where a name leads", question: "www.example.org", rule: "shut", trigger: "*.deepseek.com", code: 16, isTarget: true),
    Told(testDescription: "a record of a zone", question: "nx.example.net", rule: "rest", trigger: "nx.example.net", code: 15, hasPage: false),
  ]

  private static let everywhere = """
    policies:
      p:
        - {block: {services: [deepseek]}, id: shut, ede: censored, reason: "Because."}
        - {caution: {services: all}, id: care}
        - {zone: test, id: rest}
        - {block: {names: ["*.example.net"]}, id: names, ede: filtered}
    default_policy: p
    """

  @Test("EDE, explain name, log, page and command name the same rule, trigger and reference")
  func sameEverywhere() throws {
    let upstream = try ScriptedUpstream(
      try RecordTable(["www.example.org 300 CNAME chat.deepseek.com", "chat.deepseek.com 300 A 198.51.100.9"]))
    let program = try Program(upstream: upstream, more: PolicyCommandTests.everywhere)
    try program.write(Program.policy(serial: 7, "gpt.example.com CNAME gpt.service.sinkhole.internal."), to: "policy.zone")
    try program.start()
    for told in PolicyCommandTests.told {
      let name = told.question
      let ede = try #require(try program.ask(name)?.extendedError, "\(name)")
      #expect(ede.code == told.code)
      #expect(ede.text.contains("; rule \(told.rule); p@"), "\(ede.text)")

      let explained = try #require(try program.ask("\(name).explain.sinkhole.internal", 16)?.answers.first)
      let text = PolicyCommandTests.text(explained.rdata)
      #expect(text.contains("rule=\(told.rule) policy=p trigger=\(told.trigger) "), "\(text)")
      let reference = try #require(text.split(separator: " ").first { $0.hasPrefix("reference=") })

      #expect(Peer.wait { program.text.contains("name=\(name) ") })
      let line = try #require(program.text.split(separator: "\n").first { $0.contains("name=\(name) ") })
      for part in ["rule=\(told.rule)", "policy=p", "trigger=\(told.trigger)", String(reference)] {
        #expect(line.contains(part), "\(part): \(line)")
      }

      let object = try JSONSerialization.jsonObject(with: Data(try program.call("explain", "--json", name).output.utf8)) as? [String: Any]
      #expect(object?["rule"] as? String == (told.isTarget ? nil : told.rule))
      #expect(object?["trigger"] as? String == (told.isTarget ? nil : told.trigger))
      #expect(object?["ede"] as? Int == (told.isTarget ? nil : Int(told.code)))
      #expect(object?["ede_text"] as? String == (told.isTarget ? nil : ede.text))

      let page = try self.page(of: name, program)
      #expect(page?["rule"] as? String == (told.hasPage ? told.rule : nil), "\(name)")
      guard told.hasPage else { continue }
      #expect(page?["trigger"] as? String == told.trigger)
      #expect("reference=\(page?["reference"] as? String ?? "")" == String(reference))
    }
  }

  @Test("check shows each kind of trigger that was left out at its place, and fails for it where it is strict")
  func leftOut() throws {
    let program = try Program(more: "policies: { p: [{caution: {names: [example.net]}}, {zone: all}] }\ndefault_policy: p")
    try program.write(
      Program.policy(
        serial: 7, "24.9.2.0.192.rpz-client-ip CNAME .\ncom CNAME .\nnet CNAME .\n*.example.org CNAME ."),
      to: "policy.zone")
    let warnings = [
      "warning: policy.zone:11:1: triggers on what is no address, the first \"24.9.2.0.192.rpz-client-ip\": "
        + "192.0.2.9 has bits beyond its 24 (1 in zone test).",
      "warning: policy.zone:12:1: a rule for a top-level domain (2 in zone test).",
      "warning: sinkhole.yaml:14:18: rule caution-1 of policy p cautions about names that it holds itself: "
        + "readers acknowledge services, so nobody can lift it. Select services, or write block.",
    ]
    for (command, status) in [("check", Int32(0)), ("check --strict", 1)] {
      let result = try program.call(command)
      #expect(result.status == status)
      #expect(result.errors.replacing(program.folder + "/", with: "").split(separator: "\n").map(String.init) == warnings)
      #expect(result.output.hasPrefix("zone test serial 7 triggers 6 file "), "\(result.output)")
    }
    // Of the wildcard all is restricted but our own page, and that has its reason too.
    #expect(try lines(program.call("explain other.example.org"), program).first == "other.example.org A for 127.0.0.1: nxdomain")
    let own = try lines(program.call("explain notice.example.org"), program)
    #expect(own.first == "notice.example.org A for 127.0.0.1: allowed")
    #expect(own.contains("  rule      own-names of policy p, sinkhole.yaml:11"), "\(own)")
  }

  private func page(of host: String, _ program: Program) throws -> [String: Any]? {
    let place = "\(host):\(program.noticePort)"
    let curl = "exec curl -s -m 10 --noproxy '*' --resolve \(place):127.0.0.1 -H 'Accept: application/json' http://\(place)/"
    return try JSONSerialization.jsonObject(with: Data(try Command.run("sh", "-c", curl).output.utf8)) as? [String: Any]
  }

  /// The strings of a TXT record as one.
  private static func text(_ rdata: [UInt8]) -> String {
    var octets: [UInt8] = []
    var offset = 0
    while offset < rdata.count {
      octets += rdata[(offset + 1)..<min(offset + 1 + Int(rdata[offset]), rdata.count)]
      offset += 1 + Int(rdata[offset])
    }
    return String(decoding: octets, as: UTF8.self)
  }
}
