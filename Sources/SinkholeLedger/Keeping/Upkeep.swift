import GRDB

/// What has to be done now and then: the file opened, the clock's changes written, what is old taken away.
struct Upkeep {
  /// Why the file cannot be had; nil when it is open.
  var problem: String?
  /// The clock has changed something that is not on disk.
  var isUnsettled = true
  /// Monotonic: when the next try is due.
  var nextTry = ContinuousClock.now
  var nextRetention = ContinuousClock.now
  /// When the file was opened, by both clocks: retention goes by the slower of the two.
  var opened: (clock: ContinuousClock.Instant, now: Int64)?
}

extension Ledger {
  private static let tryInterval = Duration.seconds(10)
  private static let retentionInterval = Duration.seconds(3600)
  /// Seconds that the wall clock may be ahead of the monotonic one before retention stops believing it.
  private static let believed: Int64 = 3600
  /// Slices of one run of retention.
  private static let slices = 50

  /// Opens the file and takes what holds into memory, telling the follower. Never fails: a file that cannot be had is said, and
  /// tried again by `settle`.
  package func open(now: Int64) {
    // The lock of the one before, if any, is let go first.
    file.withLock { $0 = nil }
    do throws(LedgerError) {
      let opened = try LedgerFile.open(path, size: limits.fileSize, now: now)
      let (authorisations, acknowledgements) = try Ledger.load(opened.queue, now: now)
      if let aside = opened.movedTo {
        alarm.raise(
          "access_broken", .critical,
          "file=\"\(path)\" moved=\"\(aside)\" reason=\"the file is broken: an empty one takes its place, and what it opened is closed\""
        )
      }
      if opened.isReadOnly {
        alarm.raise(
          "access_read_only", .error, "file=\"\(path)\" reason=\"the disk takes no writes: nothing new is opened\"")
      }
      standing.withLock { standing in
        for authorisation in authorisations { standing.take(authorisation, undecided: limits.undecided, follower) }
        for acknowledgement in acknowledgements { standing.take(acknowledgement, follower) }
        _ = standing.settle(undecided: limits.undecided, now: now, follower)
      }
      upkeep.withLock { upkeep in
        upkeep.problem = nil
        upkeep.isUnsettled = true
        upkeep.nextRetention = .now
        upkeep.opened = (.now, now)
      }
      file.withLock { $0 = opened }
    } catch {
      let reason = if case .unavailable(let reason) = error { reason } else { "\(error)" }
      upkeep.withLock { $0.problem = reason }
      alarm.raise("access_unavailable", .error, "file=\"\(path)\" reason=\"\(reason)\"")
    }
    upkeep.withLock { $0.nextTry = .now + Ledger.tryInterval }
  }

  private static func load(
    _ queue: DatabaseQueue, now: Int64
  ) throws(LedgerError) -> ([Authorisation], [Acknowledgement]) {
    do {
      return try queue.read { db in
        (try AuthorisationTable.open(db), try AcknowledgementTable.holding(db, at: now))
      }
    } catch {
      throw LedgerError(reading: error)
    }
  }

  /// Whether changes can be written, as far as is known.
  package var isOpen: Bool { file.withLock { $0.map { !$0.isReadOnly } ?? false } }

  /// What holds or waits, for `status`: acknowledgements, requests, authorisations.
  package var counts: (acknowledgements: Int, requests: Int, authorisations: Int) {
    standing.withLock { ($0.acknowledgementCount, $0.requests, $0.grants) }
  }

  /// Does what the clock does; to be called several times a second. The effect is there when it returns at the latest, and as a
  /// rule nothing touches the disk.
  package func settle(now: Int64) async {
    if standing.withLock({ $0.settle(undecided: limits.undecided, now: now, follower) }) {
      upkeep.withLock { upkeep in
        upkeep.isUnsettled = true
        upkeep.nextTry = .now
      }
    }
    let clock = ContinuousClock.now
    let (isTry, isRetention) = upkeep.withLock { upkeep in
      (upkeep.nextTry <= clock, upkeep.nextRetention <= clock)
    }
    if isTry {
      if !isOpen, clock >= upkeep.withLock({ $0.nextTry }) { open(now: now) }
      if isOpen, upkeep.withLock({ $0.isUnsettled }) { await writeClock(now: now) }
      upkeep.withLock { $0.nextTry = .now + Ledger.tryInterval }
    }
    if isRetention, isOpen {
      upkeep.withLock { $0.nextRetention = clock + Ledger.retentionInterval }
      await retain(now: now)
    }
  }

  /// Writes what the clock did to every authorisation on disk.
  private func writeClock(now: Int64) async {
    do throws(LedgerError) {
      _ = try await write { [self] db in
        for var authorisation in try AuthorisationTable.open(db) {
          try AuthorisationTable.settle(db, &authorisation, undecided: limits.undecided, at: now)
        }
        return true
      } apply: { _ in
      }
      upkeep.withLock { $0.isUnsettled = false }
    } catch {
      // Said and counted where it was thrown; tried again.
    }
  }

  /// Takes away what is older than `keep`. A clock that has leapt ahead since the start takes nothing early.
  func retain(now: Int64) async {
    let believed = upkeep.withLock { upkeep -> Int64 in
      guard let opened = upkeep.opened else { return now }
      return min(now, opened.now + (ContinuousClock.now - opened.clock).components.seconds + Ledger.believed)
    }
    for _ in 0..<Ledger.slices {
      let rows = try? await write { [self] db in
        try Retention.run(db, before: believed - limits.keep, at: now)
      } apply: { _ in
      }
      guard let rows, rows > 0 else { break }
      counters.add(.trimmed, UInt64(rows))
      guard rows >= Retention.slice else { break }
    }
    _ = try? await access { db in
      // Gives the room back to the disk; the log is emptied with it.
      try db.execute(sql: "PRAGMA incremental_vacuum(10000)")
      _ = try db.checkpoint(.passive)
      return true
    }
  }
}
