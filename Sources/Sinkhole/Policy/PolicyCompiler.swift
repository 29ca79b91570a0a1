/// Makes zones and rules into a `Policy`, or says every fault between them.
package struct PolicyCompiler {
  /// How answers and explanations name their author and point to the notice.
  package struct Wording: Sendable, Hashable {
    package var noticeURL: String?
    package var contact: String?
    /// Seconds: TTL and minimum of sinkhole answers.
    package var ttl: UInt32

    package init(noticeURL: String?, contact: String?, ttl: UInt32) {
      self.noticeURL = noticeURL
      self.contact = contact
      self.ttl = ttl
    }
  }

  private let definition: PolicyDefinition
  private let policies: [PolicyDefinition.NamedPolicy]
  private var faults: [Fault] = []

  /// - Throws: too many zones, one origin or title twice, two actions for one trigger of a zone, a rule or group that
  ///   names a zone or policy that is not there.
  package static func compile(
    _ sources: [PolicyZone], _ definition: PolicyDefinition = PolicyDefinition(), wording: Wording
  ) throws(Faults) -> Policy {
    var plain = definition
    plain.ownNames = []
    let policy = try compileAsWritten(sources, plain, wording)
    // Nearly always nothing speaks of our own names: then there is no rule about them to be shown and looked for.
    let mayRestrict = definition.ownNames.contains { policy.hasTriggers(on: $0.name) }
    return mayRestrict ? try compileAsWritten(sources, definition, wording) : policy
  }

  private static func compileAsWritten(
    _ sources: [PolicyZone], _ definition: PolicyDefinition, _ wording: Wording
  ) throws(Faults) -> Policy {
    var compiler = PolicyCompiler(definition)
    compiler.checkZones(sources)
    compiler.checkReferences(sources)
    guard compiler.faults.isEmpty else { throw Faults(compiler.faults) }
    let names = RuleNames(compiler.policies, file: definition.file, serial: definition.serial)
    let zones = sources + (names.map { [$0.zone] } ?? [])
    let index = try PolicyIndexBuilder.build(zones)
    let services = services(of: zones)
    var plans = PlanCompiler(zones, services, names?.sets ?? [], wording)
    let compiled = compiler.policies.enumerated().map { plans.plan($1, number: $0) }
    let prefixes = definition.groups.enumerated().flatMap { number, group in group.clients.map { ($0, number + 1) } }
    return Policy(
      index: index, zones: plans.placedZones, groups: compiler.groups, clients: PrefixMap(prefixes), plans: compiled,
      effects: plans.effects, timedRules: plans.timedRules, services: services)
  }

  private init(_ definition: PolicyDefinition) {
    self.definition = definition
    var policies = definition.policies
    // Who calls a policy so means it for everyone.
    if definition.defaultPolicy == nil, !policies.contains(where: { $0.name == PolicyDefinition.implicitName }) {
      policies.append(PolicyDefinition.implicit)
    }
    // Without rules every name is open as it is.
    for index in policies.indices where !policies[index].rules.isEmpty {
      let name = policies[index].name
      let before = [
        opening(PolicyDefinition.ownNamesID, definition.ownNames, in: name),
        opening(PolicyDefinition.neverBlockID, definition.neverBlock, in: name),
      ]
      policies[index].rules.insert(contentsOf: before.compactMap(\.self), at: 0)
    }
    self.policies = policies
    /// The rule that holds `names` open, whatever comes after it; nil without any.
    func opening(_ id: String, _ names: [RuleName], in policy: String) -> Rule? {
      guard let first = names.first else { return nil }
      var rule = Rule(id: id, policy: policy, action: .allow, file: definition.file, line: first.line)
      rule.selector.names = names
      return rule
    }
  }

  /// The first is everyone else.
  private var groups: [Policy.Group] {
    let everyone = definition.defaultPolicy ?? PolicyDefinition.implicitName
    func plan(_ name: String) -> Int { policies.firstIndex { $0.name == name } ?? 0 }
    return [Policy.Group(name: nil, plan: plan(everyone), key: 0)]
      + definition.groups.map {
        Policy.Group(name: $0.name, plan: plan($0.policy), key: Overlay.key(ofGroup: $0.name))
      }
  }

  // MARK: What does not fit together

  private mutating func checkZones(_ zones: [PolicyZone]) {
    // One place is kept for the names that rules hold.
    if let extra = zones.dropFirst(PolicyIndex.maximumZones - 1).first {
      let problem = "more than \(PolicyIndex.maximumZones - 1) policy zones"
      faults.append(Fault(file: extra.file, problem, remedy: "Join some of them."))
    }
    var origins: [Name: String] = [:]
    var titles: [String: String] = [:]
    for zone in zones {
      if let other = origins.updateValue(zone.file, forKey: zone.origin) {
        let problem = "zone \"\(zone.origin)\" is loaded from \(other) too"
        faults.append(Fault(file: zone.file, problem, remedy: "Load it once."))
      } else if let other = titles.updateValue(zone.file, forKey: zone.title) {
        let problem = "zone \"\(zone.title)\" has the name of the one in \(other)"
        faults.append(Fault(file: zone.file, problem, remedy: "Give one of the two a name of its own in zones."))
      }
      if zone.title == RuleNames.title {
        faults.append(Fault(file: zone.file, "a zone called \"rules\", which is ours", remedy: "Give it another name."))
      }
    }
  }

  private mutating func checkReferences(_ zones: [PolicyZone]) {
    let titles = zones.map(\.title)
    let names = ZoneTitles(zones)
    for policy in policies {
      for rule in policy.rules {
        for title in (rule.selector.zones ?? []).sorted() where !names.holds(title) {
          let meant = Spelling.nearest(to: title, among: names.known).map { " Did you mean \"\($0)\"?" } ?? ""
          let known = titles.isEmpty ? "no zone is loaded" : "expected one of: \(titles.joined(separator: ", "))"
          faults.append(
            Fault(
              file: rule.file, line: rule.line, "rule \(rule.id) names the zone \"\(title)\", \(known)",
              remedy: "Correct it, or load that zone.\(meant)"))
        }
      }
    }
    let known = policies.map(\.name)
    for group in definition.groups where !known.contains(group.policy) {
      report(group.policy, known, line: group.line, column: group.column, "group \(group.name)")
    }
    if let name = definition.defaultPolicy, !known.contains(name) {
      let place = definition.defaultPolicyPlace
      report(name, known, line: place.line, column: place.column, "default_policy")
    }
  }

  private mutating func report(_ policy: String, _ known: [String], line: Int, column: Int, _ whose: String) {
    let meant = Spelling.nearest(to: policy, among: known).map { " Did you mean \"\($0)\"?" } ?? ""
    let list = known.isEmpty ? "there is none" : "expected one of: \(known.joined(separator: ", "))"
    faults.append(
      Fault(
        file: definition.file, line: line, column: column, "\(whose) has the policy \"\(policy)\", \(list)",
        remedy: "Correct it, or write that policy.\(meant)"))
  }

  /// The first zone that describes a service wins.
  private static func services(of zones: [PolicyZone]) -> [String: PolicyZone.Service] {
    var services: [String: PolicyZone.Service] = [:]
    for zone in zones { services.merge(zone.services) { first, _ in first } }
    for zone in zones {
      for case .service(let id) in zone.actions where services[id] == nil {
        services[id] = PolicyZone.Service(id: id, facts: [:])
      }
    }
    return services
  }
}
