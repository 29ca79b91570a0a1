import Logging
import Sinkhole
import SinkholeWeb

/// The notice page, fed by the resolver's own verdicts.
enum NoticePage {
  static func server(
    at address: SocketAddress, _ configuration: Configuration, server: DNSServer, logger: Logger
  ) -> NoticeServer {
    NoticeServer(
      configuration: NoticeConfiguration(
        address: "\(address.address)", port: Int(address.port), contact: configuration.notice.contact,
        url: configuration.notice.url),
      source: PolicyRestrictions(cell: server.cell), logger: logger)
  }
}

/// What the page asks: the verdict of the snapshot that answers queries, for the same client and name.
struct PolicyRestrictions: RestrictionSource {
  let cell: SnapshotCell

  func restriction(of host: String, for client: String) -> Restriction? {
    guard let name = Name(host) else { return nil }
    let policy = cell.snapshot.policy
    let explanation = Explanation(name, policy.verdict(name), policy: policy)
    // Only what leads here: other actions send nobody to this address.
    guard let action = explanation.action, action.kind == .block, let service = action.service,
      let zone = explanation.zone, let trigger = explanation.trigger
    else { return nil }
    var translations: [LanguageTag: String] = [:]
    for (key, value) in service.facts where key.hasPrefix("name.") {
      translations[LanguageTag(rawValue: String(key.dropFirst(5)))] = value
    }
    return Restriction(
      serviceID: service.id, serviceName: LocalizedText(service.name, translations: translations),
      vendor: service.facts["vendor"] ?? service.name, category: service.facts["category"] ?? "",
      ruleID: action.rule.id, trigger: trigger, zone: zone.title, serial: zone.serial)
  }
}
