import Foundation
import SinkholeWeb
import Testing

@Suite("what the notice says", .timeLimit(.minutes(1)))
struct PageTests {
  @Test("the page shows every fact of the restriction")
  func facts() async throws {
    try await Harness.run { server in
      let page = try await server.get("chat.example.org").body
      for text in [
        ">chat.example.org<", "Example Chat", "Example Vendor", "AI chat assistant", "ministry/1", "*.example.org",
        "ai-chat.rpz.example@2026030401", "Concern about user data.", "Office of Examples",
        "https://office.example/about", "Directive 2026-14", "2027-03-31", "mailto:helpdesk@example.org", ">127.0.0.1<",
      ] {
        #expect(page.contains(text), "\(text)")
      }
    }
  }

  @Test("landmarks, one first heading and labelled sections carry the page for a screen reader")
  func structure() async throws {
    try await Harness.run { server in
      let page = try await server.get("chat.example.org").body
      for tag in ["<header>", "<main>", "<footer>", "<h1>", "<title>"] {
        #expect(page.split(separator: tag, omittingEmptySubsequences: false).count == 2, "\(tag)")
      }
      for id in page.matches(of: /aria-labelledby="(\w+)"/) {
        #expect(page.contains("<h2 id=\"\(id.output.1)\">"))
      }
      #expect(page.contains("<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\"/>"))
      #expect(page.hasPrefix("<!DOCTYPE html>\n"))
    }
  }

  @Test("what a rule does not say is left out or said by a default sentence")
  func defaults() async throws {
    try await Harness.run(configuration: { $0.contact = nil }) { server in
      let page = try await server.get("bare.example.org").body
      #expect(page.contains("The policy of this network does not allow the use of this service."))
      #expect(page.contains("please ask the people who run your network"))
      #expect(page.contains("<dd>newfangled</dd>"))
      #expect(page.contains(">z<"))
      #expect(!page.contains("<dt>Authority</dt>"))
      #expect(!page.contains("<dt>Contact</dt>"))
      #expect(try await server.get("ordered.example.org").body.contains("has been ordered to restrict"))
    }
  }

  @Test("the rule's contact stands before the server's, and the operator's name above the page")
  func contactAndOperator() async throws {
    var restriction = Restriction.bare
    restriction.contact = "legal@example.org"
    try await Harness.run(
      TableSource(restrictions: ["x.example.org": restriction]),
      configuration: { $0.theme.agency = LocalizedText("Ministry of Examples", translations: ["ko": "예시부"]) }
    ) { server in
      let page = try await server.get("x.example.org").body
      #expect(page.contains("mailto:legal@example.org"))
      #expect(!page.contains("helpdesk@example.org"))
      #expect(page.contains("<b>Ministry of Examples</b>"))
      #expect(try await server.get("x.example.org", "Accept-Language: ko").body.contains("<b>예시부</b>"))
    }
  }

  @Test("nothing from outside becomes markup, a link to a script, or a second log line")
  func escaping() async throws {
    try await Harness.run { server in
      let page = try await server.get("hostile.example.org").body
      for markup in ["<script", "<img", "<form", "<i>", "<b></", "<z>", "<d>", "<a>", "onload=\"x", "\u{202E}"] {
        #expect(!page.contains(markup), "\(markup)")
      }
      #expect(!page.contains("href=\"javascript"))
      #expect(page.contains("&lt;script&gt;alert(&#39;s&#39;)&lt;/script&gt;"))
      #expect(page.contains("&amp;lt;"))
      #expect(page.contains("&lt;<a href=\"mailto:x@evil.example\">x@evil.example</a>&gt;"))
      let line = try #require(server.log.lines.first { $0.hasPrefix("event=notice ") })
      #expect(line.contains(#"service="a b=\"c\"\u{a}event=forged" "#))
      #expect(!line.contains("\n"))

      let document = try await server.get("hostile.example.org", "Accept: application/json").body
      let object = try #require(try JSONSerialization.jsonObject(with: Data(document.utf8)) as? [String: Any])
      #expect(object["service"] as? String == "<script>alert('s')</script>")
      #expect(!document.contains("<"))
    }
  }

  @Test(
    "a contact in plain text becomes links",
    arguments: [
      ("desk@example.org", "<a href=\"mailto:desk@example.org\">desk@example.org</a>"),
      ("+82 2 2100-2114", "<a href=\"tel:+82221002114\">+82 2 2100-2114</a>"),
      ("(02) 2100 2114", "<a href=\"tel:0221002114\">(02) 2100 2114</a>"),
      ("1588-1234", "<a href=\"tel:15881234\">1588-1234</a>"),
      ("see https://desk.example/help?a=1&b=2", "see <a href=\"https://desk.example/help?a=1&amp;b=2\">https://desk.example/help?a=1&amp;b=2</a>"),
      ("room 4567, ext. 12", "<dd>room 4567, ext. 12</dd>"),
      ("a@b.example, 010-1234-5678.", "<a href=\"mailto:a@b.example\">a@b.example</a>, <a href=\"tel:01012345678\">010-1234-5678</a>."),
      ("정보보호팀 desk@example.org", "정보보호팀 <a href=\"mailto:desk@example.org\">"),
    ])
  func contact(text: String, html: String) async throws {
    try await Harness.run(configuration: { $0.contact = text }) { server in
      let page = try await server.get("chat.example.org").body
      #expect(page.contains(html))
    }
  }

  @Test("the reference code is eight letters and digits, another one each time, and stands in the log")
  func reference() async throws {
    try await Harness.run { server in
      var codes: Set<String> = []
      for _ in 0..<20 {
        let page = try await server.get("chat.example.org").body
        let code = try #require(page.firstMatch(of: /<code class="reference" translate="no">([0-9A-HJKMNP-TV-Z]{4}-[0-9A-HJKMNP-TV-Z]{4})</))
        codes.insert(String(code.output.1))
      }
      #expect(codes.count == 20)
      for code in codes {
        #expect(
          server.log.lines.contains(
            "event=notice reference=\(code) client=127.0.0.1 name=chat.example.org service=example-chat rule=ministry/1 status=403"))
      }
    }
  }

  @Test("the time is ISO 8601 with its zone, and it is now")
  func time() async throws {
    try await Harness.run { server in
      let page = try await server.get("chat.example.org").body
      let written = try #require(page.firstMatch(of: /<time datetime="([0-9T:+Z\-]{20,25})">\d{4}-\d\d-\d\d \d\d:\d\d:\d\d (UTC|[+\-]\d\d:\d\d)</))
      let date = try Date(String(written.output.1), strategy: .iso8601)
      #expect(abs(date.timeIntervalSinceNow) < 60)
    }
  }

  @Test("the problem document holds the facts of the page (RFC 9457)")
  func problem() async throws {
    try await Harness.run { server in
      let response = try await server.get("chat.example.org", "Accept: application/problem+json")
      let object = try #require(try JSONSerialization.jsonObject(with: Data(response.body.utf8)) as? [String: Any])
      let expected = [
        "type": "about:blank", "title": "Forbidden", "restriction": "blocked", "name": "chat.example.org", "service": "Example Chat",
        "service_id": "example-chat", "vendor": "Example Vendor", "category": "chat", "rule": "ministry/1",
        "trigger": "*.example.org", "policy": "ai-chat.rpz.example@2026030401", "reason": "Concern about user data.",
        "document": "Directive 2026-14", "review": "2027-03-31", "client": "127.0.0.1",
        "contact": "Help desk, helpdesk@example.org",
      ]
      for (name, value) in expected { #expect(object[name] as? String == value, "\(name)") }
      #expect(object["status"] as? Int == 403)
      #expect((object["authority"] as? [String: String])?["url"] == "https://office.example/about")
      #expect(server.log.lines.contains { $0.contains("reference=\(object["reference"] ?? "none") ") })
      let other = try await server.get("www.example.net", "Accept: application/json")
      #expect(other.status == 421)
      #expect(other.headers["content-type"] == "application/problem+json")
    }
  }
}
