import Hummingbird
import HummingbirdCore
import Logging
import NIOCore
import ServiceLifecycle

/// The interface on its Unix socket. Who may open the socket may decide: it is for the server's user alone, and the folder
/// it lies in has been looked at by the one who starts this.
package struct AdministrationServer: Service {
  private static let connections = 32
  private static let headerOctets = 8 << 10
  private static let headerFields = 32
  /// For all of one connection, slow or not.
  private static let time = TimeAmount.seconds(30)

  private let path: String
  private let administration: any AccessAdministration
  private let logger: Logger
  private let onListening: @Sendable () -> Void

  /// - Parameter onListening: told once the socket is there; sees to its permissions.
  package init(
    path: String, administration: some AccessAdministration, logger: Logger,
    onListening: @escaping @Sendable () -> Void
  ) {
    self.path = path
    self.administration = administration
    self.logger = logger
    self.onListening = onListening
  }

  /// Serves until graceful shutdown or cancellation.
  package func run() async throws {
    // Hummingbird's own lines say nothing ours do not, in another form.
    var quiet = logger
    quiet.logLevel = max(.warning, logger.logLevel)
    let application = Application(
      responder: AdministrationResponder(administration: administration, logger: logger),
      server: .http1(
        configuration: HTTP1Channel.Configuration(
          additionalChannelHandlers: [ConnectionDeadline(AdministrationServer.time)],
          httpDecoderConfiguration: .init(
            maxHeaderFieldSize: AdministrationServer.headerOctets,
            maxHeaderListSize: AdministrationServer.headerOctets,
            maxHeaderFieldCount: AdministrationServer.headerFields))),
      configuration: ApplicationConfiguration(
        address: .unixDomainSocket(path: path), serverName: nil,
        availableConnectionsDelegate: .maximum(AdministrationServer.connections, logger: quiet)),
      onServerRunning: { channel in
        // One accept at a time: the default 16 would all be let in before the limit is looked at.
        try? await channel.setOption(.maxMessagesPerRead, value: 1).get()
        onListening()
      },
      logger: quiet)
    try await application.run()
  }
}

/// Closes a connection when its time is over, whatever it does.
private final class ConnectionDeadline: ChannelInboundHandler, RemovableChannelHandler {
  typealias InboundIn = NIOAny

  private let time: TimeAmount
  private var timer: Scheduled<Void>?

  init(_ time: TimeAmount) { self.time = time }

  func handlerAdded(context: ChannelHandlerContext) {
    timer = context.eventLoop.assumeIsolated().scheduleTask(in: time) { context.close(promise: nil) }
  }

  func handlerRemoved(context: ChannelHandlerContext) {
    timer?.cancel()
    timer = nil
  }
}
