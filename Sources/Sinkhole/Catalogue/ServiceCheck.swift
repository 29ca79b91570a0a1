/// Looks at what zones say of services: each is described once a zone that names it, completely, and the same everywhere.
struct ServiceCheck {
  private(set) var faults: [Fault] = []
  private(set) var advice: [Fault] = []
  private var known: [String: (service: PolicyZone.Service, place: SourcePlace)] = [:]

  private static let required = ["name", "vendor", "jurisdiction", "category"]

  mutating func check(_ zone: PolicyZone, _ observer: CheckObserver) {
    for (service, place) in observer.described {
      check(service, place)
      if observer.named[service.id] == nil {
        advice.append(
          ServiceCheck.finding(place, "service \"\(service.id)\" has no name in its zone", "Delete its TXT record."))
      }
      guard let other = known[service.id] else {
        known[service.id] = (service, place)
        continue
      }
      if other.service.facts != service.facts {
        faults.append(
          ServiceCheck.finding(
            place, "service \"\(service.id)\" is described otherwise than at \(other.place.file):\(other.place.line)",
            "Write the same TXT record in both zones."))
      }
    }
    for (id, place) in observer.named.sorted(by: { $0.value.line < $1.value.line }) where zone.services[id] == nil {
      faults.append(
        ServiceCheck.finding(
          place, "service \"\(id)\" has no TXT record in its zone, expected \(id).\(PolicyZoneReader.serviceSuffix)",
          "Describe it there: name=, vendor=, jurisdiction=, category=, home=."))
    }
  }

  private mutating func check(_ service: PolicyZone.Service, _ place: SourcePlace) {
    func report(_ problem: String, _ remedy: String) {
      faults.append(ServiceCheck.finding(place, "service \"\(service.id)\": \(problem)", remedy))
    }
    if !ServiceCheck.isWord(service.id) {
      report("its id is no word, expected letters, digits and hyphens between them", "Give it another.")
    }
    for key in ServiceCheck.required where service.facts[key]?.isEmpty ?? true {
      let others = service.facts.keys.filter { !ServiceCheck.required.contains($0) && $0 != "home" }.sorted()
      let meant = Spelling.nearest(to: key, among: others).map { " Is \"\($0)=\" meant?" } ?? ""
      report("\(key) is missing", "Add \"\(key)=...\" to its TXT record.\(meant)")
    }
    if let code = service.facts["jurisdiction"], !code.isEmpty, !CountryCodes.contains(code) {
      let meant = CountryCodes.contains(code.uppercased()) ? "Write \"\(code.uppercased())\"." : "Correct it."
      report("jurisdiction is \"\(code)\", expected two letters of ISO 3166, or ZZ where it is not known", meant)
    }
    if let category = service.facts["category"], !category.isEmpty, !ServiceCheck.isWord(category) {
      report("category is \"\(category)\", expected a word in lower case", "Correct it.")
    }
    if let home = service.facts["home"], !ServiceCheck.isURL(home) {
      report("home is \"\(home)\", expected https://HOST/", "Correct it, or leave it out.")
    }
  }

  /// Lower-case letters, digits, and hyphens between them.
  private static func isWord(_ text: String) -> Bool {
    let hyphen = UInt8(ascii: "-")
    return !text.isEmpty && text.utf8.first != hyphen && text.utf8.last != hyphen
      && text.utf8.allSatisfy { $0 == hyphen || (0x61...0x7A).contains($0) || (0x30...0x39).contains($0) }
  }

  private static func isURL(_ text: String) -> Bool {
    guard let scheme = ["https://", "http://"].first(where: text.hasPrefix) else { return false }
    let host = String(text.dropFirst(scheme.count).prefix { !"/?#:".contains($0) })
    let isPrintable = text.utf8.allSatisfy { (0x21..<0x7F).contains($0) }
    return isPrintable && !host.isEmpty && (Name(host)?.labelCount ?? 0) >= 2
  }

  private static func finding(_ place: SourcePlace, _ problem: String, _ remedy: String) -> Fault {
    Fault(file: place.file, line: place.line, column: 1, problem, remedy: remedy)
  }
}
