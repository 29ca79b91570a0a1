import Logging
import Sinkhole
import SinkholeWeb

/// The notice page, fed by the resolver's own verdicts.
enum NoticePage {
  static func server(
    at address: SocketAddress, _ configuration: Configuration, server: DNSServer,
    certificates: NoticeCertificates? = nil, logger: Logger
  ) -> NoticeServer {
    NoticeServer(
      configuration: NoticeConfiguration(
        address: "\(address.address)", port: Int(address.port), contact: configuration.notice.contact,
        url: configuration.notice.url, clientInLogs: { [cell = server.cell] in cell.snapshot.privacy.text(of: IPAddress($0)) }),
      source: PolicyRestrictions(server: server), certificates: certificates, logger: logger)
  }
}

/// What the page asks: the verdict of the snapshot that answers queries, for the same client and name, on where the name
/// leads as well, after the same exceptions.
struct PolicyRestrictions: RestrictionSource {
  let server: DNSServer

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
      serviceID: service?.id ?? zone.title, serviceName: PolicyRestrictions.name(of: service, else: name),
      vendor: service?.facts["vendor"] ?? "", category: service?.facts["category"] ?? "", ruleID: rule.id,
      trigger: trigger, zone: zone.title, serial: zone.serial, action: PolicyRestrictions.action(effect),
      reason: PolicyRestrictions.text(rule.reason),
      authority: rule.authority.map { Restriction.Authority(name: LocalizedText($0)) }, document: rule.reference,
      review: rule.review.map { "\($0)" }, contact: rule.contact,
      reference: "\(ReferenceCode(explanation, client: snapshot.privacy.text(of: address)))")
  }

  private static func action(_ effect: Effect) -> Restriction.Action {
    if effect.kind == .caution { return .cautioned }
    return effect.rule.code == .censored ? .ordered : .blocked
  }

  /// The service's, else the name that was asked for: an entry of a list has no other.
  private static func name(of service: PolicyZone.Service?, else name: Name) -> LocalizedText {
    guard let service else { return LocalizedText("\(name)") }
    var translations: [LanguageTag: String] = [:]
    for (key, value) in service.facts where key.hasPrefix("name.") {
      translations[LanguageTag(rawValue: String(key.dropFirst(5)))] = value
    }
    return LocalizedText(service.name, translations: translations)
  }

  /// The rule's reason; who reads none of its languages gets the English one, else the first.
  private static func text(_ reason: [String: String]) -> LocalizedText? {
    guard let (language, standard) = reason["en"].map({ ("en", $0) }) ?? reason.min(by: { $0.key < $1.key }) else {
      return nil
    }
    var translations: [LanguageTag: String] = [:]
    for (key, value) in reason { translations[LanguageTag(rawValue: key)] = value }
    return LocalizedText(standard, in: LanguageTag(rawValue: language), translations: translations)
  }
}
