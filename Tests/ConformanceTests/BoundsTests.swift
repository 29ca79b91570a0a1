import Sinkhole
import Support
import Testing

@Suite("Every store is bounded, and says when it is full")
struct BoundsTests {
  /// An upstream that never answers.
  private static func silent() throws -> ScriptedUpstream { try ScriptedUpstream { _ in [] } }

  /// Sends `count` queries for names of their own and waits until the server has taken them.
  private static func fill(_ server: TestServer, _ client: TestSocket, _ names: Range<Int>) throws {
    let before = server.value(.queriesUDP)
    for start in stride(from: names.lowerBound, to: names.upperBound, by: 32) {
      let end = min(start + 32, names.upperBound)
      for index in start..<end { client.sendMessage(Message.query("n\(index).example.org", id: UInt16(index))) }
      let wanted = before + UInt64(end - names.lowerBound)
      try #require(eventually { server.value(.queriesUDP) >= wanted })
    }
  }

  private static func expectFull(_ answer: Message?) throws {
    let answer = try #require(answer)
    #expect(answer.rcode == 2)
    #expect(answer.extendedError?.code == 0)
    #expect(answer.extendedError?.text == "too many queries in flight")
  }

  @Test("with all questions in flight that may be, another gets SERVFAIL at once; policy and waiting on go on", arguments: Transport.allCases)
  func exchanges(_ transport: Transport) throws {
    let upstream = try Self.silent()
    defer { upstream.stop() }
    let server = try TestServer(upstreams: [upstream.port]) { $0.server.forwards.exchanges = 64 }
    let filler = try server.udp()
    try Self.fill(server, filler, 0..<64)
    #expect(server.value(.forwardsFull) == 0)
    let client = try server.client(transport)
    try Self.expectFull(client.ask(Message.query("one-more.example.org")))
    #expect(server.value(.forwardsFull) == 1)
    #expect(server.value(.forwarded) == 64)
    // A question that is in flight already needs no new place.
    client.sendMessage(Message.query("n5.example.org"))
    #expect(eventually { server.value(.coalesced) == 1 })
    #expect(client.ask(Message.query("deepseek.com"))?.answers.map(\.ipv4) == ["192.0.2.53"])
  }

  @Test("with all stubs waiting that may, another gets SERVFAIL at once, even for a question in flight")
  func waiters() throws {
    let upstream = try Self.silent()
    defer { upstream.stop() }
    let server = try TestServer(upstreams: [upstream.port]) { $0.server.forwards.waiters = 64 }
    let filler = try server.udp()
    for index in 0..<64 { filler.sendMessage(Message.query("www.example.org", id: UInt16(index))) }
    #expect(eventually { server.value(.queriesUDP) == 64 })
    for name in ["www.example.org", "other.example.org"] {
      try Self.expectFull(try server.udp().ask(Message.query(name)))
    }
    #expect(server.value(.waitersFull) == 2)
    #expect(server.value(.coalesced) == 63)
    #expect(upstream.received.count == 1)
  }

  @Test("one client has its share of waiting; the next of its queries gets SERVFAIL, other clients go on")
  func perClient() throws {
    let upstream = try ScriptedUpstream { query in
      query.name.hasPrefix("n") ? [] : [.send(Message.response(to: query.octets, answers: [Message.address("192.0.2.80")]))]
    }
    defer { upstream.stop() }
    let server = try TestServer(upstreams: [upstream.port]) { $0.server.forwards.waitersPerClient = 10 }
    let greedy = try server.udp(from: "127.0.0.7")
    try Self.fill(server, greedy, 0..<10)
    try Self.expectFull(greedy.ask(Message.query("one-more.example.org")))
    #expect(server.value(.forwardsFullForClient) == 1)
    // By TCP too: the client is the address.
    let stream = try TestSocket(port: server.port, stream: true, from: "127.0.0.7")
    try Self.expectFull(stream.ask(Message.query("one-more.example.org")))
    #expect(try server.udp(from: "127.0.0.8").ask(Message.query("www.example.org"))?.answers.count == 1)
    // What is known is told to all.
    #expect(greedy.ask(Message.query("www.example.org"))?.answers.count == 1)
    #expect(greedy.ask(Message.query("deepseek.com"))?.answers.count == 1)
  }

  @Test("places are free again once their questions are answered")
  func freed() throws {
    let upstream = try ScriptedUpstream.answering()
    defer { upstream.stop() }
    let server = try TestServer(upstreams: [upstream.port]) { configuration in
      configuration.server.forwards.exchanges = 64
      configuration.server.forwards.waiters = 64
      configuration.server.forwards.waitersPerClient = 1
    }
    let client = try server.udp()
    for index in 0..<300 {
      #expect(client.ask(Message.query("n\(index).example.org"))?.rcode == 0)
    }
    #expect(server.value(.forwarded) == 300)
    for counter in [Counter.forwardsFull, .waitersFull, .forwardsFullForClient] { #expect(server.value(counter) == 0) }
  }

  @Test("places are free again once their questions have failed")
  func freedByFailure() throws {
    let upstream = try ScriptedUpstream { [.send(Message.response(to: $0.octets, rcode: 2))] }
    defer { upstream.stop() }
    let closed = try TestSocket.refusing()
    defer { withExtendedLifetime(closed) {} }
    for ports in [[], [upstream.port], [closed.port]] {
      let server = try TestServer(upstreams: ports) { $0.server.forwards.waitersPerClient = 1 }
      let client = try server.udp()
      for index in 0..<100 {
        let answer = try #require(client.ask(Message.query("n\(index).example.org")))
        #expect(answer.rcode == 2)
        #expect(answer.extendedError?.code != 0)
      }
      #expect(server.value(.forwardsFullForClient) == 0)
    }
  }

  @Test("a full journal drops what it cannot hold, counts it, and every query is answered")
  func journal() throws {
    let server = try TestServer()
    let client = try server.tcp()
    let count = JournalRing.capacity + 104
    for start in stride(from: 0, to: count, by: 100) {
      client.send((0..<100).flatMap { index -> [UInt8] in
        let query = Message.query("deepseek.com", id: UInt16(start + index))
        return Message.be(UInt16(query.count)) + query
      })
      for _ in 0..<100 { #expect(client.receiveMessage() != nil) }
    }
    #expect(server.value(.journalDropped) == UInt64(count - JournalRing.capacity))
    var told = 0
    _ = server.server.journals[0].drain(atMost: count) { _ in told += 1 }
    #expect(told == JournalRing.capacity)
  }
}
