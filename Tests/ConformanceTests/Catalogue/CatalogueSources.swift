import Foundation
import Support

/// The table of sources in docs/catalogue.md, and how far a name may be trusted by those that stand behind it.
struct CatalogueSources: Sendable {
  enum Confidence: String, CaseIterable { case high, medium, low }

  /// Family of each id; `owner` for those that speak for whom a name belongs to.
  let families: [String: String]

  static let documented: CatalogueSources = {
    let text = (try? String(contentsOfFile: Command.root + "/docs/catalogue.md", encoding: .utf8)) ?? ""
    let rows = text.matches(of: /(?m)^\| `([a-z0-9-]+)` \|([a-z0-9 -]*)\| [^|]+ \| [^|]+ \|$/)
    return CatalogueSources(
      families: Dictionary(
        rows.map { row in
          let family = row.output.2.trimmingCharacters(in: .whitespaces)
          return (String(row.output.1), family.isEmpty ? String(row.output.1) : family)
        }, uniquingKeysWith: { first, _ in first }))
  }()

  /// As docs/catalogue.md has it.
  func confidence(of rule: CatalogueZone.Rule, in zone: CatalogueZone) -> Confidence {
    let families = Set(rule.sources.map { self.families[$0] ?? $0 })
    if families == ["kb"] { return .low }
    if families.contains("owner") { return .high }
    guard zone.title == "bypass-resolver" else { return families.count > 1 ? .high : .medium }
    let stamped = !Set(rule.sources).isDisjoint(with: ["dnscrypt", "adguard-kb"])
    return rule.sources.count >= (stamped ? 3 : 4) ? .high : .medium
  }
}
