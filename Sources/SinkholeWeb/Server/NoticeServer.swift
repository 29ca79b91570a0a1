import Hummingbird
import HummingbirdCore
import Logging
import NIOCore
import ServiceLifecycle

/// The HTTP server that a person meets when a restricted name was answered with the sinkhole address.
///
/// It knows no DNS: `RestrictionSource` says what is restricted, `NoticeResponder` what is answered,
/// `ConnectionGate` and `SingleExchange` keep every connection short. One instance listens on one
/// address, over TLS where it is given certificates; run a second for IPv6 or for TLS. HSTS is never
/// sent, because it would outlive the restriction.
package struct NoticeServer: Service {
  private let configuration: NoticeConfiguration
  private let source: any RestrictionSource
  /// Nil for plain HTTP.
  private let certificates: NoticeCertificates?
  private let desk: (any AccessDesk)?
  private let signer: FormSigner
  private let logger: Logger
  private let onListening: @Sendable (_ port: Int) -> Void

  /// - Parameters:
  ///   - certificates: what is shown to clients over TLS; nil serves plain HTTP.
  ///   - desk: Takes acknowledgements and requests for authorisation; without one no page has a form, and no body is
  ///     ever read.
  ///   - signer: of the forms' tokens; listeners that share one accept each other's.
  ///   - logger: Gets one line at `notice` for each notice given, and `warning` for clients refused.
  ///   - onListening: Told the bound port once connections are accepted; with port 0 the only way to
  ///     learn it.
  package init(
    configuration: NoticeConfiguration, source: some RestrictionSource, desk: (any AccessDesk)? = nil,
    signer: FormSigner = FormSigner(), certificates: NoticeCertificates? = nil, logger: Logger,
    onListening: @escaping @Sendable (_ port: Int) -> Void = { _ in }
  ) {
    self.configuration = configuration
    self.source = source
    self.certificates = certificates
    self.desk = desk
    self.signer = signer
    self.logger = logger
    self.onListening = onListening
  }

  /// Serves until graceful shutdown or cancellation. On graceful shutdown it stops accepting, and
  /// requests that have begun are answered.
  /// - Throws: `NoticeServerError` when it cannot listen.
  package func run() async throws {
    let (address, port) = (configuration.address, configuration.port)
    // Looked at here, because Hummingbird would ask the resolver what a name means, and that may be us.
    guard (0...65_535).contains(port), (try? SocketAddress(ipAddress: address, port: port)) != nil else {
      throw NoticeServerError(notAnAddress: address, port: port, key: key)
    }
    do {
      try await application.run()
    } catch let error as IOError {
      throw NoticeServerError(error, address: address, port: port, key: key)
    }
  }

  /// The configuration's, for messages.
  private var key: String { certificates == nil ? "notice.http" : "notice.https" }

  private var application: some ApplicationProtocol {
    let limits = configuration.limits
    // Hummingbird's own lines say nothing ours do not, in another form.
    var quiet = logger
    quiet.logLevel = max(.warning, logger.logLevel)
    return Application(
      responder: NoticeResponder(configuration: configuration, source: source, desk: desk, signer: signer, logger: logger),
      server: carrier,
      configuration: ApplicationConfiguration(
        address: .hostname(configuration.address, port: configuration.port),
        serverName: nil,  // no Server field: it helps only who looks for holes
        availableConnectionsDelegate: .maximum(limits.connections, logger: quiet)),
      onServerRunning: { channel in
        // One accept at a time: the default 16 would all be let in before the limit is looked at.
        try? await channel.setOption(.maxMessagesPerRead, value: 1).get()
        let port = channel.localAddress?.port ?? configuration.port
        let carrier = certificates == nil ? "" : " tls=on"
        logger.info("event=notice-listening address=\(configuration.address) port=\(port)\(carrier)")
        onListening(port)
      },
      logger: quiet)
  }

  /// Plain HTTP/1.1, or TLS with HTTP/1.1 and HTTP/2.
  private var carrier: HTTPServerBuilder {
    let limits = configuration.limits
    let takesForms = desk != nil
    let admission = ConnectionGate.Admission(
      limits: limits, connections: ClientConnections(limit: limits.connectionsPerClient), logger: logger,
      clientInLogs: configuration.clientInLogs)
    let decoder = HTTP1Channel.Configuration.DecoderConfiguration(
      maxHeaderFieldSize: limits.headerOctets, maxHeaderListSize: limits.headerOctets,
      maxHeaderFieldCount: limits.headerFields)
    guard let certificates else {
      return .http1(
        configuration: HTTP1Channel.Configuration(
          additionalChannelHandlers: [
            ConnectionGate(admission), SingleExchange(on: .connection, limits: limits, takesForms: takesForms),
          ],
          httpDecoderConfiguration: decoder))
    }
    return HTTPServerBuilder { responder in
      SecureChannel(
        certificates: certificates, admission: admission, takesForms: takesForms,
        // The gate stands before TLS already.
        http: HTTP1Channel(
          responder: responder,
          configuration: HTTP1Channel.Configuration(
            additionalChannelHandlers: [SingleExchange(on: .connection, limits: limits, takesForms: takesForms)],
            httpDecoderConfiguration: decoder)))
    }
  }
}
