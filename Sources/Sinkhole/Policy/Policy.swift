/// Who may reach what: the compiled policy that every verdict comes from. Immutable.
///
/// One policy holds for every client: names of a service are blocked, and what else a zone says is
/// done. Groups and ordered rules come to stand between `verdict` and the index.
package final class Policy: Sendable {
  /// What a verdict does, with everything that an answer to it has to say, made ready beforehand.
  package struct Action: Sendable {
    package enum Kind: Sendable, Equatable {
      /// The sinkhole addresses, and the notice page behind them.
      case block
      case nxdomain
      case nodata
      case drop
      case tcpOnly
      case passthru
    }

    package let kind: Kind
    /// The service that the name belongs to; nil for rules that are about none.
    package let service: PolicyZone.Service?
    package let rule: Rule
    /// The extended error of every answer by this action.
    package let remark: Response.Remark
    /// The same for stubs that read structured errors: JSON, minified.
    package let structuredRemark: Response.Remark
  }

  /// One rule of the policy, as explanations name it.
  package struct Rule: Sendable, Hashable {
    package let id: String
    package let policy: String
  }

  /// A zone as explanations name it.
  package struct Zone: Sendable {
    package let title: String
    package let origin: Name
    package let serial: UInt32
    package let file: String
    package let triggerCount: Int
    package let skipped: [PolicyZone.Skip]
    /// RDATA of the SOA that closes negative answers by this zone.
    package let negativeSOA: [UInt8]
  }

  package let index: PolicyIndex
  package let sources: [PolicyZone]
  private let bases: [Int]
  package let zones: [Zone]
  /// Index 0 is no action.
  package let actions: [Action?]
  package let services: [String: PolicyZone.Service]

  init(
    index: PolicyIndex, sources: [PolicyZone], bases: [Int], zones: [Zone], actions: [Action?],
    services: [String: PolicyZone.Service]
  ) {
    self.index = index
    self.sources = sources
    self.bases = bases
    self.zones = zones
    self.actions = actions
    self.services = services
  }

  /// What the policy says of `name`; nil when no rule selects it. The same for a query, the notice page,
  /// `explain` and the explain name.
  @inline(__always)
  package func verdict(_ name: Name, _ hashes: SuffixHashes) -> Verdict? {
    var best: PolicyIndex.Match?
    index.forEachMatch(name, hashes) { match in
      if best.map({ match.zone < $0.zone }) ?? true { best = match }
    }
    return best.map { Verdict(match: $0) }
  }

  package func verdict(_ name: Name) -> Verdict? {
    var hashes = SuffixHashes()
    hashes.update(name.wire)
    return verdict(name, hashes)
  }

  /// A name that is blocked, to try: the home of some service.
  package var exampleName: String? {
    let sorted = services.values.sorted { ($0.id == "deepseek" ? "" : $0.name) < ($1.id == "deepseek" ? "" : $1.name) }
    return sorted.lazy.compactMap { service -> String? in
      guard let home = service.facts["home"], let scheme = home.firstRange(of: "://") else { return nil }
      let host = String(home[scheme.upperBound...].prefix { $0 != "/" })
      // A home may be a page that stays open.
      guard let name = Name(host), let verdict = self.verdict(name), self.action(of: verdict).kind == .block else {
        return nil
      }
      return host
    }.first
  }

  package func action(of verdict: Verdict) -> Action {
    guard let action = actions[bases[verdict.match.zone] + Int(verdict.match.action)] else { preconditionFailure("a match without an action") }
    return action
  }
}

/// What the policy says of one name from one client: which trigger matched.
package struct Verdict: Sendable, Equatable {
  package let match: PolicyIndex.Match
}
