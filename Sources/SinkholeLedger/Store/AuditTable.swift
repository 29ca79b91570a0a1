import GRDB

/// What the audit was found to be.
package enum AuditFinding: Sendable, Equatable {
  /// Every hash is right: so many entries, the number and hash of the last, 64 hexadecimal digits.
  case whole(entries: Int64, last: Int64, hash: String)
  /// The first entry that is not what was written, or that has a gap before it.
  case broken(Int64)
}

/// The audit in its file. Inside a transaction of the one who calls.
enum AuditTable {
  /// What the first entry of all follows.
  static let origin = String(repeating: "0", count: 64)

  static func add(
    _ db: Database, _ actor: Actor, _ what: String, _ subject: String, before: String = "", after: String,
    reference: String? = nil, at now: Int64
  ) throws {
    let (last, hash) = try last(db)
    let texts = [actor.text, what, subject, before, after, reference ?? ""]
    let next = AuditEntry.hash(after: hash, number: last + 1, at: now, texts)
    try db.execute(
      sql: "INSERT INTO audit VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
      arguments: StatementArguments([last + 1, now] as [any DatabaseValueConvertible] + texts + [next]))
  }

  /// Number and hash of the newest entry, or of the last that retention took.
  static func last(_ db: Database) throws -> (number: Int64, hash: String) {
    if let row = try Row.fetchOne(db, sql: "SELECT number, hash FROM audit ORDER BY number DESC LIMIT 1") {
      return (row["number"], row["hash"])
    }
    return try trimmed(db)
  }

  static func trimmed(_ db: Database) throws -> (number: Int64, hash: String) {
    guard let row = try Row.fetchOne(db, sql: "SELECT through, hash FROM trim") else { return (0, origin) }
    return (row["through"], row["hash"])
  }

  static func entries(_ db: Database, after number: Int64, most: Int) throws -> [AuditEntry] {
    try Row.fetchAll(
      db, sql: "SELECT * FROM audit WHERE number > ? ORDER BY number LIMIT ?", arguments: [number, most]
    ).map(AuditEntry.init)
  }

  /// Recomputes the hashes of at most `most` entries, from the one behind `place` on; nil place: from the first that is kept.
  /// Returns where to go on, or what was found; the count is that of the entries looked at here.
  static func verify(
    _ db: Database, from place: (number: Int64, hash: String)?, most: Int
  ) throws -> (place: (number: Int64, hash: String), count: Int64, finding: AuditFinding?) {
    let trimmed = try trimmed(db)
    var place = place ?? trimmed
    // Retention may have gone by.
    if place.number < trimmed.number { place = trimmed }
    var count: Int64 = 0
    let entries = try entries(db, after: place.number, most: most)
    for entry in entries {
      guard entry.number == place.number + 1, entry.isRight(after: place.hash) else {
        return (place, count, .broken(entry.number))
      }
      place = (entry.number, entry.hash)
      count += 1
    }
    let isEnd = entries.isEmpty
    return (place, count, isEnd ? .whole(entries: count, last: place.number, hash: place.hash) : nil)
  }
}
