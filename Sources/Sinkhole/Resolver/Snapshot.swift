import Synchronization

/// Everything that workers read of the configuration and the zones: compiled, immutable, whole. A reload
/// builds a new one aside and publishes it; a fault leaves the one that serves in place.
package final class Snapshot: Sendable {
  /// Counts the snapshots of this process, from 1.
  package let generation: Int
  package let policy: Policy
  package let sinkhole: SinkholeAnswer
  package let ownNames: OwnNames
  package let local: LocalKnowledge
  /// Clients that may ask at all.
  package let allowedClients: [IPPrefix]
  /// Forwarders between stubs and us that are believed when they say for whom they ask.
  package let trustedForwarders: [IPPrefix]
  package let routing: Routing
  /// The time zone of the site, for people.
  package let clocks: TimeZoneRules
  package let cookies: CookieSecrets
  /// What a stub is told that asks which server this is; nil: nothing.
  package let serverIdentifier: ServerIdentifier?
  /// How clients may be written.
  package let privacy: ClientPrivacy
  /// What is to be said of the sources that it was made of: lists that are missing or old.
  package let sourceWarnings: [String]

  package init(
    generation: Int, policy: Policy, sinkhole: SinkholeAnswer, identity: Identity, local: LocalKnowledge,
    allowedClients: [IPPrefix], trustedForwarders: [IPPrefix], routing: Routing, clocks: TimeZoneRules,
    privacy: ClientPrivacy, cookies: CookieSecrets = .off, sourceWarnings: [String] = []
  ) {
    self.generation = generation
    self.policy = policy
    self.sinkhole = sinkhole
    self.local = local
    self.allowedClients = allowedClients
    self.trustedForwarders = trustedForwarders
    self.routing = routing
    self.clocks = clocks
    self.privacy = privacy
    self.cookies = cookies
    serverIdentifier = identity.id.map(ServerIdentifier.init)
    self.sourceWarnings = sourceWarnings
    ownNames = OwnNames(identity: identity, sinkhole: sinkhole)
  }

  /// The same with another way to the upstreams.
  package func routed(by routing: Routing, generation: Int) -> Snapshot {
    Snapshot(
      generation: generation, policy: policy, sinkhole: sinkhole, identity: ownNames.identity, local: local,
      allowedClients: allowedClients, trustedForwarders: trustedForwarders, routing: routing, clocks: clocks,
      privacy: privacy, cookies: cookies, sourceWarnings: sourceWarnings)
  }

  /// Whether `peer` asks for others, and says for whom.
  func trusts(_ peer: IPAddress) -> Bool {
    for prefix in trustedForwarders where prefix.contains(peer) { return true }
    return false
  }

  @inline(__always)
  func allows(_ client: IPAddress) -> Bool {
    for prefix in allowedClients where prefix.contains(client) { return true }
    return false
  }

  /// For whom `query` is asked: its sender, or the client that a trusted one names.
  @inline(__always)
  package func client(of query: borrowing Query, from peer: IPAddress) -> IPAddress {
    guard let client = query.head.edns?.clientSubnet else { return peer }
    return trusts(peer) ? client : peer
  }
}

/// Where the current snapshot is found. Readers look at the generation once a batch, one load, and take the
/// lock only when it has changed; so a publication stops nobody.
package final class SnapshotCell: Sendable {
  private let latest: Atomic<Int>
  private let current: Mutex<Snapshot>

  package init(_ snapshot: Snapshot) {
    latest = Atomic(snapshot.generation)
    current = Mutex(snapshot)
  }

  package var snapshot: Snapshot { current.withLock { $0 } }

  /// Replaces `snapshot` when a newer one has been published. True when it has.
  @inline(__always)
  package func refresh(_ snapshot: inout Snapshot) -> Bool {
    guard latest.load(ordering: .acquiring) != snapshot.generation else { return false }
    snapshot = self.snapshot
    return true
  }

  package func publish(_ snapshot: Snapshot) {
    current.withLock { $0 = snapshot }
    latest.store(snapshot.generation, ordering: .releasing)
  }
}
