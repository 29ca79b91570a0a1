import Yams

/// One rule: exactly one action with what it selects, and the words that explain it.
extension ConfigurationReader {
  /// Nil when it is at fault, which is reported.
  mutating func readRule(_ node: Node, policy: String, number: Int) -> Rule? {
    let before = faults.count
    guard let mapping = node.mapping else {
      report(node, "a rule is \(YAMLFault.kind(node)), expected keys with values", "Write - block: {services: [ID]}.")
      return nil
    }
    let actions = mapping.compactMap { key, value in
      key.string.flatMap(Rule.Action.init).map { (action: $0, key: key, value: value) }
    }
    let known = Rule.Action.allCases.map(\.rawValue).joined(separator: ", ")
    guard let first = actions.first, actions.count == 1 else {
      let problem = actions.isEmpty ? "a rule without an action" : "a rule with \(actions.count) actions"
      report(actions.dropFirst().first?.key ?? node, "\(problem), expected one of: \(known)", "Write one in each rule.")
      return nil
    }
    var rule = Rule(
      id: "\(first.action.rawValue)-\(number)", policy: policy, action: first.action, file: file,
      line: first.key.mark?.line ?? 0, column: first.key.mark?.column ?? 0)
    rule.timeZone = configuration.timeZone
    rule.selector = selector(first.value, first.action)
    readMapping(node, "a rule") { reader, key, value in
      if Rule.Action(rawValue: key) != nil { return true }
      return reader.readPart(key, value, of: &rule)
    }
    if rule.action == .redirect, rule.target == nil {
      report(first.key, "redirect without to", "Write to: garden.example.org beside it.")
    }
    if rule.action != .redirect, rule.target != nil {
      report(first.key, "to goes with redirect alone", "Delete it, or write redirect.")
    }
    if rule.action != .caution {
      for (key, _) in mapping where key.string == "for" || key.string == "named" {
        report(key, "\(key.string ?? "") goes with caution alone", "Delete it, or write caution.")
      }
    }
    return faults.count == before ? rule : nil
  }

  /// False when the key is unknown.
  private mutating func readPart(_ key: String, _ value: Node, of rule: inout Rule) -> Bool {
    switch key {
    case "id": if let id = identifier(value, key) { rule.id = id }
    case "to":
      guard let text = text(value, key) else { break }
      rule.target = Name(text)
      if rule.target == nil { report(value, "to is \"\(text)\", expected a domain name", "Write one.") }
    case "reason": rule.reason = translations(value, key)
    case "authority": rule.authority = sentence(value, key)
    case "reference": rule.reference = sentence(value, key)
    case "contact": rule.contact = sentence(value, key)
    case "ede": if let code = code(value) { rule.code = code }
    case "hours": rule.hours = hours(value)
    case "time_zone": if let zone = timeZone(value) { rule.timeZone = zone }
    case "review":
      guard let text = text(value, key) else { break }
      rule.review = CalendarDate(text)
      if rule.review == nil { report(value, "review is \"\(text)\", expected a date", "Write it as 2027-03-31.") }
    case "for":
      if let time = milliseconds(value, key, 60_000...(30 * 86_400_000)) { rule.acknowledgedFor = Int64(time / 1000) }
    case "named": if let isNamed = boolean(value, key) { rule.isNamed = isNamed }
    default: return false
    }
    return true
  }

  // MARK: What it selects

  private mutating func selector(_ node: Node, _ action: Rule.Action) -> Rule.Selector {
    var selector = Rule.Selector()
    if node.string == "everything" {
      if action == .zone { reportNoZone(node, "Write zone: all, or block: everything.") }
      selector.names = [RuleName(Name(), isWildcard: false, line: node.mark?.line ?? 0)]
      return selector
    }
    guard let mapping = node.mapping else {
      // The short form names zones; what it does not name it must not be taken for.
      if action == .zone {
        readZoneTitles(node, &selector)
      } else {
        let problem = "\(action.rawValue) holds \(YAMLFault.kind(node)), expected what it selects, or everything"
        report(node, problem, "Write \(action.rawValue): {services: [ID]}, {category: [chat]}, {zone: NAME} or {names: [...]}.")
      }
      return selector
    }
    if mapping.isEmpty { report(node, "\(action.rawValue) selects nothing", "Write services:, category:, zone: or names:.") }
    readMapping(node, "a selector") { reader, key, value in
      switch key {
      case "services":
        if value.string == "all" { selector.everyService = true } else { selector.services = reader.words(value, key) }
      case "category": selector.categories = reader.words(value, key)
      case "jurisdiction": selector.jurisdictions = reader.words(value, key)
      case "vendor": selector.vendors = reader.words(value, key)
      case "zone": reader.readZoneTitles(value, &selector)
      case "names":
        selector.names = reader.names(value, key)
        reader.reportEmpty(value, key)
      default: return false
      }
      return true
    }
    if !selector.names.isEmpty, mapping.count > 1 {
      report(node, "names stand alone in a selector", "Write a rule of its own for the other keys.")
    } else if !selector.names.isEmpty, action == .zone {
      reportNoZone(node, "Write zone: NAME, or block: {names: [...]}.")
    }
    return selector
  }

  /// No record says what to do about it, and to have it blocked is not what was written.
  private mutating func reportNoZone(_ node: Node, _ remedy: String) {
    report(node, "zone selects what no zone says anything about", remedy)
  }

  private mutating func reportEmpty(_ node: Node, _ name: String) {
    guard node.sequence?.isEmpty == true else { return }
    report(node, "\(name) is empty, expected at least one word", "Write one, or delete the key.")
  }

  private mutating func readZoneTitles(_ node: Node, _ selector: inout Rule.Selector) {
    if node.string == "all" { return selector.everyZone = true }
    selector.zones = Set(list(node, "zone") { $0.identifier($1, "zone") })
    reportEmpty(node, "zone")
  }

  /// Words of the catalogue, letters of either case.
  private mutating func words(_ node: Node, _ name: String) -> Set<String> {
    let words = list(node, name) { $0.text($1, name)?.lowercased() }
    reportEmpty(node, name)
    return Set(words)
  }

  // MARK: What it says

  /// One text, taken as English, or one for each language.
  mutating func translations(_ node: Node, _ name: String) -> [String: String] {
    guard let mapping = node.mapping else { return sentence(node, name).map { ["en": $0] } ?? [:] }
    var texts: [String: String] = [:]
    for (key, value) in mapping {
      let language = (key.string ?? "").lowercased()
      let isTag = (2...35).contains(language.utf8.count)
        && language.utf8.allSatisfy { (0x61...0x7A).contains($0) || (0x30...0x39).contains($0) || $0 == 0x2D }
      guard isTag else {
        report(key, "\"\(key.string ?? "?")\" is no language, expected a tag such as ko or en", "Write one (RFC 5646).")
        continue
      }
      if let text = sentence(value, name) { texts[language] = text }
    }
    return texts
  }

  private mutating func code(_ node: Node) -> ExtendedError? {
    switch node.string?.lowercased() {
    case "15", "blocked": return .blocked
    case "16", "censored": return .censored
    case "17", "filtered": return .filtered
    default:
      report(
        node, "ede is \"\(node.string ?? "?")\", expected blocked (15), censored (16) or filtered (17)",
        "Write censored for what is ordered from outside.")
      return nil
    }
  }

  private mutating func hours(_ node: Node) -> WeeklyHours? {
    let windows = list(node, "hours") { $0.text($1, "hours") }
    guard !windows.isEmpty else { return nil }
    do throws(WeeklyHours.ParseError) {
      return try WeeklyHours(windows.joined(separator: ";"))
    } catch {
      report(node, "hours: \(error.problem)", error.remedy)
      return nil
    }
  }
}
