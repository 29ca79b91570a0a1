import GRDB

/// What has been kept long enough goes, a slice at a time, and with it the room in the file.
enum Retention {
  static let slice = 1000

  /// Takes at most a slice of each table. Returns how many rows went; fewer than a slice: nothing is left to take.
  static func run(_ db: Database, before: Int64, at now: Int64) throws -> Int {
    var rows = 0
    try db.execute(
      sql: """
        DELETE FROM authorisation WHERE number IN (SELECT number FROM authorisation
          WHERE state IN ('ended', 'denied', 'revoked', 'lapsed') AND max(asked, coalesce(ends, 0), coalesce(decided, 0)) < ?
          LIMIT ?)
        """, arguments: [before, slice])
    rows += db.changesCount
    try db.execute(
      sql: "DELETE FROM acknowledgement WHERE number IN (SELECT number FROM acknowledgement WHERE ends < ? LIMIT ?)",
      arguments: [before, slice])
    rows += db.changesCount
    return rows + (try trimAudit(db, before: before, at: now))
  }

  /// Of the audit only a beginning goes: entries up to the first that is young enough.
  private static func trimAudit(_ db: Database, before: Int64, at now: Int64) throws -> Int {
    let entries = try AuditTable.entries(db, after: 0, most: slice)
    guard let last = entries.prefix(while: { $0.at < before }).last else { return 0 }
    // Said in the audit itself before it is done: the entry that follows the last hash that went.
    try AuditTable.add(
      db, .clock, "trimmed", "audit", before: "through \(last.number)", after: last.hash, at: now)
    try db.execute(sql: "UPDATE trim SET through = ?, hash = ?", arguments: [last.number, last.hash])
    try db.execute(sql: "DELETE FROM audit WHERE number <= ?", arguments: [last.number])
    return db.changesCount
  }
}
