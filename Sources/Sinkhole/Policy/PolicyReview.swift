/// What is legal in a policy and yet probably not meant: shown by `check`, at start and at a reload.
package struct PolicyReview {
  private let policy: Policy
  private let definition: PolicyDefinition
  private let today: Instant

  package init(_ policy: Policy, _ definition: PolicyDefinition, at instant: Instant) {
    self.policy = policy
    self.definition = definition
    today = instant
  }

  package var warnings: [String] {
    skips + rules + cautions + selectors + groups
  }

  private var skips: [String] {
    policy.zones.flatMap { zone in
      zone.source.skipped.map { skip in
        let example = skip.example.map { ", the first \($0)" } ?? ""
        let place = "\(skip.file):\(skip.line):\(skip.column)"
        return "\(place): \(skip.reason)\(example) (\(skip.count) in zone \(zone.title))."
      }
    }
  }

  // MARK: Rules

  private var rules: [String] {
    var warnings: [String] = []
    for plan in policy.plans {
      for (position, rule) in plan.rules.enumerated() where rule.line > 0 {
        let place = "\(PolicyReview.place(rule)): rule \(rule.id) of policy \(plan.name)"
        if !plan.selects[position] {
          warnings.append("\(place) selects nothing in the zones that are loaded.")
        } else if !plan.decides[position] {
          warnings.append("\(place) is never reached: rules before it decide all that it selects.")
        }
      }
    }
    return warnings + overdue
  }

  /// Rules whose date of review has passed.
  package var overdue: [String] {
    policy.plans.flatMap { plan in
      plan.rules.compactMap { rule in
        guard let review = rule.review, review.end(in: rule.timeZone) <= today.unixSeconds else { return nil }
        let place = "\(PolicyReview.place(rule)): rule \(rule.id) of policy \(plan.name)"
        return "\(place) was to be reviewed by \(review). Look at it again, and set another date."
      }
    }
  }

  /// Cautions about what belongs to no service: readers acknowledge services, so that nobody can lift such a one.
  private var cautions: [String] {
    var warnings: [String] = []
    for plan in policy.plans {
      for rule in plan.rules where rule.action == .caution {
        guard let subject = subjectWithoutService(of: rule.selector) else { continue }
        warnings.append(
          "\(PolicyReview.place(rule)): rule \(rule.id) of policy \(plan.name) cautions about \(subject): "
            + "readers acknowledge services, so nobody can lift it. Select services, or write block.")
      }
    }
    return warnings
  }

  private func subjectWithoutService(of selector: Rule.Selector) -> String? {
    if !selector.names.isEmpty { return "names that it holds itself" }
    if selector.isAboutServices { return nil }
    let zones = policy.zones.filter { zone in
      let isSelected = selector.everyZone || selector.zones?.contains(zone.title) == true
      return isSelected && zone.source.actions.contains(where: PolicyReview.isWithoutService)
    }
    guard !zones.isEmpty else { return nil }
    return "what belongs to no service in \(zones.map { "zone \($0.title)" }.joined(separator: ", "))"
  }

  /// Exceptions are none of a caution's, and names that rules hold stand in rules of their own.
  private static func isWithoutService(_ action: PolicyZone.Action) -> Bool {
    switch action {
    case .service, .passthru, .named: false
    default: true
    }
  }

  /// `sinkhole.yaml:12:7`
  private static func place(_ rule: Rule) -> String {
    "\(rule.file):\(rule.line)" + (rule.column > 0 ? ":\(rule.column)" : "")
  }

  private var selectors: [String] {
    var warnings: [String] = []
    let known: [(key: String, words: Set<String>)] = [
      ("category", values("category")), ("jurisdiction", values("jurisdiction")), ("vendor", values("vendor")),
    ]
    for plan in policy.plans {
      for rule in plan.rules {
        let selector = rule.selector
        func warn(_ key: String, _ words: Set<String>?, _ known: Set<String>) {
          for word in (words ?? []).sorted() where !known.contains(word) {
            let meant = Spelling.nearest(to: word, among: known.sorted()).map { " Did you mean \"\($0)\"?" } ?? ""
            warnings.append("\(PolicyReview.place(rule)): rule \(rule.id) names the unknown \(key) \"\(word)\".\(meant)")
          }
        }
        warn("service", selector.services, Set(policy.services.keys))
        warn("category", selector.categories, known[0].words)
        warn("jurisdiction", selector.jurisdictions, known[1].words)
        warn("vendor", selector.vendors, known[2].words)
      }
    }
    return warnings
  }

  private func values(_ fact: String) -> Set<String> {
    Set(policy.services.values.compactMap { $0.facts[fact]?.lowercased() })
  }

  // MARK: Groups

  private var groups: [String] {
    var warnings: [String] = []
    var owners: [IPPrefix: String] = [:]
    for group in definition.groups {
      let place = "\(definition.file):\(group.line):\(group.column): group \(group.name)"
      if group.clients.isEmpty { warnings.append("\(place) has no clients.") }
      for prefix in group.clients {
        guard let owner = owners[prefix] else {
          owners[prefix] = group.name
          continue
        }
        let whose = owner == group.name ? "twice" : "and so has group \(owner), whose it is"
        warnings.append("\(place) has \(prefix) \(whose).")
      }
    }
    let used = Set(policy.groups.map(\.plan))
    for (position, plan) in policy.plans.enumerated() where !used.contains(position) {
      warnings.append("\(definition.file): policy \(plan.name) is nobody's: no group and no default_policy names it.")
    }
    return warnings
  }

  // MARK: Names

  /// Exceptions of one zone that open what another lists. Asks for every listed name: for `check`, not for a reload.
  package var shadows: [String] {
    var warnings: [String] = []
    let activity = policy.activity(at: today.unixSeconds)
    let hasExceptions = policy.zones.contains { $0.source.actions.contains(.passthru) }
    guard hasExceptions else { return [] }
    for (number, group) in policy.groups.enumerated() {
      guard policy.groups.firstIndex(where: { $0.plan == group.plan }) == number else { continue }
      let asker = Asker(client: IPAddress(v4: 0), group: number)
      var count = 0
      var example: String?
      ListedNames(policy.zones.map(\.source)).forEach { zone, trigger in
        guard trigger.action != .passthru, let probe = trigger.probe else { return }
        guard let verdict = policy.ruling(on: probe, for: asker, activity).selected, verdict.zone != zone,
          policy.effect(of: verdict).rule.action == .zone, policy.action(of: verdict) == .passthru
        else { return }
        count += 1
        if example == nil {
          let winner = Explanation(probe, verdict, for: asker, policy: policy)
          example = "\(winner.place ?? "?"): \(winner.trigger ?? "?") opens \(trigger.text) of zone \(policy.zones[zone].title)"
        }
      }
      if let example { warnings.append("\(example) under policy \(policy.plans[group.plan].name) (\(count) such).") }
    }
    return warnings
  }
}
