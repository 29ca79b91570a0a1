import Sinkhole
import Support
import Testing

@Suite("An answer of ours is hardly larger than its query")
struct AmplificationTests {
  /// What is asked over UDP, and the most octets that come back for each that was sent: without EDNS, and with an offer of
  /// 1,232 octets, and with a cookie beside.
  struct Kind: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let name: String
    var type: UInt16 = 1
    var recordClass: UInt16 = 1
    var flags: UInt16 = 0x0100
    let plain: Double
    let extended: Double
    let cookie: Double
  }

  static let kinds: [Kind] = [
    Kind(testDescription: "restricted, A", name: "deepseek.com", plain: 1.6, extended: 3.2, cookie: 3.0),
    Kind(testDescription: "restricted, AAAA", name: "deepseek.com", type: 28, plain: 2.0, extended: 3.5, cookie: 3.3),
    Kind(testDescription: "restricted, HTTPS", name: "deepseek.com", type: 65, plain: 4.0, extended: 5.0, cookie: 4.4),
    Kind(testDescription: "restricted, TXT", name: "deepseek.com", type: 16, plain: 4.0, extended: 5.0, cookie: 4.4),
    Kind(testDescription: "restricted, ANY", name: "deepseek.com", type: 255, plain: 2.5, extended: 3.9, cookie: 3.6),
    Kind(testDescription: "NXDOMAIN of a zone", name: "nx.example.net", plain: 3.9, extended: 4.7, cookie: 4.2),
    Kind(testDescription: "RD=0: REFUSED", name: "www.example.org", flags: 0, plain: 1.0, extended: 2.0, cookie: 2.0),
    Kind(
      testDescription: "a zone transfer: REFUSED", name: "example.org", type: 252,
      plain: 1.0, extended: 1.7, cookie: 1.9),
    Kind(
      testDescription: "CHAOS: REFUSED", name: "nothing.example.org", type: 16, recordClass: 3,
      plain: 1.0, extended: 2.3, cookie: 2.3),
    Kind(
      testDescription: "`version.bind`", name: "version.bind", type: 16, recordClass: 3,
      plain: 1.7, extended: 1.6, cookie: 1.7),
    Kind(
      testDescription: "`whoami.sinkhole.internal`", name: "whoami.sinkhole.internal", type: 16,
      plain: 2.1, extended: 1.9, cookie: 2.0),
    Kind(
      testDescription: "`NAME.explain.sinkhole.internal`", name: "deepseek.com.explain.sinkhole.internal", type: 16,
      plain: 6, extended: 5, cookie: 5),
    Kind(
      testDescription: "a service's record, TXT", name: "deepseek.service.sinkhole.internal", type: 16,
      plain: 3.1, extended: 2.8, cookie: 2.7),
    Kind(
      testDescription: "ANY of an open name", name: "www.example.org", type: 255,
      plain: 1.7, extended: 1.5, cookie: 1.7),
    Kind(testDescription: "no upstream: SERVFAIL", name: "www.example.org", plain: 1.0, extended: 1.6, cookie: 1.8),
  ]

  private static func factor(_ query: [UInt8], _ server: TestServer) throws -> Double {
    let client = try server.udp()
    client.send(query)
    let answer = try #require(client.receive())
    return Double(answer.count) / Double(query.count)
  }

  @Test("what we answer by ourselves has its bound", arguments: kinds)
  func bounded(_ kind: Kind) throws {
    let server = try TestServer()
    func query(_ edns: Message.EDNS?) -> [UInt8] {
      Message.query(kind.name, kind.type, recordClass: kind.recordClass, flags: kind.flags, edns: edns)
    }
    let plain = try Self.factor(query(nil), server)
    let extended = try Self.factor(query(Message.EDNS()), server)
    let cookie = try Self.factor(query(Message.EDNS(options: Packet.option(10, [1, 2, 3, 4, 5, 6, 7, 8]))), server)
    #expect(plain <= kind.plain, "\(plain)")
    #expect(extended <= kind.extended, "\(extended)")
    #expect(cookie <= kind.cookie, "\(cookie)")
  }

  @Test("a stranger's refusal, and what is malformed, is less than twice what came")
  func strangers() throws {
    let server = try TestServer { $0.allowedClients = [] }
    #expect(try Self.factor(Message.query("www.example.org", edns: nil), server) <= 1)
    #expect(try Self.factor(Message.query("www.example.org"), server) <= 2)
    for packet in [Packet.raw(questions: 2), Packet.raw(flags: 0x2000), Packet.raw([0xC0, 12])] {
      #expect(try Self.factor(packet, server) <= 1)
    }
  }

  @Test("from the cache as much comes as is there, within 512 octets, or within 1,232 of what is offered")
  func cached() throws {
    let upstream = try ScriptedUpstream { query in
      [.send(Message.response(to: query.octets, answers: [Message.record(16, Packet.text(length: query.number))]))]
    }
    defer { upstream.stop() }
    let server = try TestServer(upstreams: [upstream.port])
    for (edns, limit) in [(nil, 512), (Message.EDNS(), 1232), (Message.EDNS(size: 4096), 1232)] as [(Message.EDNS?, Int)] {
      let opt = edns == nil ? 0 : 11
      for excess in [0, 1] {
        let length = limit - 12 - Message.wire("n0000.example.org").count - 4 - 12 - opt + excess
        let digits = String(length)
        let name = "n" + String(repeating: "0", count: 4 - digits.count) + digits + ".example.org"
        let query = Message.query(name, 16, edns: edns)
        let most = Double(limit) / Double(query.count)
        for _ in 0..<2 {
          let factor = try Self.factor(query, server)
          #expect(excess == 0 ? factor == most : factor <= 1, "\(factor)")
        }
      }
    }
  }
}
