import Sinkhole
import Support
import Testing

@Suite("EDNS goes from hop to hop")
struct EDNSTests {
  /// One way that an answer can come about.
  enum Path: String, CaseIterable, Sendable, CustomTestStringConvertible {
    case blocked, blockedType, nxdomain, nodata, tcpOnly, own, recursionNotDesired, chaos, transfer, anyOfOpen, forwarded,
      cached, noUpstream
    var testDescription: String { rawValue }

    func query(_ edns: Message.EDNS?) -> [UInt8] {
      switch self {
      case .blocked: Message.query("chat.deepseek.com", edns: edns)
      case .blockedType: Message.query("chat.deepseek.com", 65, edns: edns)
      case .nxdomain: Message.query("nx.example.net", edns: edns)
      case .nodata: Message.query("nodata.example.net", edns: edns)
      case .tcpOnly: Message.query("tcp.example.net", edns: edns)
      case .own: Message.query("whoami.sinkhole.internal", 16, edns: edns)
      case .recursionNotDesired: Message.query("www.example.org", flags: 0, edns: edns)
      case .chaos: Message.query("nothing.example.org", 16, recordClass: 3, edns: edns)
      case .transfer: Message.query("example.org", 252, edns: edns)
      case .anyOfOpen: Message.query("www.example.org", 255, edns: edns)
      case .forwarded, .cached, .noUpstream: Message.query("www.example.org", edns: edns)
      }
    }

    /// Asks over a server that takes this path, and gives the answer that came by it.
    func answer(_ edns: Message.EDNS?, _ transport: Transport) throws -> Message {
      let upstream = try ScriptedUpstream.answering()
      defer { upstream.stop() }
      let server = try TestServer(upstreams: self == .noUpstream ? [] : [upstream.port])
      let client = try server.client(transport)
      if self == .cached {
        _ = try #require(client.ask(query(edns.map { Message.EDNS(flags: $0.flags & 0x8000) })))
      }
      let answer = try #require(client.ask(query(edns)))
      if self == .cached, edns?.version ?? 0 == 0 { #expect(server.value(.cacheHits) == 1) }
      if self == .noUpstream { #expect(answer.rcode == 2 || answer.rcode == 16) }
      return answer
    }
  }

  @Test("an OPT is answered by one OPT, by every path", arguments: Path.allCases, Transport.allCases)
  func echoes(_ path: Path, _ transport: Transport) throws {
    for flags: UInt16 in [0, 0x8000, 0x4001, 0xFFFF] {
      let answer = try path.answer(Message.EDNS(flags: flags), transport)
      #expect(answer.additional.filter { $0.type == 41 }.count == 1)
      let opt = try #require(answer.opt)
      #expect(opt.owner.isEmpty)
      // Our payload size; no extended code, version 0; DO copied and every other flag clear.
      #expect(opt.recordClass == 1232)
      #expect(opt.ttl == UInt32(flags & 0x8000))
    }
  }

  @Test("without an OPT there is none in the answer, by every path", arguments: Path.allCases, Transport.allCases)
  func staysAway(_ path: Path, _ transport: Transport) throws {
    let answer = try path.answer(nil, transport)
    #expect(answer.additional.isEmpty)
    #expect(answer.octets.count >= answer.questionEnd)
  }

  @Test("another version gets BADVERS, our version and no answer, by every path", arguments: Path.allCases, [1, 255] as [UInt8])
  func badVersion(_ path: Path, _ version: UInt8) throws {
    for transport in Transport.allCases {
      // Options of a version that we do not know may have any form.
      for options in [[], [1, 2, 3]] as [[UInt8]] {
        let answer = try path.answer(Message.EDNS(version: version, flags: 0x8000, options: options), transport)
        #expect(answer.rcode == 16)
        let opt = try #require(answer.opt)
        #expect(opt.ttl == 0x0100_8000)
        #expect(answer.answers.isEmpty && answer.authority.isEmpty)
        #expect(answer.question == Array(path.query(nil)[12...]))
      }
    }
  }

  static let options: [Shape] = [
    Shape("an unknown option", Packet.option(65_001, [0x68, 0x69])),
    Shape("an empty unknown option", Packet.option(65_001)),
    Shape("NSID", Packet.option(3)),
    Shape("a client subnet", Packet.option(8, [0, 1, 24, 0, 10, 9, 8])),
    Shape("NSID with data", Packet.option(3, [1])),
    Shape("keepalive with data", Packet.option(11, [0, 100])),
    Shape("padding", Packet.option(12, [UInt8](repeating: 0, count: 64))),
    Shape("an extended error", Packet.option(15, [0, 0])),
    Shape("an empty extended error", Packet.option(15)),
    Shape("an extended error of one octet", Packet.option(15, [0])),
    Shape("a hundred options", (0..<100).flatMap { Packet.option(65_100 + $0) }),
  ]

  @Test("options of the stub are passed over and not echoed", arguments: options, Transport.allCases)
  func passesOver(_ shape: Shape, _ transport: Transport) throws {
    for path in [Path.blocked, .forwarded, .cached, .own] {
      let answer = try path.answer(Message.EDNS(options: shape.octets), transport)
      #expect(answer.rcode == 0)
      #expect(answer.answers.count == 1)
      #expect(answer.options.map(\.code) == (path == .blocked ? [15] : []))
    }
  }

  /// Sizes on offer (nil: no OPT), and the octets that an answer over UDP may have.
  static let sizes: [(UInt16?, Int)] = [
    (nil, 512), (0, 512), (511, 512), (512, 512), (513, 513), (800, 800), (1231, 1231), (1232, 1232), (1233, 1232),
    (4096, 1232), (65_535, 1232),
  ]

  @Test("an answer over UDP has what is offered at most, 512 at least, 1232 at most; else TC", arguments: sizes)
  func fits(_ offered: UInt16?, _ limit: Int) throws {
    let upstream = try ScriptedUpstream { query in
      [.send(Message.response(to: query.octets, answers: [Message.record(16, Packet.text(length: query.number))]))]
    }
    defer { upstream.stop() }
    let server = try TestServer(upstreams: [upstream.port])
    let edns = offered.map { Message.EDNS(size: $0) }
    let opt = edns == nil ? 0 : 11
    let rest = 12 + Message.wire("n0500.example.org").count + 4 + 12 + opt
    for excess in [0, 1] {
      let length = limit - rest + excess
      let digits = String(length)
      let label = "n" + String(repeating: "0", count: 4 - digits.count) + digits
      let query = Message.query(label + ".example.org", 16, edns: edns)
      // First from the upstream, then from the cache.
      for _ in 0..<2 {
        let answer = try #require(try server.udp().ask(query))
        #expect(answer.rcode == 0)
        if excess == 0 {
          #expect(!answer.isTruncated)
          #expect(answer.answers.count == 1)
          #expect(answer.octets.count == limit)
        } else {
          // Header, question, OPT.
          #expect(answer.isTruncated)
          #expect(answer.answers.isEmpty)
          #expect(answer.octets.count == answer.questionEnd + opt)
        }
      }
      let whole = try #require(try server.tcp().ask(query))
      #expect(!whole.isTruncated)
      #expect(whole.answers.first?.rdata.count == length)
    }
  }

  @Test("an extended error gives way to records: first its text, then the whole", arguments: [
    (12, 271, 6), (14, 271, 6), (15, 258, 0), (1, 60, 100),
  ])
  func remarkGivesWay(_ addresses: Int, _ questionEnd: Int, _ atMost: Int) throws {
    let server = try TestServer { configuration in
      configuration.sinkhole.ipv4 = (1...addresses).compactMap { IPAddress("192.0.2.\($0)") }
    }
    let question = Packet.question(Packet.name(length: questionEnd - 16, under: "deepseek.com"))
    let query = Packet.raw(additional: 1, question + Message.EDNS(size: 512).record)
    let answer = try #require(try server.udp().ask(query))
    #expect(answer.questionEnd == questionEnd)
    #expect(!answer.isTruncated)
    #expect(answer.answers.count == addresses)
    #expect(answer.octets.count <= 512)
    let length = try #require(answer.opt).rdata.count
    #expect(length <= atMost)
    #expect((answer.extendedError == nil) == (atMost == 0))
    if atMost == 6 { #expect(answer.extendedError?.text == "") }
    if atMost > 6 { #expect(answer.extendedError?.text.hasPrefix("DeepSeek; rule ") == true) }
  }

  @Test("sinkhole addresses that do not fit set TC over UDP and come whole over TCP")
  func tooManyAddresses() throws {
    let server = try TestServer { configuration in
      configuration.sinkhole.ipv4 = (1...40).compactMap { IPAddress("192.0.2.\($0)") }
    }
    let query = Message.query("deepseek.com", edns: nil)
    let cut = try #require(try server.udp().ask(query))
    #expect(cut.isTruncated)
    #expect(cut.octets.count == cut.questionEnd)
    let whole = try #require(try server.tcp().ask(query))
    #expect(!whole.isTruncated)
    #expect(whole.answers.count == 40)
  }
}
