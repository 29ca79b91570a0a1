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
  private let perSecond: Int
  private let logger: Logger

  init(server: DNSServer, policy: Policy, perSecond: Int, logger: Logger) {
    self.server = server
    policies = Mutex([1: policy])
    self.perSecond = perSecond
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
    // Lines that may be written now: a second's worth at most.
    var allowance = Double(perSecond)
    var turn = 0
    while !Task.isShuttingDownGracefully, !Task.isCancelled {
      allowance = min(allowance + Double(perSecond * JournalReader.tick) / 1000, Double(perSecond))
      allowance -= Double(drain(atMost: Int(allowance), from: turn))
      turn += 1
      try? await Task.sleep(for: .milliseconds(JournalReader.tick))
    }
    // The workers have ended: what they told last is bounded by their rings.
    _ = drain(atMost: .max, from: turn)
  }

  /// Writes at most `limit` lines; returns how many.
  private func drain(atMost limit: Int, from turn: Int) -> Int {
    var left = limit
    // Each time another worker's ring comes first, so that a busy one cannot keep the others' events out.
    let rings = server.journals
    for offset in rings.indices {
      let ring = rings[(turn + offset) % rings.count]
      left = ring.drain(atMost: left) { write($0) }
    }
    return limit - left
  }

  private func write(_ event: RestrictedQuery) {
    guard let policy = policies.withLock({ $0[event.generation] }) else { return }
    let explanation = Explanation(
      event.name, event.verdict, for: event.asker, policy: policy, lift: event.lift, isObserved: event.isObserved)
    let line = explanation.line(client: "\(event.asker.client)")
    logger.notice("event=restricted type=\(event.type) transport=\(event.transport) \(line)")
  }
}
