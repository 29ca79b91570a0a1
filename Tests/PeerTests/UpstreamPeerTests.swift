import Foundation
import Sinkhole
import Support
import Testing

/// How a client asks.
struct Manner: CustomTestStringConvertible, Sendable {
  let tool: String
  let options: [String]
  var testDescription: String { ([tool] + options).joined(separator: " ") }

  static let all: [Manner] = [
    Manner(tool: "dig", options: []),
    Manner(tool: "dig", options: ["+tcp"]),
    Manner(tool: "dig", options: ["+noedns"]),
    Manner(tool: "dig", options: ["+dnssec"]),
    Manner(tool: "dig", options: ["+bufsize=512"]),
    Manner(tool: "dig", options: ["+bufsize=4096", "+nocookie"]),
    Manner(tool: "kdig", options: []),
    Manner(tool: "kdig", options: ["+tcp"]),
    Manner(tool: "kdig", options: ["+noedns"]),
    Manner(tool: "kdig", options: ["+edns"]),
    Manner(tool: "kdig", options: ["+bufsize=4096", "+nsid"]),
  ]
}

/// Asks the peer itself and the server before it: what comes must be the same, and no longer-lived.
private func compare(_ questions: [String], _ manner: Manner, peer: NameServer, server: TestServer) throws {
  for question in questions {
    // Unbound and NSD cut large answers where the client's size ends; dig then asks over TCP, as it does us.
    let expected = try Dig.ask(peer.port, question, manner.options, tool: manner.tool)
    // Once from the upstream, once from the cache.
    for turn in ["forwarded", "cached"] {
      let got = try Dig.ask(server.port, question, manner.options, tool: manner.tool)
      #expect(got.status == expected.status, "\(question) \(turn): \(got.text)")
      #expect(got.flags.isSuperset(of: ["qr", "rd", "ra"]), "\(question) \(turn)")
      #expect(got.flags.isDisjoint(with: ["aa", "ad", "tc"]), "\(question) \(turn): \(got.flags)")
      #expect(Set(got.answer) == Set(expected.answer), "\(question) \(turn): \(got.text)")
      #expect(got.answer.count == expected.answer.count, "\(question) \(turn)")
      if expected.answer.isEmpty {
        #expect(Set(got.authority) == Set(expected.authority), "\(question) \(turn): \(got.text)")
        #expect(got.authority.contains { $0.words.contains("SOA") }, "\(question) \(turn): \(got.text)")
      }
      for line in got.answer {
        let limit = expected.answer.first { $0 == line }?.ttl ?? -1
        #expect((0...limit).contains(line.ttl), "\(question) \(turn): TTL \(line.ttl) of \(limit)")
      }
    }
  }
}

private func text(_ count: Int) -> [String] {
  (0..<count).map { "\"\($0)-\(String(repeating: "x", count: 200))\"" }
}

@Suite("Forwarding to Unbound", .serialized)
final class UnboundTests {
  private static let records =
    [
      "peer.example. 300 SOA ns.peer.example. root.peer.example. 42 3600 600 86400 60",
      "www.peer.example. 300 A 192.0.2.10",
      "www.peer.example. 300 A 192.0.2.11",
      "www.peer.example. 300 AAAA 2001:db8::10",
      "www.peer.example. 300 HTTPS 1 . alpn=h2,h3 ipv4hint=192.0.2.10",
      "www.peer.example. 300 TXT \"hello world\" \"again\"",
      "mail.peer.example. 300 MX 10 www.peer.example.",
      "wild.peer.example. 300 A 192.0.2.77",
    ] + text(12).map { "big.peer.example. 300 TXT \($0)" }
  private let unbound: NameServer
  private let server: TestServer

  init() throws {
    unbound = try NameServer.unbound(
      UnboundTests.records,
      zones: ["local-zone: \"peer.example.\" static", "local-zone: \"wild.peer.example.\" redirect"],
      ready: "www.peer.example")
    server = try TestServer(upstreams: [unbound.port])
  }

  @Test("every kind of answer comes through as Unbound gave it", arguments: Manner.all)
  func comesThrough(_ manner: Manner) throws {
    try compare(
      [
        "www.peer.example A", "www.peer.example AAAA", "www.peer.example HTTPS", "www.peer.example TXT",
        "mail.peer.example MX", "big.peer.example TXT", "a.b.wild.peer.example A", "www.peer.example MX",
        "nowhere.peer.example A", "WWW.Peer.Example A",
      ], manner, peer: unbound, server: server)
  }

  @Test("an answer too large for a datagram is fetched over TCP and cut for who asked over UDP")
  func cuts() throws {
    let cut = try Dig.ask(server.port, "big.peer.example TXT", ["+ignore"])
    #expect(cut.flags.contains("tc"))
    #expect(cut.answer.isEmpty)
    let whole = try Dig.ask(server.port, "big.peer.example TXT", ["+tcp"])
    #expect(whole.answer.count == 12)
    #expect(server.server.value(.upstreamTCP) >= 1)
  }

  @Test("what was asked once is answered from the cache after Unbound is gone, with less and less time to live")
  func outlivesUpstream() throws {
    let names = ["www.peer.example A", "big.peer.example TXT", "nowhere.peer.example A", "www.peer.example MX"]
    let before = try names.map { try Dig.ask(server.port, $0) }
    unbound.stop()
    usleep(1_100_000)
    for (name, early) in zip(names, before) {
      let late = try Dig.ask(server.port, name)
      #expect(late.status == early.status, "\(name)")
      #expect(Set(late.answer) == Set(early.answer), "\(name)")
      for (one, other) in zip((late.answer + late.authority).map(\.ttl), (early.answer + early.authority).map(\.ttl)) {
        #expect(one < other, "\(name)")
      }
    }
  }

  @Test("a name nobody has is NXDOMAIN with the SOA, and asked once for all its types")
  func negative() throws {
    for type in ["A", "AAAA", "A"] {
      let answer = try Dig.ask(server.port, "nowhere.peer.example \(type)")
      #expect(answer.status == "NXDOMAIN")
      #expect(answer.authority.map { $0.words[2] } == ["SOA"])
      // RFC 2308, section 5: the lesser of the SOA's own TTL and its minimum.
      #expect(try #require(answer.authority.first).ttl <= 60)
    }
  }

  @Test("the blocked name never reaches Unbound, with any tool", arguments: Manner.all)
  func blocked(_ manner: Manner) throws {
    let answer = try Dig.ask(server.port, "chat.deepseek.com A", manner.options, tool: manner.tool)
    #expect(answer.status == "NOERROR")
    #expect(answer.values == ["192.0.2.53"])
    #expect(answer.answer.map(\.ttl) == [5])
    // kdig sends EDNS only when an option asks for it.
    let hasEDNS = manner.tool == "dig" ? manner.options != ["+noedns"] : answer.text.contains("EDNS")
    #expect(answer.text.contains("15 (Blocked)") == hasEDNS, "\(answer.text)")
    #expect(server.server.value(.forwarded) == 0)
  }

  @Test("dig +trace's question, the root's name servers, is answered as Unbound answers it")
  func root() throws {
    let expected = try Dig.ask(unbound.port, ". NS")
    #expect(try Dig.ask(server.port, ". NS").status == expected.status)
  }
}

@Suite("Forwarding to NSD", .serialized)
final class NSDTests {
  private static let zone =
    """
    $TTL 300
    $ORIGIN peer.example.
    @ SOA ns.peer.example. root.peer.example. 42 3600 600 86400 60
    @ NS ns
    ns A 192.0.2.1
    www A 192.0.2.10
    www A 192.0.2.11
    www AAAA 2001:db8::10
    www HTTPS 1 . alpn=h2,h3 ipv4hint=192.0.2.10
    www TXT "hello world" "again"
    www CAA 0 issue "ca.example.net"
    _dns SRV 0 5 853 www
    one CNAME two
    two CNAME three
    three CNAME www
    lost CNAME nowhere
    *.wild A 192.0.2.77
    *.wild TXT "any"
    deep.tree.of.names A 192.0.2.78

    """ + text(12).map { "big TXT \($0)\n" }.joined()
  private let nsd: NameServer
  private let server: TestServer

  init() throws {
    nsd = try NameServer.nsd(zone: NSDTests.zone, origin: "peer.example", ready: "www.peer.example")
    server = try TestServer(upstreams: [nsd.port])
  }

  @Test("every kind of answer comes through as NSD gave it", arguments: Manner.all)
  func comesThrough(_ manner: Manner) throws {
    try compare(
      [
        "www.peer.example A", "www.peer.example AAAA", "www.peer.example HTTPS", "www.peer.example TXT",
        "www.peer.example CAA", "_dns.peer.example SRV", "one.peer.example A", "one.peer.example CNAME",
        "big.peer.example TXT", "x.wild.peer.example A", "x.y.wild.peer.example TXT", "x.wild.peer.example AAAA",
        "www.peer.example MX", "nowhere.peer.example A", "tree.of.names.peer.example A", "peer.example SOA",
        "peer.example NS",
      ], manner, peer: nsd, server: server)
  }

  @Test("a chain of CNAMEs comes whole and in order")
  func chain() throws {
    let answer = try Dig.ask(server.port, "one.peer.example A")
    #expect(
      answer.answer.map { $0.words[0] } == [
        "one.peer.example.", "two.peer.example.", "three.peer.example.", "www.peer.example.", "www.peer.example.",
      ])
  }

  @Test("a chain that ends nowhere is NXDOMAIN with the chain and the SOA")
  func lost() throws {
    for _ in 0..<2 {
      let answer = try Dig.ask(server.port, "lost.peer.example A")
      #expect(answer.status == "NXDOMAIN")
      #expect(answer.answer.map { $0.words[2] } == ["CNAME"])
      #expect(answer.authority.contains { $0.words.contains("SOA") })
    }
  }

  @Test("several names over one connection that kdig keeps open")
  func keepsOpen() throws {
    let text = try Dig.run([
      "kdig", "@127.0.0.1", "-p", "\(server.port)", "+tcp", "+keepopen", "www.peer.example", "one.peer.example",
      "big.peer.example", "TXT", "chat.deepseek.com", "nowhere.peer.example",
    ])
    #expect(text.matches(of: /status: NOERROR/).count == 4, "\(text)")
    #expect(text.matches(of: /status: NXDOMAIN/).count == 1, "\(text)")
    #expect(text.contains("192.0.2.53"))
    #expect(server.server.value(.connectionsAccepted) == 1)
    #expect(server.server.value(.queriesTCP) == 5)
  }

  @Test("a name that NSD refuses to speak of is no answer from us either")
  func refused() throws {
    let answer = try Dig.ask(server.port, "www.elsewhere.example A")
    #expect(["SERVFAIL", "REFUSED"].contains(answer.status), "\(answer.text)")
    #expect(answer.answer.isEmpty)
  }

  @Test("the second upstream answers when the first is gone")
  func failsOver() throws {
    let gone = try Port.free()
    let server = try TestServer(upstreams: [gone, nsd.port])
    for name in ["www", "one", "x.wild"] {
      let answer = try Dig.ask(server.port, "\(name).peer.example A")
      #expect(answer.status == "NOERROR", "\(answer.text)")
    }
  }
}
