/// What zones come to when they are read one behind the other, first zone first, and the first that has a trigger for a
/// name decides: for each listed name what it gets itself, and what everything below it gets that is not listed.
///
/// It holds no more than the zones' own arenas and an index over them, some 40 octets a name, and asks the resolver's own
/// index. So whatever is written from it says of every name what the resolver says under its default policy, whatever zones
/// hide from each other.
package struct FlatPolicy {
  /// What a name gets. Services and entries of lists are all sent to the sinkhole, so they are one.
  package enum Effect: Hashable, Sendable {
    /// No zone has anything to say, or one opens the name.
    case open
    case sinkhole
    /// One that says itself what to answer.
    case other(PolicyZone.Action)

    package init(_ action: PolicyZone.Action) {
      switch action {
      case .service, .listed: self = .sinkhole
      case .passthru: self = .open
      default: self = .other(action)
      }
    }
  }

  /// A listed name, or one that exists because something below it is listed.
  package struct Node {
    package let name: Name
    /// Of the name itself.
    package let own: Effect
    /// Of what lies below it and is not listed.
    package let below: Effect
    /// Of its neighbours that are not listed: what it would get if it were not listed either.
    package let inherited: Effect

    /// It says what holds for it without being said.
    package var isRedundant: Bool { own == inherited && below == inherited }
  }

  package let zones: [PolicyZone]
  private let index: PolicyIndex
  /// For each zone, what its actions come to.
  private let effects: [[Effect]]

  /// - Throws: two actions for one trigger of a zone.
  package init(_ zones: [PolicyZone]) throws(Faults) {
    self.zones = zones
    index = try PolicyIndexBuilder.build(zones)
    effects = zones.map { $0.actions.map(Effect.init) }
  }

  /// Calls `body` with each node once: in the order of the zones and of the records in them.
  package func forEach(_ body: (Node) throws(SystemError) -> Void) throws(SystemError) {
    // Names that only exist may do so in several zones; there are few.
    var existing: Set<Name> = []
    for (number, zone) in zones.enumerated() {
      var offset = 0
      while offset < zone.triggers.octets.count {
        let start = offset
        offset = zone.triggers.end(ofEntryAt: start)
        let name = zone.triggers.name(ofEntryAt: start)
        let (own, below) = (matches(of: name), FlatPolicy.stranger(below: name).map(matches))
        let first = FlatPolicy.first(own, below ?? [], labels: name.labelCount)
        if zone.triggers.flags(ofEntryAt: start).isEmpty {
          guard first == nil else { continue }
          let node = node(name, own, below)
          if !node.isRedundant, existing.insert(name).inserted { try body(node) }
        } else if let first, first.zone == number, first.entry == start {
          try body(node(name, own, below))
        }
      }
    }
  }

  package func node(_ name: Name) -> Node {
    node(name, matches(of: name), FlatPolicy.stranger(below: name).map(matches))
  }

  /// - Parameter below: what rules over a name below it that is not listed; nil when none fits there.
  private func node(_ name: Name, _ own: [PolicyIndex.Match], _ below: [PolicyIndex.Match]?) -> Node {
    let neighbour = name.parent.flatMap(FlatPolicy.stranger).map(matches) ?? []
    return Node(name: name, own: effect(own), below: effect(below ?? own), inherited: effect(neighbour))
  }

  private func effect(_ matches: [PolicyIndex.Match]) -> Effect {
    matches.first.map { effects[$0.zone][Int($0.action)] } ?? .open
  }

  /// What a query for `name` gets.
  package func effect(of name: borrowing Name) -> Effect {
    effect(matches(of: name))
  }

  // MARK: Looking up

  /// The trigger that rules over `name` in each zone that has one, in the order of the zones.
  func matches(of name: borrowing Name) -> [PolicyIndex.Match] {
    let hashes = SuffixHashes(name)
    var matches: [PolicyIndex.Match] = []
    index.forEachMatch(name, hashes) { matches.append($0) }
    if matches.count > 1 { matches.sort { $0.zone < $1.zone } }
    return matches
  }

  /// The triggers of `name` itself, or of `*.` before it, in the order of the zones.
  func triggers(of name: borrowing Name, isWildcard: Bool) -> [PolicyIndex.Match] {
    let labels = name.labelCount
    if !isWildcard { return matches(of: name).filter { !$0.isWildcard } }
    guard let stranger = FlatPolicy.stranger(below: copy name) else { return [] }
    return matches(of: stranger).filter { $0.labels == labels }
  }

  /// Where a name of `labels` labels stands first, as itself or behind `*.`.
  private static func first(
    _ own: [PolicyIndex.Match], _ below: [PolicyIndex.Match], labels: Int
  ) -> (zone: Int, entry: Int)? {
    var first: (zone: Int, entry: Int)?
    for match in own + below where match.labels == labels {
      if let known = first, known < (match.zone, Int(match.entry)) { continue }
      first = (match.zone, Int(match.entry))
    }
    return first
  }

  /// A name below `name` that nobody lists: no host is called by a control character. Nil when none fits in 255 octets.
  static func stranger(below name: Name) -> Name? {
    var octets: [UInt8] = [1, 1]
    octets.append(contentsOf: [UInt8](copying: name.wire))
    return Name(wire: octets.span)
  }
}
