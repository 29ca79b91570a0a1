import Sinkhole
import Support
import Testing

@Suite("NSID and keepalive are told to who asks")
struct ServerOptionTests {
  private static let nsid = Packet.option(3)
  private static let keepalive = Packet.option(11)

  @Test("NSID is told when it is asked for, and only then, by every path", arguments: Transport.allCases)
  func nsid(_ transport: Transport) throws {
    let upstream = try ScriptedUpstream.answering()
    defer { upstream.stop() }
    let server = try TestServer(upstreams: [upstream.port]) { $0.identity.id = "ns1.example.org" }
    let client = try server.client(transport)
    // Restricted, forwarded, cached, refused, of CHAOS.
    let questions: [(String, UInt16, UInt16, UInt16)] = [
      ("deepseek.com", 1, 1, 0x0100), ("www.example.org", 1, 1, 0x0100), ("www.example.org", 1, 1, 0x0100),
      ("www.example.org", 1, 1, 0), ("id.server", 16, 3, 0x0100), ("mx.example.org", 15, 1, 0x0100),
    ]
    for (name, type, recordClass, flags) in questions {
      func ask(_ options: [UInt8]) throws -> Message {
        let edns = Message.EDNS(options: options)
        return try #require(client.ask(Message.query(name, type, recordClass: recordClass, flags: flags, edns: edns)))
      }
      #expect(try ask(Self.nsid).options.filter { $0.code == 3 }.map(\.data) == [Array("ns1.example.org".utf8)])
      #expect(try ask([]).options.allSatisfy { $0.code != 3 })
      // RFC 5001 section 2.1: it is empty in a query.
      #expect(try ask(Packet.option(3, [1])).options.allSatisfy { $0.code != 3 })
    }
    #expect(client.ask(Message.query("deepseek.com", edns: nil))?.opt == nil)
  }

  @Test("without an identity there is none, a long one is cut, and one without room is left out")
  func nsidBounds() throws {
    func ask(_ id: String?, _ size: UInt16, _ name: String = "deepseek.com") throws -> Message {
      let server = try TestServer { configuration in
        configuration.identity.id = id
        configuration.sinkhole.ipv4 = (1...24).compactMap { IPAddress("192.0.2.\($0)") }
      }
      return try #require(try server.udp().ask(Message.query(name, edns: Message.EDNS(size: size, options: Self.nsid))))
    }
    #expect(try ask(nil, 1232).options.allSatisfy { $0.code != 3 })
    let long = String(repeating: "x", count: 1000)
    #expect(try ask(long, 1232).options.first { $0.code == 3 }?.data.count == 128)
    let full = try ask(long, 512)
    #expect(full.answers.count == 24)
    #expect(full.octets.count <= 512)
    #expect(full.options.allSatisfy { $0.code != 3 })
  }

  @Test("keepalive is told over TCP when it is asked for, and never over UDP")
  func keepalive() throws {
    let upstream = try ScriptedUpstream.answering()
    defer { upstream.stop() }
    let server = try TestServer(upstreams: [upstream.port]) { $0.server.streamIdle = 10_000 }
    for name in ["deepseek.com", "www.example.org", "www.example.org"] {
      let query = Message.query(name, edns: Message.EDNS(options: Self.keepalive))
      #expect(try server.tcp().ask(query)?.options.first { $0.code == 11 }?.data == [0, 100])
      #expect(try server.udp().ask(query)?.options.allSatisfy { $0.code != 11 } == true)
      #expect(try server.tcp().ask(Message.query(name))?.options.allSatisfy { $0.code != 11 } == true)
    }
  }

  @Test("the time is shorter while few connections are left, 0 when none is, and the connection is kept as told")
  func pressure() throws {
    let server = try TestServer { configuration in
      configuration.server.streamIdle = 60_000
      configuration.server.streams.total = 4
    }
    func ask(_ client: TestSocket) throws -> Int {
      let edns = Message.EDNS(options: Self.keepalive)
      let answer = try #require(client.ask(Message.query("deepseek.com", edns: edns)))
      let data = try #require(answer.options.first { $0.code == 11 }?.data)
      return Int(Message.uint16(data, 0))
    }
    var clients: [TestSocket] = []
    // One of four, two, then three quarters and more.
    for expected in [600, 600, 150, 0] {
      clients.append(try server.tcp(seconds: 5))
      #expect(try ask(clients[clients.count - 1]) == expected)
    }
    // Who was told 0 is closed soon, the others are not.
    #expect(clients[3].receive() == [])
    #expect(server.value(.connectionsIdleClosed) == 1)
    #expect(try ask(clients[0]) == 150)
  }
}
