/// Who may reach what: zones, groups and rules, compiled to what every verdict comes from. Immutable.
package final class Policy: Sendable {
  /// A zone as answers and explanations name it.
  package struct Zone: Sendable {
    package let source: PolicyZone
    /// The number of its first action among those of all zones.
    let base: Int

    package var title: String { source.title }
    package var origin: Name { source.origin }
    package var serial: UInt32 { source.serial }
  }

  /// Clients that share a policy. The first is everyone who is in no other.
  package struct Group: Sendable {
    /// Nil for everyone else.
    package let name: String?
    /// Index into the policy's plans.
    package let plan: Int
    /// As the overlay knows it; 0 for everyone else.
    package let key: UInt64
  }

  package let index: PolicyIndex
  package let zones: [Zone]
  package let groups: [Group]
  package let plans: [PolicyPlan]
  package let effects: [Effect]
  package let services: [String: PolicyZone.Service]
  /// Rules with hours, of all plans; a choice names one by its index.
  let timedRules: [Rule]
  private let clients: PrefixMap<Int>
  /// Zones with triggers on clients, and on addresses in responses.
  private let clientTriggers: [(zone: Int, index: AddressIndex)]
  private let addressTriggers: [(zone: Int, index: AddressIndex)]

  init(
    index: PolicyIndex, zones: [Zone], groups: [Group], clients: PrefixMap<Int>, plans: [PolicyPlan],
    effects: [Effect], timedRules: [Rule], services: [String: PolicyZone.Service]
  ) {
    self.index = index
    self.zones = zones
    self.groups = groups
    self.clients = clients
    self.plans = plans
    self.effects = effects
    self.timedRules = timedRules
    self.services = services
    clientTriggers = zones.enumerated().compactMap { number, zone in
      zone.source.clientTriggers.isEmpty ? nil : (number, AddressIndex(zone.source.clientTriggers))
    }
    addressTriggers = zones.enumerated().compactMap { number, zone in
      zone.source.addressTriggers.isEmpty ? nil : (number, AddressIndex(zone.source.addressTriggers))
    }
  }

  // MARK: Asking

  /// The client with its group: the one with the longest prefix that holds it.
  package func asker(_ client: IPAddress) -> Asker {
    Asker(client: client, group: clients.value(for: client) ?? 0)
  }

  package func group(of asker: Asker) -> Group { groups[asker.group] }

  package func activity(at instant: Int64) -> Activity {
    timedRules.isEmpty ? .always : Activity(timedRules, at: instant)
  }

  package var hasHours: Bool { !timedRules.isEmpty }

  /// Whether a trigger of any zone could hold for `name`, by itself, by who asks or by its addresses, or a rule names it
  /// or what lies below it.
  func hasTriggers(on name: Name) -> Bool {
    if !clientTriggers.isEmpty || !addressTriggers.isEmpty { return true }
    if plans.contains(where: { $0.rules.contains { $0.selector.names.contains { $0.name.isAtOrBelow(name) } } }) {
      return true
    }
    let hashes = SuffixHashes(name)
    var isFound = false
    index.forEachMatch(name, hashes) { _ in isFound = true }
    return isFound
  }

  /// What the policy says of the name that `asker` asks for. The same for a query, the notice page, `explain` and the
  /// explain name.
  @inline(__always)
  package func ruling(
    on name: borrowing Name, _ hashes: borrowing SuffixHashes, for asker: Asker, _ activity: borrowing Activity
  ) -> Ruling {
    var search = RulingSearch()
    // Inside a zone a trigger on the client stands above one on the name (RPZ section 5.4).
    var settled: UInt64 = 0
    for (zone, index) in clientTriggers {
      guard let match = index.match(asker.client) else { continue }
      settled |= 1 << UInt64(zone)
      consider(&search, asker, activity, zone: zone, match.action, .client(match.trigger))
    }
    considerNames(&search, name, hashes, asker, activity, settled)
    return search.finish()
  }

  /// What it says of a name that the name asked for leads to.
  package func ruling(
    onTarget name: borrowing Name, _ hashes: borrowing SuffixHashes, for asker: Asker, _ activity: borrowing Activity
  ) -> Ruling {
    var search = RulingSearch()
    considerNames(&search, name, hashes, asker, activity, 0)
    return search.finish()
  }

  /// Of the addresses in a response, the one that counts in each zone: that with the longest prefix, an IPv4 one taken
  /// as 96 bits longer, then the smallest (RPZ sections 5.6 and 5.7). The order of records says nothing.
  package struct AddressSearch {
    fileprivate struct Found {
      var trigger = -1
      var action: UInt16 = 0
      var address = IPAddress(v4: 0)
    }

    /// In the order of the policy's zones with triggers on addresses.
    fileprivate var found = InlineArray<64, Found>(repeating: Found())
    package init() {}
  }

  package var hasAddressTriggers: Bool { !addressTriggers.isEmpty }

  package func note(_ address: IPAddress, in search: inout AddressSearch) {
    for (position, (zone, index)) in addressTriggers.enumerated() {
      guard let match = index.match(address) else { continue }
      let known = search.found[position].trigger
      guard known < 0 || isCloser(match.trigger, than: known, zone) else { continue }
      search.found[position] = AddressSearch.Found(trigger: match.trigger, action: match.action, address: address)
    }
  }

  private func isCloser(_ trigger: Int, than known: Int, _ zone: Int) -> Bool {
    let triggers = zones[zone].source.addressTriggers
    let (one, other) = (triggers[trigger].prefix, triggers[known].prefix)
    if one.mappedLength != other.mappedLength { return one.mappedLength > other.mappedLength }
    return (one.address.high, one.address.low) < (other.address.high, other.address.low)
  }

  /// What it says of them.
  package func ruling(
    on addresses: borrowing AddressSearch, for asker: Asker, _ activity: borrowing Activity
  ) -> Ruling {
    var search = RulingSearch()
    for (position, (zone, _)) in addressTriggers.enumerated() {
      let found = addresses.found[position]
      guard found.trigger >= 0 else { continue }
      consider(&search, asker, activity, zone: zone, found.action, .address(found.trigger, found.address))
    }
    return search.finish()
  }

  @inline(__always)
  private func considerNames(
    _ search: inout RulingSearch, _ name: borrowing Name, _ hashes: borrowing SuffixHashes, _ asker: Asker,
    _ activity: borrowing Activity, _ settled: UInt64
  ) {
    index.forEachMatch(name, hashes) { match in
      guard settled & 1 << UInt64(match.zone) == 0 else { return }
      consider(
        &search, asker, activity, zone: match.zone, match.action,
        .name(labels: match.labels, isWildcard: match.isWildcard, entry: match.entry))
    }
  }

  @inline(__always)
  private func consider(
    _ search: inout RulingSearch, _ asker: Asker, _ activity: borrowing Activity, zone: Int, _ action: UInt16,
    _ trigger: Verdict.Trigger
  ) {
    search.consider(
      plans[groups[asker.group].plan], zones[zone].base + Int(action), activity, zone: zone, action: action,
      trigger: trigger)
  }

  /// For tools: without hashes at hand.
  package func ruling(on name: Name, for asker: Asker, _ activity: Activity) -> Ruling {
    let hashes = SuffixHashes(name)
    return ruling(on: name, hashes, for: asker, activity)
  }

  // MARK: What a verdict means

  package func effect(of verdict: Verdict) -> Effect { effects[verdict.effect] }

  package func action(of verdict: Verdict) -> PolicyZone.Action {
    zones[verdict.zone].source.actions[Int(verdict.action)]
  }

  /// A name that is blocked for everyone, to try: the home of some service.
  package func exampleName(_ activity: Activity) -> String? {
    let everyone = Asker(client: IPAddress(v4: 0x7F00_0001), group: asker(IPAddress(v4: 0x7F00_0001)).group)
    let sorted = services.values.sorted { ($0.id == "deepseek" ? "" : $0.name) < ($1.id == "deepseek" ? "" : $1.name) }
    return sorted.lazy.compactMap { service -> String? in
      guard let home = service.facts["home"], let scheme = home.firstRange(of: "://") else { return nil }
      let host = String(home[scheme.upperBound...].prefix { $0 != "/" })
      // A home may be a page that stays open.
      guard let name = Name(host), let verdict = self.ruling(on: name, for: everyone, activity).selected,
        self.effect(of: verdict).kind == .block
      else { return nil }
      return host
    }.first
  }
}
