import Logging
import ServiceLifecycle
import Sinkhole
import Synchronization

/// Reads what the workers tell and writes one log line for each restricted query, at most so many a second. What
/// comes faster stays in the workers' rings, and when these are full it is dropped and counted: the log never
/// delays an answer.
final class JournalReader: Service {
  private static let tick = 50
  /// Policies of earlier snapshots that late events may still speak of.
  private static let kept = 4

  private let server: DNSServer
  private let policies: Mutex<[Int: Policy]>
  private let perTick: Int
  private let logger: Logger

  init(server: DNSServer, policy: Policy, perSecond: Int, logger: Logger) {
    self.server = server
    policies = Mutex([1: policy])
    perTick = max(1, perSecond * JournalReader.tick / 1000)
    self.logger = logger
  }

  /// A policy that events from now on may speak of.
  func add(_ policy: Policy, generation: Int) {
    policies.withLock { policies in
      policies[generation] = policy
      policies[generation - JournalReader.kept] = nil
    }
  }

  func run() async throws {
    while !Task.isShuttingDownGracefully, !Task.isCancelled {
      drain()
      try? await Task.sleep(for: .milliseconds(JournalReader.tick))
    }
    drain()
  }

  private func drain() {
    var budget = perTick
    for ring in server.journals {
      budget = ring.drain(atMost: budget) { write($0) }
    }
  }

  private func write(_ event: RestrictedQuery) {
    guard let policy = policies.withLock({ $0[event.generation] }) else { return }
    let line = Explanation(event.name, event.verdict, policy: policy).line(client: event.client)
    logger.notice("event=restricted type=\(event.type) transport=\(event.transport) \(line)")
  }
}
