import Logging
import ServiceLifecycle
import Sinkhole
import Synchronization

/// Reads what the workers tell and writes one line for each query that the policy had something to say about: to the
/// record, or, where none is configured, to the log, at most so many a second there. What comes faster stays in the
/// workers' rings, and when these are full it is dropped and counted: neither ever delays an answer.
final class JournalReader: Service {
  private static let tick = 50
  /// Events taken for the record in one tick, so that other work of this thread gets its turn.
  private static let recordBatch = 50_000
  /// Policies of earlier snapshots that late events may still speak of.
  private static let kept = 4

  private let server: DNSServer
  private let policies: Mutex<[Int: Policy]>
  private let perSecond: Int
  private let log: Configuration.Log
  private let privacy: ClientPrivacy
  private let logger: Logger
  let counters = RecordCounters()

  init(server: DNSServer, configuration: Configuration, privacy: ClientPrivacy, logger: Logger) {
    self.server = server
    policies = Mutex([1: server.cell.snapshot.policy])
    perSecond = configuration.restrictedLogPerSecond
    log = configuration.log
    self.privacy = privacy
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
    if let file = log.file { await record(to: file) } else { await writeLog() }
  }

  // MARK: The record

  private func record(to file: String) async {
    let logger = logger
    // Touched by this task alone, and never while it waits.
    let record = RestrictedLog(path: file, limits: log.limits, privacy: privacy, counters: counters) {
      logger.warning("\($0)")
    }
    var turn = 0
    while !Task.isShuttingDownGracefully, !Task.isCancelled {
      drain(atMost: JournalReader.recordBatch, from: turn, to: record)
      turn += 1
      try? await Task.sleep(for: .milliseconds(JournalReader.tick))
    }
    // The workers have ended: what they told last is bounded by their rings.
    drain(atMost: .max, from: turn, to: record)
    record.finish(at: .now())
  }

  private func drain(atMost limit: Int, from turn: Int, to record: RestrictedLog) {
    let moment = RecordMoment.now()
    _ = drain(atMost: limit, from: turn) { event in
      guard let explanation = explanation(of: event) else { return }
      let age = Int64(clamping: Clock.milliseconds() &- event.time)
      record.add(
        RestrictedRecord(
          event, explanation, time: moment.wall - max(0, age), client: privacy.text(of: event.asker.client)), at: moment)
    }
    record.flush(at: moment)
  }

  // MARK: The log

  private func writeLog() async {
    // Lines that may be written now: a second's worth at most.
    var allowance = Double(perSecond)
    var turn = 0
    while !Task.isShuttingDownGracefully, !Task.isCancelled {
      allowance = min(allowance + Double(perSecond * JournalReader.tick) / 1000, Double(perSecond))
      allowance -= Double(drain(atMost: Int(allowance), from: turn, write))
      turn += 1
      try? await Task.sleep(for: .milliseconds(JournalReader.tick))
    }
    _ = drain(atMost: .max, from: turn, write)
  }

  private func write(_ event: RestrictedQuery) {
    guard let explanation = explanation(of: event) else { return }
    let client = privacy.text(of: event.asker.client)
    let line = explanation.line(client: client, reference: ReferenceCode(explanation, client: client))
    logger.notice("event=restricted type=\(event.type) transport=\(event.transport) \(line)")
  }

  // MARK: Events

  /// Takes at most `limit` events; returns how many.
  private func drain(atMost limit: Int, from turn: Int, _ take: (RestrictedQuery) -> Void) -> Int {
    var left = limit
    // Each time another worker's ring comes first, so that a busy one cannot keep the others' events out.
    let rings = server.journals
    for offset in rings.indices {
      let ring = rings[(turn + offset) % rings.count]
      left = ring.drain(atMost: left, take)
    }
    return limit - left
  }

  private func explanation(of event: RestrictedQuery) -> Explanation? {
    guard let policy = policies.withLock({ $0[event.generation] }) else { return nil }
    return Explanation(
      event.name, event.verdict, for: event.asker, policy: policy, lift: event.lift, isObserved: event.isObserved)
  }
}

extension RestrictedRecord {
  /// - Parameters:
  ///   - time: milliseconds since 1970.
  ///   - client: as it may be written.
  fileprivate init(_ event: RestrictedQuery, _ explanation: Explanation, time: Int64, client: String?) {
    self.init(
      time: time, client: event.asker.client, group: explanation.group ?? "", name: event.name, type: event.type,
      transport: "\(event.transport)", verdict: explanation.outcome, rule: explanation.effect?.rule.id ?? "",
      policy: explanation.policy, service: explanation.effect?.service?.id, zone: explanation.zone?.title,
      serial: explanation.zone?.serial, trigger: explanation.trigger, place: explanation.place,
      reference: "\(ReferenceCode(explanation, client: client))")
  }
}
