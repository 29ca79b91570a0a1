import Logging
import ServiceLifecycle
import Sinkhole

/// Says in the log which blocks of clients are sent less than they ask for: of each once a minute, of all together so many
/// lines a minute, and how many more there were.
final class LimitReporter: Service {
  /// Milliseconds.
  private static let tick = 1000
  private static let minute: UInt64 = 60_000
  private static let maximumLines = 100

  private let server: DNSServer
  private let privacy: ClientPrivacy
  private let logger: Logger

  init(server: DNSServer, privacy: ClientPrivacy, logger: Logger) {
    self.server = server
    self.privacy = privacy
    self.logger = logger
  }

  func run() async throws {
    // Each worker tells of a block that it meets; the same one may come from several.
    var told: Set<IPPrefix> = []
    var more = 0
    var next = Clock.milliseconds() + LimitReporter.minute
    while !Task.isShuttingDownGracefully, !Task.isCancelled {
      for ring in server.limitReports {
        _ = ring.drain(atMost: EventRing<LimitedBlock>.capacity) { event in
          if told.contains(event.block) { return }
          guard told.count < LimitReporter.maximumLines else { return more += 1 }
          told.insert(event.block)
          write(event.block)
        }
      }
      if Clock.milliseconds() >= next {
        if more > 0 { logger.warning("event=rate_limited more=\(more)") }
        (told, more) = ([], 0)
        next = Clock.milliseconds() + LimitReporter.minute
      }
      try? await Task.sleep(for: .milliseconds(LimitReporter.tick))
    }
  }

  private func write(_ block: IPPrefix) {
    var client: String?
    // The block holds one address or many: the whole of it is written only where addresses may be.
    if case .whole = privacy { client = block.description } else { client = privacy.text(of: block.address) }
    logger.warning("event=rate_limited\(client.map { " client=\($0)" } ?? "")")
  }
}
