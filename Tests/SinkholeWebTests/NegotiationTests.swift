import SinkholeWeb
import Testing

@Suite("language and form", .timeLimit(.minutes(1)))
struct NegotiationTests {
  @Test(
    "the reader's language is chosen as RFC 9110 section 12.5.4 says, English without a match",
    arguments: [
      (nil, "en"), ("", "en"), ("ko", "ko"), ("ko-KR,ko;q=0.9,en-US;q=0.8,en;q=0.7", "ko"),
      ("en-GB,en;q=0.9,ko;q=0.8", "en"), ("KO-kr", "ko"), ("fr,de;q=0.9", "en"), ("fr,ko;q=0.1", "ko"),
      ("en;q=0.5,ko;q=0.501", "ko"), ("ko,en", "ko"), ("en,ko", "en"), ("*", "en"), ("en;q=0,*", "ko"),
      ("*;q=0.5,ko;q=0.4", "en"), ("ko;q=0", "en"), ("ko;q=0,en;q=0", "en"), ("ko;q=2,en;q=0.1", "en"),
      ("ko;q=0.1234, en;q=0.1", "en"), ("kok", "en"), (" ko ; q=1.000 ", "ko"), (";;;,,,q=1", "en"),
    ])
  func language(field: String?, expected: String) async throws {
    try await Harness.run { server in
      let headers = field.map { "Accept-Language: \($0)" } ?? "X-None: 1"
      let response = try await server.get("chat.example.org", headers)
      #expect(response.headers["content-language"] == expected)
      #expect(response.body.contains("<html lang=\"\(expected)\">"))
    }
  }

  @Test("a Korean reader is told everything in Korean")
  func korean() async throws {
    try await Harness.run { server in
      let page = try await server.get("chat.example.org", "Accept-Language: ko").body
      for text in [
        "예시 채팅 서비스 접속이 제한되어 있습니다", "이용자 정보 수집에 대한 우려가 있습니다.", "예시청", "AI 대화 도우미",
        "사용하시는 컴퓨터에는 이상이 없습니다.", "문의처", "참조 번호",
      ] {
        #expect(page.contains(text))
      }
      for host in ["www.example.net", "127.0.0.1", "a b"] {
        let other = try await server.get(host, "Accept-Language: ko")
        #expect(other.headers["content-language"] == "ko")
      }
    }
  }

  @Test("a passage in another language than the page says so (WCAG 3.1.2)")
  func foreignPassage() async throws {
    var restriction = Restriction.bare
    restriction.reason = LocalizedText("한국어 사유", in: "ko")
    try await Harness.run(TableSource(restrictions: ["x.example.org": restriction])) { server in
      let english = try await server.get("x.example.org").body
      #expect(english.contains("<span lang=\"ko\">한국어 사유</span>"))
      let korean = try await server.get("x.example.org", "Accept-Language: ko").body
      #expect(korean.contains("<p>한국어 사유</p>"))
    }
  }

  @Test(
    "whoever accepts HTML by name gets the page, unless JSON is preferred; everyone else the problem document",
    arguments: [
      (nil, true), ("*/*", true), ("text/*", false), ("text/html, */*", false), ("application/json", true), ("application/problem+json", true),
      ("application/json, text/plain, */*", true),
      ("text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8", false),
      ("text/html,application/json", false), ("text/html;q=0.5,application/json", true),
      ("text/*;q=0.3, application/json;q=0.2", false), ("text/html;q=0, */*", true),
      ("APPLICATION/JSON", true), ("application/json;q=0", true), ("image/avif,image/*", true), ("text/html;q=0", true),
    ])
  func form(accept: String?, isProblem: Bool) async throws {
    try await Harness.run { server in
      let field = accept.map { "Accept: \($0)\r\n" } ?? ""
      let response = try await server.exchange("GET / HTTP/1.1\r\nHost: chat.example.org\r\n\(field)\r\n")
      #expect(response.status == 403)
      #expect(response.headers["content-type"] == (isProblem ? "application/problem+json" : "text/html; charset=utf-8"))
    }
  }
}
