import Sinkhole
import Support
import Testing

@Suite("The gate refuses what is malformed, shortly and without echo")
struct GateTests {
  private static let good = Packet.question(Message.wire("www.example.org"))
  private static let opt = Message.EDNS().record
  private static let tsig = Message.record(250, [UInt8](repeating: 0, count: 16), ttl: 0, owner: "key", recordClass: 255)

  static let malformed: [Shape] = [
    Shape("a header that promises a question", Packet.raw()),
    Shape("no question", Packet.raw(questions: 0)),
    Shape("no question but an OPT", Packet.raw(questions: 0, additional: 1, opt)),
    Shape("two questions", Packet.raw(questions: 2, good + good)),
    Shape("65,535 questions", Packet.raw(questions: 65_535, good)),
    Shape("a label that is cut", Packet.raw([3, 0x77, 0x77])),
    Shape("a name without its root", Packet.raw([3, 0x77, 0x77, 0x77])),
    Shape("a type that is cut", Packet.raw(Message.wire("www.example.org") + [0])),
    Shape("a class that is cut", Packet.raw(Message.wire("www.example.org") + [0, 1, 0])),
    Shape("a pointer to itself", Packet.raw(Packet.question([0xC0, 12]))),
    Shape("a pointer into the header", Packet.raw(Packet.question([0xC0, 0]))),
    Shape("a pointer forward", Packet.raw(Packet.question([0xC0, 18]) + [0])),
    Shape("a pointer behind a label", Packet.raw(Packet.question([1, 0x61, 0xC0, 12]))),
    Shape("label type 01", Packet.raw(Packet.question([0x41, 1, 0]))),
    Shape("label type 10", Packet.raw(Packet.question([0x81, 1, 0]))),
    Shape("a name of 256 octets", Packet.raw(Packet.question(Packet.name(length: 256)))),
    Shape("a name of 300 octets", Packet.raw(Packet.question(Packet.name(length: 300)))),
    Shape("an octet behind the question", Packet.raw(good + [0])),
    Shape("an octet behind the OPT", Packet.raw(additional: 1, good + opt + [0])),
    Shape("an OPT that is not counted", Packet.raw(good + opt)),
    Shape("an OPT that is counted and missing", Packet.raw(additional: 1, good)),
    Shape("two OPT", Packet.raw(additional: 2, good + opt + opt)),
    Shape("an OPT in authority", Packet.raw(authority: 1, good + opt)),
    Shape("an OPT in authority and one in additional", Packet.raw(authority: 1, additional: 1, good + opt + opt)),
    Shape("an OPT in answer", Packet.raw(answers: 1, good + opt)),
    Shape("an OPT with an owner", Packet.raw(additional: 1, good + Message.wire("a") + opt.dropFirst())),
    Shape("an OPT owned by a pointer", Packet.raw(additional: 1, good + [0xC0, 12] + opt.dropFirst())),
    Shape("an OPT whose RDLENGTH passes the end", Packet.raw(additional: 1, good + opt.dropLast(2) + [0, 1])),
    Shape("an OPT whose RDLENGTH is the largest", Packet.raw(additional: 1, good + opt.dropLast(2) + [255, 255])),
    Shape("an OPT that is cut in its fields", Packet.raw(additional: 1, good + opt.dropLast(3))),
    Shape("an option that passes the OPT's end", Packet.raw(additional: 1, good + Message.EDNS(options: [0, 3, 0, 5, 1]).record)),
    Shape("an option that is cut in its header", Packet.raw(additional: 1, good + Message.EDNS(options: [0, 3, 0]).record)),
    Shape("a TSIG that is not last", Packet.raw(additional: 2, good + tsig + opt)),
    Shape("two TSIG", Packet.raw(additional: 2, good + tsig + tsig)),
    Shape("a TSIG in authority before an OPT", Packet.raw(authority: 1, additional: 1, good + tsig + opt)),
    Shape("an answer in a query", Packet.raw(answers: 1, good + Message.address("192.0.2.1"))),
    Shape("an answer that is counted only", Packet.raw(answers: 1, good)),
    Shape("nine additional records", Packet.raw(additional: 9, good + (0..<9).flatMap { _ in Message.address("192.0.2.1") })),
    Shape("65,535 additional records", Packet.raw(additional: 65_535, good)),
    Shape("a record whose owner is cut", Packet.raw(additional: 1, good + [5, 0x61])),
    Shape("a record whose owner is a cut pointer", Packet.raw(additional: 1, good + [0xC0])),
    Shape("a record of label type 01", Packet.raw(additional: 1, good + [0x41] + opt)),
  ]

  @Test("a malformed message gets FORMERR in a bare header", arguments: malformed, Transport.allCases)
  func refuses(_ shape: Shape, _ transport: Transport) throws {
    let server = try TestServer()
    let client = try server.client(transport)
    client.sendMessage(shape.octets)
    let reply = try #require(client.receiveMessage())
    // ID and RD as they came, QR, RA, FORMERR; no counts, nothing parroted.
    #expect(reply == Message.be(Packet.id) + [0x81, 0x81] + [UInt8](repeating: 0, count: 8))
    #expect(server.value(.rejected) == 1)
  }

  @Test("any other opcode gets NOTIMP in a bare header", arguments: 1...15, Transport.allCases)
  func notImplemented(_ opcode: Int, _ transport: Transport) throws {
    let server = try TestServer()
    let client = try server.client(transport)
    let flags = UInt16(opcode) << 11
    for body in [[], Self.good, [0xC0, 12, 255]] {
      client.sendMessage(Packet.raw(flags: flags, questions: body.isEmpty ? 0 : 1, body))
      let reply = try #require(client.receiveMessage())
      #expect(reply == Message.be(Packet.id) + [0x80 | UInt8(opcode) << 3, 0x84] + [UInt8](repeating: 0, count: 8))
    }
  }

  static let silent: [Shape] =
    (0..<12).map { Shape("\($0) octets", Array(Packet.raw().prefix($0))) } + [
      Shape("a response", Packet.raw(flags: 0x8180, good)),
      Shape("a response of another opcode", Packet.raw(flags: 0xA000, good)),
      Shape("a malformed response", Packet.raw(flags: 0x8180, [0xC0])),
      Shape("a bare response header", Packet.raw(flags: 0x8000, questions: 0)),
    ]

  @Test("what is shorter than a header, or itself a response, gets silence over UDP", arguments: silent)
  func drops(_ shape: Shape) throws {
    let server = try TestServer()
    let client = try server.udp()
    client.send(shape.octets)
    // The first reply is to the next query.
    let next = try #require(client.ask(Message.query("deepseek.com", id: 77)))
    #expect(next.id == 77)
    #expect(server.value(.droppedShort) == 1)
  }

  @Test("the same over TCP ends the connection without an octet", arguments: silent)
  func closes(_ shape: Shape) throws {
    let server = try TestServer()
    let client = try server.tcp()
    client.sendMessage(shape.octets)
    #expect(client.receive() == [])
    #expect(try server.tcp().ask(Message.query("deepseek.com"))?.rcode == 0)
  }

  static let unusual: [Shape] = [
    Shape("a name of 255 octets", Packet.raw(Packet.question(Packet.name(length: 255)))),
    Shape("a name of 127 labels", Packet.raw(Packet.question((0..<127).flatMap { _ in [1, 0x61] as [UInt8] } + [0]))),
    Shape("the root", Packet.raw(Packet.question([0], 2))),
    Shape("NUL, dot, space and 0xFF in a label", Packet.raw(Packet.question([4, 0, 0x2E, 0x20, 0xFF] + Message.wire("org")))),
    Shape("a TSIG that is last", Packet.raw(additional: 2, good + opt + tsig)),
    Shape("eight additional records", Packet.raw(additional: 8, good + (0..<8).flatMap { _ in Message.address("192.0.2.1") })),
    Shape("a record in authority", Packet.raw(authority: 1, good + Message.soa())),
    Shape("the Z bit", Packet.raw(flags: 0x0140, good)),
    Shape("AA, RA and AD", Packet.raw(flags: 0x05A0, good)),
    Shape("an RCODE", Packet.raw(flags: 0x010F, good)),
    Shape("TC", Packet.raw(flags: 0x0300, good)),
    Shape("an unknown type", Packet.raw(Packet.question(Message.wire("www.example.org"), 65_280))),
  ]

  @Test("what is only unusual is answered, its question octet for octet", arguments: unusual, Transport.allCases)
  func accepts(_ shape: Shape, _ transport: Transport) throws {
    let upstream = try ScriptedUpstream.answering()
    defer { upstream.stop() }
    let server = try TestServer(upstreams: [upstream.port])
    let reply = try #require(try server.client(transport).ask(shape.octets))
    #expect(reply.rcode == 0)
    #expect(reply.id == Packet.id)
    #expect(reply.question == Array(shape.octets[12..<reply.questionEnd]))
    // RD as asked, and of the other bits only QR and RA.
    #expect(reply.octets[2] == 0x81)
    #expect(reply.octets[3] == 0x80)
    #expect(upstream.received.count == 1)
  }

  @Test("types that are no data of a name are never forwarded", arguments: [0, 41, 249, 250, 251, 252, 253, 254] as [UInt16], Transport.allCases)
  func metaTypes(_ type: UInt16, _ transport: Transport) throws {
    let upstream = try ScriptedUpstream.answering()
    defer { upstream.stop() }
    let server = try TestServer(upstreams: [upstream.port])
    let client = try server.client(transport)
    for name in ["www.example.org", "deepseek.com", "sinkhole.internal"] {
      let reply = try #require(client.ask(Message.query(name, type)))
      #expect(reply.rcode == (type == 251 || type == 252 ? 5 : 4), "\(name)")
      #expect(reply.answers.isEmpty)
      #expect(reply.authority.isEmpty)
    }
    #expect(upstream.received.isEmpty)
  }

  @Test("a class other than IN is refused and never forwarded", arguments: [0, 2, 3, 4, 254, 255] as [UInt16])
  func classes(_ recordClass: UInt16) throws {
    let upstream = try ScriptedUpstream.answering()
    defer { upstream.stop() }
    let server = try TestServer(upstreams: [upstream.port])
    let client = try server.udp()
    for name in ["www.example.org", "deepseek.com"] {
      let reply = try #require(client.ask(Message.query(name, 16, recordClass: recordClass)))
      #expect(reply.rcode == 5)
      #expect(reply.answers.isEmpty)
      #expect(reply.extendedError?.code == 21)
    }
    #expect(upstream.received.isEmpty)
  }

  @Test("a client outside the networks that may ask gets REFUSED and why, whatever it asks")
  func prohibited() throws {
    let server = try TestServer { $0.allowedClients = [] }
    for name in ["www.example.org", "deepseek.com", "whoami.sinkhole.internal"] {
      let reply = try #require(try server.udp().ask(Message.query(name, 16)))
      #expect(reply.rcode == 5)
      #expect(reply.extendedError?.code == 18)
      #expect(reply.answers.isEmpty)
    }
    #expect(server.value(.refusedAccess) == 3)
  }
}
