import GRDB
import Logging
import Synchronization

/// The durable ledger of acknowledgements and authorisations.
///
/// Each change is one transaction with its audit, on disk before the follower opens anything and before the call returns. Time
/// alone opens and ends too, from memory, whatever the disk does; what it did is written when it can be. Without its file the
/// ledger refuses what is new and keeps what holds.
package final class Ledger: Sendable {
  package let limits: LedgerLimits
  package let counters = LedgerCounters()
  let path: String
  let follower: any LedgerFollower
  let alarm: Alarm
  let file = Mutex<LedgerFile?>(nil)
  let standing = Mutex(Standing())
  let rates: Mutex<(requests: RateLimiter, acknowledgements: RateLimiter)>
  let upkeep = Mutex(Upkeep())
  private let waiting = Atomic<Int>(0)

  /// - Parameters:
  ///   - path: of the file, in a folder that is there. `open` opens it.
  ///   - logger: gets a line a minute at most of each trouble.
  package init(path: String, limits: LedgerLimits, follower: any LedgerFollower, logger: Logger) {
    self.path = path
    self.limits = limits
    self.follower = follower
    alarm = Alarm(logger)
    rates = Mutex(
      (
        RateLimiter(each: limits.clientRequests, all: limits.allRequests, clients: limits.clients),
        RateLimiter(each: limits.clientAcknowledgements, all: limits.allAcknowledgements, clients: limits.clients)
      ))
  }

  // MARK: Readers

  /// Accepts a caution for one client. One that holds already is left as it is.
  ///
  /// - Parameter seconds: how long the rule has it hold.
  /// - Returns: Unix seconds of its end.
  package func acknowledge(
    client: String, service: String, rule: String, name: String?, reference: String?, seconds: Int64, now: Int64
  ) async throws(LedgerError) -> Int64 {
    try await counting { () async throws(LedgerError) in
      try Ledger.check([service], most: 1)
      let draft = Acknowledgement(
        client: client, service: service, rule: rule,
        name: try PlainWords.checked(name, "the name", most: PlainWords.name),
        reference: try PlainWords.checked(reference, "the reference", most: PlainWords.reference), given: now,
        until: now + seconds)
      if let held = standing.withLock({ $0.acknowledgement(of: client, service) }), held.until > now {
        return held.until
      }
      try rates.withLock { rates throws(LedgerError) in try rates.acknowledgements.take(client, now: now) }
      let kept = try await write { [self] db in
        // Two at once from one client: the first is enough.
        if let held = standing.withLock({ $0.acknowledgement(of: client, service) }), held.until > now { return held }
        try standing.withLock { try $0.admitAcknowledgement(of: client, limits) }
        try leaveRoom(db)
        var kept = draft
        try AcknowledgementTable.insert(db, &kept)
        return kept
      } apply: { [self] kept in
        if standing.withLock({ $0.acknowledgement(of: client, service) }) != kept {
          standing.withLock { $0.take(kept, follower) }
        }
      }
      counters.add(.acknowledged)
      return kept.until
    }
  }

  /// Asks for authorisation. A request of the same client for the same service that is undecided is the same request.
  ///
  /// - Parameter seconds: how long it is wanted for, from the approval on.
  /// - Returns: the request's number, and whether it was made now.
  package func request(
    client: String, service: String, name: String, reason: String, seconds: Int64, reference: String?, now: Int64
  ) async throws(LedgerError) -> (number: Int64, isNew: Bool) {
    try await counting { () async throws(LedgerError) in
      try Ledger.check([service], most: 1)
      guard (60...limits.longest).contains(seconds) else {
        throw .time("\(seconds) seconds are wanted, expected 60 to \(limits.longest). Ask for another time.")
      }
      let draft = Authorisation(
        services: [service], scope: .client(client), seconds: seconds,
        reason: try PlainWords.checked(reason, "the reason", most: PlainWords.reason),
        askedBy: try PlainWords.checked(name, "the name", most: PlainWords.name), client: client,
        reference: try PlainWords.checked(reference, "the reference", most: PlainWords.reference), asked: now)
      if let known = standing.withLock({ $0.request(of: client, service) }) { return (known.number, false) }
      try standing.withLock { standing throws(LedgerError) in try standing.admitRequest(of: client, limits) }
      try rates.withLock { rates throws(LedgerError) in try rates.requests.take(client, now: now) }
      let kept = try await write { [self] db in
        if let known = standing.withLock({ $0.request(of: client, service) }) { return (known, false) }
        try standing.withLock { try $0.admitRequest(of: client, limits) }
        try leaveRoom(db)
        var kept = draft
        let reader = Actor.reader(client: client, name: draft.askedBy)
        try AuthorisationTable.insert(db, &kept, reader, "requested", at: now)
        return (kept, true)
      } apply: { [self] (kept: Authorisation, isNew: Bool) in
        if isNew { standing.withLock { $0.take(kept, undecided: limits.undecided, follower) } }
      }
      if kept.1 { counters.add(.requested) }
      return (kept.0.number, kept.1)
    }
  }

  // MARK: The gate to the disk

  /// One transaction on the ledger's own thread, and behind it, on the same thread, `apply`: so memory changes in the order
  /// of the disk.
  func write<Value: Sendable>(
    _ body: @escaping @Sendable (Database) throws -> Value, apply: @escaping @Sendable (Value) -> Void
  ) async throws(LedgerError) -> Value {
    do {
      return try await access { db in
        var value: Value?
        try db.inTransaction(.immediate) {
          value = try body(db)
          return .commit
        }
        guard let value else { throw LedgerError.unavailable("the transaction came to nothing") }
        apply(value)
        return value
      }
    } catch {
      if case .unavailable(let reason) = error {
        counters.add(.unwritten)
        alarm.raise("access_unwritten", .error, "file=\"\(path)\" reason=\"\(reason)\"")
      }
      throw error
    }
  }

  func access<Value: Sendable>(_ body: @escaping @Sendable (Database) throws -> Value) async throws(LedgerError)
    -> Value
  {
    guard let queue = file.withLock({ $0?.queue }) else {
      throw .unavailable(upkeep.withLock { $0.problem } ?? "the file is not open")
    }
    defer { waiting.subtract(1, ordering: .relaxed) }
    guard waiting.add(1, ordering: .relaxed).newValue <= limits.waiting else {
      throw .full("\(limits.waiting) changes wait for the disk already")
    }
    let result: Result<Value, LedgerError> = await withCheckedContinuation { continuation in
      queue.asyncWriteWithoutTransaction { db in
        do {
          continuation.resume(returning: .success(try body(db)))
        } catch {
          continuation.resume(returning: .failure(LedgerError(reading: error)))
        }
      }
    }
    return try result.get()
  }

  /// The last tenth of the file is for people who decide, whatever readers send.
  private func leaveRoom(_ db: Database) throws {
    let pages = try Int.fetchOne(db, sql: "PRAGMA page_count") ?? 0
    let free = try Int.fetchOne(db, sql: "PRAGMA freelist_count") ?? 0
    let most = try Int.fetchOne(db, sql: "PRAGMA max_page_count") ?? .max
    guard pages - free < most - most / 10 else {
      throw LedgerError.unavailable("nine tenths of access.max_size are used, the rest is kept for decisions")
    }
  }

  /// Counts what is refused, and says so once a minute.
  func counting<Value: Sendable>(
    _ body: () async throws(LedgerError) -> Value
  ) async throws(LedgerError) -> Value {
    do {
      return try await body()
    } catch {
      switch error {
      case .full(let what):
        counters.add(.refusedFull)
        alarm.raise("access_full", .warning, "reason=\"\(what)\"")
      case .rateLimited:
        counters.add(.refusedRate)
        alarm.raise("access_rate", .warning, "reason=\"a client, or all together, ask faster than is served\"")
      case .text, .time: counters.add(.refusedInput)
      case .unavailable, .notFound, .state, .ownRequest, .sameApprover, .termsStand: break
      }
      throw error
    }
  }

  static func check(_ services: [String], most: Int) throws(LedgerError) {
    guard !services.isEmpty, services.count <= most else {
      throw .text("\(services.count) services, expected 1 to \(most).")
    }
    for service in services where !PlainWords.isIdentifier(service) {
      throw .text("a service's id is not letters, digits, dots, hyphens and underscores. Correct it.")
    }
    guard Set(services).count == services.count else { throw .text("one service twice. Name each once.") }
  }
}
