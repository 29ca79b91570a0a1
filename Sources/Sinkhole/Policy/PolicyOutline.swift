/// The rules that a group is held to, in their order, for people.
package struct PolicyOutline {
  private let policy: Policy
  private let group: Policy.Group
  private let definition: PolicyDefinition
  private let activity: Activity
  private let instant: Instant

  package init(_ policy: Policy, group: Policy.Group, definition: PolicyDefinition, at instant: Instant) {
    self.policy = policy
    self.group = group
    self.definition = definition
    self.instant = instant
    activity = policy.activity(at: instant.unixSeconds)
  }

  package var text: String {
    let plan = policy.plans[group.plan]
    var lines = ["policy \(plan.name) for \(group.name.map { "group \($0)" } ?? "clients in no group")"]
    if let known = definition.groups.first(where: { $0.name == group.name }) {
      lines.append("clients \(known.clients.map(\.description).joined(separator: ", "))")
    }
    let zones = policy.zones.filter { $0.title != RuleNames.title }
    lines.append("zones   \(zones.map { "\($0.title)@\($0.serial)" }.joined(separator: ", "))")
    if plan.rules.isEmpty { lines.append("no rules: every name is open") }
    for (position, rule) in plan.rules.enumerated() {
      lines.append("- \(rule.id): \(rule.action.rawValue) \(PolicyOutline.text(of: rule.selector))")
      lines += details(rule, plan, position).map { "    \($0)" }
    }
    lines.append("The first rule that selects a trigger of the name decides; inside a zone the closest name.")
    return lines.joined(separator: "\n")
  }

  private func details(_ rule: Rule, _ plan: PolicyPlan, _ position: Int) -> [String] {
    var details: [String] = []
    if let target = rule.target { details.append("to \(target)") }
    if let hours = rule.hours {
      let holds = hours.contains(instant.unixSeconds, in: rule.timeZone) ? "holds now" : "does not hold now"
      details.append("hours \(hours) \(rule.timeZone.name), \(holds)")
    }
    if let review = rule.review {
      details.append("review \(review)" + (review.end(in: rule.timeZone) <= instant.unixSeconds ? ", which has passed" : ""))
    }
    for (language, reason) in rule.reason.sorted(by: { $0.key < $1.key }) { details.append("reason \(reason) (\(language))") }
    if let authority = rule.authority { details.append("authority \(authority)") }
    if let reference = rule.reference { details.append("reference \(reference)") }
    if let contact = rule.contact { details.append("contact \(contact)") }
    if rule.code != .blocked { details.append("EDE \(rule.code.rawValue) (\(rule.code))") }
    if !plan.selects[position] {
      details.append("selects nothing in the zones that are loaded")
    } else if !plan.decides[position] {
      details.append("never reached: rules before it decide all that it selects")
    }
    if rule.line > 0 { details.append("at \(rule.file):\(rule.line)") }
    return details
  }

  static func text(of selector: Rule.Selector) -> String {
    if selector.names.contains(where: { $0.name.isRoot }) { return "everything" }
    var parts: [String] = []
    func add(_ key: String, _ words: Set<String>?) {
      if let words { parts.append("\(key) \(words.sorted().joined(separator: ", "))") }
    }
    if selector.everyService { parts.append("every service") }
    add("services", selector.services)
    add("category", selector.categories)
    add("jurisdiction", selector.jurisdictions)
    add("vendor", selector.vendors)
    if selector.everyZone { parts.append("every zone") }
    add("zone", selector.zones)
    if !selector.names.isEmpty { parts.append("names \(selector.names.map(\.description).joined(separator: ", "))") }
    return parts.joined(separator: "; ")
  }
}
