import Logging
import Sinkhole
import SinkholeTransports

/// Reads configuration and zones anew, builds a snapshot aside and has the workers swap to it. A fault leaves
/// everything as it is. One reload at a time.
actor Reloader {
  private let file: String?
  private let running: Configuration
  private let server: DNSServer
  private let journal: JournalReader
  private let logger: Logger
  private var generation = 1
  /// The one in force.
  private(set) var configuration: Configuration
  private var lists: ListRefresher?
  private var followers: [@Sendable (Policy, Configuration) async -> [String]] = []
  private var isReloading = false
  private var waiting: [CheckedContinuation<Void, Never>] = []

  init(file: String?, running: Configuration, server: DNSServer, journal: JournalReader, logger: Logger) {
    self.file = file
    self.running = running
    configuration = running
    self.server = server
    self.journal = journal
    self.logger = logger
  }

  /// Whose sources follow the configuration from now on.
  func keep(_ lists: ListRefresher?) { self.lists = lists }

  /// Calls `body` after each reload with what is in force; what it returns is told like other warnings.
  func follow(_ body: @escaping @Sendable (Policy, Configuration) async -> [String]) { followers.append(body) }

  /// What to tell who asked for it.
  func reload() async -> ControlAnswer {
    while isReloading { await withCheckedContinuation { waiting.append($0) } }
    isReloading = true
    defer { finish() }
    do throws(Faults) {
      return try await replace()
    } catch {
      logger.error(
        "event=reload_refused faults=\(error.list.count) first=\"\("\(error.list[0])".replacing("\"", with: "'"))\"")
      return ControlAnswer(isSuccess: false, text: "\(error)\nreload refused: the running policy stays.")
    }
  }

  /// The system's name servers are others now: only the way to the upstreams changes.
  func reroute() async {
    let routing = UpstreamRouting(configuration)
    guard routing.asksSystem else { return }
    while isReloading { await withCheckedContinuation { waiting.append($0) } }
    isReloading = true
    defer { finish() }
    generation += 1
    let snapshot = server.cell.snapshot
    let next = snapshot.routed(by: routing.routing(of: snapshot.policy), generation: generation)
    journal.add(next.policy, generation: generation)
    await server.publish(next)
    logger.info("event=rerouted generation=\(generation) upstreams=\"\(next.routing.lines.joined(separator: ", "))\"")
  }

  private func finish() {
    isReloading = false
    let next = waiting
    waiting = []
    for continuation in next { continuation.resume() }
  }

  private func replace() async throws(Faults) -> ControlAnswer {
    let configuration = try file.map { file throws(Faults) in try ConfigurationReader.read(file: file) } ?? .defaults
    let builder = SnapshotBuilder(configuration, privacy: server.cell.snapshot.privacy)
    let snapshot = try builder.build(generation: generation + 1, previous: server.cell.snapshot.policy)
    let sources = try FetchedLists.sources(of: configuration)
    generation += 1
    self.configuration = configuration
    let serials = ZoneSerials(server.cell.snapshot.policy)
    journal.add(snapshot.policy, generation: generation)
    await server.publish(snapshot)
    await lists?.replace(sources)
    var lines = builder.warnings(snapshot) + serials.warnings(for: snapshot.policy)
    for follower in followers { lines += await follower(snapshot.policy, configuration) }
    // A state folder that cannot be written to has been told of at start.
    try? ZoneSerials(snapshot.policy).keep(in: running.state)
    if configuration.server != running.server || configuration.notice != running.notice
      || configuration.control != running.control
      || configuration.restrictedLogPerSecond != running.restrictedLogPerSecond || configuration.log != running.log
      || configuration.state != running.state || configuration.access != running.access
    {
      lines.append(
        "listen.dns, workers, reply_trains, cache, notice, control, state, log, access, limits and rate_limit take a restart; the rest is in force.")
    }
    for line in lines { logger.warning("\(line)") }
    let policy = snapshot.policy
    logger.info(
      "event=reloaded generation=\(generation) services=\(policy.services.count) names=\(policy.index.nameCount)")
    lines.append(
      "reloaded: \(policy.services.count) services, \(policy.index.nameCount) names, \(policy.zones.count) zone\(policy.zones.count == 1 ? "" : "s")"
    )
    return ControlAnswer(isSuccess: true, text: lines.joined(separator: "\n"))
  }
}
