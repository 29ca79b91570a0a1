import NIOCore
import SinkholeWeb
import Synchronization
import Testing

/// What must not reach the desk.
@Suite("forms that are not ours", .timeLimit(.minutes(1)))
struct ForgeryTests {
  @Test("a token of another client, service, purpose or time, or an altered one, opens nothing")
  func tokens() async throws {
    let desk = MemoryDesk()
    let now = Mutex<UnixSeconds>(1_800_000_000)
    try await Harness.run(desk: desk, configuration: { $0.clock.now = { now.withLock { $0 } } }) { server in
      let page = try await server.browse("cautioned.example.org").body
      let token = try FormTests.token(page)
      let (expiry, code) = (token.prefix { $0 != "." }, token.drop { $0 != "." })
      let otherService = try FormTests.token(try await server.browse("named.example.org").body)
      let otherPurpose = try FormTests.token(try await server.browse("chat.example.org").body)
      #expect(UnixSeconds(expiry) == 1_800_003_600)
      for forged in [
        "", ".", "x", otherService, otherPurpose, "\(expiry)", "\(expiry).", "\(UnixSeconds(expiry)! + 1)\(code)",
        "+\(token)", "0\(token)", token.uppercased(), String(token.dropLast()), String(token.dropLast(2)), token + "00",
        String(token.dropLast()) + (token.hasSuffix("0") ? "1" : "0"), token + "." + token, "99999999999999999999\(code)",
        String(repeating: "a", count: 500),
      ] where forged != token {
        let answer = try await server.post(
          "cautioned.example.org", path: FormTests.acknowledge, "token=\(forged.replacing("+", with: "%2B"))")
        #expect(answer.status == 403, "\(forged)")
        #expect(answer.body.contains("This page had become out of date."), "\(forged)")
      }
      now.withLock { $0 += 3600 }
      try #expect(await server.post("cautioned.example.org", path: FormTests.acknowledge, "token=\(token)").status == 403)
      #expect(desk.acknowledgements.isEmpty)
      now.withLock { $0 -= 1 }
      try #expect(await server.post("cautioned.example.org", path: FormTests.acknowledge, "token=\(token)").status == 200)
      // One line for all of them.
      #expect(server.log.lines.count { $0.hasPrefix("event=notice-form-refused ") } == 1)
    }
  }

  @Test("a token made for one client is worth nothing from another address")
  func otherClient() async throws {
    let desk = MemoryDesk()
    try await Harness.run(desk: desk) { server in
      let token = try FormTests.token(try await server.browse("cautioned.example.org").body)
      let body = "token=\(token)"
      let answer = try await server.exchange(
        "POST \(FormTests.acknowledge) HTTP/1.1\r\nHost: cautioned.example.org\r\nAccept: text/html\r\n"
          + "Content-Type: application/x-www-form-urlencoded\r\nContent-Length: \(body.utf8.count)\r\n\r\n\(body)",
        from: "127.0.0.2")
      #expect(answer.status == 403)
      #expect(desk.acknowledgements.isEmpty)
    }
  }

  @Test("a token of one process is worth nothing to the next")
  func otherProcess() async throws {
    let token = Mutex("")
    try await Harness.run(desk: MemoryDesk()) { server in
      let page = try await server.browse("cautioned.example.org").body
      try token.withLock { $0 = try FormTests.token(page) }
    }
    try await Harness.run(desk: MemoryDesk()) { server in
      let body = "token=\(token.withLock { $0 })"
      try #expect(await server.post("cautioned.example.org", path: FormTests.acknowledge, body).status == 403)
    }
  }

  @Test(
    "what another site sends is refused before its token is looked at",
    arguments: [
      "Origin: https://evil.example", "Origin: https://cautioned.example.org.evil.example", "Origin: http://evil.example:80",
      "Origin: cautioned.example.org", "Origin: https://named.example.org", "Sec-Fetch-Site: cross-site",
      "Sec-Fetch-Site: same-site", "Sec-Fetch-Site: none",
    ])
  func foreign(header: String) async throws {
    let desk = MemoryDesk()
    try await Harness.run(desk: desk) { server in
      let token = try FormTests.token(try await server.browse("cautioned.example.org").body)
      let answer = try await server.post(
        "cautioned.example.org", path: FormTests.acknowledge, "token=\(token)", header)
      #expect(answer.status == 403)
      #expect(answer.body.contains("<h1>The form came from another site</h1>"))
      #expect(desk.acknowledgements.isEmpty)
      #expect(server.log.lines.contains("event=notice-form-refused client=127.0.0.1 reason=foreign count=1"))
    }
  }

  @Test(
    "its own origin, with any scheme and port, and one that browsers hide are the page's own",
    arguments: [
      "Origin: http://cautioned.example.org", "Origin: https://cautioned.example.org", "Origin: http://cautioned.example.org:8080",
      "Origin: null", "Sec-Fetch-Site: same-origin",
    ])
  func own(header: String) async throws {
    try await Harness.run(desk: MemoryDesk()) { server in
      let token = try FormTests.token(try await server.browse("cautioned.example.org").body)
      let answer = try await server.post(
        "cautioned.example.org", path: FormTests.acknowledge, "token=\(token)", header)
      #expect(answer.status == 200)
    }
  }

  @Test(
    "a body that no browser sends is refused",
    arguments: [
      "token", "token=a=b", "=a", "&", "token=a&", "token=a&token=b", "token=%", "token=%4", "token=%zz", "token=%ff",
      "token=%C0%AF", "token=%ED%A0%80", "token=%00", "token=%1b", "token=%C2%85", "token=a b", "token=a\r\nb", "token=é",
      "token=a&admin=1", "a=1&b=2&c=3&d=4&e=5&f=6&g=7&h=8&i=9",
    ])
  func bodies(body: String) async throws {
    let desk = MemoryDesk()
    try await Harness.run(desk: desk) { server in
      try #expect(await server.post("chat.example.org", path: FormTests.ask, body).status == 400)
      #expect(desk.requests.isEmpty)
    }
  }

  @Test(
    "another media type than a form's is refused",
    arguments: [
      ("application/json", 415), ("text/plain", 415), ("multipart/form-data; boundary=x", 415), ("", 415),
      ("application/x-www-form-urlencoded; charset=UTF-8", 403), ("Application/X-WWW-Form-URLEncoded", 403),
    ])
  func mediaTypes(type: String, status: Int) async throws {
    try await Harness.run(desk: MemoryDesk()) { server in
      let answer = try await server.post("chat.example.org", path: FormTests.ask, "token=a", "Content-Type: \(type)")
      #expect(answer.status == status)
    }
  }

  @Test("a form of 12 KiB is read and one octet more is not, whether its length is told or not")
  func length() async throws {
    try await Harness.run(desk: MemoryDesk()) { server in
      let most = FormLimits.bodyOctets
      for (count, status) in [(most, 403), (most + 1, 413), (1 << 20, 413)] {
        let body = "token=" + String(repeating: "a", count: count - 6)
        let answer = try await server.post("chat.example.org", path: FormTests.ask, body)
        #expect(answer.status == status, "\(count)")
        let head = "POST \(FormTests.ask) HTTP/1.1\r\nHost: chat.example.org\r\nAccept: text/html\r\n"
          + "Content-Type: application/x-www-form-urlencoded\r\nTransfer-Encoding: chunked\r\n\r\n"
        let chunked = try await server.exchange("\(head)\(String(count, radix: 16))\r\n\(body)\r\n0\r\n\r\n")
        #expect(chunked.status == status, "\(count) in chunks")
      }
    }
  }

  @Test("a form that is never finished is cut off with its connection, and never reaches the desk")
  func unfinished() async throws {
    let desk = MemoryDesk()
    try await Harness.run(desk: desk, configuration: { $0.limits.exchange = .milliseconds(300) }) { server in
      let began = ContinuousClock.now
      let answer = try await server.exchange(
        "POST \(FormTests.ask) HTTP/1.1\r\nHost: chat.example.org\r\n"
          + "Content-Type: application/x-www-form-urlencoded\r\nContent-Length: 100\r\n\r\ntoken=")
      #expect(answer.status != 200)
      #expect(began.duration(to: .now) < .seconds(10))
      #expect(desk.requests.isEmpty)
      try await server.expect(403, from: "chat.example.org")
    }
  }

  @Test("a form for a name that is not restricted, or of another kind of restriction, does nothing")
  func elsewhere() async throws {
    let desk = MemoryDesk()
    try await Harness.run(desk: desk) { server in
      let token = try FormTests.token(try await server.browse("cautioned.example.org").body)
      try #expect(await server.post("www.example.net", path: FormTests.acknowledge, "token=\(token)").status == 421)
      try #expect(await server.post("chat.example.org", path: FormTests.acknowledge, "token=\(token)").status == 403)
      try #expect(
        await server.post("cautioned.example.org", path: FormTests.ask, "token=\(token)\(FormTests.written)").status == 403)
      try #expect(await server.post("notice.example.org", path: FormTests.ask, "token=\(token)").status == 404)
      #expect(desk.acknowledgements.isEmpty && desk.requests.isEmpty)
    }
  }
}
