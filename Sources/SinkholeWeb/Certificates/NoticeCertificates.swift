import Logging
import NIOSSL
import SinkholeCertificates
import Synchronization

/// Decides which certificate a client is shown, and mints it where there is none yet.
///
/// 1. The name must be restricted for the client at this moment, by the same source that the page asks; or be the page's
///    own. Who asks for another gets none, cached or not.
/// 2. A leaf that is there and holds for a while is shown again.
/// 3. Else one is minted, within the rates of `MintLimiter`, and kept. Who mints keeps others waiting, for a third of a
///    millisecond, so that of several who ask for one name at once the first mints it for all.
package final class NoticeCertificates: Sendable {
  package struct Limits: Sendable {
    /// Leaves that are kept, some 30 KiB each. When full the oldest that was not used again goes.
    package var leaves = 4096
    package var rates = MintLimiter.Rates()

    package init() {}
  }

  package enum Answer: Sendable {
    case serve(NIOSSLContext)
    case refuse(TLSRefusal)
  }

  private struct Entry {
    let context: NIOSSLContext
    /// When another is minted in its place, in seconds since 1970.
    let renewal: Int64
  }

  private struct State {
    var issuer: Issuer
    var own: OwnCertificate?
    var leaves: ClockCache<String, Entry>
    /// Authorities by their DER form: the leaves below one share it.
    var authorities = ClockCache<[UInt8], NIOSSLCertificate>(capacity: 1024)
    var limiter: MintLimiter
    var counts = [Int](repeating: 0, count: TLSCounter.allCases.count)
    /// When a reason was last reported, and how often it was met since.
    var reports: [String: (last: ContinuousClock.Instant, unreported: Int)] = [:]
  }

  private let source: any RestrictionSource
  private let ownHost: String?
  private let lifetimes: Lifetimes
  private let logger: Logger
  private let clientInLogs: @Sendable (String) -> String?
  private let wallClock: @Sendable () -> Int64
  private let beginning = ContinuousClock.now
  private let state: Mutex<State>
  private static let reportInterval = Duration.seconds(60)

  /// - Parameters:
  ///   - url: the notice site's own; its host gets a certificate for everyone.
  ///   - wallClock: seconds since 1970.
  package init(
    issuer: Issuer, own: OwnCertificate? = nil, url: String?, source: any RestrictionSource,
    limits: Limits = Limits(), lifetimes: Lifetimes = Lifetimes(), logger: Logger,
    clientInLogs: @escaping @Sendable (String) -> String? = { $0 }, wallClock: @escaping @Sendable () -> Int64
  ) {
    self.source = source
    self.lifetimes = lifetimes
    self.logger = logger
    self.clientInLogs = clientInLogs
    self.wallClock = wallClock
    ownHost = NoticeCertificates.host(of: url)
    state = Mutex(
      State(
        issuer: issuer, own: own, leaves: ClockCache(capacity: limits.leaves),
        limiter: MintLimiter(limits.rates, now: 0)))
  }

  /// The host of a URL, where it is a name.
  package static func host(of url: String?) -> String? {
    guard let url, case .name(let name)? = NoticeConfiguration(address: "", port: 0, url: url).ownHost else {
      return nil
    }
    return name
  }

  /// Mints for another policy, or below another authority, from now on.
  package func replace(_ issuer: Issuer, own: OwnCertificate?) {
    state.withLock { state in
      state.issuer = issuer
      state.own = own
      state.leaves.removeAll()
      state.authorities.removeAll()
    }
  }

  package var issuer: Issuer { state.withLock { $0.issuer } }
  package var leafCount: Int { state.withLock { $0.leaves.count } }

  package func value(_ counter: TLSCounter) -> Int {
    state.withLock { state in
      if counter == .evicted { return state.leaves.evictions }
      return state.counts[NoticeCertificates.index(counter)]
    }
  }

  /// What a client is shown that asks for `name`; nil where it names none. On an event loop: it does not wait.
  package func answer(to name: String?, from client: ClientAddress?) -> Answer {
    guard let client, let name, case .name(let host)? = RequestHost(name), !name.contains(":") else {
      return refuse(.noName, nil, client)
    }
    let isOwn = host == ownHost
    guard isOwn || source.restriction(of: host, for: client.text) != nil else {
      return refuse(.notRestricted, nil, client)
    }
    let outcome = state.withLock { state -> Answer in
      if isOwn, let own = state.own, own.host == host { return .serve(own.context) }
      return self.answer(host, client, &state)
    }
    if case .refuse(let refusal) = outcome { return refuse(refusal, host, client) }
    return outcome
  }

  private func answer(_ host: String, _ client: ClientAddress, _ state: inout State) -> Answer {
    let now = wallClock()
    if let entry = state.leaves.value(for: host), now < entry.renewal {
      state.counts[NoticeCertificates.index(.cached)] += 1
      return .serve(entry.context)
    }
    guard state.issuer.covers(host) else { return .refuse(.notCovered) }
    switch state.limiter.take(client.site, now: elapsed) {
    case .granted: break
    case .clientLimited: return .refuse(.clientRate)
    case .totalLimited: return .refuse(.totalRate)
    }
    guard let entry = mint(host, now, &state) else { return .refuse(.notValid) }
    state.leaves.insert(entry, for: host)
    state.counts[NoticeCertificates.index(.minted)] += 1
    return .serve(entry.context)
  }

  /// Nil when the authority does not hold.
  private func mint(_ host: String, _ now: Int64, _ state: inout State) -> Entry? {
    do {
      let leaf = try state.issuer.leaf(for: host, now: now)
      let chain = try leaf.chain.enumerated().map { position, der in
        if position > 0, let known = state.authorities.value(for: der) { return known }
        let certificate = try NIOSSLCertificate(bytes: der, format: .der)
        if position > 0 { state.authorities.insert(certificate, for: der) }
        return certificate
      }
      let key = try NIOSSLPrivateKey(bytes: leaf.key, format: .der)
      let context = try TLSForm.context(chain, key, linger: .seconds(1))
      // What ends with its authority is shown until its end.
      let renewal = leaf.ends - now > lifetimes.leafRest ? leaf.ends - lifetimes.leafRest : leaf.ends
      return Entry(context: context, renewal: renewal)
    } catch {
      return nil
    }
  }

  private var elapsed: Double {
    let (seconds, attoseconds) = beginning.duration(to: .now).components
    return Double(seconds) + Double(attoseconds) * 1e-18
  }

  // MARK: Counting and telling

  func count(_ counter: TLSCounter) {
    state.withLock { $0.counts[NoticeCertificates.index(counter)] += 1 }
  }

  /// A client that has the certificate breaks off.
  func noteFailedHandshake() {
    count(.handshakesFailed)
    report(
      "handshake-failed", "event=notice-tls-failed reason=client-broke-off",
      " remedy=\"see that clients trust the root\"")
  }

  private func refuse(_ refusal: TLSRefusal, _ host: String?, _ client: ClientAddress?) -> Answer {
    count(TLSCounter(refusal))
    // A name that is restricted may be told. What else a client has asked for is nobody's business.
    let facts = [
      host.map { " name=\(LogValue.quoted($0))" }, client.flatMap { clientInLogs($0.text) }.map { " client=\($0)" },
    ].compactMap(\.self).joined()
    report(refusal.rawValue, "event=notice-tls-refused reason=\(refusal.rawValue)\(facts)", "")
    return .refuse(refusal)
  }

  /// One line a minute for each reason, with how often it was met since the last.
  private func report(_ reason: String, _ line: String, _ end: String) {
    let count = state.withLock { state -> Int? in
      let now = ContinuousClock.now
      let known = state.reports[reason]
      let unreported = (known?.unreported ?? 0) + 1
      if let known, now - known.last < NoticeCertificates.reportInterval {
        state.reports[reason] = (known.last, unreported)
        return nil
      }
      state.reports[reason] = (now, 0)
      return unreported
    }
    if let count { logger.warning("\(line) count=\(count)\(end)") }
  }

  private static func index(_ counter: TLSCounter) -> Int { TLSCounter.allCases.firstIndex(of: counter) ?? 0 }
}
