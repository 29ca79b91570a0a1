import NIOCore
import SinkholeWeb
import Testing

/// Each bound of `NoticeLimits`, at its end.
@Suite("bounds and what is never kept", .timeLimit(.minutes(1)))
struct BoundsTests {
  @Test("path, query, body, cookies and credentials appear neither in the page nor in the log")
  func privacy() async throws {
    try await Harness.run { server in
      let request = """
        POST /secret-path?prompt=secret-query HTTP/1.1\r
        Host: chat.example.org\r
        Cookie: session=secret-cookie\r
        Authorization: Bearer secret-key\r
        User-Agent: secret-agent\r
        Referer: http://secret-referer.example/\r
        Content-Length: 11\r
        \r
        secret-body
        """
      for accept in ["text/html", "application/json"] {
        let response = try await server.exchange(
          request.replacing("Content-Length", with: "Accept: \(accept)\r\nContent-Length"))
        #expect(response.status == 403)
        #expect(!response.text.contains("secret"))
      }
      #expect(!server.log.lines.isEmpty)
      #expect(server.log.lines.allSatisfy { !$0.contains("secret") })
    }
  }

  @Test("a body of 4 MiB is thrown away and the page arrives whole")
  func bigBody() async throws {
    try await Harness.run { server in
      let response = try await server.connect { inbound, outbound in
        let head = "POST / HTTP/1.1\r\nHost: chat.example.org\r\nContent-Length: 4194304\r\n\r\n"
        try await outbound.write(ByteBuffer(string: head))
        try await outbound.write(ByteBuffer(repeating: 0x61, count: 4_194_304))
        return RawResponse(try await Harness.everything(inbound))
      }
      #expect(response.status == 403)
      #expect(response.headers["content-length"] == "\(response.body.utf8.count)")
    }
  }

  @Test("the answer does not wait for the body")
  func unsentBody() async throws {
    try await Harness.run { server in
      let response = try await server.get(
        "chat.example.org", method: "POST", "Content-Length: 1000000", "Expect: 100-continue")
      #expect(response.status == 403)
    }
  }

  @Test("one connection is one request: a second one behind it is not answered")
  func pipelining() async throws {
    try await Harness.run { server in
      let request = "GET / HTTP/1.1\r\nHost: chat.example.org\r\n\r\n"
      let answer = try await server.exchange(request + request)
      #expect(answer.text.split(separator: "HTTP/1.1 403", omittingEmptySubsequences: false).count == 2)
      #expect(server.log.lines.count { $0.hasPrefix("event=notice ") } == 1)
    }
  }

  @Test("a client that half-closes after its request is answered")
  func halfClose() async throws {
    try await Harness.run { server in
      let response = try await server.connect { inbound, outbound in
        try await outbound.write(ByteBuffer(string: "GET / HTTP/1.1\r\nHost: chat.example.org\r\n\r\n"))
        outbound.finish()
        return RawResponse(try await Harness.everything(inbound))
      }
      #expect(response.status == 403)
    }
  }

  @Test("a head that is too large, in one field or in many, is refused with 400")
  func headLimits() async throws {
    try await Harness.run(configuration: { $0.limits.headerOctets = 2000; $0.limits.headerFields = 20 }) { server in
      try await server.expect(403, from: "chat.example.org", "X: " + String(repeating: "x", count: 1800))
      try await server.expect(400, from: "chat.example.org", "X: " + String(repeating: "x", count: 2001))
      try await server.expect(400, from: "chat.example.org", path: "/" + String(repeating: "x", count: 2001))
      let fields = repeatElement("X: 1\r\n", count: 19).joined()
      let head = "GET / HTTP/1.1\r\nHost: chat.example.org\r\n"
      try await server.expect(403, to: head + fields + "\r\n")
      try await server.expect(400, to: head + fields + "X: 1\r\n\r\n")
    }
  }

  @Test("a client that sends its head an octet at a time is cut off, however busy it looks")
  func slowHead() async throws {
    try await Harness.run(configuration: { $0.limits.exchange = .milliseconds(400) }) { server in
      let began = ContinuousClock.now
      let answer = try await server.connect { inbound, outbound in
        try await withThrowingTaskGroup(of: String?.self) { tasks in
          tasks.addTask { try await Harness.everything(inbound) }
          tasks.addTask {
            // The pace is the point of this client: slow, but never idle for long.
            for octet in ("GET / HTTP/1.1\r\nX-Slow: " + String(repeating: "a", count: 1000)).utf8 {
              do { try await outbound.write(ByteBuffer(bytes: [octet])) } catch { return nil }
              try? await Task.sleep(for: .milliseconds(40))
              if Task.isCancelled { return nil }
            }
            return nil
          }
          defer { tasks.cancelAll() }
          while let result = try await tasks.next() {
            if let result { return result }
          }
          return ""
        }
      }
      #expect(answer == "")
      #expect((.milliseconds(300) ... .seconds(10)).contains(began.duration(to: .now)))
      try await server.expect(403, from: "chat.example.org")
    }
  }

  @Test("a client with too many connections is closed at once, and served again when one has ended")
  func connectionsPerClient() async throws {
    try await Harness.run(configuration: {
      $0.limits.connectionsPerClient = 2
      $0.limits.exchange = .milliseconds(500)
    }) { server in
      try await server.connect { first, firstOut in
        try await firstOut.write(ByteBuffer(string: "GET"))
        try await server.connect { second, secondOut in
          try await secondOut.write(ByteBuffer(string: "GET"))
          // Connections are accepted in order, so the third meets two.
          let refused = try await server.exchange("")
          #expect(refused.text == "")
          let refusedToo = try await server.exchange("")
          #expect(refusedToo.text == "")
          // The second refusal waits for the next report.
          #expect(
            server.log.lines.filter { $0.hasPrefix("event=notice-refused ") }
              == ["event=notice-refused client=127.0.0.1 reason=connections-per-client count=1"])
          _ = try await Harness.everything(first)
          _ = try await Harness.everything(second)
        }
      }
      try await server.expect(403, from: "chat.example.org")
    }
  }

  @Test("a client that keeps its side open after the answer loses its place")
  func linger() async throws {
    try await Harness.run(configuration: {
      $0.limits.connectionsPerClient = 1
      $0.limits.linger = .milliseconds(100)
      $0.limits.exchange = .seconds(50)
    }) { server in
      try await server.connect { inbound, outbound in
        try await outbound.write(ByteBuffer(string: "GET / HTTP/1.1\r\nHost: chat.example.org\r\n\r\n"))
        let answer = RawResponse(try await Harness.everything(inbound))
        #expect(answer.status == 403)
        // Refused until the first one's place is free; the suite's time limit ends it otherwise.
        while try await server.get("chat.example.org").status != 403 {}
      }
    }
  }

  @Test("when all places are taken, the next one waits until one ends")
  func connections() async throws {
    try await Harness.run(configuration: {
      $0.limits.connections = 2
      $0.limits.exchange = .milliseconds(500)
    }) { server in
      let began = ContinuousClock.now
      try await server.connect { _, firstOut in
        try await firstOut.write(ByteBuffer(string: "GET"))
        try await server.connect { _, secondOut in
          try await secondOut.write(ByteBuffer(string: "GET"))
          try await server.expect(403, from: "chat.example.org")
        }
      }
      #expect((.milliseconds(400) ... .seconds(10)).contains(began.duration(to: .now)))
    }
  }
}
