import Foundation
import Sinkhole
import Support
import Testing

@Suite("The form of the catalogue")
struct CatalogueFormTests {
  @Test("there is a zone for each category and each kind of way around, and the optional ones")
  func zones() {
    #expect(
      CatalogueZone.shipped.map(\.title) == [
        "ai-agent", "ai-aggregator", "ai-api", "ai-audio", "bypass-canary", "bypass-proxy", "bypass-relay",
        "bypass-resolver", "bypass-vpn", "ai-chat", "ai-code", "ai-companion", "ai-image", "ai-inference-platform",
        "ai-model-hub", "ai-search", "ai-video",
      ])
    #expect(
      CatalogueZone.optional.map(\.title) == [
        "optional-bypass", "optional-hosting", "optional-unconfirmed", "optional-weak",
      ])
    #expect(Set(CatalogueZone.all.map(\.serial)).allSatisfy { $0.count == 10 })
  }

  @Test("every line is a comment, a directive or a record of a known form", arguments: CatalogueZone.all)
  func lines(_ zone: CatalogueZone) {
    let records = Set(zone.rules.map(\.line) + zone.services.map(\.line))
    for (index, line) in zone.lines.enumerated() where !records.contains(index + 1) {
      let isKnown =
        line.isEmpty || line.hasPrefix("; ") || line == ";" || line.hasPrefix("$ORIGIN ")
        || line.hasPrefix("$TTL 5  ; ") || line.wholeMatch(of: /@ +(SOA +localhost\. .*|NS +localhost\.)/) != nil
      #expect(isKnown, "\(zone.path):\(index + 1): \(line)")
    }
    #expect(zone.lines.allSatisfy { !$0.hasSuffix(" ") })
    #expect(zone.lines.count <= 3000)
  }

  @Test("the heading counts services and names rightly", arguments: CatalogueZone.all)
  func counts(_ zone: CatalogueZone) throws {
    func number(_ text: Substring) -> Int? { Int(text.filter { $0 != "," }) }
    let match = try #require(zone.heading.joined().firstMatch(of: /(?:([\d,]+) services?, )?([\d,]+) names?[,.]/))
    #expect(match.output.1.flatMap(number) == (zone.services.isEmpty ? nil : zone.services.count))
    #expect(number(match.output.2) == zone.names.count)
  }

  @Test(
    "every name has a source that docs/catalogue.md knows, and no wildcard repeats it", arguments: CatalogueZone.all)
  func sources(_ zone: CatalogueZone) {
    for rule in zone.rules {
      #expect(rule.sources.isEmpty == rule.isWildcard, "\(zone.path):\(rule.line): \(rule.owner)")
      for source in rule.sources {
        #expect(CatalogueSources.documented.families[source] != nil, "\(zone.path):\(rule.line): \(source)")
      }
    }
  }

  @Test("every source in the table of docs/catalogue.md stands behind some name")
  func used() {
    let used = Set(CatalogueZone.all.flatMap { $0.rules.flatMap(\.sources) })
    #expect(Set(CatalogueSources.documented.families.keys).subtracting(used) == [])
  }

  @Test("names that nobody else vouches for are optional, and what is confirmed is not kept back")
  func optional() {
    for zone in CatalogueZone.all {
      let lone = zone.names.filter { $0.sources == ["kb"] }.map(\.name)
      switch zone.title {
      case "optional-unconfirmed": #expect(lone.count == zone.names.count)
      case "optional-bypass": #expect(!lone.isEmpty)
      default: #expect(lone == [], "\(zone.path)")
      }
    }
  }

  @Test("metadata are complete, and the same wherever a service is described", arguments: CatalogueZone.all)
  func metadata(_ zone: CatalogueZone) {
    for service in zone.services {
      let place: Comment = "\(zone.path):\(service.line)"
      #expect(service.id.wholeMatch(of: /[a-z0-9]+(-[a-z0-9]+)*/) != nil, place)
      let order = ["name", "name.ko", "vendor", "jurisdiction", "category", "home"]
      #expect(service.facts.map(\.key) == order.filter { service[$0] != nil }, place)
      for key in ["name", "vendor", "jurisdiction", "category"] { #expect(service[key]?.isEmpty == false, place) }
      #expect(service["jurisdiction"]?.wholeMatch(of: /[A-Z]{2}/) != nil, place)
      #expect(
        service["home"]?.wholeMatch(of: /https:\/\/[a-z0-9.-]+\/[A-Za-z0-9.\/-]*/) != nil || service["home"] == nil,
        place)
      #expect(service["name.ko"]?.contains { ("가"..."힣").contains($0) } != false, place)
      if zone.isAboutAI { #expect("ai-" + (service["category"] ?? "") == zone.title, place) }
      for other in CatalogueZone.all {
        for twin in other.services where twin.id == service.id {
          #expect(
            twin.facts.elementsEqual(service.facts, by: ==), "\(zone.path):\(service.line), \(other.path):\(twin.line)")
        }
      }
    }
  }

  @Test("a name stands in one zone, under one service")
  func once() {
    var places: [String: String] = [:]
    for zone in CatalogueZone.all {
      for rule in zone.rules {
        let other = places.updateValue("\(zone.path):\(rule.line)", forKey: rule.owner)
        #expect(other == nil, "\(zone.path):\(rule.line): \(rule.owner) stands in \(other ?? "") too")
      }
    }
  }

  @Test("a wildcard stands behind its name, as the same service, and an exact name below a wildcard has its own")
  func wildcards() {
    let covered = Set(CatalogueZone.all.flatMap { $0.rules.filter(\.isWildcard).map(\.name) })
    for zone in CatalogueZone.all {
      for (index, rule) in zone.rules.enumerated() where rule.isWildcard {
        let before = index > 0 ? zone.rules[index - 1] : nil
        #expect(before?.owner == rule.name && before?.target == rule.target, "\(zone.path):\(rule.line)")
      }
      for rule in zone.names where !covered.contains(rule.name) {
        let above = rule.name.split(separator: ".").indices.dropFirst().map { labels in
          rule.name.split(separator: ".")[labels...].joined(separator: ".")
        }
        let parent = above.first(where: covered.contains)
        #expect(parent == nil, "\(zone.path):\(rule.line): \(rule.name) lies below *.\(parent ?? "")")
      }
    }
  }

  @Test("names are sorted in each group, services by their names", arguments: CatalogueZone.all)
  func order(_ zone: CatalogueZone) {
    var group: [String] = []
    func close(_ line: Int) {
      let byDomain = group.sorted {
        $0.split(separator: ".").reversed().lexicographicallyPrecedes($1.split(separator: ".").reversed())
      }
      #expect(group == group.sorted() || group == byDomain, "\(zone.path):\(line)")
      group = []
    }
    let names = Dictionary(zone.names.map { ($0.line, $0.name) }, uniquingKeysWith: { first, _ in first })
    for (index, line) in zone.lines.enumerated() {
      if line.isEmpty || line.hasPrefix(";") {
        close(index + 1)
      } else if let name = names[index + 1] {
        group.append(name)
      }
    }
    let titles = zone.services.compactMap { $0["name"]?.lowercased() }
    if zone.isAboutAI || zone.title == "bypass-vpn" { #expect(titles == titles.sorted()) }
  }

  @Test("what stays open has a reason, and is nowhere restricted")
  func shared() {
    let restricted = Set(CatalogueZone.all.flatMap { $0.rules.map(\.owner) })
    let shared = CatalogueZone.all.flatMap { zone in zone.shared.map { (zone.path, $0) } }
    #expect(shared.count >= 60)
    for (path, name) in shared {
      #expect(!name.reason.isEmpty)
      #expect(!restricted.contains(name.name), "\(path):\(name.line): \(name.name)")
    }
  }
}
