/// A verdict in words: the same for `dig`, `sinkholed explain`, the log, the record and the notice page.
package struct Explanation: Sendable {
  package let name: Name
  package let verdict: Verdict?
  package let effect: Effect?
  package let zone: Policy.Zone?
  /// What lifted the restriction; nil when it stands.
  package let lift: Overlay.Lift?
  /// Nil for clients in no group.
  package let group: String?
  /// The policy that the client is held to.
  package let policy: String
  private let isObserved: Bool

  package init(
    _ name: Name, _ verdict: Verdict?, for asker: Asker, policy: Policy, lift: Overlay.Lift? = nil,
    isObserved: Bool = false
  ) {
    self.name = name
    self.verdict = verdict
    self.lift = lift
    self.isObserved = isObserved
    effect = verdict.map { policy.effect(of: $0) }
    zone = verdict.map { policy.zones[$0.zone] }
    group = policy.group(of: asker).name
    self.policy = policy.plans[policy.group(of: asker).plan].name
  }

  /// One word for what is done.
  package var outcome: String {
    if let lift { return lift.kind.text }
    if isObserved { return "observed" }
    return switch effect?.kind {
    case nil: "open"
    case .block: "blocked"
    case .caution: "cautioned"
    case .allow: "allowed"
    case .observe: "observed"
    case .nxdomain: "nxdomain"
    case .nodata: "nodata"
    case .refuse: "refused"
    case .drop: "dropped"
    case .tcpOnly: "tcp-only"
    case .data: "local-data"
    case .alias: "redirected"
    }
  }

  /// Whether the answer is other than the truth.
  package var isRestricted: Bool { lift == nil && effect?.restricts == true }

  /// The entry that matched: `deepseek.com`, `*.deepseek.com`, `rpz-ip:192.0.2.0/24`.
  package var trigger: String? {
    guard let verdict, let zone else { return nil }
    switch verdict.trigger {
    case .name(_, let isWildcard, let entry):
      if let written = ruleName(entry) { return "\(written)" }
      return (isWildcard ? "*." : "") + zone.source.triggers.name(at: Int(entry)).description
    case .client(let index): return "rpz-client-ip:\(zone.source.clientTriggers[index].prefix)"
    case .address(let index, _): return "rpz-ip:\(zone.source.addressTriggers[index].prefix)"
    }
  }

  /// `zones/chat.zone:14`
  package var place: String? {
    guard let verdict, let zone else { return nil }
    func place(_ trigger: PolicyZone.AddressTrigger) -> String {
      "\(zone.source.files[Int(trigger.file)]):\(trigger.line)"
    }
    switch verdict.trigger {
    case .name(_, let isWildcard, let entry):
      if let written = ruleName(entry) { return "\(zone.source.file):\(written.line)" }
      return zone.source.place(ofEntryAt: entry, isWildcard: isWildcard)
    case .client(let index): return place(zone.source.clientTriggers[index])
    case .address(let index, _): return place(zone.source.addressTriggers[index])
    }
  }

  /// Of a rule that holds names itself: the closest of them. Its entry in the index may stand for other rules as well.
  private func ruleName(_ entry: UInt32) -> RuleName? {
    guard let zone, zone.title == RuleNames.title else { return nil }
    let listed = zone.source.triggers.name(at: Int(entry))
    return effect?.rule.selector.names.filter { listed.isAtOrBelow($0.name) }
      .max { $0.name.labelCount < $1.name.labelCount }
  }

  /// What identifies the restriction, in `key`, value order; those that do not apply are left out.
  package var facts: [(key: String, value: String)] {
    var facts = [("name", "\(name)"), ("verdict", outcome)]
    if let service = effect?.service { facts.append(("service", service.id)) }
    if let effect { facts.append(("rule", effect.rule.id)) }
    facts.append(("policy", policy))
    if let group { facts.append(("group", group)) }
    if let trigger, let zone, let place {
      facts += [("trigger", trigger), ("zone", "\(zone.title)@\(zone.serial)"), ("at", place)]
    }
    if let lift { facts.append(("until", "\(Instant(unixSeconds: lift.until))")) }
    return facts
  }

  /// `key=value` pairs in one line.
  ///
  /// - Parameters:
  ///   - client: as it may be written; nil where nothing may.
  ///   - moment: when it was judged, told where a clock had a part in it.
  package func line(client: String?, judged moment: Instant? = nil, reference: ReferenceCode) -> String {
    var facts = facts
    if let moment { facts.append(("judged", "\(moment)")) }
    if let client { facts.append(("client", client)) }
    if verdict != nil { facts.append(("reference", "\(reference)")) }
    return facts.map { "\($0.key)=\(Explanation.word($0.value))" }.joined(separator: " ")
  }

  /// Values with blanks stand in quotes.
  private static func word(_ value: String) -> String {
    value.contains(where: { $0 == " " || $0 == "\"" }) ? "\"\(value.replacing("\"", with: "'"))\"" : value
  }
}
