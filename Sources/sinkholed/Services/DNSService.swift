import Logging
import ServiceLifecycle
import Sinkhole

/// The DNS server's threads as a service: they run until shutdown.
struct DNSService: Service {
  let server: DNSServer
  let logger: Logger

  func run() async throws {
    try server.start()
    try? await gracefulShutdown()
    server.stop()
    logger.info("event=stopped")
  }
}
