import SinkholeWeb
import Synchronization
import Testing

/// Cautions acknowledged and authorisations asked for, as a browser does it.
@Suite("forms", .timeLimit(.minutes(1)))
struct FormTests {
  static let acknowledge = "/.well-known/sinkhole/acknowledge"
  static let ask = "/.well-known/sinkhole/ask"
  static let written = "&name=Kim+Minji&reason=Translation%0D%0Aof+papers&days=7"

  /// The token in the form of a page.
  static func token(_ page: String) throws -> String {
    String(try #require(page.firstMatch(of: /name="token" value="([0-9]+\.[0-9a-f]{64})"/)).output.1)
  }

  @Test("a caution carries its two points and a form, with 200 for a person's browser")
  func caution() async throws {
    try await Harness.run(desk: MemoryDesk()) { server in
      let response = try await server.browse("cautioned.example.org", "Sec-Fetch-Mode: navigate")
      #expect(response.status == 200)
      for text in [
        "<h1>Before you use Example Assistant</h1>", "Share no personal details", "Do not trust its results blindly",
        "action=\"/.well-known/sinkhole/acknowledge\"", "Concern about user data.", "Office of Examples",
        "Directive 2026-14", "2027-03-31", "mailto:helpdesk@example.org", "class=\"reference\"",
      ] { #expect(response.body.contains(text), "\(text)") }
      #expect(!response.body.contains("name=\"name\""))
      #expect(server.log.lines.contains { $0.hasPrefix("event=notice ") && $0.hasSuffix("rule=ministry/2 status=200") })
    }
  }

  @Test(
    "a caution is 403 for whatever is no person going to a page",
    arguments: [
      ("GET", ["Accept: */*"]), ("GET", ["Accept: application/json"]), ("GET", ["Accept: text/*"]),
      ("GET", ["Accept: text/html", "Sec-Fetch-Mode: cors"]), ("GET", ["Accept: text/html", "Sec-Fetch-Mode: no-cors"]),
      ("POST", ["Accept: text/html", "Content-Length: 0"]), ("PUT", ["Accept: text/html"]),
      ("OPTIONS", ["Accept: text/html"]), ("GET", ["Accept: text/html;q=0.1, application/json"]),
    ])
  func noNavigation(method: String, headers: [String]) async throws {
    try await Harness.run(desk: MemoryDesk()) { server in
      let lines = (["\(method) / HTTP/1.1", "Host: cautioned.example.org"] + headers).map { $0 + "\r\n" }.joined()
      try await server.expect(403, to: lines + "\r\n")
    }
  }

  @Test("without a desk no page has a form, a caution is 403, and a form that is sent is a request like any other")
  func noDesk() async throws {
    try await Harness.run { server in
      for host in ["cautioned.example.org", "chat.example.org", "ordered.example.org"] {
        let page = try await server.browse(host)
        #expect(page.status == (host.hasPrefix("ordered") ? 451 : 403))
        #expect(!page.body.contains("<form"))
        let sent = try await server.post(host, path: Self.ask, "token=x&name=secret-name")
        #expect(sent.status == page.status)
        #expect(!sent.text.contains("secret-name"))
      }
      try await server.expect(404, from: "127.0.0.1", path: "/.well-known/sinkhole/request/41?token=1.00")
    }
  }

  @Test("an acknowledgement reaches the desk once, and the page says until when and where to go")
  func acknowledged() async throws {
    let desk = MemoryDesk()
    try await Harness.run(desk: desk, configuration: { $0.clock.offset = { _ in 9 * 3600 } }) { server in
      let token = try Self.token(try await server.browse("cautioned.example.org").body)
      let response = try await server.post(
        "cautioned.example.org", path: Self.acknowledge, "token=\(token)", "Origin: null", "Sec-Fetch-Site: same-origin")
      #expect(response.status == 200)
      #expect(response.headers["connection"] == "close")
      for text in [
        "Example Assistant is open for you", "until 2026-11-25 03:05 +09:00", "for up to a minute",
        "href=\"https://cautioned.example.org/\" rel=\"noreferrer\"",
      ] { #expect(response.body.contains(text), "\(text)") }
      let kept = try #require(desk.acknowledgements.first)
      #expect(desk.acknowledgements.count == 1)
      #expect(kept.host == "cautioned.example.org")
      #expect(kept.client == "127.0.0.1")
      #expect(kept.serviceID == "example-assistant")
      #expect(kept.ruleID == "ministry/2")
      #expect(kept.name == nil)
      #expect(
        server.log.lines.contains {
          $0.hasPrefix("event=notice-acknowledged reference=") && $0.contains("until=2026-11-25T03:05:00+09:00")
        })
    }
  }

  @Test("where the rule wants a name, none is a fault of the field, and a long one as well")
  func nameRequired() async throws {
    let desk = MemoryDesk()
    try await Harness.run(desk: desk) { server in
      let token = try Self.token(try await server.browse("named.example.org").body)
      for (name, words) in [("", "Enter your name."), ("+%20", "Enter your name."), (String(repeating: "k", count: 101), "Shorten")] {
        let page = try await server.post("named.example.org", path: Self.acknowledge, "token=\(token)&name=\(name)")
        #expect(page.status == 422)
        #expect(page.body.contains("<a href=\"#name\">\(words)"))
        #expect(page.body.contains("aria-invalid=\"true\" aria-describedby=\"name-fault name-hint\""))
        #expect(page.body.contains("<title>Not sent: Before you use"))
      }
      #expect(desk.acknowledgements.isEmpty)
      _ = try await server.post(
        "named.example.org", path: Self.acknowledge, "token=\(token)&name=+\(String(repeating: "%EA%B9%80", count: 80))")
      #expect(desk.acknowledgements.map(\.name) == [String(repeating: "김", count: 80)])
    }
  }

  @Test("a desk that wants a name after all, refuses or knows of no caution has its words on the page")
  func refusals() async throws {
    let outcomes: [(AcknowledgementOutcome, Int, String)] = [
      (.nameRequired, 422, "Enter your name."), (.refused(.tooMany), 429, "Too many requests"),
      (.refused(.unavailable), 503, "cannot be taken at the moment"), (.notCautioned, 403, "out of date"),
    ]
    for (outcome, status, words) in outcomes {
      try await Harness.run(desk: MemoryDesk(acknowledged: { _ in outcome })) { server in
        let token = try Self.token(try await server.browse("cautioned.example.org").body)
        let page = try await server.post("cautioned.example.org", path: Self.acknowledge, "token=\(token)")
        #expect(page.status == status)
        #expect(page.body.contains(words))
        #expect(page.body.contains("role=\"alert\""))
      }
    }
    try await Harness.run(desk: MemoryDesk(refusal: .tooMany)) { server in
      let token = try Self.token(try await server.browse("chat.example.org").body)
      try #expect(await server.post("chat.example.org", path: Self.ask, "token=\(token)\(Self.written)").status == 429)
    }
  }

  @Test("a request for authorisation gets a number, and its address shows its state to its client alone")
  func asked() async throws {
    let desk = MemoryDesk(progress: .active(until: MemoryDesk.end))
    try await Harness.run(desk: desk) { server in
      let page = try await server.browse("chat.example.org")
      #expect(page.status == 403)
      #expect(page.body.contains("<summary><h2>Ask for authorisation</h2></summary>"))
      let receipt = try await server.post(
        "chat.example.org", path: Self.ask, "token=\(try Self.token(page.body))\(Self.written)")
      #expect(receipt.status == 200)
      #expect(receipt.body.contains("<h1>Your request has been received</h1>"))
      #expect(receipt.body.contains(">41<"))
      let request = try #require(desk.requests.first)
      #expect(request.serviceID == "example-chat")
      #expect(request.client == "127.0.0.1")
      #expect(request.name == "Kim Minji")
      #expect(request.reason == "Translation\nof papers")
      #expect(request.days == 7)
      #expect(receipt.body.contains(request.reference))
      #expect(server.log.lines.contains { $0.hasPrefix("event=notice-asked ") && $0.hasSuffix("number=41 days=7") })
      #expect(!server.log.lines.contains { $0.contains("Minji") || $0.contains("papers") })

      let address = try #require(
        receipt.body.firstMatch(of: /href="http:\/\/notice\.example\.org(\/\.well-known\/sinkhole\/request\/41\?token=[0-9a-f.]+)"/))
      let path = String(address.output.1)
      for host in ["notice.example.org", "127.0.0.1", "chat.example.org"] {
        let state = try await server.browse(host, path: path)
        #expect(state.status == 200)
        #expect(state.body.contains("<strong>Open</strong>"))
        #expect(state.body.contains("2026-11-24 18:05 UTC"))
        #expect(state.body.contains("&lt;b&gt;Note&lt;/b&gt;"))
      }
      for other in [path.replacing("/41?", with: "/42?"), path + "0", path.replacing("token=", with: "token=1")] {
        let state = try await server.browse("notice.example.org", path: other)
        #expect(state.status == 404, "\(other)")
        #expect(!state.body.contains("Open"))
      }
    }
  }

  @Test("what is missing in a request is said at its field, and what was written comes back")
  func incomplete() async throws {
    let desk = MemoryDesk()
    try await Harness.run(desk: desk) { server in
      let token = try Self.token(try await server.browse("chat.example.org").body)
      let cases: [(String, [String])] = [
        ("", ["#name", "#reason", "#days"]), ("&name=Kim&reason=Because&days=2", ["#days"]),
        ("&name=Kim&reason=Because&days=90000000000000000000", ["#days"]), ("&name=Kim&reason=+%0D%0A&days=30", ["#reason"]),
        ("&name=Kim&reason=\(String(repeating: "r", count: 501))&days=30", ["#reason"]),
      ]
      for (body, fields) in cases {
        let page = try await server.post("chat.example.org", path: Self.ask, "token=\(token)\(body)")
        #expect(page.status == 422)
        #expect(page.body.matches(of: /<a href="(#\w+)">/).map { String($0.output.1) } == fields, "\(body)")
        #expect(page.body.contains("<details class=\"panel\" open=\"open\">"))
        #expect(page.body.contains("value=\"Kim\"") == body.contains("Kim"))
      }
      let hostile = try await server.post(
        "chat.example.org", path: Self.ask,
        "token=\(token)&name=%22%3E%3Cscript%3E&reason=%3C%2Ftextarea%3E%3Cscript%3E&days=0")
      #expect(hostile.body.contains("value=\"&quot;&gt;&lt;script&gt;\""))
      #expect(hostile.body.contains("&lt;/textarea&gt;&lt;script&gt;</textarea>"))
      #expect(!hostile.body.contains("<script"))
      #expect(desk.requests.isEmpty)
    }
  }

  @Test("there is no path by which a reader approves anything", arguments: ["approve", "approve/41", "revoke", "request/41", "", "../ask"])
  func noApproval(path: String) async throws {
    let desk = MemoryDesk()
    try await Harness.run(desk: desk) { server in
      let token = try Self.token(try await server.browse("chat.example.org").body)
      let page = try await server.post(
        "chat.example.org", path: "/.well-known/sinkhole/\(path)", "token=\(token)\(Self.written)")
      #expect(page.status == 403)
      #expect(page.body.contains("<h1>Access to Example Chat is restricted</h1>"))
      #expect(desk.requests.isEmpty && desk.acknowledgements.isEmpty)
    }
  }
}
