import Foundation
import Sinkhole
import Support
import Synchronization
import Testing

@Suite("An open name is asked of the upstreams")
struct ForwardingTests {
  private static func right(_ query: ScriptedUpstream.Received, _ address: String = "192.0.2.80") -> [UInt8] {
    Message.response(to: query.octets, answers: [Message.address(address)])
  }

  /// A response that is almost the right one: `change` makes the difference.
  private static func changed(_ query: ScriptedUpstream.Received, _ change: (inout [UInt8]) -> Void) -> [UInt8] {
    var octets = right(query, "203.0.113.66")
    change(&octets)
    return octets
  }

  // MARK: What is not the answer

  static let forgeries: [(String, @Sendable (ScriptedUpstream.Received) -> [UInt8])] = [
    ("another ID", { changed($0) { $0[1] &+= 1 } }),
    ("another name", { changed($0) { $0[13] ^= 1 } }),
    ("a longer name", { query in
      var other = query.octets
      other.insert(contentsOf: [1, 0x61], at: 12)
      return Message.response(to: other, answers: [Message.address("203.0.113.66")])
    }),
    ("another type", { changed($0) { $0[12 + Message.wire("www.example.org").count + 1] = 28 } }),
    ("another class", { changed($0) { $0[12 + Message.wire("www.example.org").count + 3] = 3 } }),
    ("no QR", { changed($0) { $0[2] &= 0x7F } }),
    ("another opcode", { changed($0) { $0[2] |= 0x28 } }),
    ("two questions", { changed($0) { $0[5] = 2 } }),
    ("no octets", { _ in [] }),
    ("less than a header", { Array(right($0).prefix(11)) }),
    ("a header only", { Array(right($0).prefix(12)) }),
    ("the query itself", { $0.octets }),
  ]

  @Test("a response that is not to our question is passed over, and the right one behind it used", arguments: forgeries.indices)
  func passesOver(_ index: Int) throws {
    let forge = Self.forgeries[index].1
    let upstream = try ScriptedUpstream { [.send(forge($0)), .send(forge($0)), .wait(20), .send(Self.right($0))] }
    defer { upstream.stop() }
    let server = try TestServer(upstreams: [upstream.port])
    let answer = try #require(try server.udp().ask(Message.query("www.example.org")))
    #expect(answer.answers.map(\.ipv4) == ["192.0.2.80"], "\(Self.forgeries[index].0)")
    #expect(server.value(.upstreamMismatched) + server.value(.upstreamUnexpected) >= 1)
    #expect(upstream.received.count == 1)
  }

  @Test("a response from another port is not even seen")
  func otherPort() throws {
    let upstream = try ScriptedUpstream { query in
      if let forger = try? TestSocket(port: query.port) { forger.send(Self.right(query, "203.0.113.66")) }
      return [.wait(20), .send(Self.right(query))]
    }
    defer { upstream.stop() }
    let server = try TestServer(upstreams: [upstream.port])
    let answer = try #require(try server.udp().ask(Message.query("www.example.org")))
    #expect(answer.answers.map(\.ipv4) == ["192.0.2.80"])
    #expect(server.value(.upstreamMismatched) == 0)
  }

  @Test("an upstream that changes the letters' case is understood")
  func foldedCase() throws {
    let upstream = try ScriptedUpstream { query in
      var octets = query.octets
      for index in 13..<16 { octets[index] &= 0xDF }
      return [.send(Message.response(to: octets, answers: [Message.address("192.0.2.80")]))]
    }
    defer { upstream.stop() }
    let server = try TestServer(upstreams: [upstream.port])
    let query = Message.query("wWw.Example.ORG")
    let answer = try #require(try server.udp().ask(query))
    #expect(answer.question == Array(query[12..<answer.questionEnd]))
    #expect(answer.answers.map(\.owner) == ["wWw.Example.ORG"])
  }

  // MARK: No use: on to the next

  static let useless: [(String, @Sendable (ScriptedUpstream.Received) -> [UInt8])] = [
    ("SERVFAIL", { Message.response(to: $0.octets, rcode: 2) }),
    ("REFUSED", { Message.response(to: $0.octets, rcode: 5) }),
    ("NOTIMP", { Message.response(to: $0.octets, rcode: 4) }),
    ("FORMERR", { Message.response(to: $0.octets, rcode: 1, withOPT: false) }),
    ("BADVERS", { Message.response(to: $0.octets, additional: [[0, 0, 41, 4, 208, 1, 0, 0, 0, 0, 0]], withOPT: false) }),
    ("an octet behind the message", { right($0) + [0] }),
    ("a record that is cut", { Array(right($0).dropLast(13)) }),
    ("an answer that is missing", { changed($0) { $0[7] = 2 } }),
    ("RDLENGTH past the end", { Message.response(to: $0.octets, answers: [Message.address("192.0.2.1").dropLast(6) + [255, 255, 1, 2, 3, 4]]) }),
    ("RDLENGTH that swallows the next record", { Message.response(to: $0.octets, answers: [Message.address("192.0.2.1").dropLast(6) + [0, 9, 1, 2, 3, 4]]) }),
    ("RDLENGTH short of its data", { Message.response(to: $0.octets, answers: [Message.address("192.0.2.1").dropLast(6) + [0, 1, 1, 2, 3, 4]]) }),
    ("an owner that points to itself", { query in owner(query) { [0xC0, UInt8($0)] } }),
    ("owners in a loop", { query in owner(query) { [1, 0x61, 0xC0, UInt8($0)] } }),
    ("an owner that points forward", { query in owner(query) { [0xC0, UInt8($0 + 4)] } }),
    ("an owner that points into the header", { query in owner(query) { _ in [0xC0, 0] } }),
    ("an owner of label type 01", { query in owner(query) { _ in [0x41, 0] } }),
    ("an owner of 256 octets", { query in owner(query) { _ in Packet.name(length: 256) } }),
    ("an AAAA of four octets", { Message.response(to: $0.octets, answers: [Message.record(28, [1, 2, 3, 4])]) }),
    ("a CNAME that points to itself", { query in
      let offset = 12 + Message.wire(query.name).count + 4 + 12
      return Message.response(to: query.octets, answers: [Message.record(5, [0xC0, UInt8(offset)])])
    }),
    ("a CNAME that points behind itself", { query in
      let offset = 12 + Message.wire(query.name).count + 4 + 12
      return Message.response(to: query.octets, answers: [Message.record(5, [0xC0, UInt8(offset + 2)]), Message.address("192.0.2.1")])
    }),
    ("a CNAME with an octet behind its target", { Message.response(to: $0.octets, answers: [Message.record(5, [1, 0x61, 0, 0])]) }),
    ("an MX without a name", { Message.response(to: $0.octets, answers: [Message.record(15, [0, 10])]) }),
    ("an SOA that is cut", { Message.response(to: $0.octets, authority: [Message.record(6, [0, 0] + [UInt8](repeating: 1, count: 19))]) }),
    ("an OPT with an owner", { Message.response(to: $0.octets, additional: [Message.wire("a") + Message.EDNS().record.dropFirst()], withOPT: false) }),
    ("two OPT", { Message.response(to: $0.octets, additional: [Message.EDNS().record]) }),
    ("an OPT in answer", { Message.response(to: $0.octets, answers: [Message.EDNS().record], withOPT: false) }),
    ("garbage behind the question", { Array(right($0).prefix(12 + Message.wire($0.name).count + 4)) + (0..<200).map { UInt8($0) } }),
  ]

  /// A response whose answer is owned by what `make` writes at the offset it is told.
  private static func owner(_ query: ScriptedUpstream.Received, _ make: (Int) -> [UInt8]) -> [UInt8] {
    let offset = 12 + Message.wire(query.name).count + 4
    return Message.response(to: query.octets, answers: [make(offset) + Message.address("203.0.113.66").dropFirst(2)])
  }

  @Test("an upstream whose response is no use gives way to the next", arguments: useless.indices)
  func next(_ index: Int) throws {
    let bad = Self.useless[index].1
    let first = try ScriptedUpstream { [.send(bad($0))] }
    let second = try ScriptedUpstream.answering()
    defer { first.stop(); second.stop() }
    let server = try TestServer(upstreams: [first.port, second.port])
    let answer = try #require(try server.udp().ask(Message.query("www.example.org")))
    #expect(answer.rcode == 0)
    #expect(answer.answers.map(\.ipv4) == ["192.0.2.80"], "\(Self.useless[index].0)")
    // Both are asked at first, to learn how they do; the error, however fast, is not the answer.
    #expect(eventually { !first.received.isEmpty })
    #expect(server.value(.upstreamProbes) == 1)
    #expect(server.value(.serverFailures) == 0)
  }

  @Test("when no upstream has a usable answer the stub gets SERVFAIL with EDE 23, at once", arguments: useless.indices)
  func networkError(_ index: Int) throws {
    let bad = Self.useless[index].1
    let upstream = try ScriptedUpstream { [.send(bad($0))] }
    defer { upstream.stop() }
    let server = try TestServer(upstreams: [upstream.port])
    for transport in Transport.allCases {
      let query = Message.query("wWw.\(transport).example.org")
      let answer = try #require(try server.client(transport).ask(query))
      #expect(answer.rcode == 2)
      #expect(answer.extendedError?.code == 23, "\(Self.useless[index].0)")
      #expect(answer.extendedError?.text.hasPrefix("upstream 127.0.0.1:\(upstream.port) ") == true)
      #expect(answer.answers.isEmpty)
      #expect(answer.question == Array(query[12..<answer.questionEnd]))
    }
    #expect(server.value(.serverFailures) == 2)
  }

  @Test("an upstream that is not there gives way to the next at once")
  func refusedPort() throws {
    let closed = try TestSocket.refusing()
    defer { withExtendedLifetime(closed) {} }
    let second = try ScriptedUpstream.answering()
    defer { second.stop() }
    let server = try TestServer(upstreams: [closed.port, second.port])
    let answer = try #require(try server.udp().ask(Message.query("www.example.org")))
    #expect(answer.answers.map(\.ipv4) == ["192.0.2.80"])
    #expect(server.value(.upstreamTimeouts) == 0)
  }

  @Test("when no upstream is there the stub gets SERVFAIL with EDE 22, at once", arguments: [0, 1, 3])
  func nobodyThere(_ count: Int) throws {
    let closed = try (0..<count).map { _ in try TestSocket.refusing() }
    defer { withExtendedLifetime(closed) {} }
    let server = try TestServer(upstreams: closed.map(\.port))
    let answer = try #require(try server.udp().ask(Message.query("www.example.org")))
    #expect(answer.rcode == 2)
    #expect(answer.extendedError?.code == 22)
    #expect(server.value(.upstreamTimeouts) == 0)
  }

  @Test("a silent upstream gives way to the next, and a late answer of the first still counts")
  func silence() throws {
    let first = try ScriptedUpstream { query in
      query.name.hasPrefix("slow") ? [.wait(850), .send(Self.right(query, "192.0.2.81"))] : []
    }
    let second = try ScriptedUpstream { query in query.name.hasPrefix("slow") ? [] : [.send(Self.right(query))] }
    defer { first.stop(); second.stop() }
    let server = try TestServer(upstreams: [first.port, second.port], TestServer.impatient)
    let client = try server.udp()
    client.sendMessage(Message.query("slow.example.org", id: 1))
    client.sendMessage(Message.query("other.example.org", id: 2))
    var answers: [UInt16: [String]] = [:]
    for _ in 0..<2 {
      let answer = try #require(client.receiveMessage().flatMap(Message.init))
      answers[answer.id] = answer.answers.map(\.ipv4)
    }
    #expect(answers == [1: ["192.0.2.81"], 2: ["192.0.2.80"]])
    #expect(eventually { server.value(.upstreamTimeouts) >= 1 })
  }

  // MARK: What goes to the upstream

  @Test("nothing of the stub's goes upstream but name, type, DO and CD")
  func ownQuestion() throws {
    let upstream = try ScriptedUpstream.answering()
    defer { upstream.stop() }
    let server = try TestServer(upstreams: [upstream.port])
    let options = Packet.option(8, [0, 1, 24, 0, 10, 9, 8]) + Packet.option(10, [1, 2, 3, 4, 5, 6, 7, 8]) + Packet.option(65_001, [1])
    let offers: [(UInt16, Message.EDNS?, [UInt8], [UInt8])] = [
      (0x0100, nil, [1, 0], [0, 0]),
      (0x0160, Message.EDNS(size: 4096, flags: 0x4001, options: options), [1, 0], [0, 0]),
      (0x0130, Message.EDNS(size: 512, flags: 0x8000), [1, 0x10], [0x80, 0]),
    ]
    for (index, offer) in offers.enumerated() {
      let query = Message.query("WwW\(index).Example.ORG", 1, id: 0x1234, flags: offer.0, edns: offer.1)
      _ = try #require(try server.udp().ask(query))
      let received = try #require(upstream.received.last)
      // Letters in random case, and a cookie of ours.
      let question = Packet.question(Message.wire(received.spelling))
      let cookie = try #require(received.options?[10])
      #expect(received.name == "www\(index).example.org")
      #expect(cookie.count == 8 && cookie != [1, 2, 3, 4, 5, 6, 7, 8])
      #expect(
        Array(received.octets[2...]) == offer.2 + [0, 1, 0, 0, 0, 0, 0, 1] + question
          + [0, 0, 41, 4, 208, 0, 0] + offer.3 + [0, 12, 0, 10, 0, 8] + cookie)
    }
  }

  @Test("every query has an ID of its own, and ports change")
  func unpredictable() throws {
    let upstream = try ScriptedUpstream.answering()
    defer { upstream.stop() }
    let server = try TestServer(upstreams: [upstream.port])
    let client = try server.udp()
    for index in 0..<200 { _ = try #require(client.ask(Message.query("n\(index).example.org", id: 7))) }
    let received = upstream.received
    #expect(received.count == 200)
    // 200 of 65,536 collide a few times at most; sixteen sockets are all used.
    #expect(Set(received.map { Message.uint16($0.octets, 0) }).count >= 195)
    #expect(Set(received.map(\.port)).count == 16)
    #expect(received.allSatisfy { $0.port >= 1024 })
    #expect(received.filter { Message.uint16($0.octets, 0) == 7 }.count <= 1)
  }

  @Test("an upstream's OPT and TSIG, and what stands behind them, are not relayed; nor are AD and AA")
  func hopByHop() throws {
    let opt = Message.EDNS(size: 4096, flags: 0x8000, options: Packet.option(15, [0, 9, 0x78]) + Packet.option(10, [UInt8](repeating: 1, count: 16))).record
    let tsig = Message.record(250, [UInt8](repeating: 0, count: 16), ttl: 0, owner: "key", recordClass: 255)
    let extra = Message.address("192.0.2.99", owner: "ns.example.org")
    for (index, additional) in [[opt], [extra, opt, extra], [tsig, extra], [opt, tsig], [tsig], [extra, tsig, opt]].enumerated() {
      let upstream = try ScriptedUpstream { query in
        var octets = Message.response(
          to: query.octets, flags: 4, answers: [Message.address("192.0.2.80")], additional: additional, withOPT: false)
        octets[3] |= 0x20
        return [.send(octets)]
      }
      defer { upstream.stop() }
      // Its cookie is nobody's: it would be passed over.
      let server = try TestServer(upstreams: [upstream.port]) { $0.forwarding.cookies = false }
      for edns in [nil, Message.EDNS()] {
        for _ in 0..<2 {
          // From the upstream, then from the cache; well formed to the last octet.
          let answer = try #require(try server.udp().ask(Message.query("www.example.org", edns: edns)), "\(index)")
          #expect(answer.answers.count == 1)
          #expect(answer.additional.map(\.type) == (edns == nil ? [] : [41]))
          // An extended error is said again with its source named.
          #expect(answer.options.map(\.code) == (edns != nil && additional.contains(opt) ? [15] : []))
          #expect(answer.extendedError.map { $0.text.hasPrefix("upstream 127.0.0.1:\(upstream.port) says: ") } ?? true)
          #expect(!answer.authenticData)
          #expect(!answer.isAuthoritative)
        }
      }
    }
  }

  @Test("a CNAME chain, unknown types and HTTPS records come through as they are")
  func relays() throws {
    let chain = [
      Message.record(5, Message.wire("a.example.net"), ttl: 60),
      Message.record(5, Message.wire("b.example.net"), ttl: 50, owner: "a.example.net"),
      Message.address("192.0.2.80", ttl: 40, owner: "b.example.net"),
    ]
    let https: [UInt8] = [0, 1, 0, 0, 1, 0, 3, 2, 0x68, 0x33, 0, 4, 0, 4, 192, 0, 2, 1]
    let upstream = try ScriptedUpstream { query in
      switch query.type {
      case 1: [.send(Message.response(to: query.octets, answers: chain))]
      case 65: [.send(Message.response(to: query.octets, answers: [Message.record(65, https)]))]
      default: [.send(Message.response(to: query.octets, answers: [Message.record(query.type, [1, 2, 3])]))]
      }
    }
    defer { upstream.stop() }
    let server = try TestServer(upstreams: [upstream.port])
    for _ in 0..<2 {
      let client = try server.udp()
      let answer = try #require(client.ask(Message.query("www.example.org")))
      #expect(answer.answers.map(\.type) == [5, 5, 1])
      #expect(answer.answers.map(\.owner) == ["www.example.org", "a.example.net", "b.example.net"])
      #expect(client.ask(Message.query("www.example.org", 65))?.answers.map(\.rdata) == [https])
      #expect(client.ask(Message.query("www.example.org", 65_280))?.answers.map(\.rdata) == [[1, 2, 3]])
    }
  }

  // MARK: Truncation

  @Test("a truncated response is asked again over TCP before the stub is answered")
  func truncation() throws {
    let big = Packet.text(length: 3000)
    let upstream = try ScriptedUpstream { query in
      query.isStream
        ? [.send(Message.response(to: query.octets, answers: [Message.record(16, big)]))]
        : [.send(Message.response(to: query.octets, flags: 2, answers: [Message.address("203.0.113.66")]))]
    }
    defer { upstream.stop() }
    let server = try TestServer(upstreams: [upstream.port])
    let over = try #require(try server.tcp().ask(Message.query("www.example.org", 16)))
    #expect(!over.isTruncated)
    #expect(over.answers.map(\.rdata) == [big])
    // The stub over UDP is told to come over TCP, from the cache.
    let cut = try #require(try server.udp().ask(Message.query("www.example.org", 16)))
    #expect(cut.isTruncated)
    #expect(cut.answers.isEmpty)
    #expect(upstream.received.map(\.isStream) == [false, true])
    #expect(server.value(.upstreamTCP) == 1)
    // Not the ID that went in the clear over UDP.
    #expect(upstream.received.map(\.name) == ["www.example.org", "www.example.org"])
    #expect(upstream.received[1].octets[..<2] != upstream.received[0].octets[..<2])
  }

  static let deadStreams: [(String, @Sendable (ScriptedUpstream.Received) -> [ScriptedUpstream.Act])] = [
    ("closes", { _ in [.close] }),
    ("is truncated too", { [.send(Message.response(to: $0.octets, flags: 2))] }),
    ("answers another question", { [.send(changed($0) { $0[13] ^= 1 })] }),
    ("answers with another ID", { [.send(changed($0) { $0[0] ^= 1 })] }),
    ("sends an empty message", { _ in [.send([])] }),
    ("sends less than a header", { _ in [.send([1, 2, 3])] }),
  ]

  @Test("when TCP behind a truncated response fails, the next upstream is asked, and without one EDE 23 told", arguments: deadStreams.indices)
  func deadStream(_ index: Int) throws {
    let acts = Self.deadStreams[index].1
    let first = try ScriptedUpstream { query in
      query.isStream ? acts(query) : [.send(Message.response(to: query.octets, flags: 2))]
    }
    let second = try ScriptedUpstream.answering()
    defer { first.stop(); second.stop() }
    let two = try TestServer(upstreams: [first.port, second.port])
    let answer = try #require(try two.udp().ask(Message.query("www.example.org")))
    #expect(answer.answers.map(\.ipv4) == ["192.0.2.80"], "\(Self.deadStreams[index].0)")
    let one = try TestServer(upstreams: [first.port])
    // One that keeps its connection open and never answers is given up after some seconds.
    let failure = try #require(try one.udp(seconds: 6).ask(Message.query("www.example.org")))
    #expect(failure.rcode == 2)
    #expect(!failure.isTruncated)
    #expect(failure.extendedError?.code == 23)
  }

  @Test("an upstream without TCP behind its truncated response gives EDE 23")
  func noStream() throws {
    let socket = try TestSocket()
    let server = try TestServer(upstreams: [socket.port])
    let client = try server.udp()
    client.sendMessage(Message.query("www.example.org"))
    // A UDP port whose TCP twin is closed.
    var peer = sockaddr_in()
    var length = socklen_t(MemoryLayout<sockaddr_in>.size)
    var buffer = [UInt8](repeating: 0, count: 512)
    socket.setTimeout(2)
    withUnsafeMutablePointer(to: &peer) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        let count = recvfrom(socket.descriptor, &buffer, buffer.count, 0, $0, &length)
        let reply = Message.response(to: Array(buffer[..<max(0, count)]), flags: 2)
        sendto(socket.descriptor, reply, reply.count, 0, $0, length)
      }
    }
    let failure = try #require(client.receiveMessage().flatMap(Message.init))
    #expect(failure.rcode == 2)
    #expect(failure.extendedError?.code == 23)
  }

  // MARK: Coalescing

  @Test("identical questions in flight are asked once, and every stub gets its own answer")
  func coalesces() throws {
    let latch = Latch()
    let upstream = try ScriptedUpstream { query in
      latch.wait()
      return [.send(Self.right(query))]
    }
    defer { upstream.stop() }
    let server = try TestServer(upstreams: [upstream.port])
    let spellings = ["www.example.org", "WWW.example.org", "www.EXAMPLE.org", "wWw.eXaMpLe.OrG"]
    let clients = try (0..<40).map { try server.client($0 % 4 == 3 ? .tcp : .udp) }
    for (index, client) in clients.enumerated() {
      client.sendMessage(Message.query(spellings[index % 4], id: UInt16(index), edns: index % 2 == 0 ? nil : Message.EDNS()))
    }
    #expect(eventually { server.value(.coalesced) == 39 })
    latch.open()
    for (index, client) in clients.enumerated() {
      let answer = try #require(client.receiveMessage().flatMap(Message.init))
      #expect(answer.id == UInt16(index))
      #expect(answer.answers.map(\.owner) == [spellings[index % 4]])
      #expect(answer.answers.map(\.ipv4) == ["192.0.2.80"])
      #expect((answer.opt == nil) == (index % 2 == 0))
    }
    #expect(upstream.received.count == 1)
    #expect(server.value(.forwarded) == 1)
  }

  @Test("questions that differ in type, DO or CD are not merged")
  func keepsApart() throws {
    let upstream = try ScriptedUpstream { [.wait(100), .send(Message.response(to: $0.octets, answers: [Message.record($0.type, [1, 2, 3, 4])]))] }
    defer { upstream.stop() }
    let server = try TestServer(upstreams: [upstream.port])
    let client = try server.udp()
    client.sendMessage(Message.query("www.example.org"))
    client.sendMessage(Message.query("www.example.org", 16))
    client.sendMessage(Message.query("www.example.org", edns: Message.EDNS(flags: 0x8000)))
    client.sendMessage(Message.query("www.example.org", flags: 0x0110))
    for _ in 0..<4 { #expect(client.receiveMessage() != nil) }
    #expect(upstream.received.count == 4)
    #expect(server.value(.coalesced) == 0)
  }

  @Test("a failure is told to all who wait")
  func failsAll() throws {
    let latch = Latch()
    let upstream = try ScriptedUpstream { query in
      latch.wait()
      return [.send(Message.response(to: query.octets, rcode: 2))]
    }
    defer { upstream.stop() }
    let server = try TestServer(upstreams: [upstream.port])
    let client = try server.udp()
    for index in 0..<20 { client.sendMessage(Message.query("www.example.org", id: UInt16(index))) }
    #expect(eventually { server.value(.coalesced) == 19 })
    latch.open()
    var ids: Set<UInt16> = []
    for _ in 0..<20 {
      let answer = try #require(client.receiveMessage().flatMap(Message.init))
      #expect(answer.rcode == 2)
      ids.insert(answer.id)
    }
    #expect(ids.count == 20)
    #expect(upstream.received.count == 1)
  }

  @Test("one slow name delays no other", arguments: Transport.allCases)
  func noBlocking(_ transport: Transport) throws {
    let upstream = try ScriptedUpstream { ($0.name.hasPrefix("slow") ? [.wait(400)] : []) + [.send(Self.right($0))] }
    defer { upstream.stop() }
    let server = try TestServer(upstreams: [upstream.port])
    let client = try server.client(transport)
    client.sendMessage(Message.query("slow.example.org", id: 1))
    client.sendMessage(Message.query("fast.example.org", id: 2))
    let first = client.receiveMessage().flatMap(Message.init)
    let second = client.receiveMessage().flatMap(Message.init)
    #expect([first?.id, second?.id] == [2, 1])
  }
}
