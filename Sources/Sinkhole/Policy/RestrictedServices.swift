/// Which services are restricted for a group, and by which rule: what the policy says when it is read from the rules'
/// side, without a name. For pages and tools.
///
/// A service is held to the first rule that selects any of its entries. Rules that name single names may open or close
/// some of them all the same.
package struct RestrictedServices: Sendable {
  /// What one rule restricts.
  package struct Part: Sendable {
    package let rule: Rule
    /// Effects upon services, one each, by category and name.
    package let services: [Effect]
    /// Titles of the zones whose entries belong to no service and are restricted by it, in their order.
    package let zones: [String]
  }

  /// In the order of rules.
  package let parts: [Part]

  package init(_ policy: Policy, group: Int, at instant: Int64) {
    let activity = policy.activity(at: instant)
    let plan = policy.plans[policy.groups[group].plan]
    var services: [String: (position: Int, effect: Effect)] = [:]
    var zones: [Int: [String]] = [:]
    for zone in policy.zones where zone.title != RuleNames.title {
      for action in zone.source.actions.indices {
        guard let (position, effect) = policy.first(plan, zone.base + action, activity) else { continue }
        if let id = effect.service?.id {
          if let known = services[id], known.position <= position { continue }
          services[id] = (position, effect)
        } else if RestrictedServices.isTold(effect), zones[position]?.last != zone.title {
          zones[position, default: []].append(zone.title)
        }
      }
    }
    var effects: [Int: [Effect]] = [:]
    for (position, effect) in services.values where RestrictedServices.isTold(effect) {
      effects[position, default: []].append(effect)
    }
    parts = Set(effects.keys).union(zones.keys).sorted().map { position in
      Part(
        rule: plan.rules[position], services: (effects[position] ?? []).sorted { RestrictedServices.key($0) < RestrictedServices.key($1) },
        zones: zones[position] ?? [])
    }
  }

  /// Other answers than the truth, but for data of a zone's own and for the truth over TCP.
  private static func isTold(_ effect: Effect) -> Bool {
    switch effect.kind {
    case .block, .caution, .nxdomain, .nodata, .refuse, .drop: true
    case .allow, .observe, .tcpOnly, .data, .alias: false
    }
  }

  private static func key(_ effect: Effect) -> (String, String, String) {
    let service = effect.service
    return (service?.facts["category"] ?? "", service?.name.lowercased() ?? "", service?.id ?? "")
  }
}

extension Policy {
  /// The first rule of `plan` that holds for the `number`th action of all, with its effect; nil when none does.
  fileprivate func first(_ plan: PolicyPlan, _ number: Int, _ activity: Activity) -> (position: Int, effect: Effect)? {
    var at = Int(plan.starts[number]) - 1
    while at >= 0 {
      let choice = plan.choices[at]
      if !choice.observes, choice.timer < 0 || activity.isActive(Int(choice.timer)) {
        return (Int(choice.rule), effects[Int(choice.effect)])
      }
      at = choice.isLast ? -1 : at + 1
    }
    return nil
  }
}
