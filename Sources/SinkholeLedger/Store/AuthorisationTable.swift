import GRDB

/// Authorisations in their file. Inside a transaction of the one who calls; every change is written with its audit.
enum AuthorisationTable {
  /// - Throws: `LedgerError.notFound`.
  static func find(_ db: Database, _ number: Int64) throws -> Authorisation {
    let row = try Row.fetchOne(db, sql: "SELECT * FROM authorisation WHERE number = ?", arguments: [number])
    guard let row, let found = Authorisation(row) else { throw LedgerError.notFound(number) }
    return found
  }

  /// - Parameter what: for the audit.
  static func insert(
    _ db: Database, _ authorisation: inout Authorisation, _ actor: Actor, _ what: String, at now: Int64
  ) throws {
    try db.execute(
      sql: """
        INSERT INTO authorisation (state, services, scope, whom, starts, ends, seconds, reason, asked_by, client,
          reference, asked, approvals, decided, note) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
        """, arguments: authorisation.arguments)
    authorisation.number = db.lastInsertedRowID
    try AuditTable.add(
      db, actor, what, "authorisation \(authorisation.number)",
      after: "\(authorisation.summary), because: \(authorisation.reason)", reference: authorisation.reference, at: now)
  }

  static func update(
    _ db: Database, _ authorisation: Authorisation, before: Authorisation, _ person: Person, _ what: String,
    at now: Int64
  ) throws {
    try save(db, authorisation)
    let note = authorisation.note.map { ", because: \($0)" } ?? ""
    try AuditTable.add(
      db, .person(person), what, "authorisation \(authorisation.number)", before: before.summary,
      after: authorisation.summary + note, reference: authorisation.reference, at: now)
  }

  private static func save(_ db: Database, _ authorisation: Authorisation) throws {
    try db.execute(
      sql: """
        UPDATE authorisation SET state = ?, services = ?, scope = ?, whom = ?, starts = ?, ends = ?, seconds = ?,
          reason = ?, asked_by = ?, client = ?, reference = ?, asked = ?, approvals = ?, decided = ?, note = ?
          WHERE number = ?
        """, arguments: authorisation.arguments + [authorisation.number])
  }

  /// Does what the clock does to one; each step has its entry.
  static func settle(
    _ db: Database, _ authorisation: inout Authorisation, undecided: Int64, at now: Int64
  ) throws {
    let passed = authorisation.settle(undecided: undecided, now: now)
    guard !passed.isEmpty else { return }
    try save(db, authorisation)
    for (before, after) in zip(passed, passed.dropFirst() + [authorisation.state]) {
      try AuditTable.add(
        db, .clock, after.rawValue, "authorisation \(authorisation.number)", before: before.rawValue,
        after: after.rawValue, reference: authorisation.reference, at: now)
    }
  }

  /// Those that people or the clock can still do something to, the oldest first.
  static func open(_ db: Database) throws -> [Authorisation] {
    try Row.fetchAll(
      db, sql: "SELECT * FROM authorisation WHERE state IN ('requested', 'approved', 'active') ORDER BY number"
    ).compactMap(Authorisation.init)
  }

  /// The newest first.
  static func list(_ db: Database, states: [Authorisation.State], before: Int64, most: Int) throws -> [Authorisation] {
    let marks = states.map { _ in "?" }.joined(separator: ", ")
    return try Row.fetchAll(
      db, sql: "SELECT * FROM authorisation WHERE number < ? AND state IN (\(marks)) ORDER BY number DESC LIMIT ?",
      arguments: StatementArguments([before]) + StatementArguments(states.map(\.rawValue)) + StatementArguments([most])
    ).compactMap(Authorisation.init)
  }
}

extension Authorisation {
  /// Nil for a row that no version of ours has written.
  init?(_ row: Row) {
    guard let state = State(rawValue: row["state"]), let scope = LiftScope(kind: row["scope"], whom: row["whom"]) else {
      return nil
    }
    let services: String = row["services"]
    self.init(
      services: services.split(separator: " ").map(String.init), scope: scope, seconds: row["seconds"],
      reason: row["reason"], askedBy: row["asked_by"], client: row["client"], reference: row["reference"],
      asked: row["asked"])
    number = row["number"]
    self.state = state
    from = row["starts"]
    until = row["ends"]
    let approvals: String = row["approvals"]
    // A line each, the name and the account parted by a tab: neither can have one in it.
    self.approvals = approvals.split(separator: "\n").map { line in
      let parts = line.split(separator: "\t", maxSplits: 1).map(String.init)
      return Person(name: parts[0], account: parts.last ?? parts[0])
    }
    decided = row["decided"]
    note = row["note"]
  }

  var arguments: StatementArguments {
    [
      state.rawValue, services.joined(separator: " "), scope.kind, scope.whom, from, until, seconds, reason, askedBy,
      client, reference, asked, approvals.map { "\($0.name)\t\($0.account)" }.joined(separator: "\n"), decided, note,
    ]
  }
}
