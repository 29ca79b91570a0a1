import Foundation
import Sinkhole
import Support
import Testing

@Suite("What a blocked name is told")
struct BlockedAnswerTests {
  static let types: [UInt16] = [1, 28, 65, 64, 16, 15, 255, 2, 65_280, 5, 6, 33, 43, 48, 257]

  enum Offer: String, CaseIterable, Sendable, CustomTestStringConvertible {
    case none, plain, dnssec
    var testDescription: String { "OPT: \(rawValue)" }
    var edns: Message.EDNS? { self == .none ? nil : Message.EDNS(flags: self == .dnssec ? 0x8000 : 0) }
  }

  @Test("A and AAAA get the sinkhole, ANY both, all else no data and an SOA", arguments: types, Offer.allCases)
  func table(_ type: UInt16, _ offer: Offer) throws {
    let upstream = try ScriptedUpstream.answering()
    defer { upstream.stop() }
    let server = try TestServer(upstreams: [upstream.port])
    for transport in Transport.allCases {
      let client = try server.client(transport)
      for name in ["deepseek.com", "chat.deepseek.com", "a.b.ChAt.DeepSeek.COM", "eXact.Example.net"] {
        let query = Message.query(name, type, edns: offer.edns)
        let answer = try #require(client.ask(query))
        #expect(answer.rcode == 0)
        #expect(answer.octets[2] == 0x81)
        #expect(answer.octets[3] == 0x80)
        #expect(answer.question == Array(query[12..<answer.questionEnd]))
        #expect(answer.answers.map(\.type) == (type == 1 ? [1] : type == 28 ? [28] : type == 255 ? [1, 28] : []))
        for record in answer.answers {
          #expect(record.owner == name)
          #expect(record.ttl == 5)
          #expect(record.recordClass == 1)
          #expect(record.rdata == (record.type == 1 ? [192, 0, 2, 53] : [0x20, 1, 0x0D, 0xB8] + [UInt8](repeating: 0, count: 11) + [0x53]))
        }
        if answer.answers.isEmpty {
          try expectSOA(answer, owner: name.lowercased().hasSuffix("deepseek.com") ? "deepseek.com" : "exact.example.net")
        } else {
          #expect(answer.authority.isEmpty)
        }
        #expect(answer.additional.count == (offer == .none ? 0 : 1))
        if offer != .none {
          let error = try #require(answer.extendedError)
          #expect(error.code == 15)
          #expect(error.text.hasPrefix("DeepSeek; rule all-zones; "))
          #expect(error.text.hasSuffix("@7; see http://notice.example.org/"))
        }
      }
    }
    #expect(upstream.received.isEmpty)
    #expect(server.value(.blocked) == 8)
  }

  /// The SOA of a negative answer: an ancestor of the question, as long as the sinkhole's TTL.
  private func expectSOA(_ answer: Message, owner: String) throws {
    #expect(answer.authority.count == 1)
    let soa = try #require(answer.authority.first)
    #expect(soa.type == 6)
    #expect(soa.owner.lowercased() == owner)
    #expect(soa.ttl == 5)
    #expect(soa.rdata.suffix(4) == [0, 0, 0, 5])
    var offset = soa.range.lowerBound
    #expect(Message.name(answer.octets, &offset) == "test.rpz.sinkhole.internal")
    #expect(Message.name(answer.octets, &offset) == "hostmaster.sinkhole.internal")
    #expect(soa.rdata.suffix(20).prefix(4) == [0, 0, 0, 7])
  }

  @Test("a family without a sinkhole address gets no data, never an unspecified address", arguments: [1, 28] as [UInt16])
  func withoutAddress(_ type: UInt16) throws {
    let server = try TestServer { configuration in
      configuration.sinkhole.ipv4 = []
      configuration.sinkhole.ipv6 = []
    }
    for transport in Transport.allCases {
      let answer = try #require(try server.client(transport).ask(Message.query("chat.deepseek.com", type)))
      #expect(answer.rcode == 0)
      #expect(answer.answers.isEmpty)
      try expectSOA(answer, owner: "deepseek.com")
    }
  }

  @Test("TXT says which rule blocks, when that is on")
  func explainsInText() throws {
    let server = try TestServer { $0.sinkhole.explainsInText = true }
    let answer = try #require(try server.udp().ask(Message.query("deepseek.com", 16)))
    #expect(answer.answers.count == 1)
    let text = String(decoding: answer.answers[0].rdata.dropFirst(), as: UTF8.self)
    #expect(text == answer.extendedError?.text)
    #expect(text.hasPrefix("DeepSeek; rule "))
  }

  @Test("a stub that reads structured errors gets JSON, any other gets text")
  func structured() throws {
    let server = try TestServer { $0.notice.contact = "it@example.org" }
    let query = Message.query("deepseek.com", edns: Message.EDNS(options: Packet.option(15, [0, 0])))
    let answer = try #require(try server.udp().ask(query))
    let error = try #require(answer.extendedError)
    #expect(error.code == 15)
    let object = try #require(try JSONSerialization.jsonObject(with: Data(error.text.utf8)) as? [String: Any])
    #expect(object["c"] as? [String] == ["mailto:it@example.org"])
    #expect(object["s"] as? Int == 5)
    #expect(object["l"] as? String == "en")
    #expect((object["j"] as? String)?.hasPrefix("DeepSeek; ") == true)
  }

  @Test("RD=0 gets REFUSED and never the truth", arguments: ["deepseek.com", "nx.example.net", "drop.example.net", "www.example.org"], Transport.allCases)
  func withoutRecursion(_ name: String, _ transport: Transport) throws {
    let upstream = try ScriptedUpstream.answering()
    defer { upstream.stop() }
    let server = try TestServer(upstreams: [upstream.port])
    let client = try server.client(transport)
    // Even when the answer is in the cache.
    if name == "www.example.org" { _ = try #require(client.ask(Message.query(name))) }
    let answer = try #require(client.ask(Message.query(name, flags: 0)))
    #expect(answer.rcode == 5)
    #expect(!answer.recursionDesired)
    #expect(answer.recursionAvailable)
    #expect(answer.extendedError?.code == 20)
    #expect(answer.answers.isEmpty && answer.authority.isEmpty)
    #expect(upstream.received.count == (name == "www.example.org" ? 1 : 0))
  }

  @Test("CD and AD do not lift a block; CD is copied, AD is not", arguments: [0x0110, 0x0120, 0x0130] as [UInt16], Transport.allCases)
  func checkingDisabled(_ flags: UInt16, _ transport: Transport) throws {
    let server = try TestServer()
    for edns in [nil, Message.EDNS(flags: 0x8000)] {
      let answer = try #require(try server.client(transport).ask(Message.query("deepseek.com", flags: flags, edns: edns)))
      #expect(answer.answers.map(\.ipv4) == ["192.0.2.53"])
      #expect(answer.checkingDisabled == (flags & 0x10 != 0))
      #expect(!answer.authenticData)
      #expect(!answer.isAuthoritative)
    }
  }

  @Test("a zone's NXDOMAIN and no data come with an SOA of the trigger", arguments: types, Transport.allCases)
  func negative(_ type: UInt16, _ transport: Transport) throws {
    let server = try TestServer()
    let client = try server.client(transport)
    for (name, rcode) in [("nx.example.net", 3), ("nodata.example.net", 0)] {
      let answer = try #require(client.ask(Message.query(name, type)))
      #expect(answer.rcode == rcode)
      #expect(answer.answers.isEmpty)
      try expectSOA(answer, owner: name)
      #expect(answer.extendedError?.code == 15)
    }
  }

  static let open = [
    "open.deepseek.com", "OPEN.deepseek.com", "notdeepseek.com", "deepseek.com.example.org", "com", "deepseek.co",
    "deepseek.comm", "xdeepseek.com", "a.exact.example.net", "example.net", "net", "xnx.example.net", "a.nx.example.net",
    // What exists in a zone hides the wildcard above it (RFC 4592 section 3.3.1).
    "a.open.deepseek.com",
  ]

  @Test("names beside a trigger, above it, and let through, stay open", arguments: open, Transport.allCases)
  func staysOpen(_ name: String, _ transport: Transport) throws {
    let upstream = try ScriptedUpstream.answering()
    defer { upstream.stop() }
    let server = try TestServer(upstreams: [upstream.port])
    let answer = try #require(try server.client(transport).ask(Message.query(name)))
    #expect(answer.answers.map(\.ipv4) == ["192.0.2.80"])
    #expect(answer.extendedError == nil)
    #expect(upstream.received.count == 1)
    #expect(server.value(.blocked) == 0)
  }

  @Test("a dot inside a label is no label boundary")
  func binaryDot() throws {
    let upstream = try ScriptedUpstream.answering()
    defer { upstream.stop() }
    let server = try TestServer(upstreams: [upstream.port])
    // One label "chat.deepseek" below com, and one label "deepseek.com" below the root.
    for name in [[13] + Array("chat.deepseek".utf8) + Message.wire("com"), [12] + Array("deepseek.com".utf8) + [0]] {
      let answer = try #require(try server.udp().ask(Packet.raw(Packet.question(name))))
      #expect(answer.answers.map(\.ipv4) == ["192.0.2.80"])
    }
  }

  @Test("a name to be dropped gets silence, and the connection goes on", arguments: Transport.allCases)
  func drop(_ transport: Transport) throws {
    let upstream = try ScriptedUpstream.answering()
    defer { upstream.stop() }
    let server = try TestServer(upstreams: [upstream.port])
    let client = try server.client(transport)
    client.sendMessage(Message.query("drop.example.net", id: 1))
    let next = try #require(client.ask(Message.query("deepseek.com", id: 2)))
    #expect(next.id == 2)
    #expect(upstream.received.isEmpty)
    #expect(server.value(.blocked) == 2)
  }

  @Test("a name for TCP only gets TC over UDP and the truth over TCP", arguments: types)
  func tcpOnly(_ type: UInt16) throws {
    let upstream = try ScriptedUpstream.answering()
    defer { upstream.stop() }
    let server = try TestServer(upstreams: [upstream.port])
    let query = Message.query("tcp.example.net", type)
    let cut = try #require(try server.udp().ask(query))
    #expect(cut.isTruncated)
    #expect(cut.rcode == 0)
    #expect(cut.answers.isEmpty && cut.authority.isEmpty)
    #expect(upstream.received.isEmpty)
    let whole = try #require(try server.tcp().ask(query))
    #expect(!whole.isTruncated)
    #expect(whole.rcode == 0)
    if type == 1 { #expect(whole.answers.map(\.ipv4) == ["192.0.2.80"]) }
    #expect(upstream.received.count == (type == 255 ? 0 : 1))
  }

  @Test("ANY of an open name gets one small HINFO and asks nobody", arguments: ["www.example.org", "open.deepseek.com"], Transport.allCases)
  func anyOfOpen(_ name: String, _ transport: Transport) throws {
    let upstream = try ScriptedUpstream.answering()
    defer { upstream.stop() }
    let server = try TestServer(upstreams: [upstream.port])
    let answer = try #require(try server.client(transport).ask(Message.query(name, 255)))
    #expect(answer.answers.map(\.type) == [13])
    #expect(answer.answers.first?.rdata == [7] + Array("RFC8482".utf8) + [0])
    #expect(upstream.received.isEmpty)
  }

  @Test("a name that is cached is blocked from the next snapshot on, and open again after the next", arguments: Transport.allCases)
  func publication(_ transport: Transport) async throws {
    let upstream = try ScriptedUpstream.answering(ttl: 3600)
    defer { upstream.stop() }
    let server = try TestServer(upstreams: [upstream.port], zone: Self.emptyZone)
    let client = try server.client(transport)
    for _ in 0..<2 {
      #expect(client.ask(Message.query("deepseek.com"))?.answers.map(\.ipv4) == ["192.0.2.80"])
    }
    #expect(server.value(.cacheHits) == 1)
    let configuration = TestServer.configuration(upstreams: [upstream.port])
    await server.server.publish(try TestServer.snapshot(configuration, zone: TestServer.zone, generation: 2))
    #expect(client.ask(Message.query("deepseek.com"))?.answers.map(\.ipv4) == ["192.0.2.53"])
    await server.server.publish(try TestServer.snapshot(configuration, zone: Self.emptyZone, generation: 3))
    #expect(client.ask(Message.query("deepseek.com"))?.answers.map(\.ipv4) == ["192.0.2.80"])
    #expect(upstream.received.count == 1)
  }

  private static let emptyZone = """
    $TTL 3600
    $ORIGIN test.rpz.sinkhole.internal.
    @ SOA localhost. hostmaster.sinkhole.internal. 7 3600 600 86400 5
    @ NS localhost.
    other.example.net CNAME .
    """
}
