import Foundation
import Sinkhole
import Support
import Testing

@Suite("TCP carries many queries a connection")
struct StreamTests {
  /// A query as it goes over a stream.
  private static func framed(_ query: [UInt8]) -> [UInt8] { Message.be(UInt16(query.count)) + query }

  @Test("pipelined queries are answered as they become ready, each once")
  func outOfOrder() throws {
    let upstream = try ScriptedUpstream { query in
      // The later asked, the sooner answered.
      [.wait((5 - query.number) * 90), .send(Message.response(to: query.octets, answers: [Message.address("192.0.2.\(query.number)")]))]
    }
    defer { upstream.stop() }
    let server = try TestServer(upstreams: [upstream.port])
    let client = try server.tcp()
    for index in 1...5 { client.sendMessage(Message.query("n\(index).example.org", id: UInt16(index))) }
    client.sendMessage(Message.query("deepseek.com", id: 6))
    var ids: [UInt16] = []
    for _ in 1...6 {
      let answer = try #require(client.receiveMessage().flatMap(Message.init))
      if answer.id < 6 { #expect(answer.answers.map(\.ipv4) == ["192.0.2.\(answer.id)"]) }
      ids.append(answer.id)
    }
    #expect(ids == [6, 5, 4, 3, 2, 1])
  }

  @Test("many queries in one write are all answered, in their order when nothing waits")
  func oneWrite() throws {
    let server = try TestServer()
    let client = try server.tcp()
    client.send((0..<500).flatMap { Self.framed(Message.query("n\($0).deepseek.com", id: UInt16($0))) })
    for index in 0..<500 {
      let answer = try #require(client.receiveMessage().flatMap(Message.init))
      #expect(answer.id == UInt16(index))
      #expect(answer.answers.map(\.ipv4) == ["192.0.2.53"])
    }
    #expect(server.value(.queriesTCP) == 500)
  }

  @Test("more queries at once than may wait are still all answered")
  func moreThanMayWait() throws {
    let upstream = try ScriptedUpstream { [.wait(50), .send(Message.response(to: $0.octets, answers: [Message.address("192.0.2.80")]))] }
    defer { upstream.stop() }
    let server = try TestServer(upstreams: [upstream.port])
    let client = try server.tcp()
    client.send((0..<600).flatMap { Self.framed(Message.query("n\($0).example.org", id: UInt16($0))) })
    var ids: Set<UInt16> = []
    for _ in 0..<600 {
      let answer = try #require(client.receiveMessage().flatMap(Message.init))
      #expect(answer.rcode == 0)
      ids.insert(answer.id)
    }
    #expect(ids.count == 600)
  }

  @Test("a query that comes octet by octet is answered")
  func octetByOctet() throws {
    let server = try TestServer()
    let client = try server.tcp()
    var one: Int32 = 1
    setsockopt(client.descriptor, Int32(IPPROTO_TCP), TCP_NODELAY, &one, 4)
    for octet in Self.framed(Message.query("deepseek.com", id: 9)) + Self.framed(Message.query("chat.deepseek.com", id: 10)) {
      client.send([octet])
    }
    #expect(client.receiveMessage().flatMap(Message.init)?.id == 9)
    #expect(client.receiveMessage().flatMap(Message.init)?.id == 10)
  }

  @Test("two octets of length and a query are cut anywhere", arguments: [1, 2, 3, 14, 20])
  func cutAnywhere(_ place: Int) throws {
    let server = try TestServer()
    let client = try server.tcp()
    let octets = Self.framed(Message.query("deepseek.com", id: 9))
    client.send(Array(octets[..<place]))
    pause(milliseconds: 30)
    client.send(Array(octets[place...]))
    #expect(client.receiveMessage().flatMap(Message.init)?.id == 9)
  }

  @Test("after a half close what was asked is still answered, then the connection ends")
  func halfClose() throws {
    let upstream = try ScriptedUpstream { [.wait(100), .send(Message.response(to: $0.octets, answers: [Message.address("192.0.2.80")]))] }
    defer { upstream.stop() }
    let server = try TestServer(upstreams: [upstream.port])
    let client = try server.tcp()
    client.send(
      Self.framed(Message.query("www.example.org", id: 1)) + Self.framed(Message.query("deepseek.com", id: 2))
        + Self.framed(Message.query("mail.example.org", id: 3)))
    client.finishSending()
    var ids: Set<UInt16> = []
    for _ in 0..<3 { ids.insert(try #require(client.receiveMessage().flatMap(Message.init)).id) }
    #expect(ids == [1, 2, 3])
    #expect(client.receive() == [])
    #expect(server.server.connections == 0)
  }

  @Test("a half close with a part of a query, or nothing, ends the connection", arguments: [0, 1, 2, 20])
  func halfCloseInPart(_ count: Int) throws {
    let server = try TestServer()
    let client = try server.tcp()
    client.send(Array(Self.framed(Message.query("deepseek.com")).prefix(count)))
    client.finishSending()
    #expect(client.receive() == [])
  }

  @Test("a stub that goes away while its query waits leaves nothing behind")
  func goesAway() throws {
    let upstream = try ScriptedUpstream { [.wait(100), .send(Message.response(to: $0.octets, answers: [Message.address("192.0.2.80")]))] }
    defer { upstream.stop() }
    let server = try TestServer(upstreams: [upstream.port])
    for _ in 0..<20 { try server.tcp().sendMessage(Message.query("www.example.org")) }
    #expect(eventually { upstream.received.count > 0 && server.server.connections == 0 })
    #expect(try server.udp().ask(Message.query("www.example.org"))?.answers.count == 1)
  }

  @Test("a stub that resets its connection is let go at once, though its queries wait", arguments: [1, 300], [false, true])
  func reset(_ queries: Int, _ isHalfClosed: Bool) throws {
    let upstream = try ScriptedUpstream { _ in [] }
    defer { upstream.stop() }
    let server = try TestServer(upstreams: [upstream.port])
    do {
      let client = try server.tcp()
      client.send((0..<queries).flatMap { Self.framed(Message.query("n\($0).example.org")) })
      if isHalfClosed { client.finishSending() }
      #expect(eventually { server.value(.queriesTCP) == min(256, UInt64(queries)) })
      var now = linger(l_onoff: 1, l_linger: 0)
      setsockopt(client.descriptor, SOL_SOCKET, SO_LINGER, &now, socklen_t(MemoryLayout<linger>.size))
    }
    #expect(eventually { server.server.connections == 0 })
  }

  @Test("a connection that says nothing is closed after the idle time, and so is one whose query never ends", arguments: [[], [0], [0, 40, 1, 2, 3]] as [[UInt8]])
  func idle(_ octets: [UInt8]) throws {
    let server = try TestServer { $0.server.streamIdle = 200 }
    let client = try server.tcp()
    client.send(octets)
    let started = ContinuousClock.now
    #expect(client.receive() == [])
    #expect(ContinuousClock.now - started > .milliseconds(150))
    #expect(server.value(.connectionsIdleClosed) == 1)
    #expect(server.server.connections == 0)
  }

  @Test("octets that make no message do not keep a connection open")
  func trickle() throws {
    let server = try TestServer { $0.server.streamIdle = 200 }
    let client = try server.tcp()
    client.send([1, 0])
    for _ in 0..<20 {
      client.send([0])
      pause(milliseconds: 20)
    }
    #expect(eventually { server.server.connections == 0 })
    #expect(server.value(.connectionsIdleClosed) == 1)
  }

  @Test("whole messages keep a connection open, and so does a query that waits")
  func keepsOpen() throws {
    let upstream = try ScriptedUpstream { [.wait(500), .send(Message.response(to: $0.octets, answers: [Message.address("192.0.2.80")]))] }
    defer { upstream.stop() }
    let server = try TestServer(upstreams: [upstream.port]) { $0.server.streamIdle = 200 }
    let client = try server.tcp()
    #expect(client.ask(Message.query("www.example.org"))?.answers.count == 1)
    #expect(client.ask(Message.query("deepseek.com"))?.answers.count == 1)
    #expect(server.value(.connectionsIdleClosed) == 0)
  }

  @Test("one client has its share of connections; the next is closed and counted, UDP goes on")
  func perClient() throws {
    let server = try TestServer { $0.server.streams.perClient = 3 }
    let clients = try (0..<3).map { _ in try server.tcp() }
    for client in clients { #expect(client.ask(Message.query("deepseek.com"))?.rcode == 0) }
    #expect(try server.tcp().receive() ?? [] == [])
    #expect(server.value(.connectionsRefusedForClient) == 1)
    #expect(clients[0].ask(Message.query("deepseek.com"))?.rcode == 0)
    #expect(try server.udp().ask(Message.query("deepseek.com"))?.rcode == 0)
    // Another client is not touched.
    let other = try TestSocket(port: server.port, stream: true, from: "127.0.0.9")
    #expect(other.ask(Message.query("deepseek.com"))?.rcode == 0)
  }

  @Test("when a client's connection ends another may come")
  func room() throws {
    let server = try TestServer { $0.server.streams.perClient = 1 }
    for _ in 0..<5 {
      do {
        let client = try server.tcp()
        #expect(client.ask(Message.query("deepseek.com"))?.rcode == 0)
      }
      #expect(eventually { server.server.connections == 0 })
    }
    #expect(server.value(.connectionsRefusedForClient) == 0)
  }

  @Test("when all connections are taken the one longest idle makes room and is counted")
  func oldestIdle() throws {
    let server = try TestServer { $0.server.streams.total = 3 }
    let clients = try (0..<3).map { _ in try server.tcp() }
    // The first speaks last, so the second is the oldest.
    for index in [1, 2, 0] {
      #expect(clients[index].ask(Message.query("deepseek.com"))?.rcode == 0)
      pause(milliseconds: 20)
    }
    let next = try server.tcp()
    #expect(next.ask(Message.query("deepseek.com"))?.rcode == 0)
    #expect(clients[1].receive() == [])
    #expect(server.value(.connectionsIdleClosed) == 1)
    #expect(server.server.connections == 3)
    for index in [0, 2] { #expect(clients[index].ask(Message.query("deepseek.com"))?.rcode == 0) }
  }

  @Test("when all connections wait for answers none is closed, the next is refused and counted")
  func allBusy() throws {
    let latch = Latch()
    let upstream = try ScriptedUpstream { query in
      latch.wait()
      return [.send(Message.response(to: query.octets, answers: [Message.address("192.0.2.80")]))]
    }
    defer { upstream.stop() }
    let server = try TestServer(upstreams: [upstream.port]) { $0.server.streams.total = 3 }
    let clients = try (0..<3).map { _ in try server.tcp() }
    for client in clients { client.sendMessage(Message.query("www.example.org")) }
    #expect(eventually { server.value(.queriesTCP) == 3 })
    #expect(try server.tcp().receive() ?? [] == [])
    #expect(server.value(.connectionsRefused) == 1)
    latch.open()
    for client in clients { #expect(client.receiveMessage() != nil) }
  }

  @Test("big responses come whole, however many are asked for before one is read")
  func big() throws {
    let text = Packet.text(length: 60_000)
    let upstream = try ScriptedUpstream { query in
      query.isStream
        ? [.send(Message.response(to: query.octets, answers: [Message.record(16, text)]))]
        : [.send(Message.response(to: query.octets, flags: 2))]
    }
    defer { upstream.stop() }
    let server = try TestServer(upstreams: [upstream.port])
    let client = try server.tcp()
    for index in 0..<40 { client.sendMessage(Message.query("n\(index).example.org", 16, id: UInt16(index))) }
    var ids: Set<UInt16> = []
    for _ in 0..<40 {
      let answer = try #require(client.receiveMessage().flatMap(Message.init))
      #expect(answer.answers.map(\.rdata) == [text])
      ids.insert(answer.id)
    }
    #expect(ids.count == 40)
  }

  @Test("the largest message a stream can carry is judged like any other")
  func largestQuery() throws {
    let server = try TestServer()
    let client = try server.tcp()
    let query = Message.query("deepseek.com", edns: nil)
    let question = Array(query[12...])
    let rest = 65_535 - 12 - question.count - 11
    let whole = Packet.raw(additional: 1, question + Message.EDNS(options: Packet.option(65_001, [UInt8](repeating: 0, count: rest - 4))).record)
    #expect(whole.count == 65_535)
    #expect(client.ask(whole)?.answers.map(\.ipv4) == ["192.0.2.53"])
    #expect(client.ask(query)?.answers.map(\.ipv4) == ["192.0.2.53"])
  }

  @Test("what is not whole or not well formed does not shift what comes behind it")
  func keepsFrames() throws {
    let server = try TestServer()
    let client = try server.tcp()
    client.send(
      Self.framed(Packet.raw(Packet.question([0xC0, 12]))) + Self.framed(Message.query("drop.example.net", id: 2))
        + Self.framed(Message.query("deepseek.com", id: 3)))
    #expect(client.receiveMessage().map { Message.uint16($0, 0) } == Packet.id)
    #expect(client.receiveMessage().map { Message.uint16($0, 0) } == 3)
  }

  @Test("thirty connections side by side are answered each its own")
  func sideBySide() throws {
    let upstream = try ScriptedUpstream.answering()
    defer { upstream.stop() }
    let server = try TestServer(upstreams: [upstream.port])
    let clients = try (0..<30).map { _ in try server.tcp() }
    for (index, client) in clients.enumerated() {
      for turn in 0..<5 { client.sendMessage(Message.query("n\(index).example.org", id: UInt16(index * 5 + turn))) }
    }
    for (index, client) in clients.enumerated() {
      var ids: Set<UInt16> = []
      for _ in 0..<5 { ids.insert(try #require(client.receiveMessage().flatMap(Message.init)).id) }
      #expect(ids == Set((0..<5).map { UInt16(index * 5 + $0) }))
    }
  }
}
