import SinkholeWeb
import Testing

@Suite("the page of what is restricted", .timeLimit(.minutes(1)))
struct OverviewTests {
  static let overview = RestrictionOverview([
    RestrictionOverview.Rule(
      id: "ministry/1", action: .blocked,
      reason: LocalizedText("Concern about user data.", in: "en", translations: ["ko": "개인정보 우려"]), authority: "Office",
      document: "Directive 2026-14", review: "2027-03-31", contact: "legal@example.org",
      services: [
        service("a", "chat"), service("b", "chat"), service("c", "image"), service("<i>", "newfangled"), service("e", ""),
      ], lists: ["bypass"]),
    RestrictionOverview.Rule(id: "order/7", action: .ordered, services: [service("d", "video")]),
    RestrictionOverview.Rule(
      id: "ministry/2", action: .cautioned,
      services: [
        RestrictionOverview.Service(
          id: "open", name: LocalizedText("Opened", translations: ["ko": "열린 서비스"]), vendor: "Vendor", category: "chat",
          openUntil: MemoryDesk.end)
      ]),
  ])

  private static func service(_ id: String, _ category: String) -> RestrictionOverview.Service {
    RestrictionOverview.Service(id: id, name: LocalizedText("Service \(id)"), vendor: "Vendor", category: category)
  }

  @Test("it lists services by rule and category, with the rule's words, and what is open for the reader")
  func lists() async throws {
    var source = TableSource.standard
    source.shown = Self.overview
    try await Harness.run(source) { server in
      let page = try await server.browse("notice.example.org").body
      for text in [
        "Concern about user data.", "ministry/1", "Directive 2026-14", "2027-03-31", "mailto:legal@example.org",
        "AI chat assistant <span class=\"count\">2 services</span>", "Image generation <span class=\"count\">1 service</span>",
        "newfangled", "Other services", "Service &lt;i&gt;", ">bypass<", "Restricted by order", "Open after a caution",
        "Opened <span class=\"vendor\">Vendor</span>", "open for you until 2026-11-24 18:05 UTC",
        "mailto:helpdesk@example.org",
      ] { #expect(page.contains(text), "\(text)") }
      let korean = try await server.browse("notice.example.org", "Accept-Language: ko").body
      for text in ["개인정보 우려", "열린 서비스", "AI 대화 도우미 <span class=\"count\">서비스 2개</span>"] {
        #expect(korean.contains(text), "\(text)")
      }
    }
  }

  @Test("it says when nothing is restricted")
  func nothing() async throws {
    try await Harness.run { server in
      try #expect(await server.browse("127.0.0.1").body.contains("No service is restricted for your computer."))
    }
  }

  @Test("it shows 500 services and 100 rules at the most, and counts the rest", arguments: [(1, 500, 0), (1, 501, 1), (3, 300, 400), (150, 3, 150)])
  func bounds(rules: Int, each: Int, omitted: Int) async throws {
    let overview = RestrictionOverview(
      (0..<rules).map { rule in
        RestrictionOverview.Rule(
          id: "r\(rule)", action: .blocked, services: (0..<each).map { Self.service("\(rule)-\($0)", "chat") })
      })
    #expect(overview.omitted == omitted)
    #expect(overview.rules.count <= RestrictionOverview.mostRules)
    var source = TableSource.standard
    source.shown = overview
    try await Harness.run(source) { server in
      let page = try await server.browse("notice.example.org").body
      #expect(page.matches(of: #/<li>Service /#).count == rules * each - omitted)
      #expect(page.contains("\(omitted) more are restricted") == (omitted > 0))
    }
  }
}
