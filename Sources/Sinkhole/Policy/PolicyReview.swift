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
    skips + rules + selectors + groups
  }

  private var skips: [String] {
    policy.zones.flatMap { zone in
      zone.source.skipped.map { "\($0.file):\($0.line): \($0.reason) (\($0.count) in zone \(zone.title))." }
    }
  }

  // MARK: Rules

  private var rules: [String] {
    var warnings: [String] = []
    for plan in policy.plans {
      for (position, rule) in plan.rules.enumerated() where rule.line > 0 {
        let place = "\(rule.file):\(rule.line): rule \(rule.id) of policy \(plan.name)"
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
        let place = "\(rule.file):\(rule.line): rule \(rule.id) of policy \(plan.name)"
        return "\(place) was to be reviewed by \(review). Look at it again, and set another date."
      }
    }
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
            warnings.append("\(rule.file):\(rule.line): rule \(rule.id) names the unknown \(key) \"\(word)\".\(meant)")
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
      let place = "\(definition.file):\(group.line): group \(group.name)"
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
