/// A verdict in words: the same for `dig`, `sinkholed explain`, the log and the notice page.
package struct Explanation: Sendable {
  package let name: Name
  package let verdict: Verdict?
  package let action: Policy.Action?
  package let zone: Policy.Zone?
  private let source: PolicyZone?

  package init(_ name: Name, _ verdict: Verdict?, policy: Policy) {
    self.name = name
    self.verdict = verdict
    action = verdict.map { policy.action(of: $0) }
    zone = verdict.map { policy.zones[$0.match.zone] }
    source = verdict.map { policy.sources[$0.match.zone] }
  }

  /// One word for what is done.
  package var outcome: String {
    switch action?.kind {
    case nil: "open"
    case .block: "blocked"
    case .nxdomain: "nxdomain"
    case .nodata: "nodata"
    case .drop: "dropped"
    case .tcpOnly: "tcp-only"
    case .passthru: "passthru"
    }
  }

  /// Whether the answer is other than the truth.
  package var isRestricted: Bool {
    switch action?.kind {
    case nil, .passthru: false
    default: true
    }
  }

  /// The list entry that matched: `deepseek.com` or `*.deepseek.com`.
  package var trigger: String? {
    guard let match = verdict?.match else { return nil }
    var suffix = name
    while suffix.labelCount > match.labels, let parent = suffix.parent { suffix = parent }
    return (match.isWildcard ? "*." : "") + suffix.description
  }

  /// `zones/chat.zone:14`
  package var place: String? {
    guard let source, let verdict else { return nil }
    return source.place(ofEntryAt: verdict.match.entry, isWildcard: verdict.match.isWildcard)
  }

  /// `key=value` pairs in one line.
  package func line(client: IPAddress?) -> String {
    var parts = ["name=\(name)", "verdict=\(outcome)"]
    if let service = action?.service { parts += ["service=\(service.id)"] }
    if let action { parts += ["rule=\(action.rule.id)", "policy=\(action.rule.policy)"] }
    if let trigger, let zone, let place {
      parts += ["trigger=\(trigger)", "zone=\(zone.title)@\(zone.serial)", "at=\(place)"]
    }
    if let client { parts += ["client=\(client)"] }
    return parts.joined(separator: " ")
  }
}
