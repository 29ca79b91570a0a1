import Logging
import ServiceLifecycle
import Sinkhole
import SinkholeLedger
import SinkholeTransports

/// Acknowledgements and authorisations of a running server: the ledger, what carries it into the resolver, and the clock that
/// begins and ends what it holds.
package struct AccessService: Service {
  /// Time between two looks at the clock: a start is late by so much, an end never, for the overlay has it too.
  private static let tick = Duration.milliseconds(200)

  package let ledger: Ledger
  let keeper: GrantKeeper
  let webhook: Webhook?

  /// Nil when access is off. What holds is in force when this returns: before anything listens.
  package static func start(_ configuration: Configuration, _ server: DNSServer, logger: Logger) -> AccessService? {
    guard let path = configuration.accessFile else { return nil }
    let access = configuration.access
    var limits = LedgerLimits()
    limits.approvals = access.approvals
    limits.longest = access.longest
    limits.requestsPerClient = access.requestsPerClient
    limits.keep = access.keep
    limits.fileSize = access.maximumSize
    let keeper = GrantKeeper(overlay: server.overlay, logger: logger)
    let ledger = Ledger(path: path, limits: limits, follower: keeper, logger: logger)
    ledger.open(now: Instant.now().unixSeconds)
    let webhook = access.webhook.map { Webhook(url: $0, trustRoots: access.webhookRoots, logger: logger) }
    return AccessService(ledger: ledger, keeper: keeper, webhook: webhook)
  }

  /// For the page's readers.
  package func desk(_ server: DNSServer) -> ReaderDesk { ReaderDesk(ledger: ledger, server: server, webhook: webhook) }

  package func run() async throws {
    await cancelWhenGracefulShutdown {
      while !Task.isCancelled {
        await ledger.settle(now: Instant.now().unixSeconds)
        try? await Task.sleep(for: AccessService.tick)
      }
    }
  }

  /// Lines of `status`.
  var status: [String] {
    let counts = ledger.counts
    var lines = LedgerCounter.allCases.map { "\($0.name) \(ledger.counters.value($0))" }
    lines += [
      "access.writable \(ledger.isOpen ? 1 : 0)", "access.acknowledgements \(counts.acknowledgements)",
      "access.requests \(counts.requests)", "access.authorisations \(counts.authorisations)",
      "access.not_opened \(keeper.unopenedCount)",
    ]
    let calls = webhook?.counts ?? (sent: 0, failed: 0, dropped: 0)
    return lines + ["webhook.sent \(calls.sent)", "webhook.failed \(calls.failed)", "webhook.dropped \(calls.dropped)"]
  }
}
