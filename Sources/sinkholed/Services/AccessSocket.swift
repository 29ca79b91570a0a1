import Glibc
import Logging
import ServiceLifecycle
import Sinkhole
import SinkholeWeb

/// The interface for deciding, on a socket for the server's user alone.
struct AccessSocket: Service {
  private let path: String
  private let server: AdministrationServer

  /// - Throws: `ControlError`: the place is another server's, or no safe one.
  init(
    at path: String, _ configuration: Configuration, _ access: AccessService, _ server: DNSServer, logger: Logger
  ) async throws {
    try await SocketFolder.refuseSecondServer(path, "access", key: "access.socket")
    try SocketFolder.prepare(path, "access", key: "access.socket")
    let decisions = AccessDecisions(
      ledger: access.ledger, server: server, frontEnds: configuration.access.frontEnds)
    self.path = path
    self.server = AdministrationServer(path: path, administration: decisions, logger: logger) {
      unsafe chmod(path, 0o600)
      logger.info("event=access-listening socket=\(path)")
    }
  }

  func run() async throws {
    defer { unsafe unlink(path) }
    try await server.run()
  }
}
