/// Makes zones into a `Policy`, or says every fault between them.
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

  static let policyName = "default"
  /// Selects every name of every service.
  static let blockRule = Policy.Rule(id: "block-services", policy: policyName)
  /// Does what a zone's record says.
  static let zoneRule = Policy.Rule(id: "zone", policy: policyName)

  /// - Throws: too many zones, one origin twice, or two actions for one trigger of a zone.
  package static func compile(_ zones: [PolicyZone], wording: Wording) throws(Faults) -> Policy {
    var faults: [Fault] = []
    if let extra = zones.dropFirst(PolicyIndex.maximumZones).first {
      faults.append(
        Fault(file: extra.file, "more than \(PolicyIndex.maximumZones) policy zones", remedy: "Join some of them."))
      throw Faults(faults)
    }
    var files: [Name: String] = [:]
    for zone in zones {
      if let other = files.updateValue(zone.file, forKey: zone.origin) {
        faults.append(
          Fault(file: zone.file, "zone \"\(zone.origin)\" is loaded from \(other) too", remedy: "Load it once."))
      }
    }
    let services = services(of: zones)
    var actions: [Policy.Action?] = [nil]
    var bases: [Int] = []
    for zone in zones {
      guard actions.count + zone.actions.count <= Int(UInt16.max) else {
        faults.append(Fault(file: zone.file, "more than 65,534 services in all zones", remedy: "Load fewer zones."))
        break
      }
      bases.append(actions.count)
      actions += zone.actions.map { action(for: $0, in: zone, services, wording) }
    }
    guard faults.isEmpty else { throw Faults(faults) }
    let index = try PolicyIndexBuilder.build(zones)
    let summaries = zones.map { summary(of: $0, wording) }
    return Policy(index: index, sources: zones, bases: bases, zones: summaries, actions: actions, services: services)
  }

  /// The first zone that describes a service wins.
  private static func services(of zones: [PolicyZone]) -> [String: PolicyZone.Service] {
    var services: [String: PolicyZone.Service] = [:]
    for zone in zones {
      services.merge(zone.services) { first, _ in first }
    }
    for zone in zones {
      for case .service(let id) in zone.actions where services[id] == nil {
        services[id] = PolicyZone.Service(id: id, facts: [:])
      }
    }
    return services
  }

  private static func action(
    for action: PolicyZone.Action, in zone: PolicyZone, _ services: [String: PolicyZone.Service], _ wording: Wording
  ) -> Policy.Action {
    var service: PolicyZone.Service?
    let kind: Policy.Action.Kind
    switch action {
    case .service(let id):
      service = services[id]
      kind = .block
    case .nxdomain: kind = .nxdomain
    case .nodata: kind = .nodata
    case .passthru: kind = .passthru
    case .drop: kind = .drop
    case .tcpOnly: kind = .tcpOnly
    case .listed: kind = .block
    case .data, .alias, .wildcardAlias: kind = .nodata
    }
    let rule = service == nil ? zoneRule : blockRule
    return Policy.Action(
      kind: kind, service: service, rule: rule,
      remark: Response.Remark(.blocked, text(service, rule, zone, wording)),
      structuredRemark: Response.Remark(.blocked, json(service, rule, zone, wording)))
  }

  /// `<service>; rule <id>; <policy>@<serial>; see <notice.url>`
  private static func text(
    _ service: PolicyZone.Service?, _ rule: Policy.Rule, _ zone: PolicyZone, _ wording: Wording
  ) -> String {
    let subject = service?.name ?? zone.title
    let see = wording.noticeURL.map { "; see \($0)" } ?? ""
    return "\(subject); rule \(rule.id); \(rule.policy)@\(zone.serial)\(see)"
  }

  /// draft-ietf-dnsop-structured-dns-error section 4: contact, justification, sub-error 5 (network
  /// operator policy), language of the justification.
  private static func json(
    _ service: PolicyZone.Service?, _ rule: Policy.Rule, _ zone: PolicyZone, _ wording: Wording
  ) -> String {
    var members: [String] = []
    if let contact = wording.contact.flatMap(contactURI) { members.append("\"c\":[\(quoted(contact))]") }
    members.append("\"j\":\(quoted(text(service, rule, zone, wording)))")
    members.append("\"s\":5")
    members.append("\"l\":\"en\"")
    return "{" + members.joined(separator: ",") + "}"
  }

  /// `mailto:` and `tel:` as they are, a lone address as the first; nil for other text, which is no URI.
  private static func contactURI(_ contact: String) -> String? {
    guard !contact.contains(where: \.isWhitespace) else { return nil }
    if contact.hasPrefix("mailto:") || contact.hasPrefix("tel:") { return contact }
    return contact.contains("@") ? "mailto:" + contact : nil
  }

  private static func quoted(_ text: String) -> String {
    var quoted = "\""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"", "\\":
        quoted += "\\"
        quoted.unicodeScalars.append(scalar)
      case _ where scalar.value < 0x20:
        let hex = String(scalar.value, radix: 16)
        quoted += "\\u" + String(repeating: "0", count: 4 - hex.count) + hex
      default: quoted.unicodeScalars.append(scalar)
      }
    }
    return quoted + "\""
  }

  private static func summary(of zone: PolicyZone, _ wording: Wording) -> Policy.Zone {
    Policy.Zone(
      title: zone.title, origin: zone.origin, serial: zone.serial, file: zone.file,
      triggerCount: zone.triggerCount, skipped: zone.skipped,
      negativeSOA: StartOfAuthority(
        primary: zone.origin, mailbox: Name("hostmaster.sinkhole.internal") ?? Name(), serial: zone.serial,
        minimum: wording.ttl
      ).rdata)
  }
}
