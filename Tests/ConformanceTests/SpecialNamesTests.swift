import Sinkhole
import Support
import Testing

/// Names that are answered from own knowledge: nothing of them may reach an upstream.
@Suite("Special-use names")
struct SpecialNamesTests {
  struct Question: Sendable, CustomTestStringConvertible {
    let name: String
    let type: String
    let rcode: Int
    /// The answer section.
    let answers: [String]
    /// The owner of the SOA that closes a negative answer.
    let authority: String?
    let standard: String

    var testDescription: String { "\(name) \(type)" }

    init(_ name: String, _ type: String, nxdomain zone: String, _ standard: String) {
      (self.name, self.type, rcode, answers, authority, self.standard) = (name, type, 3, [], zone, standard)
    }
    init(_ name: String, _ type: String, nodata zone: String, _ standard: String) {
      (self.name, self.type, rcode, answers, authority, self.standard) = (name, type, 0, [], zone, standard)
    }
    init(_ name: String, _ type: String, _ answers: [String]) {
      (self.name, self.type, rcode, self.answers, authority, standard) = (name, type, 0, answers, nil, "")
    }
  }

  static let zeros = String(repeating: "0.", count: 31)

  static let questions: [Question] = [
    Question("localhost", "A", ["localhost 3600 A 127.0.0.1"]),
    Question("LocalHost", "AAAA", ["LocalHost 3600 AAAA ::1"]),
    Question("a.b.localhost", "A", ["a.b.localhost 3600 A 127.0.0.1"]),
    Question("localhost", "MX", nodata: "localhost", "RFC 6761 section 6.3"),
    Question("www.localhost", "HTTPS", nodata: "localhost", "RFC 6761 section 6.3"),
    Question("test", "A", nodata: "test", "RFC 6761 section 6.2"),
    Question("www.test", "A", nxdomain: "test", "RFC 6761 section 6.2"),
    Question("x.invalid", "AAAA", nxdomain: "invalid", "RFC 6761 section 6.4"),
    Question("a.b.onion", "A", nxdomain: "onion", "RFC 7686 section 2"),
    Question("printer.local", "A", nxdomain: "local", "RFC 6762 section 22.1"),
    Question("b._dns-sd._udp.local", "PTR", nxdomain: "local", "RFC 6762 section 22.1"),
    Question("home.arpa", "A", nodata: "home.arpa", "RFC 8375 section 4"),
    Question("home.arpa", "DS", nodata: "home.arpa", "RFC 8375 section 4"),
    Question("x.home.arpa", "DS", nxdomain: "home.arpa", "RFC 8375 section 4"),
    Question("a.b.home.arpa", "A", nxdomain: "home.arpa", "RFC 8375 section 4"),
    Question("1.0.0.127.in-addr.arpa", "PTR", ["1.0.0.127.in-addr.arpa 3600 PTR localhost"]),
    Question("1." + zeros + "ip6.arpa", "PTR", ["1.\(zeros)ip6.arpa 3600 PTR localhost"]),
    Question("0.0.127.in-addr.arpa", "PTR", nodata: "127.in-addr.arpa", "RFC 6303 section 4.2"),
    Question("2.0.0.127.in-addr.arpa", "PTR", nxdomain: "127.in-addr.arpa", "RFC 6303 section 4.2"),
    Question("10.in-addr.arpa", "PTR", nodata: "10.in-addr.arpa", "RFC 6303 section 4.1"),
    Question("10.in-addr.arpa", "NS", ["10.in-addr.arpa 3600 NS 10.in-addr.arpa"]),
    Question("x.1." + zeros + "ip6.arpa", "PTR", nxdomain: "1.\(zeros)ip6.arpa", "RFC 6303 section 4.3"),
    Question("0." + zeros + "ip6.arpa", "PTR", nodata: "0.\(zeros)ip6.arpa", "RFC 6303 section 4.3"),
  ]
    + (16...31).map { Question("1.2.\($0).172.in-addr.arpa", "PTR", nxdomain: "\($0).172.in-addr.arpa", "RFC 6303 section 4.1") }
    + (64...127).map { Question("1.2.\($0).100.in-addr.arpa", "PTR", nxdomain: "\($0).100.in-addr.arpa", "RFC 7793 section 4") }
    + ["10.in-addr.arpa", "168.192.in-addr.arpa"].map { Question("1.\($0)", "PTR", nxdomain: $0, "RFC 6303 section 4.1") }
    + ["0", "254.169", "2.0.192", "100.51.198", "113.0.203", "255.255.255.255"].map {
      Question("1.\($0).in-addr.arpa", "PTR", nxdomain: "\($0).in-addr.arpa", "RFC 6303 section 4.2")
    }
    + ["8", "9", "a", "b"].map { Question("1.\($0).e.f.ip6.arpa", "PTR", nxdomain: "\($0).e.f.ip6.arpa", "RFC 6303 section 4.5") }
    + [
      Question("1.d.f.ip6.arpa", "PTR", nxdomain: "d.f.ip6.arpa", "RFC 6303 section 4.4"),
      Question("1.8.b.d.0.1.0.0.2.ip6.arpa", "PTR", nxdomain: "8.b.d.0.1.0.0.2.ip6.arpa", "RFC 6303 section 4.6"),
    ]

  @Test("special-use names and locally served zones are answered here, with the reason, and no upstream hears of them", arguments: Transport.allCases)
  func answered(_ transport: Transport) throws {
    let upstream = try ScriptedUpstream.answering()
    defer { upstream.stop() }
    let server = try TestServer(upstreams: [upstream.port])
    let client = try server.client(transport)
    for question in SpecialNamesTests.questions {
      let type = try #require(RecordText.types[question.type])
      let answer = try #require(client.ask(Message.query(question.name, type)))
      #expect(answer.rcode == question.rcode, "\(question)")
      #expect(answer.answers.map { RecordText.text(of: $0, in: answer) } == question.answers, "\(question)")
      #expect(answer.authority.map(\.owner) == [question.authority].compactMap(\.self), "\(question)")
      #expect(answer.authority.allSatisfy { $0.type == 6 && $0.ttl == 3600 && $0.rdata.suffix(4) == [0, 0, 0x0E, 0x10] })
      let reason = question.authority.map { "\($0) is not asked upstream (\(question.standard))" }
      #expect(answer.extendedError?.text == reason, "\(question)")
      #expect(!answer.isAuthoritative && !answer.isTruncated)
    }
    #expect(upstream.received.isEmpty)
    #expect(server.value(.local) == UInt64(SpecialNamesTests.questions.count))
  }

  @Test("nothing is designated below resolver.arpa, whatever zones say", arguments: ["resolver.arpa", "_dns.resolver.arpa", "a._dns.resolver.arpa"])
  func designated(_ name: String) throws {
    let upstream = try ScriptedUpstream.answering()
    defer { upstream.stop() }
    let server = try TestServer(upstreams: [upstream.port])
    for type in [UInt16(1), 64] {
      let answer = try #require(try server.udp().ask(Message.query(name, type)))
      #expect(answer.rcode == 0)
      #expect(answer.answers.isEmpty)
      #expect(answer.authority.map(\.owner) == ["resolver.arpa"])
    }
    #expect(upstream.received.isEmpty)
  }

  @Test("a validating stub gets the truth about the delegation of home.arpa, and of nothing below it")
  func delegation() throws {
    let upstream = try ScriptedUpstream { [.send(Message.response(to: $0.octets, authority: [Message.soa(owner: "arpa")]))] }
    defer { upstream.stop() }
    let server = try TestServer(upstreams: [upstream.port])
    let client = try server.udp()
    let validating = Message.EDNS(flags: 0x8000)
    #expect(client.ask(Message.query("home.arpa", 43, edns: validating))?.authority.first?.owner == "arpa")
    #expect(client.ask(Message.query("x.home.arpa", 43, edns: validating))?.rcode == 3)
    #expect(client.ask(Message.query("home.arpa", 1, edns: validating))?.authority.first?.owner == "home.arpa")
    #expect(client.ask(Message.query("10.in-addr.arpa", 43, edns: validating))?.authority.first?.owner == "10.in-addr.arpa")
    #expect(upstream.received.map(\.name) == ["home.arpa"])
  }

  @Test("a neighbour of a special name is an ordinary name", arguments: [
    "xlocal", "local.example", "arpa", "in-addr.arpa", "11.in-addr.arpa", "172.in-addr.arpa", "32.172.in-addr.arpa", "63.100.in-addr.arpa",
    "xhome.arpa", "e.f.ip6.arpa", "c.e.f.ip6.arpa", "c.f.ip6.arpa", "ipv4only.arpa", "8.8.8.8.in-addr.arpa", "test.example.org",
  ])
  func neighbours(_ name: String) throws {
    let upstream = try ScriptedUpstream.answering()
    defer { upstream.stop() }
    let server = try TestServer(upstreams: [upstream.port])
    #expect(try server.udp().ask(Message.query(name))?.answers.map(\.ipv4) == ["192.0.2.80"])
    #expect(upstream.received.map(\.name) == [name])
  }

  struct Opened: Sendable {
    let open: String
    let asked: [String]
    let kept: [String]
  }

  static let opened = [
    Opened(open: "[local, 10.in-addr.arpa]", asked: ["local", "dc1.corp.local", "1.10.in-addr.arpa"], kept: ["x.test", "1.168.192.in-addr.arpa"]),
    Opened(open: "corp.local", asked: ["corp.local", "dc1.corp.local"], kept: ["printer.local", "xcorp.local"]),
    Opened(open: "1.10.in-addr.arpa", asked: ["5.1.10.in-addr.arpa"], kept: ["5.2.10.in-addr.arpa"]),
    Opened(
      open: "private", asked: ["1.10.in-addr.arpa", "1.20.172.in-addr.arpa", "1.d.f.ip6.arpa", "1.70.100.in-addr.arpa"],
      kept: ["1.2.0.192.in-addr.arpa", "2.0.0.127.in-addr.arpa", "x.local"]),
    Opened(open: "127.in-addr.arpa", asked: ["1.0.0.127.in-addr.arpa"], kept: ["1.10.in-addr.arpa"]),
  ]

  @Test("what the operator opens is asked upstream, the deepest name deciding, and nothing else", arguments: opened)
  func opens(_ opened: Opened) throws {
    let names = try ConfigurationReader.read(text: "special_names: {open: \(opened.open)}", file: "s.yaml").openSpecialNames
    let upstream = try ScriptedUpstream.answering()
    defer { upstream.stop() }
    let server = try TestServer(upstreams: [upstream.port]) { $0.openSpecialNames = names }
    let client = try server.udp()
    for name in opened.asked { #expect(client.ask(Message.query(name))?.answers.map(\.ipv4) == ["192.0.2.80"], "\(name)") }
    for name in opened.kept { #expect(client.ask(Message.query(name))?.rcode == 3, "\(name)") }
    #expect(upstream.received.map(\.name) == opened.asked)
  }

  @Test("a domain with upstreams of its own is not answered here, unless a special name lies below it")
  func forwarded() throws {
    let names = ["corp.local", "arpa", "168.192.in-addr.arpa"].compactMap { Name($0) }
    let knowledge = LocalKnowledge(records: LocalRecords(), forwarded: names)
    func isKnown(_ name: String) throws -> Bool { knowledge.source(of: try #require(Name(name))) != nil }
    #expect(try !isKnown("dc1.corp.local"))
    #expect(try isKnown("printer.local"))
    #expect(try !isKnown("1.168.192.in-addr.arpa"))
    #expect(try isKnown("1.10.in-addr.arpa"))
    #expect(try !isKnown("8.in-addr.arpa"))
  }

  @Test("what is no special name cannot be opened")
  func faults() {
    let error = #expect(throws: Faults.self) {
      try ConfigurationReader.read(text: "special_names: {open: [local, example.org], off: [x]}", file: "s.yaml")
    }
    let lines = error.map { $0.list.map(\.description) } ?? []
    #expect(lines.count == 2)
    #expect(lines.first?.hasPrefix("s.yaml:1:31: special_names.open has \"example.org\", which is not at or below a special-use name.") == true)
    #expect(lines.last?.contains("unknown key \"off\" in special_names, expected one of: open") == true)
  }

  // MARK: The order of the steps

  /// A server with a policy that has something to say of special names.
  private func server(_ zone: String, upstream: ScriptedUpstream, _ change: (inout Configuration) -> Void = { _ in }) throws -> TestServer {
    try TestServer(upstreams: [upstream.port], zone: TestServer.zone + "\n" + zone, change)
  }

  @Test("a zone that lists a special name decides about it")
  func policyFirst() throws {
    let upstream = try ScriptedUpstream.answering()
    defer { upstream.stop() }
    let server = try server("x.local CNAME *.\na.onion CNAME deepseek.service.sinkhole.internal.", upstream: upstream)
    let client = try server.udp()
    #expect(client.ask(Message.query("x.local"))?.rcode == 0)
    #expect(client.ask(Message.query("a.onion"))?.answers.map(\.ipv4) == ["192.0.2.53"])
    #expect(server.value(.local) == 0)
  }

  @Test("a stranger, and who asks without RD, is refused before anything is known")
  func refusalsFirst() throws {
    let server = try TestServer { $0.allowedClients = [] }
    #expect(try server.udp().ask(Message.query("localhost"))?.rcode == 5)
    let open = try TestServer()
    let answer = try #require(try open.udp().ask(Message.query("localhost", flags: 0)))
    #expect(answer.rcode == 5)
    #expect(answer.extendedError?.code == 20)
    #expect(try open.udp().ask(Message.query("localhost", recordClass: 4))?.rcode == 5)
  }

  @Test("ANY of a special name is answered with what is known of it, not with the one record that stands for all")
  func beforeAny() throws {
    let server = try TestServer()
    let client = try server.udp()
    #expect(client.ask(Message.query("x.test", 255))?.rcode == 3)
    let answer = try #require(client.ask(Message.query("a.localhost", 255)))
    #expect(Set(answer.answers.map(\.type)) == [1, 28])
  }

  @Test("a name that was cached before it became local is told as it is known now")
  func beforeCache() async throws {
    let upstream = try ScriptedUpstream.answering()
    defer { upstream.stop() }
    let open = TestServer.configuration(upstreams: [upstream.port]) { $0.openSpecialNames = ["local"].compactMap { Name($0) } }
    let server = try DNSServer(settings: open.server, snapshot: try TestServer.snapshot(open, zone: TestServer.zone))
    try server.start()
    defer { server.stop() }
    let client = try TestSocket(port: server.addresses[0].port)
    #expect(client.ask(Message.query("x.local"))?.answers.map(\.ipv4) == ["192.0.2.80"])
    let closed = TestServer.configuration(upstreams: [upstream.port])
    await server.publish(try TestServer.snapshot(closed, zone: TestServer.zone, generation: 2))
    #expect(client.ask(Message.query("x.local"))?.rcode == 3)
    #expect(upstream.received.count == 1)
  }
}
