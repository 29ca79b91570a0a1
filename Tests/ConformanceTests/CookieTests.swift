import Foundation
import Sinkhole
import Support
import Testing

@Suite("Cookies are answered (RFC 7873, RFC 9018)")
struct CookieTests {
  private static let half: [UInt8] = [1, 2, 3, 4, 5, 6, 7, 8]

  private static func edns(_ cookie: [UInt8]) -> Message.EDNS { Message.EDNS(options: Packet.option(10, cookie)) }

  @Test("every answer with an OPT has both halves, by every path but another version's", arguments: EDNSTests.Path.allCases, Transport.allCases)
  func everyPath(_ path: EDNSTests.Path, _ transport: Transport) throws {
    let answer = try path.answer(Self.edns(Self.half), transport)
    #expect(answer.options.filter { $0.code == 10 }.count == 1)
    let cookie = try #require(answer.cookie)
    #expect(cookie.count == 24)
    #expect(Array(cookie[..<8]) == Self.half)
    // Version 1, reserved octets 0, the time.
    #expect(Array(cookie[8..<12]) == [1, 0, 0, 0])
    let time = cookie[12..<16].reduce(0) { $0 << 8 | Int($1) }
    #expect(abs(time - Int(Date().timeIntervalSince1970)) <= 60)
    #expect(try path.answer(Message.EDNS(), transport).cookie == nil)
    #expect(try path.answer(Message.EDNS(version: 1, options: Packet.option(10, Self.half)), transport).cookie == nil)
  }

  @Test("a cookie that comes back is good, and good for its own address alone")
  func comesBack() throws {
    let server = try TestServer { $0.server.workers = 2 }
    let cookie = try #require(try server.udp().ask(Message.query("deepseek.com", edns: Self.edns(Self.half)))?.cookie)
    // Every worker knows it: a new port each time, and TCP.
    for _ in 0..<16 {
      #expect(try server.udp().ask(Message.query("deepseek.com", edns: Self.edns(cookie)))?.cookie == cookie)
    }
    #expect(try server.tcp().ask(Message.query("deepseek.com", edns: Self.edns(cookie)))?.cookie == cookie)
    #expect(server.value(.cookiesProven) == 17)
    #expect(server.value(.cookiesWrong) == 0)
    let other = try #require(try server.udp(from: "127.0.0.9").ask(Message.query("deepseek.com", edns: Self.edns(cookie))))
    #expect(other.cookie?.count == 24 && other.cookie != cookie)
    #expect(server.value(.cookiesWrong) == 1)
  }

  static let wrong: [Shape] = [
    Shape("8 octets", half + [UInt8](repeating: 7, count: 8)),
    Shape("16 that nobody made", half + [1, 0, 0, 0] + [UInt8](repeating: 7, count: 12)),
    Shape("16 of another version", half + [2, 0, 0, 0] + [UInt8](repeating: 7, count: 12)),
    Shape("17 octets", half + [UInt8](repeating: 1, count: 17)),
    Shape("32 octets", half + [UInt8](repeating: 1, count: 32)),
  ]

  @Test("a server's half that is not ours is answered as usual, with a fresh one", arguments: wrong, Transport.allCases)
  func isWrong(_ shape: Shape, _ transport: Transport) throws {
    let server = try TestServer()
    let client = try server.client(transport)
    let answer = try #require(client.ask(Message.query("deepseek.com", edns: Self.edns(shape.octets))))
    #expect(answer.rcode == 0)
    #expect(answer.answers.map(\.ipv4) == ["192.0.2.53"])
    let cookie = try #require(answer.cookie)
    #expect(Array(cookie[..<8]) == Self.half)
    #expect(client.ask(Message.query("deepseek.com", edns: Self.edns(cookie)))?.cookie == cookie)
    #expect(server.value(.cookiesWrong) == 1)
    #expect(server.value(.cookiesProven) == 1)
  }

  @Test("a cookie of another length gets FORMERR", arguments: [0, 1, 7, 9, 15, 41, 64], Transport.allCases)
  func length(_ count: Int, _ transport: Transport) throws {
    let server = try TestServer()
    let client = try server.client(transport)
    let cookie = [UInt8](repeating: 1, count: count)
    client.sendMessage(Message.query("deepseek.com", id: Packet.id, edns: Self.edns(cookie)))
    #expect(client.receiveMessage() == Message.be(Packet.id) + [0x81, 0x81] + [UInt8](repeating: 0, count: 8))
    #expect(server.value(.rejected) == 1)
    // Of several the first counts.
    let two = Message.EDNS(options: Packet.option(10, Self.half) + Packet.option(10, cookie))
    #expect(client.ask(Message.query("deepseek.com", edns: two))?.cookie?.count == 24)
  }

  @Test("no question and a cookie asks for a cookie (RFC 7873 section 5.4)", arguments: Transport.allCases)
  func noQuestion(_ transport: Transport) throws {
    let server = try TestServer()
    let client = try server.client(transport)
    func ask(_ cookie: [UInt8]) throws -> Message {
      try #require(client.ask(Packet.raw(questions: 0, additional: 1, Self.edns(cookie).record)))
    }
    let first = try ask(Self.half)
    #expect(first.rcode == 0)
    #expect(first.id == Packet.id)
    #expect(first.questionCount == 0)
    #expect(first.octets.count == 12 + 11 + 28)
    let cookie = try #require(first.cookie)
    #expect(try ask(cookie).rcode == 0)
    #expect(try ask(cookie).cookie == cookie)
    let wrong = try ask(Self.half + [UInt8](repeating: 9, count: 16))
    // BADCOOKIE, and a good one.
    #expect(wrong.rcode == 23)
    let fresh = try #require(wrong.cookie)
    #expect(try ask(fresh).rcode == 0)
    // Another version has its own answer first, and a malformed cookie none.
    let version = Packet.raw(questions: 0, additional: 1, Message.EDNS(version: 1, options: Packet.option(10, Self.half)).record)
    #expect(client.ask(version)?.rcode == 16)
    client.sendMessage(Packet.raw(questions: 0, additional: 1, Self.edns([1]).record))
    #expect(client.receiveMessage()?.count == 12)
  }

  @Test("a stranger gets no cookie without a question, but REFUSED")
  func stranger() throws {
    let server = try TestServer { $0.allowedClients = [] }
    let answer = try #require(try server.udp().ask(Packet.raw(questions: 0, additional: 1, Self.edns(Self.half).record)))
    #expect(answer.rcode == 5)
    #expect(server.value(.refusedAccess) == 1)
  }

  @Test("turned off, the option is passed over whatever it holds, and no question is no query", arguments: Transport.allCases)
  func off(_ transport: Transport) throws {
    let server = try TestServer { $0.cookies = .off }
    let client = try server.client(transport)
    for cookie in [Self.half, [], [1, 2, 3], [UInt8](repeating: 1, count: 24), [UInt8](repeating: 1, count: 50)] {
      let answer = try #require(client.ask(Message.query("deepseek.com", edns: Self.edns(cookie))))
      #expect(answer.rcode == 0)
      #expect(answer.cookie == nil)
    }
    client.sendMessage(Packet.raw(questions: 0, additional: 1, Self.edns(Self.half).record))
    #expect(client.receiveMessage() == Message.be(Packet.id) + [0x81, 0x81] + [UInt8](repeating: 0, count: 8))
  }

  @Test("servers with one file of secrets know each other's cookies, also while the secret changes")
  func shared() throws {
    let file = FileManager.default.temporaryDirectory.appendingPathComponent("secrets-\(UUID())").path
    defer { try? FileManager.default.removeItem(atPath: file) }
    let (first, second) = (String(repeating: "0f", count: 16), String(repeating: "A1", count: 16))
    func server(_ lines: String) throws -> TestServer {
      try lines.write(toFile: file, atomically: true, encoding: .utf8)
      return try TestServer { $0.cookies = .file(file) }
    }
    let old = try server("# of this site\n\(first)\n")
    let cookie = try #require(try old.udp().ask(Message.query("deepseek.com", edns: Self.edns(Self.half)))?.cookie)
    // The secret to come is known, then makes cookies, then stands alone.
    let states = [("\(first)\n\(second)", true, true), ("\(second)\n\n\(first)\n", true, false), ("\(second)\n", false, false)]
    for (lines, isGood, stays) in states {
      let other = try server(lines)
      let answer = try #require(try other.udp().ask(Message.query("deepseek.com", edns: Self.edns(cookie))))
      #expect(other.value(.cookiesProven) == (isGood ? 1 : 0))
      #expect((answer.cookie == cookie) == stays)
    }
  }

  @Test("a file of secrets that is wrong refuses the load, and no part of a secret is repeated", arguments: [
    ("", 1), ("00ff\n", 1), (String(repeating: "0g", count: 16), 1),
    (Array(repeating: String(repeating: "01", count: 16), count: 3).joined(separator: "\n"), 1), ("x\ny\n", 2),
  ])
  func faults(_ text: String, _ count: Int) throws {
    let file = FileManager.default.temporaryDirectory.appendingPathComponent("secrets-\(UUID())").path
    defer { try? FileManager.default.removeItem(atPath: file) }
    try text.write(toFile: file, atomically: true, encoding: .utf8)
    let faults = try #require(throws: Faults.self) { try TestServer { $0.cookies = .file(file) } }
    #expect(faults.list.count == count)
    #expect(faults.list.allSatisfy { $0.file == file && !$0.description.contains("0g0g") })
    #expect(throws: Faults.self) { try TestServer { $0.cookies = .file(file + ".none") } }
  }

  @Test("a cookie has its room in every answer: what does not fit beside it is cut")
  func room() throws {
    let upstream = try ScriptedUpstream { query in
      [.send(Message.response(to: query.octets, answers: [Message.record(16, Packet.text(length: query.number))]))]
    }
    defer { upstream.stop() }
    let server = try TestServer(upstreams: [upstream.port])
    let rest = 12 + Message.wire("n440.example.org").count + 4 + 12 + 11 + 28
    let edns = Message.EDNS(size: 512, options: Packet.option(10, Self.half))
    for (length, isWhole) in [(512 - rest, true), (512 - rest + 1, false)] {
      for _ in 0..<2 {
        let answer = try #require(try server.udp().ask(Message.query("n\(length).example.org", 16, edns: edns)))
        #expect(answer.octets.count <= 512)
        #expect(answer.isTruncated == !isWhole)
        #expect(answer.cookie?.count == 24)
      }
    }
  }
}

extension Message {
  /// Data of the COOKIE option.
  var cookie: [UInt8]? { options.first { $0.code == 10 }?.data }
}
