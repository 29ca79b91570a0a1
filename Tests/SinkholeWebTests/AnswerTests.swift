import SinkholeWeb
import Testing

@Suite("what is answered", .timeLimit(.minutes(1)))
struct AnswerTests {
  @Test("a restricted name gets 403, and the page names what happened")
  func blocked() async throws {
    try await Harness.run { server in
      let response = try await server.get("chat.example.org")
      #expect(response.status == 403)
      #expect(response.headers["content-type"] == "text/html; charset=utf-8")
      #expect(response.headers["link"] == nil)
      #expect(response.body.contains("<h1>Access to Example Chat is restricted</h1>"))
      #expect(response.body.contains("Nothing is wrong with your computer."))
    }
  }

  @Test("an order from outside gets 451, and Link names this site as the one who blocks (RFC 7725 section 4)")
  func ordered() async throws {
    try await Harness.run { server in
      let response = try await server.get("ordered.example.org")
      #expect(response.text.hasPrefix("HTTP/1.1 451 Unavailable For Legal Reasons\r\n"))
      #expect(response.headers["link"] == "<http://notice.example.org/>; rel=\"blocked-by\"")
      #expect(response.body.contains("<a href=\"https://court.example/\" rel=\"external\">Court of Examples</a>"))
    }
  }

  @Test("a name that is not restricted gets 421 and nothing of itself", arguments: ["www.example.net", "example.org", "localhost"])
  func misdirected(host: String) async throws {
    try await Harness.run { server in
      let response = try await server.get(host)
      #expect(response.status == 421)
      #expect(!response.body.contains(host))
      #expect(server.log.lines.allSatisfy { !$0.contains("event=notice ") })
    }
  }

  @Test("a name restricted for another client only gets 421")
  func otherClient() async throws {
    try await Harness.run(TableSource(restrictions: ["chat.example.org": .chat], onlyFor: "192.0.2.1")) { server in
      try await server.expect(421, from: "chat.example.org")
    }
    try await Harness.run(TableSource(restrictions: ["chat.example.org": .chat], onlyFor: "127.0.0.1")) { server in
      try await server.expect(403, from: "chat.example.org")
    }
  }

  @Test(
    "case, port and trailing dot of the Host do not matter",
    arguments: ["CHAT.Example.ORG", "chat.example.org:80", "chat.example.org.", "chat.example.org.:8080", "chat.example.org:"])
  func sameHost(host: String) async throws {
    try await Harness.run { server in
      try await server.expect(403, from: host)
    }
  }

  @Test(
    "what is no host gets 400",
    arguments: [
      "", ".", "chat..example.org", "chat.example.org:http", "chat.example.org:123456", "a b", "chat%2eexample.org",
      "user@chat.example.org", "chat.example.org/x", "<b>", "[::1", "[zz]", "채팅.example.org",
      String(repeating: "a", count: 64) + ".example.org",
      String(repeating: "abc.", count: 70) + "org",
    ])
  func badHost(host: String) async throws {
    try await Harness.run { server in
      try await server.expect(400, from: host)
    }
  }

  @Test("no Host, or two of them, gets 400 (RFC 9112 section 3.2)")
  func hostCount() async throws {
    try await Harness.run { server in
      try await server.expect(400, to: "GET / HTTP/1.1\r\n\r\n")
      try await server.expect(400, to: "GET / HTTP/1.0\r\n\r\n")
      try await server.expect(400, from: "chat.example.org", "Host: chat.example.org")
      try await server.expect(400, to: "not http at all\r\n\r\n")
    }
  }

  @Test(
    "this server's own name and its bare address tell at / what is restricted",
    arguments: ["notice.example.org", "127.0.0.1", "127.0.0.1:8080", "[::1]", "[2001:db8::1]:80"])
  func thisServer(host: String) async throws {
    try await Harness.run { server in
      let page = try await server.get(host)
      #expect(page.status == 200)
      #expect(page.body.contains("<h1>What is restricted on your network</h1>"))
      #expect(page.body.contains("mailto:helpdesk@example.org"))
      try await server.expect(200, from: host, path: "/?from=elsewhere")
      try await server.expect(404, from: host, path: "/elsewhere")
      let posted = try await server.get(host, method: "POST", "Content-Length: 0")
      #expect(posted.status == 405)
      #expect(posted.headers["allow"] == "GET, HEAD")
    }
  }

  @Test(
    "every method gets the same answer for a restricted name",
    arguments: ["GET", "POST", "PUT", "DELETE", "OPTIONS", "PATCH", "PROPFIND"])
  func methods(method: String) async throws {
    try await Harness.run { server in
      let response = try await server.get("chat.example.org", path: "/v1/chat", method: method)
      #expect(response.status == 403)
      #expect(response.body.contains("Example Chat"))
    }
  }

  @Test("HEAD has the header of GET and no body")
  func head() async throws {
    try await Harness.run { server in
      let response = try await server.get("chat.example.org", method: "HEAD")
      #expect(response.status == 403)
      #expect(response.body.isEmpty)
      #expect(response.headers["content-type"] == "text/html; charset=utf-8")
      let length = try await server.get("chat.example.org").headers["content-length"]
      #expect(response.headers["content-length"] == length)
    }
  }
}
