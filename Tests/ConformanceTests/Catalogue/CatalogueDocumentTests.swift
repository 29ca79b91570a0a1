import Foundation
import Support
import Testing

/// The tables of docs/catalogue.md, counted from the zones.
@Suite("What docs/catalogue.md counts")
struct CatalogueDocumentTests {
  private typealias Confidence = CatalogueSources.Confidence
  private static let ai = CatalogueZone.shipped.filter(\.isAboutAI)

  /// Names of these zones of which `fits` holds, by confidence: how many at all, high, medium.
  private static func names(
    _ zones: [CatalogueZone], _ fits: (CatalogueZone, CatalogueZone.Rule) -> Bool = { _, _ in true }
  ) -> String {
    var counts: [Confidence: Int] = [:]
    for zone in zones {
      for rule in zone.names where fits(zone, rule) {
        counts[CatalogueSources.documented.confidence(of: rule, in: zone), default: 0] += 1
      }
    }
    return "\(counts.values.reduce(0, +)) | \(counts[.high] ?? 0) | \(counts[.medium] ?? 0)"
  }

  private static func services(_ zones: [CatalogueZone], _ fits: (CatalogueZone.Service) -> Bool = { _ in true }) -> Int
  {
    zones.reduce(0) { $0 + $1.services.count(where: fits) }
  }

  static let categories: [String] = {
    let rows = ai.map { zone in
      "| \(zone.title.dropFirst(3)) | `\(zone.path)` | \(services([zone])) | \(names([zone])) |"
    }
    return ["| category | file | services | names | high | medium |", "| --- | --- | --- | --- | --- | --- |"] + rows
      + ["| all | | \(services(ai)) | \(names(ai)) |"]
  }()

  /// Those with five services at least, the most first; then all others in one row.
  static let jurisdictions: [String] = {
    let all = Dictionary(grouping: ai.flatMap(\.services)) { $0["jurisdiction"] ?? "" }.mapValues(\.count)
    let many = all.filter { $0.value >= 5 }.keys.sorted { (all[$1] ?? 0, $0) < (all[$0] ?? 0, $1) }
    func row(_ title: String, _ codes: Set<String>) -> String {
      let ids = Set(ai.flatMap(\.services).filter { codes.contains($0["jurisdiction"] ?? "") }.map(\.id))
      let counted = names(ai) { _, rule in ids.contains(rule.service ?? "") }
      return "| \(title) | \(services(ai) { ids.contains($0.id) }) | \(counted) |"
    }
    let others = Set(all.keys).subtracting(many)
    return ["| jurisdiction | services | names | high | medium |", "| --- | --- | --- | --- | --- |"]
      + many.map { row($0, [$0]) } + [row("\(others.count) others", others)]
  }()

  static let kinds: [String] = {
    let rows = [
      ("canaries", "bypass-canary", nil), ("private relays", "bypass-relay", nil),
      ("resolvers", "bypass-resolver", nil),
      ("private networks", "bypass-vpn", "vpn"), ("web proxies", "bypass-proxy", "web-proxy"),
      ("Tor", "bypass-proxy", "tor"),
      ("translators of pages", "bypass-proxy", "translate-proxy"),
    ].map { (title: String, zone: String, category: String?) in
      let zones = CatalogueZone.shipped.filter { $0.title == zone }
      let ids = Set(zones.flatMap(\.services).filter { $0["category"] == category }.map(\.id))
      let counted = names(zones) { _, rule in category == nil || ids.contains(rule.service ?? "") }
      let selector = category.map { "`category: [\($0)]`" } ?? "`zone: \(zone)`"
      let answer = category != nil ? "the notice page" : zone == "bypass-canary" ? "NXDOMAIN, NODATA" : "NXDOMAIN"
      return "| \(title) | `zones/\(zone).zone` | \(selector) | \(answer) | \(counted) |"
    }
    return [
      "| kind | file | selected by | answer | names | high | medium |", "| --- | --- | --- | --- | --- | --- | --- |",
    ] + rows
  }()

  static let optional: [String] = {
    let rows = CatalogueZone.optional.map { zone in
      "| `\(zone.path)` | `zone: \(zone.title)` | \(zone.services.count) | \(zone.names.count) |"
    }
    return ["| file | rule | services | names |", "| --- | --- | --- | --- |"] + rows
  }()

  @Test("its tables are right", arguments: [categories, jurisdictions, kinds, optional])
  func table(_ lines: [String]) throws {
    let text = try String(contentsOfFile: Command.root + "/docs/catalogue.md", encoding: .utf8)
    let table = lines.joined(separator: "\n")
    #expect(text.contains("\n\(table)\n\n"), "expected:\n\(table)")
  }

  @Test("it names every zone")
  func named() throws {
    let text = try String(contentsOfFile: Command.root + "/docs/catalogue.md", encoding: .utf8)
    for zone in CatalogueZone.all { #expect(text.contains("`\(zone.path)`"), "\(zone.path)") }
  }
}
