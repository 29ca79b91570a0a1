import Foundation
import Logging
import SinkholeLedger
import Synchronization
import Testing

/// A ledger in a folder of its own, told at which second it is.
final class Desk: Sendable {
  static let noon: Int64 = 1_796_126_400
  static let kim = Person(account: "kim")
  static let lee = Person(account: "lee")

  let folder: String
  let ledger: Ledger
  let followed: Followed
  let log: LogLines

  var path: String { folder + "/access.sqlite" }

  /// - Parameter folder: of an earlier one, for a restart; nil makes one.
  init(
    _ folder: String? = nil, at now: Int64 = noon, isOpened: Bool = true,
    _ change: (inout LedgerLimits) -> Void = { _ in }
  ) throws {
    self.folder = try folder ?? Desk.folder()
    var limits = LedgerLimits()
    change(&limits)
    followed = Followed()
    log = LogLines()
    let lines = log
    ledger = Ledger(
      path: self.folder + "/access.sqlite", limits: limits, follower: followed,
      logger: Logger(label: "test") { _ in RecordingHandler(lines: lines) })
    if isOpened { ledger.open(now: now) }
  }

  static func folder() throws -> String {
    let path = FileManager.default.temporaryDirectory.appendingPathComponent("ledger-\(UUID())").path
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    return path
  }

  /// Waits until a ledger in `folder` that nobody has any more is closed: its last task may still be ending.
  static func isClosed(_ folder: String) async throws {
    let number = open(folder + "/access.sqlite.lock", O_RDWR)
    defer { close(number) }
    for _ in 0..<1000 {
      let hasLog = FileManager.default.fileExists(atPath: folder + "/access.sqlite-wal")
      if !hasLog, flock(number, LOCK_EX | LOCK_NB) == 0 { return }
      try await Task.sleep(for: .milliseconds(10))
    }
    Issue.record("the ledger is still open")
  }

  func ask(
    _ client: String = "192.0.2.7", service: String = "deepseek", name: String = "Reader", reason: String = "for work",
    seconds: Int64 = 3600, at now: Int64 = noon
  ) async throws(LedgerError) -> Int64 {
    try await ledger.request(
      client: client, service: service, name: name, reason: reason, seconds: seconds, reference: "7K3M-9QXT", now: now
    ).number
  }

  func add(
    _ scope: LiftScope = .client("192.0.2.7"), services: [String] = ["deepseek"],
    terms: Authorisation.Terms = .init(seconds: 3600), by person: Person = kim, at now: Int64 = noon
  ) async throws(LedgerError) -> Authorisation {
    try await ledger.add(services: services, scope: scope, terms: terms, reason: "for work", by: person, now: now)
  }

  func acknowledge(
    _ client: String = "192.0.2.7", service: String = "gpt", seconds: Int64 = 3600, at now: Int64 = noon
  ) async throws(LedgerError) -> Int64 {
    try await ledger.acknowledge(
      client: client, service: service, rule: "care", name: nil, reference: nil, seconds: seconds, now: now)
  }

  func state(_ number: Int64) async throws -> Authorisation.State { try await ledger.authorisation(number).state }

  /// What of the audit tells of steps: `kim added`, `clock active`.
  func steps() async throws -> [String] {
    try await ledger.audit(after: 0, most: 1000).map { "\($0.who) \($0.what) \($0.subject)" }
  }
}

/// What a follower was told, and what is open by it.
final class Followed: LedgerFollower {
  private let lifts = Mutex<[Lift.Source: Lift]>([:])

  func opened(_ lift: Lift) { lifts.withLock { $0[lift.source] = lift } }
  func closed(_ source: Lift.Source) { lifts.withLock { $0[source] = nil } }

  var count: Int { lifts.withLock { $0.count } }

  /// `deepseek client 192.0.2.7 until 3600`, seconds since noon, in the order of their texts.
  var open: [String] {
    lifts.withLock { lifts in
      lifts.values.map { "\($0.services.joined(separator: ",")) \($0.scope) until \($0.until - Desk.noon)" }.sorted()
    }
  }
}

final class LogLines: Sendable {
  private let lines = Mutex<[String]>([])
  func add(_ line: String) { lines.withLock { $0.append(line) } }
  var all: [String] { lines.withLock { $0 } }
  func count(of event: String) -> Int { all.count { $0.contains("event=\(event) ") } }
}

struct RecordingHandler: LogHandler {
  let lines: LogLines
  var metadata: Logger.Metadata = [:]
  var logLevel = Logger.Level.trace
  subscript(metadataKey key: String) -> Logger.Metadata.Value? {
    get { metadata[key] }
    set { metadata[key] = newValue }
  }

  func log(event: LogEvent) { lines.add("\(event.level) \(event.message)") }
}
