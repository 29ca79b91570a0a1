import Sinkhole
import Support
import Testing

@Suite("The cache holds the truth for as long as it lasts")
struct CacheTests {
  /// An upstream whose every answer is `answers` and so on.
  private static func upstream(
    rcode: UInt8 = 0, answers: [[UInt8]] = [], authority: [[UInt8]] = [], additional: [[UInt8]] = []
  ) throws -> ScriptedUpstream {
    try ScriptedUpstream {
      [.send(Message.response(to: $0.octets, rcode: rcode, answers: answers, authority: authority, additional: additional))]
    }
  }

  @Test("TTLs count down, none below zero, and what has run out is asked again")
  func ages() throws {
    let upstream = try Self.upstream(
      answers: [Message.address("192.0.2.80", ttl: 2), Message.address("192.0.2.81", ttl: 300)],
      authority: [
        Message.record(2, Message.wire("ns.example.org"), ttl: 0),
        Message.record(2, Message.wire("ns.example.net"), ttl: 0xFFFF_FFFF),
      ])
    defer { upstream.stop() }
    let server = try TestServer(upstreams: [upstream.port])
    let client = try server.udp()
    // The cache counts in whole seconds: start when one has just begun.
    while Clock.milliseconds() % 1000 > 300 { pause(milliseconds: 10) }
    let first = try #require(client.ask(Message.query("www.example.org")))
    #expect(first.answers.map(\.ttl) == [2, 300])
    // A week at most (RFC 8767 section 4).
    #expect(first.authority.map(\.ttl) == [0, 604_800])
    pause(milliseconds: 1050)
    let aged = try #require(client.ask(Message.query("www.example.org")))
    #expect(upstream.received.count == 1)
    #expect(aged.answers.map(\.ttl) == [1, 299])
    #expect(aged.authority.map(\.ttl) == [0, 604_799])
    pause(milliseconds: 1000)
    #expect(client.ask(Message.query("www.example.org"))?.answers.map(\.ttl) == [2, 300])
    #expect(upstream.received.count == 2)
  }

  struct Kept: Sendable, CustomTestStringConvertible {
    let testDescription: String
    var rcode: UInt8 = 0
    var answers: [[UInt8]] = []
    var authority: [[UInt8]] = []
    let isKept: Bool
  }

  static let responses = [
    Kept(testDescription: "an answer", answers: [Message.address("192.0.2.80")], isKept: true),
    Kept(testDescription: "an answer of TTL 0", answers: [Message.address("192.0.2.80", ttl: 0)], isKept: false),
    Kept(testDescription: "an answer with one record of TTL 0", answers: [Message.address("192.0.2.80"), Message.address("192.0.2.81", ttl: 0)], isKept: false),
    Kept(testDescription: "NXDOMAIN with SOA", rcode: 3, authority: [Message.soa(owner: "org")], isKept: true),
    Kept(testDescription: "NXDOMAIN with an SOA of TTL 0", rcode: 3, authority: [Message.soa(ttl: 0, owner: "org")], isKept: false),
    Kept(testDescription: "NXDOMAIN with an SOA of minimum 0", rcode: 3, authority: [Message.soa(minimum: 0, owner: "org")], isKept: false),
    Kept(testDescription: "NXDOMAIN without SOA", rcode: 3, isKept: false),
    Kept(testDescription: "no data with SOA", authority: [Message.soa(owner: "org")], isKept: true),
    Kept(testDescription: "no data without SOA", isKept: false),
    Kept(testDescription: "no data with NS only", authority: [Message.record(2, Message.wire("ns.example.org"))], isKept: false),
  ]

  @Test("what may be kept is kept, what may not is asked again", arguments: responses)
  func keeps(_ response: Kept) throws {
    let upstream = try Self.upstream(rcode: response.rcode, answers: response.answers, authority: response.authority)
    defer { upstream.stop() }
    let server = try TestServer(upstreams: [upstream.port])
    for transport in Transport.allCases {
      let answer = try #require(try server.client(transport).ask(Message.query("www.example.org")))
      #expect(answer.rcode == Int(response.rcode))
      #expect(answer.answers.count == response.answers.count)
      #expect(answer.authority.count == response.authority.count)
    }
    #expect(upstream.received.count == (response.isKept ? 1 : 2))
    #expect(server.server.cache.statistics().entries == (response.isKept ? 1 : 0))
  }

  @Test("a negative answer lasts the shorter of the SOA's TTL and minimum", arguments: [(60, 1), (1, 60)] as [(UInt32, UInt32)])
  func negativeLifetime(_ ttl: UInt32, _ minimum: UInt32) throws {
    let upstream = try Self.upstream(rcode: 3, authority: [Message.soa(ttl: ttl, minimum: minimum, owner: "org")])
    defer { upstream.stop() }
    let server = try TestServer(upstreams: [upstream.port])
    _ = try #require(try server.udp().ask(Message.query("www.example.org")))
    pause(milliseconds: 1050)
    _ = try #require(try server.udp().ask(Message.query("www.example.org")))
    #expect(upstream.received.count == 2)
  }

  @Test("DO, CD and types are kept apart, spellings are not; each reply has its own spelling and OPT")
  func keys() throws {
    let upstream = try ScriptedUpstream.answering()
    defer { upstream.stop() }
    let server = try TestServer(upstreams: [upstream.port])
    let client = try server.udp()
    var expected = 0
    for (flags, edns) in [
      (0x0100, Message.EDNS()), (0x0110, Message.EDNS()), (0x0100, Message.EDNS(flags: 0x8000)),
      (0x0110, Message.EDNS(flags: 0x8000)),
    ] as [(UInt16, Message.EDNS)] {
      for type in [1, 28] as [UInt16] {
        expected += 1
        for name in ["www.example.org", "WWW.Example.Org"] {
          let query = Message.query(name, type, flags: flags, edns: edns)
          let answer = try #require(client.ask(query))
          #expect(answer.question == Array(query[12..<answer.questionEnd]))
          #expect(answer.checkingDisabled == (flags & 0x10 != 0))
          #expect(answer.opt?.ttl == UInt32(edns.flags))
          #expect(upstream.received.count == expected)
        }
      }
    }
    // Without OPT is like DO=0.
    #expect(client.ask(Message.query("www.example.org", edns: nil))?.opt == nil)
    #expect(upstream.received.count == expected)
    #expect(server.value(.cacheHits) == UInt64(expected) + 1)
  }

  @Test("names are binary: what looks alike in text is kept apart")
  func binaryNames() throws {
    let upstream = try ScriptedUpstream { query in
      // The answer depends on the label count.
      [.send(Message.response(to: query.octets, answers: [Message.address("192.0.2.\(query.octets[12])")]))]
    }
    defer { upstream.stop() }
    let server = try TestServer(upstreams: [upstream.port])
    let client = try server.udp()
    for _ in 0..<2 {
      #expect(client.ask(Packet.raw(Packet.question([3, 0x61, 0x2E, 0x62, 0])))?.answers.map(\.ipv4) == ["192.0.2.3"])
      #expect(client.ask(Packet.raw(Packet.question([1, 0x61, 1, 0x62, 0])))?.answers.map(\.ipv4) == ["192.0.2.1"])
      #expect(client.ask(Packet.raw(Packet.question([2, 0x61, 0, 0])))?.answers.map(\.ipv4) == ["192.0.2.2"])
    }
    #expect(upstream.received.count == 3)
  }

  @Test("the cache is bounded: the oldest go, and are counted")
  func bounded() throws {
    let text = Packet.text(length: 900)
    let upstream = try ScriptedUpstream { [.send(Message.response(to: $0.octets, answers: [Message.record(16, text, ttl: 3600)]))] }
    defer { upstream.stop() }
    let server = try TestServer(upstreams: [upstream.port])
    let client = try server.tcp()
    let capacity = server.server.cache.statistics().capacity
    let count = capacity / 900 * 3 / 2
    for start in stride(from: 0, to: count, by: 50) {
      let queries = (start..<(start + 50)).flatMap { index -> [UInt8] in
        let query = Message.query("n\(index).example.org", 16)
        return Message.be(UInt16(query.count)) + query
      }
      client.send(queries)
      for _ in 0..<50 {
        let octets = try #require(client.receiveMessage())
        #expect(octets[3] & 15 == 0)
      }
    }
    let statistics = server.server.cache.statistics()
    #expect(statistics.evictions > 0)
    #expect(statistics.entries > 0)
    #expect(statistics.entries * 900 <= capacity)
    #expect(statistics.entries + statistics.evictions == upstream.received.count)
    // What came last is there still.
    let asked = upstream.received.count
    #expect(client.ask(Message.query("n\((count - 1) / 50 * 50 + 49).example.org", 16))?.answers.count == 1)
    #expect(upstream.received.count == asked)
  }

  @Test("an answer too large for the cache is given and not kept, and counted")
  func tooLarge() throws {
    let text = Packet.text(length: 20_000)
    let upstream = try ScriptedUpstream { query in
      query.isStream
        ? [.send(Message.response(to: query.octets, answers: [Message.record(16, text)]))]
        : [.send(Message.response(to: query.octets, flags: 2))]
    }
    defer { upstream.stop() }
    let server = try TestServer(upstreams: [upstream.port])
    let client = try server.tcp()
    for turn in 1...2 {
      #expect(client.ask(Message.query("www.example.org", 16))?.answers.map(\.rdata) == [text])
      #expect(server.value(.cacheTooLarge) == UInt64(turn))
    }
    #expect(server.server.cache.statistics().entries == 0)
  }

  @Test("a failure is not kept")
  func failures() throws {
    let upstream = try Self.upstream(rcode: 2)
    defer { upstream.stop() }
    let server = try TestServer(upstreams: [upstream.port])
    for _ in 0..<2 { #expect(try server.udp().ask(Message.query("www.example.org"))?.rcode == 2) }
    #expect(server.server.cache.statistics().entries == 0)
  }
}
