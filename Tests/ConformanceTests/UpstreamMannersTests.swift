import Foundation
import Sinkhole
import Support
import Synchronization
import Testing

@Suite("Upstreams are asked in the form that they understand, and believed in the form that was asked")
struct UpstreamMannersTests {
  private static func right(_ query: ScriptedUpstream.Received) -> [UInt8] {
    Message.response(to: query.octets, answers: [Message.address("192.0.2.80")])
  }

  private static func ask(_ server: TestServer, _ name: String) throws -> Message {
    try #require(try server.udp(seconds: 6).ask(Message.query(name)))
  }

  private static func expectRight(_ server: TestServer, _ names: Range<Int>) throws {
    for index in names { #expect(try ask(server, "n\(index).example.org").answers.map(\.ipv4) == ["192.0.2.80"]) }
  }

  // MARK: Letters

  @Test("letters go out in random case, and the stub gets its own back")
  func randomCase() throws {
    let upstream = try ScriptedUpstream { [.send(Self.right($0))] }
    defer { upstream.stop() }
    let server = try TestServer(upstreams: [upstream.port])
    for index in 0..<8 {
      #expect(try Self.ask(server, "Www\(index).eXample.org").answers.map(\.owner) == ["Www\(index).eXample.org"])
    }
    // Thirteen letters each: that all eight are spelled alike happens once in 2^91.
    #expect(Set(upstream.received.map { $0.spelling.filter(\.isLetter) }).count > 1)
    #expect(upstream.received.count == 8)
  }

  @Test("an upstream that folds letters is asked in small ones, after three times at once")
  func folding() throws {
    let upstream = try ScriptedUpstream { query in
      var octets = query.octets
      for index in 12..<(12 + Message.wire(query.name).count) where octets[index] &- 0x41 < 26 { octets[index] |= 0x20 }
      return [.send(Message.response(to: octets, answers: [Message.address("192.0.2.80")]))]
    }
    defer { upstream.stop() }
    let server = try TestServer(upstreams: [upstream.port])
    try Self.expectRight(server, 0..<6)
    #expect(server.value(.upstreamFolded) == 3)
    #expect(upstream.received.count == 9)
    #expect(upstream.received.suffix(4).allSatisfy { $0.spelling == $0.name })
  }

  @Test("without random case, names go out in small letters")
  func smallLetters() throws {
    let upstream = try ScriptedUpstream { [.send(Self.right($0))] }
    defer { upstream.stop() }
    let server = try TestServer(upstreams: [upstream.port]) { $0.forwarding.randomCase = false }
    _ = try Self.ask(server, "WWW.Example.ORG")
    #expect(upstream.received.map(\.spelling) == ["www.example.org"])
  }

  // MARK: Cookies

  /// Answers with the client's cookie and `server`'s.
  private static func cookie(_ query: ScriptedUpstream.Received, _ server: [UInt8], client: [UInt8]? = nil) -> [UInt8] {
    let client = client ?? Array(query.options?[10]?.prefix(8) ?? [])
    let opt = Message.EDNS(options: Packet.option(10, client + server)).record
    return Message.response(
      to: query.octets, answers: [Message.address("192.0.2.80")], additional: [opt], withOPT: false)
  }

  @Test("an upstream's cookie is sent back to it")
  func keepsCookie() throws {
    let server = [UInt8](1...16)
    let upstream = try ScriptedUpstream { [.send(Self.cookie($0, server))] }
    defer { upstream.stop() }
    let sinkhole = try TestServer(upstreams: [upstream.port])
    try Self.expectRight(sinkhole, 0..<3)
    let cookies = upstream.received.compactMap { $0.options?[10] }
    #expect(cookies.map(\.count) == [8, 24, 24])
    #expect(cookies.dropFirst().allSatisfy { $0 == cookies[0] + server })
  }

  @Test("a response with another's cookie is passed over, and the right one behind it used")
  func wrongCookie() throws {
    let upstream = try ScriptedUpstream { query in
      let forged = Self.cookie(query, [UInt8](1...8), client: [UInt8](repeating: 9, count: 8))
      return [.send(forged), .wait(30), .send(Self.cookie(query, [UInt8](1...8)))]
    }
    defer { upstream.stop() }
    let server = try TestServer(upstreams: [upstream.port])
    try Self.expectRight(server, 0..<1)
    #expect(server.value(.upstreamMismatched) == 1)
  }

  @Test("a response without a cookie, from an upstream that always sent one, is asked again over TCP")
  func missingCookie() throws {
    let upstream = try ScriptedUpstream { query in
      query.name.hasPrefix("n0") || query.isStream ? [.send(Self.cookie(query, [UInt8](1...8)))] : [.send(Self.right(query))]
    }
    defer { upstream.stop() }
    let server = try TestServer(upstreams: [upstream.port])
    try Self.expectRight(server, 0..<2)
    #expect(upstream.received.map(\.isStream) == [false, false, true])
  }

  @Test("an upstream that no longer knows cookies, as it says over TCP, is no longer held to them")
  func forgottenCookie() throws {
    let upstream = try ScriptedUpstream { query in
      query.name.hasPrefix("n0") ? [.send(Self.cookie(query, [UInt8](1...8)))] : [.send(Self.right(query))]
    }
    defer { upstream.stop() }
    let server = try TestServer(upstreams: [upstream.port])
    try Self.expectRight(server, 0..<4)
    #expect(upstream.received.map(\.isStream) == [false, false, true, false, false])
  }

  @Test("BADCOOKIE is asked again with the cookie that came with it")
  func badCookie() throws {
    let fresh = [UInt8](2...17)
    let upstream = try ScriptedUpstream { query in
      let client = Array(query.options?[10]?.prefix(8) ?? [])
      if query.options?[10]?.dropFirst(8).elementsEqual(fresh) == true { return [.send(Self.cookie(query, fresh))] }
      var opt = Message.EDNS(options: Packet.option(10, client + fresh)).record
      // The upper bits of 23 travel in the OPT, the lower in the header.
      opt[5] = 1
      return [.send(Message.response(to: query.octets, rcode: 7, additional: [opt], withOPT: false))]
    }
    defer { upstream.stop() }
    let server = try TestServer(upstreams: [upstream.port])
    try Self.expectRight(server, 0..<2)
    #expect(upstream.received.count == 3)
  }

  @Test("with cookies off none are sent")
  func noCookies() throws {
    let upstream = try ScriptedUpstream { [.send(Self.right($0))] }
    defer { upstream.stop() }
    let server = try TestServer(upstreams: [upstream.port]) { $0.forwarding.cookies = false }
    try Self.expectRight(server, 0..<1)
    #expect(upstream.received.map(\.options) == [[:]])
  }

  // MARK: EDNS

  static let refusals: [(String, @Sendable (ScriptedUpstream.Received) -> Bool)] = [
    ("any EDNS", { Message($0.octets)?.opt != nil }),
    ("EDNS with options", { $0.options?.isEmpty == false }),
  ]

  @Test("an upstream that refuses what it does not know is asked more plainly, the next time at once", arguments: refusals.indices, [1, 4] as [UInt8])
  func plainer(_ index: Int, _ code: UInt8) throws {
    let refuses = Self.refusals[index].1
    let upstream = try ScriptedUpstream { query in
      refuses(query)
        ? [.send(Message.response(to: query.octets, rcode: code, withOPT: false))] : [.send(Self.right(query))]
    }
    defer { upstream.stop() }
    let server = try TestServer(upstreams: [upstream.port])
    try Self.expectRight(server, 0..<3)
    #expect(upstream.received.count == (index == 0 ? 5 : 4), "\(Self.refusals[index].0)")
    #expect(server.value(.serverFailures) == 0)
  }

  @Test("an upstream behind something that swallows EDNS is asked without, and then at once")
  func swallowed() throws {
    let upstream = try ScriptedUpstream { Message($0.octets)?.opt == nil ? [.send(Self.right($0))] : [] }
    defer { upstream.stop() }
    let server = try TestServer(upstreams: [upstream.port], TestServer.impatient)
    try Self.expectRight(server, 0..<3)
    #expect(upstream.received.filter { !$0.isStream }.count == 5)
  }

  // MARK: What is beside the answer

  @Test("records that nobody asked for are neither told nor kept", arguments: Transport.allCases)
  func strangers(_ transport: Transport) throws {
    let upstream = try ScriptedUpstream { query in
      [
        .send(
          Message.response(
            to: query.octets,
            answers: [
              Message.address("203.0.113.66", owner: "victim.example.net"),
              Message.record(5, Message.wire("a.example.net"), ttl: 60),
              Message.address("192.0.2.80", owner: "a.example.net"),
              Message.record(16, [1, 0x78], owner: "b.example.net"),
            ],
            authority: [
              Message.record(2, Message.wire("ns.example.com"), owner: "example.com"),
              Message.record(2, Message.wire("ns.example.net"), owner: "example.net"),
            ],
            additional: [Message.address("203.0.113.66", owner: "ns.example.com")]))
      ]
    }
    defer { upstream.stop() }
    let server = try TestServer(upstreams: [upstream.port])
    for _ in 0..<2 {
      let answer = try #require(try server.client(transport).ask(Message.query("www.example.org")))
      #expect(answer.answers.map(\.owner) == ["www.example.org", "a.example.net"])
      #expect(answer.answers.map(\.type) == [5, 1])
      #expect(answer.authority.map(\.owner) == ["example.net"])
      #expect(answer.additional.map(\.type) == [41])
    }
    #expect(server.value(.upstreamSifted) == 1)
    #expect(upstream.received.count == 1)
  }

  @Test("a chain out of order, and a DNAME above its names, belong to the answer")
  func belongs() throws {
    let upstream = try ScriptedUpstream { query in
      [
        .send(
          Message.response(
            to: query.octets,
            answers: [
              Message.address("192.0.2.80", owner: "www.example.net"),
              Message.record(39, Message.wire("example.net"), owner: "example.org"),
              Message.record(5, Message.wire("www.example.net")),
            ]))
      ]
    }
    defer { upstream.stop() }
    let server = try TestServer(upstreams: [upstream.port])
    #expect(try Self.ask(server, "www.example.org").answers.map(\.type) == [1, 39, 5])
    #expect(server.value(.upstreamSifted) == 0)
  }

  // MARK: AD and extended errors

  @Test("AD comes through from an upstream that is trusted for it, to stubs that read it", arguments: [true, false])
  func authentic(_ isTrusted: Bool) throws {
    let upstream = try ScriptedUpstream { query in
      var octets = Self.right(query)
      octets[3] |= 0x20
      return [.send(octets)]
    }
    defer { upstream.stop() }
    let server = try TestServer(upstreams: [upstream.port]) {
      if isTrusted { $0.trusted = [SocketAddress(IPAddress(v4: 0x7F00_0001), port: upstream.port)] }
    }
    let readers: [(UInt16, Message.EDNS?, Bool)] = [
      (0x0120, nil, true), (0x0100, Message.EDNS(flags: 0x8000), true), (0x0100, Message.EDNS(), false), (0x0100, nil, false),
    ]
    for (index, reader) in readers.enumerated() {
      for _ in 0..<2 {
        let query = Message.query("n\(index).example.org", flags: reader.0, edns: reader.1)
        let answer = try #require(try server.udp().ask(query))
        #expect(answer.authenticData == (isTrusted && reader.2), "\(index)")
      }
    }
  }

  @Test("an upstream's extended error is said again with its source named, also with an error")
  func extendedError() throws {
    let upstream = try ScriptedUpstream { query in
      let opt = Message.EDNS(options: Packet.option(15, [0, 6] + Array("bad \u{1B}[2J signature".utf8))).record
      let code: UInt8 = query.name.hasPrefix("bogus") ? 2 : 3
      return [.send(Message.response(to: query.octets, rcode: code, authority: [Message.soa(owner: "org")], additional: [opt], withOPT: false))]
    }
    defer { upstream.stop() }
    let server = try TestServer(upstreams: [upstream.port])
    for (name, code) in [("bogus.example.org", 2), ("nx.example.org", 3)] {
      let answer = try Self.ask(server, name)
      #expect(answer.rcode == code)
      #expect(answer.extendedError?.code == 6)
      let text = try #require(answer.extendedError?.text)
      #expect(text.hasPrefix("upstream 127.0.0.1:\(upstream.port) says: "))
      #expect(text.hasSuffix("signature") && !text.contains("\u{1B}"))
    }
  }
}
