/// What a search for a name has come to, in lines for people.
extension NameFinder {
  package var report: [String] {
    var lines: [String] = []
    if let first = answers.first {
      lines.append("\(name): \(summary(first))")
      for (number, answer) in answers.enumerated() {
        if number > 0 { lines.append("also, where rules take it from that zone:") }
        lines += describe(answer)
      }
    } else {
      lines.append("\(name): not listed in \(zones) zone\(zones == 1 ? "" : "s")")
    }
    for hidden in hidden {
      let why = "\(hidden.record.owner) would cover it, but \(hidden.by) exists and lies between (RFC 4592)"
      lines.append("  hidden    \(why), \(hidden.record.place.file):\(hidden.record.place.line)")
    }
    return lines
  }

  private func summary(_ answer: Answer) -> String {
    switch answer.record.action {
    case .service(let id): services[id].map { "\($0.name) (\(id))" } ?? id
    case .passthru: "open"
    case let action: action.kind
    }
  }

  private func describe(_ answer: Answer) -> [String] {
    let (zone, record) = (answer.zone, answer.record)
    var lines = ["  zone      \(zone.title) (\(zone.origin)), serial \(zone.serial)"]
    for text in record.action.records { lines.append("  record    \(record.owner) \(text)") }
    lines.append("  at        \(record.place.file):\(record.place.line)")
    if let id = record.action.service {
      let service = services[id] ?? PolicyZone.Service(id: id, facts: [:])
      let facts = ["vendor", "jurisdiction", "category"].compactMap { service.facts[$0] }
      lines.append("  service   " + (["\(service.name) (\(id))"] + facts).joined(separator: ", "))
    }
    lines.append("  why       " + why(answer))
    return lines.map(PlainText.visible)
  }

  private func why(_ answer: Answer) -> String {
    if answer.isExact { return "exact: the record names it" }
    let above = answer.record.owner.hasPrefix("*.") ? String(answer.record.owner.dropFirst(2)) : answer.record.owner
    return answer.zone.form == .list
      ? "subtree: it lies below \(above)" : "wildcard: it lies below \(above), and nothing closer exists in the zone"
  }
}
