import Foundation
import Sinkhole
import Support
import Synchronization
import Testing

@Suite("Of several upstreams the one that does best is asked, and another when it is late")
struct UpstreamChoiceTests {
  private static func right(_ query: ScriptedUpstream.Received, _ address: String = "192.0.2.80") -> [UInt8] {
    Message.response(to: query.octets, answers: [Message.address(address)])
  }

  /// Asks for names of their own; returns the milliseconds that each took.
  @discardableResult
  private static func ask(_ server: TestServer, _ names: Range<Int>) throws -> [UInt64] {
    let client = try server.udp(seconds: 6)
    return try names.map { index in
      let start = Clock.milliseconds()
      let answer = try #require(client.ask(Message.query("n\(index).example.org")))
      #expect(answer.answers.count == 1)
      return Clock.milliseconds() - start
    }
  }

  @Test("the faster of two is asked, whichever stands first", arguments: [true, false])
  func fastest(_ isFirst: Bool) throws {
    let slow = try ScriptedUpstream { [.wait(60), .send(Self.right($0))] }
    let fast = try ScriptedUpstream { [.send(Self.right($0))] }
    defer { slow.stop(); fast.stop() }
    let ports = [slow.port, fast.port]
    let server = try TestServer(upstreams: isFirst ? ports : ports.reversed())
    try Self.ask(server, 0..<40)
    #expect(fast.received.count >= 35)
    // It is looked at now and then.
    #expect((1...15).contains(slow.received.count))
  }

  @Test("a lost query is made up for long before a stub would ask again")
  func hedges() throws {
    let seen = Mutex<Set<String>>([])
    // Each name's first query is lost once the upstream is known.
    let upstream = try ScriptedUpstream { query in
      let isFirst = seen.withLock { $0.insert(query.name).inserted }
      return isFirst && query.number >= 20 ? [] : [.send(Self.right(query))]
    }
    defer { upstream.stop() }
    let server = try TestServer(upstreams: [upstream.port], TestServer.impatient)
    try Self.ask(server, 0..<20)
    let times = try Self.ask(server, 20..<24)
    #expect(times.sorted()[1] < 500)
    #expect(server.value(.upstreamHedges) >= 1)
  }

  @Test("nobody waits for an upstream that is down, it is probed with queries that are answered elsewhere, and comes back")
  func comesBack() throws {
    let isUp = Atomic<Bool>(false)
    let first = try ScriptedUpstream { isUp.load(ordering: .acquiring) ? [.send(Self.right($0, "192.0.2.81"))] : [] }
    let second = try ScriptedUpstream { [.wait(40), .send(Self.right($0))] }
    defer { first.stop(); second.stop() }
    let server = try TestServer(upstreams: [first.port, second.port], TestServer.impatient)
    try Self.ask(server, 0..<12)
    let asked = first.received.count
    try Self.ask(server, 12..<24)
    // Down: a probe a second at most, not a query each.
    #expect(first.received.count <= asked + 3)
    isUp.store(true, ordering: .releasing)
    var number = 24
    // The faster one serves again, without a restart.
    #expect(
      eventually {
        number += 1
        let answer = (try? server.udp())?.ask(Message.query("n\(number).example.org"))
        return answer?.answers.map(\.ipv4) == ["192.0.2.81"]
      })
  }

  @Test("what failed a moment ago is not asked again at once, and is when an upstream is back (RFC 9520)")
  func failsOnce() throws {
    let isUp = Atomic<Bool>(false)
    let upstream = try ScriptedUpstream { query in
      isUp.load(ordering: .acquiring)
        ? [.send(Self.right(query))] : [.send(Message.response(to: query.octets, rcode: 2))]
    }
    defer { upstream.stop() }
    let server = try TestServer(upstreams: [upstream.port])
    let client = try server.udp()
    for index in 0..<10 {
      let answer = try #require(client.ask(Message.query("www.example.org")))
      #expect(answer.rcode == 2)
      #expect(answer.extendedError?.code == (index == 0 ? 23 : 13))
    }
    #expect(upstream.received.count == 1)
    #expect(server.value(.failuresRepeated) == 9)
    for index in 0..<6 { _ = client.ask(Message.query("n\(index).example.org")) }
    isUp.store(true, ordering: .releasing)
    // Another name shows that it is back; then this one may be asked before its time is over, but not within a second.
    #expect(client.ask(Message.query("other.example.org"))?.rcode == 0)
    #expect(eventually { client.ask(Message.query("www.example.org"))?.rcode == 0 })
  }

  // MARK: Where names are asked

  @Test("a name is asked of the upstreams of the longest domain that has its own, and a group's names of the group's")
  func routes() throws {
    let upstreams = try (0..<4).map { index in try ScriptedUpstream { [.send(Self.right($0, "192.0.2.\(index)"))] } }
    defer { for upstream in upstreams { upstream.stop() } }
    let text = """
      forward:
        example.org: ["127.0.0.1:\(upstreams[1].port)"]
        sub.example.org: ["127.0.0.1:\(upstreams[2].port)"]
        9.1.0.0/16: ["127.0.0.1:\(upstreams[2].port)"]
      groups:
        others: {clients: [127.0.0.9], policy: open, upstreams: ["127.0.0.1:\(upstreams[3].port)"]}
      policies: {open: [{allow: everything}]}
      """
    let read = try ConfigurationReader.read(text: text, file: "s.yaml")
    let server = try TestServer(upstreams: [upstreams[0].port]) {
      ($0.forward, $0.groupUpstreams, $0.definition) = (read.forward, read.groupUpstreams, read.definition)
    }
    let cases: [(String, String, String)] = [
      ("www.example.net", "127.0.0.1", "192.0.2.0"), ("example.org", "127.0.0.1", "192.0.2.1"),
      ("a.b.example.org", "127.0.0.1", "192.0.2.1"), ("sub.example.org", "127.0.0.1", "192.0.2.2"),
      ("x.sub.example.org", "127.0.0.1", "192.0.2.2"), ("notsub.example.org", "127.0.0.1", "192.0.2.1"),
      ("1.0.1.9.in-addr.arpa", "127.0.0.1", "192.0.2.2"), ("1.0.2.9.in-addr.arpa", "127.0.0.1", "192.0.2.0"),
      // What is cached for one is not told to the other, where they have other upstreams.
      ("www.example.net", "127.0.0.9", "192.0.2.3"), ("sub.example.org", "127.0.0.9", "192.0.2.2"),
      ("www.example.net", "127.0.0.1", "192.0.2.0"),
    ]
    for (name, client, address) in cases {
      #expect(try server.udp(from: client).ask(Message.query(name))?.answers.map(\.ipv4) == [address], "\(name) \(client)")
    }
  }

  // MARK: TCP

  private static func stream(_ upstream: ScriptedUpstream) -> (inout Configuration) -> Void {
    { $0.upstreams = [.server(UpstreamServer(SocketAddress(IPAddress(v4: 0x7F00_0001), port: upstream.port), over: .tcp))] }
  }

  @Test("an upstream over TCP gets its queries pipelined on one connection")
  func pipelines() throws {
    let upstream = try ScriptedUpstream { [.send(Self.right($0))] }
    defer { upstream.stop() }
    let server = try TestServer(upstreams: [], Self.stream(upstream))
    try Self.ask(server, 0..<10)
    let client = try server.udp()
    for index in 10..<40 { client.sendMessage(Message.query("n\(index).example.org", id: UInt16(index))) }
    let ids = Set((10..<40).compactMap { _ in client.receiveMessage().flatMap(Message.init)?.id })
    #expect(ids == Set(10..<40))
    #expect(upstream.received.filter { !$0.isStream }.isEmpty)
    #expect(upstream.received.count == 40)
    #expect(upstream.connections == 1)
  }

  @Test("responses over TCP may come in any order")
  func anyOrder() throws {
    let held = Mutex<[UInt8]?>(nil)
    let upstream = try ScriptedUpstream { query in
      let response = Self.right(query, "192.0.2.\(query.number)")
      if query.number == 1 {
        held.withLock { $0 = response }
        return []
      }
      let first = held.withLock { $0 }
      return [.send(response)] + (first.map { [.send($0)] } ?? [])
    }
    defer { upstream.stop() }
    let server = try TestServer(upstreams: [], Self.stream(upstream))
    let client = try server.udp()
    client.sendMessage(Message.query("n1.example.org", id: 1))
    #expect(eventually { upstream.received.count == 1 })
    client.sendMessage(Message.query("n2.example.org", id: 2))
    let answers = (0..<2).compactMap { _ in client.receiveMessage().flatMap(Message.init) }
    #expect(answers.map(\.id) == [2, 1])
    #expect(answers.map { $0.answers.map(\.ipv4) } == [["192.0.2.2"], ["192.0.2.1"]])
  }

  @Test("a connection that its upstream closed is made again, and nothing is lost")
  func reconnects() throws {
    let upstream = try ScriptedUpstream { query in
      [.send(Self.right(query))] + (query.number % 2 == 1 ? [.close] : [])
    }
    defer { upstream.stop() }
    let server = try TestServer(upstreams: [], Self.stream(upstream))
    try Self.ask(server, 0..<10)
    #expect(upstream.connections >= 5)
    #expect(server.value(.serverFailures) == 0)
  }

  // MARK: Rebinding

  @Test("with rebinding protection a name of the outside has no address of the inside, hints included", arguments: [1, 28, 65] as [UInt16])
  func rebinding(_ type: UInt16) throws {
    let upstream = try ScriptedUpstream { query in
      let record: [UInt8] =
        switch query.type {
        case 1: Message.address("192.168.1.1")
        case 28: Message.record(28, [0xFD] + [UInt8](repeating: 0, count: 14) + [1])
        default: Message.record(65, [0, 1, 0, 0, 4, 0, 4, 10, 0, 0, 1])
        }
      return [.send(Message.response(to: query.octets, answers: [record]))]
    }
    defer { upstream.stop() }
    let server = try TestServer(upstreams: [upstream.port]) {
      $0.forwarding.protectsFromRebinding = true
      $0.forwarding.privateNames = ["corp.example"].compactMap { Name($0) }
    }
    for _ in 0..<2 {
      let answer = try #require(try server.udp().ask(Message.query("www.example.org", type)))
      #expect(answer.rcode == 0)
      #expect(answer.answers.isEmpty)
      #expect(answer.extendedError?.code == 15)
    }
    #expect(server.value(.rebindings) == 1)
    #expect(try server.udp().ask(Message.query("www.corp.example", type))?.answers.count == 1)
    let open = try TestServer(upstreams: [upstream.port])
    #expect(try open.udp().ask(Message.query("www.example.org", type))?.answers.count == 1)
  }
}
