/// What `CatalogueCounts` has counted, as text for people or as JSON.
package struct CatalogueReport {
  private let counts: CatalogueCounts
  private static let facts = ["category", "jurisdiction", "vendor"]

  package init(_ counts: CatalogueCounts) { self.counts = counts }

  // MARK: Statistics

  package var text: [String] {
    let services = counts.listed.count
    var lines = [
      "zones \(counts.zones), services \(services), names \(counts.total.names), records \(counts.total.records)"
    ]
    if counts.addresses > 0 { lines[0] += ", triggers on addresses \(counts.addresses)" }
    for fact in CatalogueReport.facts {
      let rows = counts.rows(by: fact)
      guard !rows.isEmpty else { continue }
      lines += ["", CatalogueReport.row("NAMES", "RECORDS", "SERVICES", fact.uppercased())]
      lines += rows.map { CatalogueReport.row($0.count.names, $0.count.records, $0.services, $0.value) }
    }
    lines += ["", CatalogueReport.row("NAMES", "RECORDS", "", "ACTION")]
    lines += counts.actions.map { CatalogueReport.row($0.count.names, $0.count.records, "", $0.value) }
    return lines
  }

  private static func row(_ names: Any, _ records: Any, _ services: Any, _ value: String) -> String {
    [names, records, services].map { padded("\($0)", 8) }.joined(separator: " ") + "  \(PlainText.visible(value))"
  }

  private static func padded(_ text: String, _ width: Int) -> String {
    String(repeating: " ", count: max(0, width - text.count)) + text
  }

  package var json: String {
    var parts = [
      "\"zones\":\(counts.zones)", "\"services\":\(counts.listed.count)", "\"names\":\(counts.total.names)",
      "\"records\":\(counts.total.records)", "\"addresses\":\(counts.addresses)",
    ]
    for fact in CatalogueReport.facts {
      let rows = counts.rows(by: fact).map { row in
        "\(PlainText.quoted(row.value)):{\"services\":\(row.services),\"names\":\(row.count.names),"
          + "\"records\":\(row.count.records)}"
      }
      parts.append("\"\(fact)\":{\(rows.joined(separator: ","))}")
    }
    let actions = counts.actions.map { row in
      "\(PlainText.quoted(row.value)):{\"names\":\(row.count.names),\"records\":\(row.count.records)}"
    }
    parts.append("\"action\":{\(actions.joined(separator: ","))}")
    return "{\(parts.joined(separator: ","))}"
  }

  // MARK: Services

  /// What services are asked for; an empty list asks for all.
  package struct Filter: Sendable {
    package var categories: [String] = []
    package var jurisdictions: [String] = []
    package var vendors: [String] = []
    package init() {}

    func matches(_ service: PolicyZone.Service) -> Bool {
      [("category", categories), ("jurisdiction", jurisdictions), ("vendor", vendors)].allSatisfy { fact, wanted in
        let value = service.facts[fact]?.lowercased()
        return wanted.isEmpty || wanted.contains { $0.lowercased() == value }
      }
    }
  }

  /// Words of `filter` that no service has, each with what was probably meant.
  package func unknown(_ filter: Filter) -> [String] {
    let asked = [
      ("category", filter.categories), ("jurisdiction", filter.jurisdictions), ("vendor", filter.vendors),
    ]
    return asked.flatMap { fact, words in
      let known = Set(counts.listed.compactMap { $0.service.facts[fact]?.lowercased() }).sorted()
      return words.filter { !known.contains($0.lowercased()) }.map { word in
        let meant = Spelling.nearest(to: word.lowercased(), among: known).map { " Did you mean \"\($0)\"?" } ?? ""
        return "no service has the \(fact) \"\(word)\".\(meant)"
      }
    }
  }

  package func services(_ filter: Filter, json: Bool) -> [String] {
    let chosen = counts.listed.filter { filter.matches($0.service) }
    if json {
      return chosen.map { service, count in
        let facts = service.facts.sorted { $0.key < $1.key }
        let texts = facts.map { "\(PlainText.quoted($0.key)):\(PlainText.quoted($0.value))" }
        return "{\"id\":\(PlainText.quoted(service.id)),\"facts\":{\(texts.joined(separator: ","))},"
          + "\"names\":\(count.names),\"records\":\(count.records)}"
      }
    }
    let cells = chosen.map { service, count in
      [service.id] + ["jurisdiction", "category", "vendor", "name"].map { service.facts[$0] ?? "-" }
        + ["\(count.names)"]
    }
    let titles = ["ID", "JURISDICTION", "CATEGORY", "VENDOR", "NAME", "NAMES"]
    let table = ([titles] + cells).map { $0.map(PlainText.visible) }
    let widths = titles.indices.map { column in table.map { $0[column].count }.max() ?? 0 }
    return table.map { row in
      // The last column needs no blanks behind it.
      row.indices.map { column in
        let blanks = column == row.count - 1 ? 0 : widths[column] - row[column].count
        return row[column] + String(repeating: " ", count: blanks)
      }.joined(separator: "  ")
    }
  }
}
