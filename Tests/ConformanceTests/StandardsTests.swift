import Sinkhole
import Support
import Testing

/// The checks of RFC 8906 section 8 in every combination, each with the octets that have to come back.
@Suite("Whatever a query combines, its answer is known octet by octet")
struct ComplianceTests {
  /// What is asked, and what the answer has.
  struct Subject: Sendable {
    let question: [UInt8]
    var code: UInt8 = 0
    var answers: [[UInt8]] = []
    var authority: [[UInt8]] = []
    /// INFO-CODE and text.
    var error: (UInt16, String)?
  }

  private static let address = Message.address("192.0.2.80", ttl: 0)
  private static let soa = Message.soa(ttl: 0, minimum: 0, owner: "org")
  private static let text = Message.record(16, Packet.text(length: 600), ttl: 0)

  private static func question(_ name: String, _ type: UInt16, _ recordClass: UInt16 = 1) -> [UInt8] {
    Message.wire(name) + Message.be(type) + Message.be(recordClass)
  }

  static let subjects: [Subject] = [
    Subject(question: question("wWw.example.org", 1), answers: [address]),
    Subject(question: question("www.example.org", 16), answers: [text]),
    // An unknown type, and one that a name may have and this one has not.
    Subject(question: question("www.example.org", 1000), authority: [soa]),
    Subject(question: question("www.example.org", 6), authority: [soa]),
    Subject(question: question("www.example.org", 1, 1000), code: 5, error: (21, "only class IN is served")),
    Subject(question: question("example.org", 252), code: 5, error: (21, "no zone transfer here")),
    Subject(
      question: question("chat.deepseek.com", 1), answers: [Message.address("192.0.2.53", ttl: 5)],
      error: (15, "DeepSeek; rule all-zones; default@7; see http://notice.example.org/")),
  ]

  /// CD, AD and the reserved bit, in every combination, with RD.
  static let flags: [UInt16] = (0..<8).map { 0x0100 | $0 << 4 }

  /// None; one that nobody knows; several that are defined: NSID, EXPIRE, a client's subnet, a cookie.
  static let options: [[UInt8]] = [
    [], Packet.option(100, [1, 2, 3]),
    Packet.option(3) + Packet.option(9) + Packet.option(8, [0, 1, 0, 0]) + Packet.option(10, [1, 2, 3, 4, 5, 6, 7, 8]),
  ]

  static func offers(_ version: UInt8?) -> [Message.EDNS?] {
    guard let version else { return [nil] }
    return options.flatMap { options in
      // None, DO, every other flag, all.
      ([0, 0x8000, 0x7FFF, 0xFFFF] as [UInt16]).flatMap { flags in
        ([0, 512, 1232] as [UInt16]).map { Message.EDNS(size: $0, version: version, flags: flags, options: options) }
      }
    }
  }

  /// What has to come back, written from the standards' text and without the server's code.
  static func expected(_ subject: Subject, _ flags: UInt16, _ edns: Message.EDNS?, _ transport: Transport) -> [UInt8] {
    // RFC 6891 section 6.1.3: another version gets BADVERS and no answer; ours is 0.
    let isOther = edns?.version ?? 0 > 0
    let code = isOther ? 0 : subject.code
    var answers = isOther ? [] : subject.answers
    let authority = isOther ? [] : subject.authority
    var opt: [UInt8] = []
    if let edns {
      var option: [UInt8] = []
      if let error = subject.error, !isOther { option = Packet.option(15, Message.be(error.0) + Array(error.1.utf8)) }
      opt = [0, 0, 41] + Message.be(1232) + [isOther ? 1 : 0, 0] + Message.be(edns.flags & 0x8000)
      opt += Message.be(UInt16(option.count)) + option
    }
    let limit = transport == .tcp ? 65_535 : max(512, Int(edns?.size ?? 512))
    let length = 12 + subject.question.count + (answers + authority).joined().count + opt.count
    let isTruncated = length > limit
    if isTruncated { answers = [] }
    let header: [UInt8] = [0x81 | (isTruncated ? 2 : 0), 0x80 | UInt8(flags & 0x10) | code]
    let counts: [UInt16] = [1, UInt16(answers.count), UInt16(authority.count), edns == nil ? 0 : 1]
    var message = Message.be(Packet.id) + header
    for count in counts { message += Message.be(count) }
    message += subject.question
    message += (answers + authority).joined()
    return message + opt
  }

  @Test(
    "every combination of EDNS version, option, flag, size, header bit, type and class gets its exact answer",
    arguments: [nil, 0, 1, 100] as [UInt8?], Transport.allCases)
  func combinations(_ version: UInt8?, _ transport: Transport) throws {
    let upstream = try ScriptedUpstream { query in
      // TTL 0 is kept nowhere: no answer ages, and each comes the whole way.
      let answers = query.type == 1 ? [Self.address] : query.type == 16 ? [Self.text] : []
      return [.send(Message.response(to: query.octets, answers: answers, authority: answers.isEmpty ? [Self.soa] : []))]
    }
    defer { upstream.stop() }
    // A server's half of a cookie is told by nobody beforehand: CookieTests look at those.
    let server = try TestServer(upstreams: [upstream.port]) { $0.cookies = .off }
    let client = try server.client(transport)
    for edns in Self.offers(version) {
      for flags in Self.flags {
        for (index, subject) in Self.subjects.enumerated() {
          let query = Packet.raw(flags: flags, additional: edns == nil ? 0 : 1, subject.question + (edns?.record ?? []))
          client.sendMessage(query)
          let reply = try #require(client.receiveMessage(), "subject \(index), flags \(flags), \(String(describing: edns))")
          let wanted = Self.expected(subject, flags, edns, transport)
          #expect(reply == wanted, "subject \(index), flags \(flags), \(String(describing: edns))")
        }
      }
    }
  }

  @Test("an unknown opcode gets the same NOTIMP whatever its EDNS says", arguments: [nil, 0, 1, 100] as [UInt8?], Transport.allCases)
  func opcodes(_ version: UInt8?, _ transport: Transport) throws {
    let server = try TestServer()
    let client = try server.client(transport)
    for edns in Self.offers(version) {
      for flags in Self.flags {
        let body = Self.subjects[0].question + (edns?.record ?? [])
        client.sendMessage(Packet.raw(flags: flags | 15 << 11, additional: edns == nil ? 0 : 1, body))
        let reply = try #require(client.receiveMessage())
        #expect(reply == Message.be(Packet.id) + [0xF9, 0x84 | UInt8(flags & 0x10)] + [UInt8](repeating: 0, count: 8))
      }
    }
  }
}

@Suite("What the standards ask of a forwarder and its cache")
struct ForwarderStandardsTests {
  @Test("that a name does not exist is kept for the type that was asked")
  func nonexistence() throws {
    let upstream = try ScriptedUpstream { [.send(Message.response(to: $0.octets, rcode: 3, authority: [Message.soa(owner: "org")]))] }
    defer { upstream.stop() }
    let server = try TestServer(upstreams: [upstream.port])
    for _ in 0..<2 {
      for type in [1, 28] as [UInt16] { #expect(try server.udp().ask(Message.query("nx.example.org", type))?.rcode == 3) }
    }
    #expect(upstream.received.map(\.type) == [1, 28])
  }

  @Test("a record beside an answer answers no question of its own (RFC 5452 section 6)", arguments: Transport.allCases)
  func strangers(_ transport: Transport) throws {
    let upstream = try ScriptedUpstream { query in
      let isOwn = query.name == "victim.example.net"
      return [
        .send(
          Message.response(
            to: query.octets, answers: [Message.address(isOwn ? "192.0.2.80" : "192.0.2.81")],
            authority: [Message.record(2, Message.wire("victim.example.net"), owner: "example.net")],
            additional: [Message.address("192.0.2.66", ttl: 3600, owner: "victim.example.net")]))
      ]
    }
    defer { upstream.stop() }
    let server = try TestServer(upstreams: [upstream.port])
    let client = try server.client(transport)
    #expect(client.ask(Message.query("www.example.org"))?.answers.map(\.ipv4) == ["192.0.2.81"])
    #expect(client.ask(Message.query("victim.example.net"))?.answers.map(\.ipv4) == ["192.0.2.80"])
    #expect(upstream.received.map(\.name) == ["www.example.org", "victim.example.net"])
  }

  @Test(
    "names that are nothing special to a resolver are asked upstream",
    arguments: ["www.alt", "ipv4only.arpa", "example", "www.example.com", "sinkhole.internal.example.net"])
  func ordinary(_ name: String) throws {
    let upstream = try ScriptedUpstream.answering()
    defer { upstream.stop() }
    let server = try TestServer(upstreams: [upstream.port])
    #expect(try server.udp().ask(Message.query(name))?.answers.map(\.ipv4) == ["192.0.2.80"])
    #expect(upstream.received.map(\.name) == [name])
  }

  @Test("a silent upstream is sent three queries for a question at most, and the last is waited for longest (RFC 9520 section 3.1)")
  func threeQueries() throws {
    let silent = try ScriptedUpstream { _ in [] }
    // Long after the third query the response to the first comes.
    let late = try ScriptedUpstream { query in
      [.wait(3400), .send(Message.response(to: query.octets, answers: [Message.address("192.0.2.80")]))]
    }
    defer { silent.stop(); late.stop() }
    let first = try TestServer(upstreams: [silent.port], TestServer.impatient)
    let second = try TestServer(upstreams: [late.port], TestServer.impatient)
    let client = try second.udp(seconds: 6)
    client.send(Message.query("late.example.org"))
    let answer = try #require(try first.udp(seconds: 6).ask(Message.query("www.example.org")))
    #expect(answer.rcode == 2)
    #expect(answer.extendedError?.code == 22)
    // One more over TCP, which may get through where UDP does not.
    #expect(silent.received.map(\.isStream) == [false, false, false, true])
    #expect(client.receive().flatMap(Message.init)?.answers.map(\.ipv4) == ["192.0.2.80"])
    #expect(late.received.filter { !$0.isStream }.count == 3)
  }
}

@Suite("What the standards ask of restricted answers")
struct PolicyStandardsTests {
  private static let zone = """
    $ORIGIN bare.rpz.sinkhole.internal.
    @ SOA localhost. hostmaster.sinkhole.internal. 7 3600 600 86400 5
    nx.example.net CNAME .
    """

  @Test("a policy zone without an NS record is taken", arguments: Transport.allCases)
  func withoutNS(_ transport: Transport) throws {
    let server = try TestServer(zone: Self.zone)
    #expect(try server.client(transport).ask(Message.query("nx.example.net"))?.rcode == 3)
  }

  @Test(
    "a rule says whether an answer is blocked, censored or filtered",
    arguments: [("blocked", 15), ("censored", 16), ("filtered", 17)] as [(String, UInt16)], Transport.allCases)
  func codes(_ word: (String, UInt16), _ transport: Transport) throws {
    let text = "policies: { p: [{nxdomain: {names: [example.net]}, ede: \(word.0)}] }\ndefault_policy: p"
    let definition = try ConfigurationReader.read(text: text, file: "s.yaml").definition
    let server = try TestServer { $0.definition = definition }
    let answer = try #require(try server.client(transport).ask(Message.query("www.example.net")))
    #expect(answer.rcode == 3)
    #expect(answer.extendedError?.code == word.1)
  }
}
