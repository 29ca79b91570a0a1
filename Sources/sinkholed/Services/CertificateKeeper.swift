import Logging
import ServiceLifecycle
import Sinkhole
import SinkholeCertificates
import SinkholeWeb

/// Keeps the notice page's certificates in step: with the policy, with the delegated authority on disk, with time.
///
/// Issuing authorities and leaves renew themselves when they are asked for; what only a person with the root can renew is
/// spoken of here, once a day.
final class CertificateKeeper: Service {
  let certificates: NoticeCertificates
  private let logger: Logger

  /// How long before its end the delegated authority is spoken of: time to fetch the root from its safe.
  private static let notice = Int64(30 * 86_400)

  /// - Throws: there is no authority, or it cannot be used: `CertificateError`.
  init(_ configuration: Configuration, _ restrictions: PolicyRestrictions, logger: Logger) throws {
    self.logger = logger
    let (issuer, own) = try CertificateKeeper.make(configuration, restrictions.server.cell.snapshot.policy)
    certificates = NoticeCertificates(
      issuer: issuer, own: own, url: configuration.notice.url, source: restrictions, logger: logger,
      clientInLogs: { [cell = restrictions.server.cell] in cell.snapshot.privacy.text(of: IPAddress($0)) },
      wallClock: { Instant.now().unixSeconds })
    for warning in CertificateKeeper.warnings(issuer, own, configuration) { logger.warning("\(warning)") }
  }

  func run() async throws {
    await cancelWhenGracefulShutdown {
      while !Task.isCancelled {
        guard (try? await Task.sleep(for: .seconds(86_400))) != nil else { return }
        for warning in CertificateKeeper.warnings(of: self.certificates.issuer) { self.logger.warning("\(warning)") }
      }
    }
  }

  /// After a reload: mints for the names of `policy`, below the authority that is on disk now.
  func refresh(_ policy: Policy, _ configuration: Configuration) -> [String] {
    do {
      let (issuer, own) = try CertificateKeeper.make(configuration, policy)
      certificates.replace(issuer, own: own)
      return CertificateKeeper.warnings(issuer, own, configuration)
    } catch {
      return ["certificates: \(error) Those of before the reload stay in use."]
    }
  }

  // MARK: From the configuration

  static func folder(of configuration: Configuration) -> String {
    configuration.notice.certificates ?? configuration.state + "/certificates"
  }

  /// The names that certificates are wanted for: those that lead to the page, and the page's own. Those of fetched lists
  /// are not: others change them by themselves, and nobody has approved of what they say today.
  static func names(_ configuration: Configuration, _ policy: Policy) -> NameSubtrees {
    let fetched = configuration.zones.compactMap { source -> String? in
      if case .address = source.place { source.name } else { nil }
    }
    let own = NoticeCertificates.host(of: configuration.notice.url)
    return NameSubtrees(PageNames(policy, leavingOut: Set(fetched)).names + [own].compactMap(\.self))
  }

  /// The site's own: never restricted, so never to be vouched for.
  static func excluded(_ configuration: Configuration) -> [String] {
    configuration.definition.neverBlock.map { "\($0.name)" }
  }

  static func issuer(_ configuration: Configuration, _ policy: Policy) throws(CertificateError) -> Issuer {
    let authority: DelegatedAuthority
    do throws(CertificateError) {
      authority = try DelegatedAuthority.read(in: folder(of: configuration))
    } catch {
      guard error.code == .missing else { throw error }
      throw CertificateError(
        .missing, "notice.https is set, and there is no authority: \(error.problem)",
        remedy: "Run sinkholed ca init, or set notice.https: off.")
    }
    return Issuer(authority, names: names(configuration, policy), excluding: excluded(configuration))
  }

  private static func make(
    _ configuration: Configuration, _ policy: Policy
  ) throws(CertificateError) -> (Issuer, OwnCertificate?) {
    let issuer = try issuer(configuration, policy)
    let notice = configuration.notice
    guard let chain = notice.ownCertificate, let key = notice.ownKey else { return (issuer, nil) }
    guard let host = NoticeCertificates.host(of: notice.url) else {
      throw CertificateError(
        .malformed, "notice.own_certificate is for the host of notice.url, which has no name",
        remedy: "Correct notice.url.")
    }
    return (issuer, try OwnCertificate(host: host, chain: chain, key: key))
  }

  // MARK: What to warn of

  /// What `check` says: nothing while HTTPS is off.
  static func warnings(_ configuration: Configuration, _ policy: Policy) throws(CertificateError) -> [String] {
    guard configuration.notice.https != nil else { return [] }
    let (issuer, own) = try make(configuration, policy)
    return warnings(issuer, own, configuration)
  }

  private static func warnings(_ issuer: Issuer, _ own: OwnCertificate?, _ configuration: Configuration) -> [String] {
    var warnings = warnings(of: issuer)
    let coverage = issuer.coverage
    if let first = coverage.missing.first {
      warnings.append(
        "certificates: \(coverage.missing.count) restricted name\(coverage.missing.count == 1 ? " lies" : "s lie") outside the delegated authority, first \(first): their readers see a failed connection, not the page. Run sinkholed ca delegate with the root."
      )
    }
    if coverage.unfitCount > 0 {
      warnings.append(
        "certificates: \(coverage.unfitCount) restricted names are such as no certificate can bear. They get none.")
    }
    let url = configuration.notice.url ?? ""
    if url.hasPrefix("https://"), own == nil, let host = NoticeCertificates.host(of: url), !issuer.covers(host) {
      warnings.append(
        "certificates: notice.url leads to \(host), which the delegated authority may not vouch for. Give notice.own_certificate and notice.own_key."
      )
    }
    return warnings
  }

  private static func warnings(of issuer: Issuer) -> [String] {
    let ends = issuer.delegated.ends
    let now = Instant.now().unixSeconds
    let end = Instant(unixSeconds: ends)
    if ends <= now {
      return [
        "certificates: the delegated authority ended at \(end): no page is shown over HTTPS. Run sinkholed ca delegate with the root."
      ]
    }
    guard ends - now < notice else { return [] }
    return [
      "certificates: the delegated authority ends at \(end). Run sinkholed ca delegate with the root before that."
    ]
  }
}
