import Sinkhole
import Support
import Testing

@Suite("What one client is sent over UDP is bounded")
struct RateLimitTests {
  private static let half: [UInt8] = [1, 2, 3, 4, 5, 6, 7, 8]

  /// Ten at once, then next to nothing: 1 a second, for a second's test.
  private static func server(
    slip: Int = 2, _ change: (inout Configuration) -> Void = { _ in }
  ) throws -> TestServer {
    try TestServer { configuration in
      configuration.server.rateLimit.responsesPerSecond = 1
      configuration.server.rateLimit.window = 10_000
      configuration.server.rateLimit.slip = slip
      configuration.server.rateLimit.exempt = []
      change(&configuration)
    }
  }

  /// Asks `count` times at once, and gives what comes back.
  private static func ask(
    _ server: TestServer, _ count: Int, edns: Message.EDNS? = Message.EDNS(), from: String? = nil
  ) throws -> [Message] {
    let client = try server.udp(from: from, seconds: 1)
    let before = server.value(.queriesUDP)
    for index in 0..<count { client.sendMessage(Message.query("deepseek.com", id: UInt16(index), edns: edns)) }
    #expect(eventually { server.value(.queriesUDP) == before + UInt64(count) })
    var answers: [Message] = []
    while let octets = client.receiveMessage() { answers.append(try #require(Message(octets))) }
    return answers
  }

  @Test("beyond the limit answers are dropped, and each second one is the question with TC", arguments: [nil, Message.EDNS()])
  func slips(_ edns: Message.EDNS?) throws {
    let server = try Self.server()
    let answers = try Self.ask(server, 50, edns: edns)
    let whole = answers.filter { !$0.isTruncated }
    // A second or two may pass meanwhile, with a token each.
    #expect((10...14).contains(whole.count))
    let short = answers.filter(\.isTruncated)
    #expect(UInt64(short.count) == server.value(.rateSlipped))
    #expect(server.value(.rateLimited) == UInt64(50 - whole.count))
    #expect(short.count == (50 - whole.count) / 2)
    for answer in short {
      #expect(answer.rcode == 0)
      #expect(answer.answers.isEmpty && answer.authority.isEmpty)
      // Never more octets than came.
      #expect(answer.octets.count == Message.query("deepseek.com", edns: edns).count)
    }
    // TCP has no limit, so a real stub is answered.
    #expect(try server.tcp().ask(Message.query("deepseek.com"))?.answers.count == 1)
    // Another client is not touched.
    #expect(try server.udp(from: "127.0.0.9").ask(Message.query("deepseek.com"))?.answers.count == 1)
  }

  @Test("slip 0 drops all of them, slip 1 none", arguments: [(0, 0), (1, 30)])
  func slip(_ slip: Int, _ least: Int) throws {
    let server = try Self.server(slip: slip)
    let short = try Self.ask(server, 50).filter(\.isTruncated)
    #expect(slip == 0 ? short.isEmpty : short.count >= least)
  }

  @Test("a good cookie lifts the limit; a client's half alone gets BADCOOKIE, with which it comes back")
  func cookie() throws {
    let server = try Self.server()
    let edns = Message.EDNS(options: Packet.option(10, Self.half))
    let answers = try Self.ask(server, 50, edns: edns)
    let bad = answers.filter { $0.rcode == 23 }
    #expect(UInt64(bad.count) == server.value(.rateSlipped))
    #expect(answers.allSatisfy { !$0.isTruncated })
    let refusal = try #require(bad.first)
    #expect(refusal.answers.isEmpty && refusal.questionCount == 1)
    let cookie = try #require(refusal.cookie)
    let before = server.value(.rateLimited)
    let proven = try Self.ask(server, 200, edns: Message.EDNS(options: Packet.option(10, cookie)))
    #expect(proven.count == 200)
    #expect(proven.allSatisfy { $0.answers.count == 1 })
    #expect(server.value(.rateLimited) == before)
    // Somebody else's cookie lifts nothing.
    _ = try Self.ask(server, 50, edns: Message.EDNS(options: Packet.option(10, cookie)), from: "127.0.0.9")
    #expect(server.value(.rateLimited) > before)
  }

  @Test("with cookies turned off a client's half lifts nothing, and gets TC")
  func withoutCookies() throws {
    let server = try Self.server { $0.cookies = .off }
    let answers = try Self.ask(server, 50, edns: Message.EDNS(options: Packet.option(10, Self.half)))
    #expect(answers.contains { $0.isTruncated })
    #expect(answers.allSatisfy { $0.rcode == 0 })
  }

  @Test("networks that are exempt, and trusted forwarders, have no limit; nor has anybody without a rate")
  func exempt() throws {
    let changes: [@Sendable (inout Configuration) -> Void] = [
      { $0.server.rateLimit.exempt = IPPrefix.loopback },
      { $0.trustedForwarders = IPPrefix.loopback },
      { $0.server.rateLimit.responsesPerSecond = 0 },
    ]
    for change in changes {
      let server = try Self.server(change)
      #expect(try Self.ask(server, 100).count == 100)
      #expect(server.value(.rateLimited) == 0)
      #expect(server.server.limitReports.allSatisfy { Self.blocks($0).isEmpty })
    }
  }

  private static func blocks(_ ring: EventRing<LimitedBlock>) -> [String] {
    var blocks: [String] = []
    _ = ring.drain(atMost: 100) { blocks.append("\($0.block)") }
    return blocks
  }

  @Test("strangers' refusals and malformed queries count as well, and the beginning is told once")
  func others() throws {
    let server = try Self.server { configuration in
      configuration.allowedClients = []
      configuration.server.rateLimit.prefixV4 = 24
    }
    let refusals = try Self.ask(server, 50).filter { $0.rcode == 5 }
    #expect(refusals.count <= 14)
    let client = try server.udp(seconds: 1)
    let before = server.value(.queriesUDP)
    for _ in 0..<20 { client.send(Packet.raw(questions: 2)) }
    #expect(eventually { server.value(.queriesUDP) == before + 20 })
    var count = 0
    while client.receiveMessage() != nil { count += 1 }
    // A header is nothing to send a part of.
    #expect(count <= 3)
    #expect(Self.blocks(server.server.limitReports[0]) == ["127.0.0.0/24"])
  }
}
