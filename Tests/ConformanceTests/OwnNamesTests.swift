import Sinkhole
import Support
import Testing

@Suite("The server answers about itself")
struct OwnNamesTests {
  /// The strings of a TXT record, joined.
  private static func text(_ record: Message.Record) -> String {
    var octets: [UInt8] = []
    var offset = 0
    while offset < record.rdata.count {
      let length = Int(record.rdata[offset])
      octets += record.rdata[(offset + 1)..<(offset + 1 + length)]
      offset += 1 + length
    }
    return String(decoding: octets, as: UTF8.self)
  }

  /// What the explaining name says, as keys and values.
  private static func pairs(_ text: String) -> [String: String] {
    Dictionary(text.split(separator: " ").map { pair in
      let parts = pair.split(separator: "=", maxSplits: 1)
      return (String(parts[0]), parts.count > 1 ? String(parts[1]) : "")
    }, uniquingKeysWith: { first, _ in first })
  }

  static let verdicts: [(String, [String: String])] = [
    ("deepseek.com", ["verdict": "blocked", "service": "deepseek", "rule": "all-zones", "trigger": "deepseek.com"]),
    ("chat.deepseek.com", ["verdict": "blocked", "service": "deepseek", "trigger": "*.deepseek.com"]),
    ("CHAT.DeepSeek.COM", ["name": "chat.deepseek.com", "verdict": "blocked"]),
    ("open.deepseek.com", ["verdict": "allowed", "trigger": "open.deepseek.com", "rule": "all-zones"]),
    ("nx.example.net", ["verdict": "nxdomain"]),
    ("nodata.example.net", ["verdict": "nodata"]),
    ("drop.example.net", ["verdict": "dropped"]),
    ("tcp.example.net", ["verdict": "tcp-only"]),
    ("www.example.org", ["name": "www.example.org", "verdict": "open"]),
  ]

  @Test("the explaining name tells the verdict, in CHAOS and IN, with or without RD", arguments: verdicts.indices, [1, 3] as [UInt16])
  func explains(_ index: Int, _ recordClass: UInt16) throws {
    let (name, expected) = Self.verdicts[index]
    let server = try TestServer()
    for transport in Transport.allCases {
      for flags: UInt16 in [0, 0x0100] {
        let query = Message.query(name + ".explain.sinkhole.internal", 16, recordClass: recordClass, flags: flags)
        let answer = try #require(try server.client(transport).ask(query))
        #expect(answer.rcode == 0)
        #expect(answer.question == Array(query[12..<answer.questionEnd]))
        #expect(answer.answers.count == 1)
        let record = try #require(answer.answers.first)
        #expect(record.type == 16)
        #expect(record.recordClass == recordClass)
        #expect(record.ttl == 0)
        let pairs = Self.pairs(Self.text(record))
        for (key, value) in expected { #expect(pairs[key] == value) }
        #expect(pairs["client"] == "127.0.0.1")
        if expected["verdict"] != "open" {
          #expect(pairs["zone"] == "test.rpz.sinkhole.internal@7" || pairs["zone"]?.hasSuffix("@7") == true)
          #expect(pairs["at"]?.contains(".zone:") == true)
        }
      }
    }
  }

  @Test("whoami tells the client's own address", arguments: [1, 3] as [UInt16], Transport.allCases)
  func whoami(_ recordClass: UInt16, _ transport: Transport) throws {
    let server = try TestServer()
    let client = try TestSocket(port: server.port, stream: transport == .tcp, from: "127.0.0.9")
    let answer = try #require(client.ask(Message.query("WhoAmI.sinkhole.internal", 16, recordClass: recordClass)))
    #expect(answer.answers.map(Self.text) == ["client=127.0.0.9 policy=default"])
    #expect(answer.answers.first?.recordClass == recordClass)
    #expect(answer.answers.first?.owner == "WhoAmI.sinkhole.internal")
  }

  @Test("CHAOS identity is told as configured", arguments: [
    ("version.bind", "Hole 1"), ("version.server", "Hole 1"), ("VERSION.Bind", "Hole 1"), ("id.server", "box 7"),
    ("hostname.bind", "box 7"),
  ])
  func identity(_ name: String, _ expected: String) throws {
    let server = try TestServer { $0.identity = Identity(version: "Hole 1", id: "box 7") }
    for transport in Transport.allCases {
      let answer = try #require(try server.client(transport).ask(Message.query(name, 16, recordClass: 3)))
      #expect(answer.rcode == 0)
      #expect(answer.answers.map(Self.text) == [expected])
      #expect(answer.answers.first?.recordClass == 3)
      // No data of another type.
      let other = try #require(try server.client(transport).ask(Message.query(name, 1, recordClass: 3)))
      #expect(other.rcode == 0)
      #expect(other.answers.isEmpty)
    }
  }

  @Test("CHAOS identity that is not configured, and other names of CHAOS, are refused", arguments: [
    "version.bind", "id.server", "www.example.org", "deepseek.com", "bind", "a.version.bind", "",
  ])
  func withoutIdentity(_ name: String) throws {
    let server = try TestServer { $0.identity = Identity(version: nil, id: nil) }
    let answer = try #require(try server.udp().ask(Message.query(name, 16, recordClass: 3)))
    #expect(answer.rcode == 5)
    #expect(answer.answers.isEmpty)
    #expect(answer.extendedError?.code == 21)
  }

  @Test("identity names of class IN are ordinary names")
  func identityInIN() throws {
    let upstream = try ScriptedUpstream.answering()
    defer { upstream.stop() }
    let server = try TestServer(upstreams: [upstream.port])
    #expect(try server.udp().ask(Message.query("version.bind", 16))?.answers.isEmpty == true)
    #expect(upstream.received.count == 1)
  }

  @Test("a service's name has its facts as TXT and the sinkhole as address")
  func service() throws {
    let server = try TestServer()
    let client = try server.udp()
    let facts = try #require(client.ask(Message.query("deepseek.service.sinkhole.internal", 16)))
    #expect(facts.answers.map(Self.text).sorted() == ["category=chat", "jurisdiction=CN", "name=DeepSeek", "vendor=DeepSeek"])
    #expect(client.ask(Message.query("deepseek.service.sinkhole.internal"))?.answers.map(\.ipv4) == ["192.0.2.53"])
    #expect(client.ask(Message.query("deepseek.service.sinkhole.internal", 28))?.answers.map(\.rdata.count) == [16])
    #expect(client.ask(Message.query("deepseek.service.sinkhole.internal", 255))?.answers.count == 6)
  }

  @Test("what has no data below sinkhole.internal says so with an SOA; nothing of it is forwarded", arguments: [
    ("deepseek.service.sinkhole.internal", 65, 0), ("deepseek.service.sinkhole.internal", 15, 0),
    ("nothing.service.sinkhole.internal", 16, 3), ("a.deepseek.service.sinkhole.internal", 16, 3),
    ("nothing.sinkhole.internal", 1, 3), ("a.whoami.sinkhole.internal", 16, 3), ("sinkhole.internal", 1, 0),
    ("sinkhole.internal", 6, 0), ("service.sinkhole.internal", 1, 0), ("explain.sinkhole.internal", 16, 0),
    ("whoami.sinkhole.internal", 1, 0), ("deepseek.com.explain.sinkhole.internal", 28, 0),
  ] as [(String, UInt16, Int)])
  func negative(_ name: String, _ type: UInt16, _ rcode: Int) throws {
    let upstream = try ScriptedUpstream.answering()
    defer { upstream.stop() }
    let server = try TestServer(upstreams: [upstream.port])
    for edns in [nil, Message.EDNS()] {
      let answer = try #require(try server.udp().ask(Message.query(name, type, edns: edns)))
      #expect(answer.rcode == rcode)
      #expect(answer.answers.isEmpty)
      #expect(answer.authority.map(\.type) == [6])
      #expect(answer.authority.first?.owner == "sinkhole.internal")
    }
    #expect(upstream.received.isEmpty)
  }

  @Test("own names are for IN and CHAOS", arguments: [2, 4, 254, 255] as [UInt16])
  func otherClasses(_ recordClass: UInt16) throws {
    let server = try TestServer()
    for name in ["whoami.sinkhole.internal", "deepseek.com.explain.sinkhole.internal", "version.bind"] {
      #expect(try server.udp().ask(Message.query(name, 16, recordClass: recordClass))?.rcode == 5)
    }
  }

  @Test("a neighbour of sinkhole.internal is an ordinary name", arguments: ["internal", "xsinkhole.internal", "sinkhole.internal.example.org"])
  func neighbours(_ name: String) throws {
    let upstream = try ScriptedUpstream.answering()
    defer { upstream.stop() }
    let server = try TestServer(upstreams: [upstream.port])
    #expect(try server.udp().ask(Message.query(name))?.answers.map(\.ipv4) == ["192.0.2.80"])
  }

  @Test("a name too long to explain is explained as far as names go")
  func longNames() throws {
    let server = try TestServer()
    let name = Packet.name(length: 255, under: "explain.sinkhole.internal")
    let answer = try #require(try server.tcp().ask(Packet.raw(Packet.question(name, 16))))
    #expect(answer.rcode == 0)
    #expect(answer.answers.count == 1)
    // Over UDP without EDNS it is cut, never malformed.
    let cut = try #require(try server.udp().ask(Packet.raw(Packet.question(name, 16))))
    #expect(cut.octets.count <= 512)
    #expect(cut.isTruncated == cut.answers.isEmpty)
  }
}
