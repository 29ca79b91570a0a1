import Foundation
import Sinkhole
import Support
import Testing

/// The operator's own hosts and records.
@Suite("Local records")
struct LocalRecordsTests {
  static let section = """
    local:
      ttl: 10m
      hosts:
        printer.corp.example: [10.0.0.5, "fd00::5"]
        PC7.corp.example: 10.0.0.5
        "*.lab.example": 10.0.9.1
        nas.local: 10.0.0.6
        scanner.corp.example: 10.0.0.7
      records:
        - "_ldap._tcp.corp.example. 300 SRV 0 0 389 dc1.corp.example."
        - "intra.corp.example. CNAME printer.corp.example."
        - "www.corp.example CNAME intra.corp.example"
        - "mail.corp.example. 60 IN CNAME mail.provider.example."
        - "lost.corp.example. CNAME x.test."
        - 'printer.corp.example. TXT "second floor" "left"'
        - "host.lab.example. MX 10 mail.corp.example."
        - "7.0.0.10.in-addr.arpa. PTR copier.corp.example."
    """

  private func server(_ text: String = section, upstream: ScriptedUpstream? = nil) throws -> TestServer {
    let read = try ConfigurationReader.read(text: text, file: "s.yaml")
    return try TestServer(upstreams: [upstream?.port].compactMap(\.self)) {
      ($0.local, $0.localTTL, $0.openSpecialNames) = (read.local, read.localTTL, read.openSpecialNames)
      $0.definition = read.definition
    }
  }

  struct Question: Sendable, CustomTestStringConvertible {
    let name: String
    let type: String
    let rcode: Int
    let answers: [String]
    /// Owner and TTL of the SOA.
    let authority: String?
    var testDescription: String { "\(name) \(type)" }

    init(_ name: String, _ type: String, _ answers: [String], rcode: Int = 0, _ authority: String? = nil) {
      (self.name, self.type, self.answers, self.rcode, self.authority) = (name, type, answers, rcode, authority)
    }
  }

  static let reverse = "5.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.d.f.ip6.arpa"
  static let questions = [
    Question("printer.corp.example", "A", ["printer.corp.example 600 A 10.0.0.5"]),
    Question("Printer.CORP.example", "AAAA", ["Printer.CORP.example 600 AAAA fd00::5"]),
    Question("printer.corp.example", "TXT", ["printer.corp.example 600 TXT \"second floor\" \"left\""]),
    Question("printer.corp.example", "MX", [], "printer.corp.example 600"),
    Question("pc7.corp.example", "A", ["pc7.corp.example 600 A 10.0.0.5"]),
    // The first host that has the address names it; a record of the operator's stands before any host.
    Question("5.0.0.10.in-addr.arpa", "PTR", ["5.0.0.10.in-addr.arpa 600 PTR printer.corp.example"]),
    Question(reverse, "PTR", ["\(reverse) 600 PTR printer.corp.example"]),
    Question("7.0.0.10.in-addr.arpa", "PTR", ["7.0.0.10.in-addr.arpa 600 PTR copier.corp.example"]),
    Question("8.0.0.10.in-addr.arpa", "PTR", [], rcode: 3, "10.in-addr.arpa 3600"),
    Question("0.0.10.in-addr.arpa", "PTR", [], "10.in-addr.arpa 3600"),
    Question("1.9.0.10.in-addr.arpa", "PTR", [], rcode: 3, "10.in-addr.arpa 3600"),
    // Below a wildcard, but not its own name, nor what lies below a name that is there.
    Question("a.lab.example", "A", ["a.lab.example 600 A 10.0.9.1"]),
    Question("a.b.lab.example", "A", ["a.b.lab.example 600 A 10.0.9.1"]),
    Question("a.lab.example", "AAAA", [], "lab.example 600"),
    Question("host.lab.example", "MX", ["host.lab.example 600 MX 10 mail.corp.example"]),
    Question("host.lab.example", "A", [], "host.lab.example 600"),
    Question("_ldap._tcp.corp.example", "SRV", ["_ldap._tcp.corp.example 300 SRV 0,0,0,0,1,85,3,64,63,31,4,63,6f,72,70,7,65,78,61,6d,70,6c,65,0"]),
    // Aliases: to the end where that is local, and as they are.
    Question("intra.corp.example", "A", ["intra.corp.example 600 CNAME printer.corp.example", "printer.corp.example 600 A 10.0.0.5"]),
    Question(
      "www.corp.example", "AAAA",
      [
        "www.corp.example 600 CNAME intra.corp.example", "intra.corp.example 600 CNAME printer.corp.example",
        "printer.corp.example 600 AAAA fd00::5",
      ]),
    Question("intra.corp.example", "MX", ["intra.corp.example 600 CNAME printer.corp.example"], "printer.corp.example 600"),
    Question("intra.corp.example", "CNAME", ["intra.corp.example 600 CNAME printer.corp.example"]),
    Question("intra.corp.example", "ANY", ["intra.corp.example 600 CNAME printer.corp.example"]),
    Question("lost.corp.example", "A", ["lost.corp.example 600 CNAME x.test"], rcode: 3, "test 3600"),
    // In a special zone: what is there is answered, the rest stays special.
    Question("nas.local", "A", ["nas.local 600 A 10.0.0.6"]),
    Question("nas.local", "AAAA", [], "local 3600"),
    Question("x.nas.local", "A", [], rcode: 3, "local 3600"),
  ]

  @Test("hosts and records are answered with data, their reverse names too, and no upstream hears of them", arguments: Transport.allCases)
  func answered(_ transport: Transport) throws {
    let upstream = try ScriptedUpstream.answering()
    defer { upstream.stop() }
    let server = try server(upstream: upstream)
    let client = try server.client(transport)
    for question in LocalRecordsTests.questions {
      let type = try #require(RecordText.types[question.type])
      let answer = try #require(client.ask(Message.query(question.name, type)))
      #expect(answer.rcode == question.rcode, "\(question)")
      #expect(answer.answers.map { RecordText.text(of: $0, in: answer) } == question.answers, "\(question)")
      #expect(answer.authority.map { "\($0.owner) \($0.ttl)" } == [question.authority].compactMap(\.self), "\(question)")
    }
    #expect(upstream.received.isEmpty)
    #expect(server.value(.local) == UInt64(LocalRecordsTests.questions.count))
  }

  @Test("names around local ones are asked upstream as before", arguments: [
    "corp.example", "example", "www2.corp.example", "x.printer.corp.example", "lab.example", "x.host.lab.example", "_tcp.corp.example",
  ])
  func splitView(_ name: String) throws {
    let upstream = try ScriptedUpstream.answering()
    defer { upstream.stop() }
    let server = try server(upstream: upstream)
    #expect(try server.udp().ask(Message.query(name))?.answers.map(\.ipv4) == ["192.0.2.80"])
    #expect(upstream.received.map(\.name) == [name])
  }

  @Test("an alias that leads elsewhere is looked up, once", arguments: Transport.allCases)
  func follows(_ transport: Transport) throws {
    let upstream = try ScriptedUpstream(try RecordTable(["mail.provider.example 300 A 198.51.100.25"]))
    defer { upstream.stop() }
    let server = try server(upstream: upstream)
    let client = try server.client(transport)
    for _ in 0..<2 {
      let answer = try #require(client.ask(Message.query("mail.corp.example")))
      #expect(
        answer.answers.map { RecordText.text(of: $0, in: answer) } == [
          "mail.corp.example 60 CNAME mail.provider.example", "mail.provider.example 300 A 198.51.100.25",
        ])
      #expect(answer.extendedError == nil)
    }
    #expect(upstream.received.map(\.name) == ["mail.provider.example"])
  }

  @Test("a rule stands above local records, and its garden may be a local host")
  func policy() throws {
    let rules = """
      policies: { p: [{block: {names: [printer.corp.example]}}, {redirect: {names: [gone.example]}, to: intra.corp.example}, \
      {redirect: {names: [post.example]}, to: mail.corp.example}] }
      default_policy: p
      """
    let upstream = try ScriptedUpstream(try RecordTable(["mail.provider.example 300 A 198.51.100.25"]))
    defer { upstream.stop() }
    let server = try server(LocalRecordsTests.section + "\n" + rules, upstream: upstream)
    let client = try server.udp()
    #expect(client.ask(Message.query("printer.corp.example"))?.answers.map(\.ipv4) == ["192.0.2.53"])
    let garden = try #require(client.ask(Message.query("gone.example")))
    #expect(garden.answers.last?.ipv4 == "10.0.0.5")
    #expect(garden.answers.map(\.type) == [5, 5, 1])
    let post = try #require(client.ask(Message.query("post.example")))
    #expect(post.answers.map(\.owner) == ["post.example", "mail.corp.example", "mail.provider.example"])
    #expect(upstream.received.map(\.name) == ["mail.provider.example"])
  }

  @Test("an answer that a clock has opened lives five seconds at most")
  func timed() throws {
    let rules = "policies: { p: [{allow: {names: [corp.example]}, hours: \"mon-sun 00:00-24:00\"}] }\ndefault_policy: p"
    let server = try server(LocalRecordsTests.section + "\n" + rules)
    let ttls = try server.udp().ask(Message.query("www.corp.example"))?.answers.map(\.ttl) ?? []
    #expect(ttls.count == 3)
    #expect(ttls.allSatisfy { $0 <= 5 })
  }

  @Test("a reload changes what is known")
  func reload() async throws {
    let configuration = { (text: String) throws in
      let read = try ConfigurationReader.read(text: text, file: "s.yaml")
      return TestServer.configuration(upstreams: []) { $0.local = read.local }
    }
    let first = try configuration("local: {hosts: {a.example: 192.0.2.1}}")
    let server = try DNSServer(settings: first.server, snapshot: try TestServer.snapshot(first, zone: TestServer.zone))
    try server.start()
    defer { server.stop() }
    let client = try TestSocket(port: server.addresses[0].port)
    #expect(client.ask(Message.query("a.example"))?.answers.map(\.ipv4) == ["192.0.2.1"])
    let second = try configuration("local: {hosts: {a.example: 192.0.2.2}}")
    await server.publish(try TestServer.snapshot(second, zone: TestServer.zone, generation: 2))
    #expect(client.ask(Message.query("a.example"))?.answers.map(\.ipv4) == ["192.0.2.2"])
  }

  @Test("explain says that a name is known here, and where that was written", arguments: [
    ("printer.corp.example", "printer.corp.example, s.yaml:4"), ("x.lab.example", "*.lab.example, s.yaml:6"),
    ("5.0.0.10.in-addr.arpa", "the reverse of printer.corp.example, s.yaml:4"), ("x.test", "test, RFC 6761 section 6.2"),
    ("mail.corp.example", "mail.corp.example, s.yaml:13"),
  ])
  func explained(_ name: String, _ source: String) throws {
    let read = try ConfigurationReader.read(text: LocalRecordsTests.section, file: "s.yaml")
    let configuration = TestServer.configuration(upstreams: []) { $0.local = read.local }
    let snapshot = try TestServer.snapshot(configuration, zone: TestServer.zone)
    let client = IPAddress(v4: 0x7F00_0001)
    let trial = Trial(name: try #require(Name(name)), type: .a, client: client, snapshot: snapshot, at: .now())
    #expect(trial.report().hasPrefix("\(name) A for 127.0.0.1: local\n"))
    #expect(trial.report().contains("\n  local     \(source)\n"))
    #expect(trial.json().contains("\"local\":\"\(source)\""))
  }

  // MARK: Faults

  struct Wrong: Sendable, CustomTestStringConvertible {
    let text: String
    let faults: [String]
    var testDescription: String { text }
    init(_ text: String, _ faults: String...) { (self.text, self.faults) = (text, faults) }
  }

  static let wrong = [
    Wrong("{hosts: [a]}", "s.yaml:1:16: local.hosts holds a list, expected names with addresses. Write NAME: [ADDRESS] lines."),
    Wrong(
      "{hosts: {a..b: 192.0.2.1, c.example: [192.0.2.x, \"1\"], d.example: []}}",
      "s.yaml:1:17: local.hosts has \"a..b\", expected a domain name. Write printer.example.org, or \"*.example.org\" for what lies below.",
      "s.yaml:1:46: c.example has \"192.0.2.x\", expected an IPv4 or IPv6 address. Write 192.0.2.1 or \"2001:db8::1\".",
      "s.yaml:1:57: c.example has \"1\", expected an IPv4 or IPv6 address. Write 192.0.2.1 or \"2001:db8::1\".",
      "s.yaml:1:74: d.example has no address, expected one at least. Write one, or delete the name."),
    Wrong("{records: [\"a.example\"]}", "s.yaml:1:19: a record without a type, expected OWNER [TTL] [CLASS] TYPE RDATA. Complete the record."),
    Wrong("{records: [\"a.example A 192.0.2\"]}", "s.yaml:1:19: \"192.0.2\" is no data of type A: "),
    Wrong("{records: [\"$ORIGIN example\"]}", "s.yaml:1:19: \"$ORIGIN example\" does not begin with a name. Write OWNER [TTL] TYPE DATA."),
    Wrong("{records: [\" A 192.0.2.1\"]}", "s.yaml:1:19: \" A 192.0.2.1\" does not begin with a name. Write OWNER [TTL] TYPE DATA."),
    Wrong("{records: [\"a.example A (192.0.2.1\"]}", "s.yaml:1:19: \"a.example A (192.0.2.1\" is no record on one line. "),
    Wrong("{records: [\"a.example CH A 192.0.2.1\"]}", "s.yaml:1:19: class CH, expected IN. "),
    Wrong("{records: [\"a.example DS 1 8 2 00\"]}", "s.yaml:1:19: type DS is about a zone or a message, expected data of a name. "),
    Wrong("{records: [\". A 192.0.2.1\"]}", "s.yaml:1:19: the root is no local name. "),
    Wrong("{hosts: {x.localhost: 192.0.2.1}}", "s.yaml:1:30: x.localhost is the asking machine itself (RFC 6761 section 6.3). "),
    Wrong("{hosts: {a.sinkhole.internal: 192.0.2.1}}", "s.yaml:1:38: a.sinkhole.internal is one of Sinkhole's own names. "),
    Wrong("{records: [\"a.example CNAME a.sinkhole.internal\"]}", "s.yaml:1:19: a.example leads to one of Sinkhole's own names. "),
    Wrong(
      "{hosts: {a.example: [192.0.2.1, 192.0.2.1]}, records: [\"a.example CNAME b.example\", \"A.example A 192.0.2.1\"]}",
      "s.yaml:1:29: a.example is an alias by line 1, and an alias has no other record. Delete this A record or the CNAME.",
      "s.yaml:1:40: a.example has this A record already, in line 1. Delete one.",
      "s.yaml:1:92: a.example has this A record already, in line 1. Delete one."),
    Wrong(
      "{records: [\"a.example CNAME b.example\", \"b.example CNAME a.example\"]}",
      "s.yaml:1:19: a.example is an alias that leads in a circle, or over more than 16 aliases. ",
      "s.yaml:1:48: b.example is an alias that leads in a circle, or over more than 16 aliases. "),
    Wrong(
      "{records: [\"*.w.example CNAME x.w.example\"]}",
      "s.yaml:1:19: *.w.example is an alias that leads in a circle, or over more than 16 aliases. "),
    Wrong("{ttl: 8d}", "s.yaml:1:14: local.ttl is \"8d\", expected a time from 1s to 7d. "),
    Wrong("{host: {}}", "s.yaml:1:9: unknown key \"host\" in local, expected one of: hosts, records, ttl. "),
  ]

  @Test("what is wrong in local records is said with its place, all at once", arguments: wrong)
  func faults(_ wrong: Wrong) throws {
    let error = #expect(throws: Faults.self) { try ConfigurationReader.read(text: "local: " + wrong.text, file: "s.yaml") }
    let found = error?.list.map(\.description) ?? []
    #expect(found.count == wrong.faults.count, "\(found)")
    for (found, expected) in zip(found, wrong.faults) { #expect(found.hasPrefix(expected), "\(found)") }
  }

  @Test("a name has 256 records at most, and an answer with all of them is whole over TCP")
  func bound() throws {
    func section(_ count: Int) -> String {
      "local: {hosts: {a.example: [\((0..<count).map { "10.1.\($0 / 256).\($0 % 256)" }.joined(separator: ", "))]}}"
    }
    let server = try server(section(256))
    #expect(try server.tcp().ask(Message.query("a.example"))?.answers.count == 256)
    #expect(try server.udp().ask(Message.query("a.example"))?.isTruncated == true)
    let error = #expect(throws: Faults.self) { try ConfigurationReader.read(text: section(257), file: "s.yaml") }
    #expect(error?.list.map(\.problem) == ["a.example has more than 256 records or 32768 octets of data"])
  }

  @Test("aliases lead on sixteen times, and no further")
  func links() throws {
    func section(_ count: Int) -> String {
      let links = (0..<count).map { "\"n\($0).example CNAME n\($0 + 1).example\"" }.joined(separator: ", ")
      return "local: {hosts: {n\(count).example: 192.0.2.7}, records: [\(links)]}"
    }
    let server = try server(section(16))
    #expect(try server.tcp().ask(Message.query("n0.example"))?.answers.last?.ipv4 == "192.0.2.7")
    #expect(throws: Faults.self) { try ConfigurationReader.read(text: section(17), file: "s.yaml") }
  }

  @Test("the section that docs/configuration.md shows is read, and its records are answered")
  func documented() throws {
    let text = try String(contentsOfFile: Command.root + "/docs/configuration.md", encoding: .utf8)
    let block = try #require(text.matches(of: /```yaml\n(local:\n[^`]+)```/).first).output.1
    let server = try server(String(block))
    let client = try server.udp()
    #expect(client.ask(Message.query("printer.corp.example"))?.answers.map(\.ipv4) == ["10.0.0.5"])
    #expect(client.ask(Message.query("5.0.0.10.in-addr.arpa", 12))?.answers.count == 1)
    #expect(client.ask(Message.query("x.lab.example"))?.answers.count == 1)
    #expect(client.ask(Message.query("_ldap._tcp.corp.example", 33))?.answers.count == 1)
    #expect(client.ask(Message.query("intra.corp.example"))?.answers.map(\.type) == [5, 1])
  }
}
