import GRDB
import SinkholeLedger
import Testing

@Suite("The audit")
struct AuditTests {
  static let changes = [
    "UPDATE audit SET who = 'account lee' WHERE number = 1", "DELETE FROM audit WHERE number = 1", "DELETE FROM audit",
    "DELETE FROM trim", "UPDATE trim SET through = -1",
  ]

  @Test("no program changes or deletes an entry", arguments: changes)
  func triggers(_ change: String) async throws {
    let desk = try Desk()
    _ = try await desk.add()
    let other = try DatabaseQueue(path: desk.path)
    await #expect(throws: DatabaseError.self) { try await other.write { db in try db.execute(sql: change) } }
    #expect(try await desk.steps().count == 2)
  }

  static let tampering: [(String, Int64)] = [
    ("UPDATE audit SET after = 'nothing' WHERE number = 2", 2), ("UPDATE audit SET at = at + 1 WHERE number = 3", 3),
    ("DELETE FROM audit WHERE number = 2", 3), ("UPDATE audit SET hash = 'aa' WHERE number = 1", 1),
    ("DELETE FROM audit WHERE number = 1", 2),
  ]

  @Test("who owns the file and changes an entry is found out by its hash", arguments: tampering)
  func tampered(_ change: String, _ found: Int64) async throws {
    let desk = try Desk()
    for host in 0..<4 { _ = try await desk.ask("192.0.2.\(host)") }
    let other = try DatabaseQueue(path: desk.path)
    try await other.write { db in
      try db.execute(sql: "DROP TRIGGER audit_stays")
      try db.execute(sql: "DROP TRIGGER audit_is_kept")
      try db.execute(sql: change)
    }
    #expect(try await desk.ledger.verifyAudit() == .broken(found))
  }

  @Test("retention takes the beginning alone, says so in the audit, and what is left still follows from it")
  func retention() async throws {
    let desk = try Desk { $0.keep = 86_400 }
    for host in 0..<3 {
      let number = try await desk.ask("192.0.2.\(host)")
      _ = try await desk.ledger.deny(number, note: nil, by: Desk.kim, now: Desk.noon)
    }
    let waiting = try await desk.ask("192.0.2.9")
    let later = Desk.noon + 86_401
    desk.ledger.open(now: later)
    await desk.ledger.settle(now: later)
    let audit = try await desk.ledger.audit(after: 0, most: 10)
    #expect(audit.map(\.what) == ["trimmed"])
    #expect(audit.first?.number == 8)
    #expect(audit.first?.before == "through 7")
    #expect(try await desk.ledger.verifyAudit() == .whole(entries: 1, last: 8, hash: audit[0].hash))
    // What somebody still has to decide stays however old it is.
    #expect(try await desk.state(waiting) == .requested)
    #expect(try await desk.ledger.authorisations(in: Authorisation.State.allCases, most: 10).map(\.number) == [waiting])
    #expect(desk.ledger.counters.value(.trimmed) == 10)
    _ = try await desk.ask("192.0.2.10", at: later)
    #expect(try await desk.ledger.audit(after: 8, most: 10).map(\.number) == [9])
  }

  @Test("a clock that leaps ahead takes nothing away early")
  func leap() async throws {
    let desk = try Desk()
    let number = try await desk.ask()
    _ = try await desk.ledger.deny(number, note: nil, by: Desk.kim, now: Desk.noon)
    await desk.ledger.settle(now: Desk.noon + 10 * 366 * 86_400)
    #expect(try await desk.steps().count == 2)
    #expect(try await desk.state(number) == .denied)
  }
}
