import Sinkhole
import SinkholeWeb
import Synchronization

/// What the page asks: the verdict of the snapshot that answers queries, for the same client and name, on where the name
/// leads as well, after the same exceptions.
struct PolicyRestrictions: RestrictionSource {
  let server: DNSServer
  private let overviews = OverviewCache()

  init(server: DNSServer) { self.server = server }

  func restriction(of host: String, for client: String) -> Restriction? {
    guard let name = Name(host), let address = IPAddress(client) else { return nil }
    let snapshot = server.cell.snapshot
    let policy = snapshot.policy
    let asker = policy.asker(address)
    let present = Present(
      clock: UInt32(truncatingIfNeeded: Clock.milliseconds() / 1000), instant: Instant.now().unixSeconds, policy: policy)
    let inquiry = Inquiry(cache: server.cache, overlay: server.overlay, snapshot: snapshot, present: present)
    let told = inquiry.told(of: name, for: asker)
    guard let verdict = told.verdict, told.lift == nil else { return nil }
    let effect = policy.effect(of: verdict)
    let explanation = Explanation(name, verdict, for: asker, policy: policy)
    // Only what leads here: other actions send nobody to this address.
    guard effect.kind == .block || effect.kind == .caution, let zone = explanation.zone,
      let trigger = explanation.trigger
    else { return nil }
    let (rule, service) = (effect.rule, effect.service)
    return Restriction(
      serviceID: service?.id ?? zone.title,
      // An entry of a list has no other name than what was asked for.
      serviceName: service.map { LocalizedText(nameOf: $0) } ?? LocalizedText("\(name)"),
      vendor: service?.facts["vendor"] ?? "", category: service?.facts["category"] ?? "", ruleID: rule.id,
      trigger: trigger, zone: zone.title, serial: zone.serial, action: Restriction.Action(rule, kind: effect.kind),
      reason: LocalizedText(translations: rule.reason),
      authority: rule.authority.map { Restriction.Authority(name: LocalizedText($0)) }, document: rule.reference,
      review: rule.review.map { "\($0)" }, contact: rule.contact,
      reference: "\(ReferenceCode(explanation, client: snapshot.privacy.text(of: address)))",
      requiresName: rule.isNamed, isService: service != nil)
  }

  func overview(for client: String) -> RestrictionOverview {
    guard let address = IPAddress(client) else { return RestrictionOverview([]) }
    let snapshot = server.cell.snapshot
    let asker = snapshot.policy.asker(address)
    let now = Instant.now().unixSeconds
    let known = overviews.overview(snapshot, group: asker.group, at: now)
    guard !server.overlay.isEmpty else { return known.overview }
    let key = snapshot.policy.group(of: asker).key
    let open = known.effects.mapValues { server.overlay.lift($0, client: address.unmapped, group: key, now: now)?.until }
    return known.overview.mapServices { service in
      var service = service
      service.openUntil = open[service.id] ?? nil
      return service
    }
  }
}

/// The overviews of each group, made when first asked for and again when the snapshot or the hours of its rules change.
/// Holds as many as there are groups.
private final class OverviewCache: Sendable {
  struct Entry: Sendable {
    let generation: Int
    let activity: Activity
    let overview: RestrictionOverview
    /// By service: what an exception would lift.
    let effects: [String: Effect]
  }

  private let entries = Mutex<[Int: Entry]>([:])

  func overview(_ snapshot: Snapshot, group: Int, at now: Int64) -> Entry {
    let known = entries.withLock { $0[group] }
    if let known, known.generation == snapshot.generation, known.activity.holds(at: now) { return known }
    let restricted = RestrictedServices(snapshot.policy, group: group, at: now)
    var effects: [String: Effect] = [:]
    for effect in restricted.parts.flatMap(\.services) {
      if let id = effect.service?.id { effects[id] = effect }
    }
    let entry = Entry(
      generation: snapshot.generation, activity: snapshot.policy.activity(at: now),
      overview: RestrictionOverview(restricted.parts.flatMap(OverviewCache.rules)), effects: effects)
    entries.withLock { entries in
      // What belongs to earlier snapshots goes: groups may have become fewer.
      entries = entries.filter { $0.value.generation >= snapshot.generation }
      entries[group] = entry
    }
    return entry
  }

  /// A rule that does what lists say may restrict in more than one way.
  private static func rules(_ part: RestrictedServices.Part) -> [RestrictionOverview.Rule] {
    let rule = part.rule
    let kinds: [Effect.Kind] = part.services.contains { $0.kind == .caution } ? [.caution, .block] : [.block]
    return kinds.enumerated().compactMap { position, kind in
      let services = part.services.filter { ($0.kind == .caution) == (kind == .caution) }
      let lists = position == kinds.count - 1 ? part.zones : []
      guard !services.isEmpty || !lists.isEmpty else { return nil }
      return RestrictionOverview.Rule(
        id: rule.id, action: Restriction.Action(rule, kind: kind), reason: LocalizedText(translations: rule.reason),
        authority: rule.authority.map { LocalizedText($0) }, document: rule.reference,
        review: rule.review.map { "\($0)" }, contact: rule.contact,
        services: services.compactMap(\.service).map(RestrictionOverview.Service.init), lists: lists)
    }
  }
}

extension Restriction.Action {
  fileprivate init(_ rule: Rule, kind: Effect.Kind) {
    self = kind == .caution ? .cautioned : rule.code == .censored ? .ordered : .blocked
  }
}

extension RestrictionOverview.Service {
  fileprivate init(_ service: PolicyZone.Service) {
    self.init(
      id: service.id, name: LocalizedText(nameOf: service), vendor: service.facts["vendor"] ?? "",
      category: service.facts["category"] ?? "")
  }
}
