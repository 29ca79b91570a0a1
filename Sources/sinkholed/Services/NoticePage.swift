import Logging
import Sinkhole
import SinkholeWeb

/// The notice page, fed by the resolver's own verdicts.
enum NoticePage {
  static func server(
    at address: SocketAddress, _ configuration: Configuration, restrictions: PolicyRestrictions, desk: ReaderDesk?,
    signer: FormSigner, certificates: NoticeCertificates? = nil, logger: Logger
  ) -> NoticeServer {
    NoticeServer(
      configuration: NoticeConfiguration(
        address: "\(address.address)", port: Int(address.port), contact: configuration.notice.contact,
        theme: theme(configuration.notice), url: configuration.notice.url,
        clock: NoticeClock(offset: { [zone = configuration.timeZone] in zone.offset(at: $0) }),
        clientRecord: clientRecord(configuration.log),
        clientInLogs: { [cell = restrictions.server.cell] in cell.snapshot.privacy.text(of: IPAddress($0)) }),
      source: restrictions, desk: desk, signer: signer, certificates: certificates, logger: logger)
  }

  private static func theme(_ notice: Configuration.Notice) -> Theme {
    Theme(
      agency: LocalizedText(translations: notice.agency), accent: notice.colour?.rgb ?? Theme.standardAccent,
      logo: notice.logo.map { Theme.Logo(kind: $0.kind == .png ? .png : .svg, octets: $0.octets) })
  }

  private static func clientRecord(_ log: Configuration.Log) -> ClientRecord {
    switch log.client {
    case .whole: .whole
    case .prefix: .prefix
    case .pseudonym: .pseudonym
    case .none: .none
    }
  }
}

extension LocalizedText {
  /// Texts by language; who reads none of these languages gets the English one, else the first. Nil when there is none.
  init?(translations texts: [String: String]) {
    guard let (language, standard) = texts["en"].map({ ("en", $0) }) ?? texts.min(by: { $0.key < $1.key }) else {
      return nil
    }
    var translations: [LanguageTag: String] = [:]
    for (key, value) in texts { translations[LanguageTag(rawValue: key)] = value }
    self.init(standard, in: LanguageTag(rawValue: language), translations: translations)
  }

  /// The name of a service, which its metadata may hold in several languages.
  init(nameOf service: PolicyZone.Service) {
    var translations: [LanguageTag: String] = [:]
    for (key, value) in service.facts where key.hasPrefix("name.") {
      translations[LanguageTag(rawValue: String(key.dropFirst(5)))] = value
    }
    self.init(service.name, translations: translations)
  }
}
