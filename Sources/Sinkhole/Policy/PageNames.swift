/// The names that some rule sends to the notice page: those whose readers want a certificate there.
///
/// Names alone, as triggers have them, with or without all that lies below. What is restricted by a client's address, by
/// where a name leads or by an address in a response has no name of its own here.
package struct PageNames: Sendable {
  /// In presentation form, lower case, without a trailing dot; some twice.
  package let names: [String]

  /// - Parameter ignored: titles of zones whose names are left out.
  package init(_ policy: Policy, leavingOut ignored: Set<String> = []) {
    let leads = policy.zones.map { zone in
      zone.source.actions.indices.map { action in
        policy.plans.contains { PageNames.leads($0, zone.base + action, policy.effects) }
      }
    }
    var names: [String] = []
    for (number, zone) in policy.zones.enumerated() where leads[number].contains(true) && !ignored.contains(zone.title)
    {
      let arena = zone.source.triggers
      var offset = 0
      while offset < arena.octets.count {
        let entry = arena.entry(at: offset)
        offset = entry.end
        guard [entry.exactAction, entry.wildcardAction].contains(where: { $0.map { leads[number][Int($0)] } ?? false })
        else { continue }
        let octets = arena.octets[entry.nameStart..<(entry.nameStart + entry.nameLength)] + [0]
        if let name = Name(wire: octets.span) { names.append("\(name)") }
      }
    }
    self.names = names
  }

  /// Whether a rule of `plan` that selects the action shows the page, at whatever hour.
  private static func leads(_ plan: PolicyPlan, _ number: Int, _ effects: [Effect]) -> Bool {
    var at = Int(plan.starts[number]) - 1
    while at >= 0 {
      let choice = plan.choices[at]
      let kind = effects[Int(choice.effect)].kind
      if kind == .block || kind == .caution { return true }
      at = choice.isLast ? -1 : at + 1
    }
    return false
  }
}
