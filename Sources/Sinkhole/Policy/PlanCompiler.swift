/// Works the rules of each policy out for every action of every zone.
struct PlanCompiler {
  /// What rules can tell apart: actions of one zone that are of one class get the same choices.
  private enum Class: Hashable {
    case service(String)
    case named(Int)
    case listed, nxdomain, nodata, passthru, drop, tcpOnly, data, alias

    init(_ action: PolicyZone.Action) {
      switch action {
      case .service(let id): self = .service(id)
      case .named(let set): self = .named(set)
      case .listed: self = .listed
      case .nxdomain: self = .nxdomain
      case .nodata: self = .nodata
      case .passthru: self = .passthru
      case .drop: self = .drop
      case .tcpOnly: self = .tcpOnly
      case .data: self = .data
      case .alias, .wildcardAlias: self = .alias
      }
    }
  }

  private let zones: [PolicyZone]
  private let titles: ZoneTitles
  private let services: [String: PolicyZone.Service]
  private let sets: [Set<RuleNames.Place>]
  private let wording: PolicyCompiler.Wording
  private let soas: [[UInt8]]
  private(set) var effects: [Effect] = []
  private(set) var timedRules: [Rule] = []

  init(
    _ zones: [PolicyZone], _ services: [String: PolicyZone.Service], _ sets: [Set<RuleNames.Place>],
    _ wording: PolicyCompiler.Wording
  ) {
    self.zones = zones
    titles = ZoneTitles(zones)
    self.services = services
    self.sets = sets
    self.wording = wording
    soas = zones.map { zone in
      StartOfAuthority(
        primary: zone.origin, mailbox: Name("hostmaster.sinkhole.internal") ?? Name(), serial: zone.serial,
        minimum: wording.ttl
      ).rdata
    }
  }

  var placedZones: [Policy.Zone] {
    var base = 0
    return zones.map { zone in
      defer { base += zone.actions.count }
      return Policy.Zone(source: zone, base: base)
    }
  }

  /// - Parameter number: the policy's, as `RuleNames` counts.
  mutating func plan(_ policy: PolicyDefinition.NamedPolicy, number: Int) -> PolicyPlan {
    let timers = policy.rules.map { rule -> Int32 in
      guard rule.hours != nil else { return -1 }
      timedRules.append(rule)
      return Int32(timedRules.count - 1)
    }
    var starts: [UInt32] = []
    var choices: [PolicyPlan.Choice] = []
    var decides = [Bool](repeating: false, count: policy.rules.count)
    var selects = decides
    for (position, zone) in zones.enumerated() {
      var known: [Class: UInt32] = [:]
      for action in zone.actions {
        let kind = Class(action)
        if let start = known[kind] {
          starts.append(start)
          continue
        }
        let first = choices.count
        var isSettled = false
        for rule in candidates(policy, number: number, kind) {
          let definition = policy.rules[rule]
          guard self.selects(definition, kind, zone) else { continue }
          selects[rule] = true
          guard !isSettled else { continue }
          decides[rule] = true
          choices.append(
            PolicyPlan.Choice(
              rule: UInt16(rule), timer: timers[rule], observes: definition.action == .observe, isLast: false,
              effect: effect(definition, kind, zone: position)))
          isSettled = timers[rule] < 0 && definition.action != .observe
        }
        let start = choices.count == first ? 0 : UInt32(first + 1)
        if start != 0 { choices[choices.count - 1].isLast = true }
        known[kind] = start
        starts.append(start)
      }
    }
    return PolicyPlan(
      name: policy.name, rules: policy.rules, starts: starts, choices: choices, decides: decides, selects: selects)
  }

  // MARK: Selection

  /// Rules that could select an action of this kind, in their order.
  private func candidates(_ policy: PolicyDefinition.NamedPolicy, number: Int, _ kind: Class) -> [Int] {
    guard case .named(let set) = kind else { return Array(policy.rules.indices) }
    return sets[set].filter { $0.policy == number }.map(\.rule).sorted()
  }

  private func selects(_ rule: Rule, _ kind: Class, _ zone: PolicyZone) -> Bool {
    let selector = rule.selector
    // These rules name what they select, and were looked up by it.
    if case .named = kind { return true }
    guard selector.names.isEmpty else { return false }
    if let words = selector.zones, !words.contains(where: { titles.word($0, means: zone.title) }) { return false }
    if selector.isAboutServices {
      guard case .service(let id) = kind, let service = services[id] else { return false }
      return fits(service, selector)
    }
    guard selector.zones != nil || selector.everyZone else { return false }
    // An exception in a zone stays one, whatever is done about the rest of the zone.
    return kind != .passthru || rule.action == .zone || rule.action == .allow
  }

  private func fits(_ service: PolicyZone.Service, _ selector: Rule.Selector) -> Bool {
    if let ids = selector.services, !ids.contains(service.id) { return false }
    func holds(_ wanted: Set<String>?, _ fact: String) -> Bool {
      guard let wanted else { return true }
      return service.facts[fact].map { wanted.contains($0.lowercased()) } ?? false
    }
    return holds(selector.categories, "category") && holds(selector.jurisdictions, "jurisdiction")
      && holds(selector.vendors, "vendor")
  }

  // MARK: Effects

  private mutating func effect(_ rule: Rule, _ kind: Class, zone: Int) -> UInt32 {
    var service: PolicyZone.Service?
    if case .service(let id) = kind { service = services[id] }
    let source = zones[zone]
    let subject = service?.name ?? (source.title == RuleNames.title ? rule.id : source.title)
    let words = EffectWording(wording: wording, rule: rule, subject: subject, serial: source.serial)
    effects.append(
      Effect(
        kind: effectKind(rule, kind), rule: rule, service: service, remark: words.remark,
        structuredRemark: words.structuredRemark, negativeSOA: soas[zone]))
    return UInt32(effects.count - 1)
  }

  private func effectKind(_ rule: Rule, _ kind: Class) -> Effect.Kind {
    switch rule.action {
    case .block: .block
    case .caution: .caution
    case .allow: .allow
    case .observe: .observe
    case .nxdomain: .nxdomain
    case .nodata: .nodata
    case .refuse: .refuse
    case .drop: .drop
    case .tcpOnly: .tcpOnly
    case .redirect: .alias
    case .zone:
      switch kind {
      case .service, .listed, .named: .block
      case .nxdomain: .nxdomain
      case .nodata: .nodata
      case .passthru: .allow
      case .drop: .drop
      case .tcpOnly: .tcpOnly
      case .data: .data
      case .alias: .alias
      }
    }
  }
}
