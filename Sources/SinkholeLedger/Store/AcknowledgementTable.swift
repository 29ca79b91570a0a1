import GRDB

/// Acknowledgements in their file. Inside a transaction of the one who calls.
enum AcknowledgementTable {
  static func insert(_ db: Database, _ acknowledgement: inout Acknowledgement) throws {
    let given = acknowledgement
    try db.execute(
      sql: """
        INSERT INTO acknowledgement (client, service, rule, name, reference, given, ends) VALUES (?, ?, ?, ?, ?, ?, ?)
        """,
      arguments: [given.client, given.service, given.rule, given.name, given.reference, given.given, given.until])
    acknowledgement.number = db.lastInsertedRowID
    try AuditTable.add(
      db, .reader(client: given.client, name: given.name), "acknowledged", "acknowledgement \(acknowledgement.number)",
      after: "\(given.service) for client \(given.client) until \(UTCText.text(given.until)), rule \(given.rule)",
      reference: given.reference, at: given.given)
  }

  /// Those that hold at `now`, the oldest first.
  static func holding(_ db: Database, at now: Int64) throws -> [Acknowledgement] {
    try Row.fetchAll(
      db, sql: "SELECT * FROM acknowledgement WHERE ends > ? AND given <= ? ORDER BY number", arguments: [now, now]
    ).map(Acknowledgement.init)
  }
}

extension Acknowledgement {
  init(_ row: Row) {
    self.init(
      number: row["number"], client: row["client"], service: row["service"], rule: row["rule"], name: row["name"],
      reference: row["reference"], given: row["given"], until: row["ends"])
  }
}
