import Hummingbird
import HummingbirdCore
import Logging
import NIOCore
import ServiceLifecycle

/// The HTTP server that a person meets when a restricted name was answered with the sinkhole address.
///
/// It knows no DNS: `RestrictionSource` says what is restricted, `NoticeResponder` what is answered,
/// `SingleExchange` keeps every connection short. One instance listens on one address; run a second
/// for IPv6. Plain HTTP only: port 443 of a sinkhole address is best refused at once, and HSTS is
/// never sent, because it would outlive the restriction.
package struct NoticeServer: Service {
  private let configuration: NoticeConfiguration
  private let source: any RestrictionSource
  private let desk: (any AccessDesk)?
  private let logger: Logger
  private let onListening: @Sendable (_ port: Int) -> Void

  /// - Parameters:
  ///   - desk: Takes acknowledgements and requests for authorisation; without one no page has a form, and no body is
  ///     ever read.
  ///   - logger: Gets one line at `notice` for each notice given, and `warning` for clients refused.
  ///   - onListening: Told the bound port once connections are accepted; with port 0 the only way to
  ///     learn it.
  package init(
    configuration: NoticeConfiguration, source: some RestrictionSource, desk: (any AccessDesk)? = nil, logger: Logger,
    onListening: @escaping @Sendable (_ port: Int) -> Void = { _ in }
  ) {
    self.configuration = configuration
    self.source = source
    self.desk = desk
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
      throw NoticeServerError(notAnAddress: address, port: port)
    }
    do {
      try await application.run()
    } catch let error as IOError {
      throw NoticeServerError(error, address: address, port: port)
    }
  }

  private var application: some ApplicationProtocol {
    let limits = configuration.limits
    let connections = ClientConnections(limit: limits.connectionsPerClient)
    // Hummingbird's own lines say nothing ours do not, in another form.
    var quiet = logger
    quiet.logLevel = max(.warning, logger.logLevel)
    return Application(
      responder: NoticeResponder(configuration: configuration, source: source, desk: desk, logger: logger),
      server: .http1(
        configuration: HTTP1Channel.Configuration(
          additionalChannelHandlers: [
            SingleExchange(
              limits: limits, takesForms: desk != nil, connections: connections, logger: logger,
              clientInLogs: configuration.clientInLogs)
          ],
          httpDecoderConfiguration: .init(
            maxHeaderFieldSize: limits.headerOctets, maxHeaderListSize: limits.headerOctets,
            maxHeaderFieldCount: limits.headerFields))),
      configuration: ApplicationConfiguration(
        address: .hostname(configuration.address, port: configuration.port),
        serverName: nil,  // no Server field: it helps only who looks for holes
        availableConnectionsDelegate: .maximum(limits.connections, logger: quiet)),
      onServerRunning: { channel in
        // One accept at a time: the default 16 would all be let in before the limit is looked at.
        try? await channel.setOption(.maxMessagesPerRead, value: 1).get()
        let port = channel.localAddress?.port ?? configuration.port
        logger.info("event=notice-listening address=\(configuration.address) port=\(port)")
        onListening(port)
      },
      logger: quiet)
  }
}
