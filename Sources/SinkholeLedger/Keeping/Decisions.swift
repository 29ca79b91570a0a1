import GRDB

/// What people decide, and what they look at.
extension Ledger {
  /// Makes an authorisation without a request. It counts as the approval of the one who makes it; where two are needed,
  /// it waits for the second.
  package func add(
    services: [String], scope: LiftScope, terms: Authorisation.Terms, reason: String, by person: Person, now: Int64
  ) async throws(LedgerError) -> Authorisation {
    try await counting { () async throws(LedgerError) in
      try Ledger.check(services, most: limits.servicesTogether)
      var draft = Authorisation(
        services: services, scope: scope, seconds: terms.seconds ?? 0,
        reason: try PlainWords.checked(reason, "the reason", most: PlainWords.reason), askedBy: person.name,
        client: nil, reference: nil, asked: now)
      try draft.approve(by: person, terms: terms, needed: limits.approvals, longest: limits.longest, now: now)
      let checked = draft
      let kept = try await write { [self] db in
        try standing.withLock { standing in
          if checked.state == .requested {
            try standing.admitRequest(of: nil, limits)
          } else {
            try standing.admitGrant(checked, limits)
          }
        }
        var kept = checked
        try AuthorisationTable.insert(db, &kept, .person(person), "added", at: now)
        try AuthorisationTable.settle(db, &kept, undecided: limits.undecided, at: now)
        return kept
      } apply: { [self] kept in
        standing.withLock { $0.take(kept, undecided: limits.undecided, follower) }
      }
      counters.add(.decided)
      return kept
    }
  }

  package func approve(
    _ number: Int64, terms: Authorisation.Terms, by person: Person, now: Int64
  ) async throws(LedgerError) -> Authorisation {
    if let services = terms.services { try Ledger.check(services, most: limits.servicesTogether) }
    let limits = limits
    return try await decide(number, "approved", by: person, now: now) { authorisation throws(LedgerError) in
      try authorisation.approve(
        by: person, terms: terms, needed: limits.approvals, longest: limits.longest, now: now)
    }
  }

  package func deny(
    _ number: Int64, note: String?, by person: Person, now: Int64
  ) async throws(LedgerError) -> Authorisation {
    let note = try PlainWords.checked(note, "the reason", most: PlainWords.reason)
    return try await decide(number, "denied", by: person, now: now) { authorisation throws(LedgerError) in
      try authorisation.deny(note: note, now: now)
    }
  }

  /// Ends one before its time. Where the end cannot be written it has its effect all the same, until a restart, and
  /// throws.
  package func revoke(
    _ number: Int64, note: String?, by person: Person, now: Int64
  ) async throws(LedgerError) -> Authorisation {
    let note = try PlainWords.checked(note, "the reason", most: PlainWords.reason)
    do {
      return try await decide(number, "revoked", by: person, now: now) { authorisation throws(LedgerError) in
        try authorisation.revoke(note: note, now: now)
      }
    } catch {
      guard case .unavailable(let reason) = error,
        standing.withLock({ $0.authorisations[number].map { $0.state != .requested } ?? false })
      else { throw error }
      standing.withLock { $0.drop(number, follower) }
      throw .unavailable(
        "\(reason). Authorisation \(number) is ended until a restart; revoke it again when the disk has room")
    }
  }

  private func decide(
    _ number: Int64, _ what: String, by person: Person, now: Int64,
    _ step: @escaping @Sendable (inout Authorisation) throws(LedgerError) -> Void
  ) async throws(LedgerError) -> Authorisation {
    try await counting { () async throws(LedgerError) in
      let decided = try await write { [self] db in
        var authorisation = try AuthorisationTable.find(db, number)
        // The clock first: what is over cannot be revoked.
        try AuthorisationTable.settle(db, &authorisation, undecided: limits.undecided, at: now)
        let before = authorisation
        try step(&authorisation)
        if authorisation.state == .approved {
          let approved = authorisation
          try standing.withLock { try $0.admitGrant(approved, limits) }
        }
        try AuthorisationTable.update(db, authorisation, before: before, person, what, at: now)
        try AuthorisationTable.settle(db, &authorisation, undecided: limits.undecided, at: now)
        return authorisation
      } apply: { [self] decided in
        standing.withLock { $0.take(decided, undecided: limits.undecided, follower) }
      }
      counters.add(.decided)
      return decided
    }
  }

  // MARK: Looking

  /// - Throws: `notFound`, or the file cannot be read.
  package func authorisation(_ number: Int64) async throws(LedgerError) -> Authorisation {
    try await access { db in try AuthorisationTable.find(db, number) }
  }

  /// Those in one of `states` with numbers below `before`, the newest first.
  package func authorisations(
    in states: [Authorisation.State], before: Int64 = .max, most: Int
  ) async throws(LedgerError) -> [Authorisation] {
    try await access { db in try AuthorisationTable.list(db, states: states, before: before, most: most) }
  }

  /// Those that hold, the oldest first.
  package var acknowledgements: [Acknowledgement] { standing.withLock { $0.holding } }

  package func audit(after number: Int64, most: Int) async throws(LedgerError) -> [AuditEntry] {
    try await access { db in try AuditTable.entries(db, after: number, most: most) }
  }

  /// Recomputes the audit from its first entry to its last, a part at a time, so that changes get their turn between.
  package func verifyAudit() async throws(LedgerError) -> AuditFinding {
    var place: (number: Int64, hash: String)?
    var total: Int64 = 0
    while true {
      let from = place
      let part = try await access { db in try AuditTable.verify(db, from: from, most: 2000) }
      total += part.count
      switch part.finding {
      case nil: place = part.place
      case .whole(_, let last, let hash): return .whole(entries: total, last: last, hash: hash)
      case .broken(let number): return .broken(number)
      }
    }
  }
}
