import Foundation
import GRDB
import SinkholeLedger
import Testing

@Suite("The ledger's file")
struct FileTests {
  @Test("a restart finds what holds and what waits, and opens it before it returns")
  func restart() async throws {
    var desk: Desk? = try Desk()
    let folder = try #require(desk?.folder)
    let request = try await desk?.ask("192.0.2.9")
    _ = try await desk?.add()
    _ = try await desk?.add(.prefix("192.0.2.0/24"), terms: .init(from: Desk.noon + 100, seconds: 100))
    _ = try await desk?.acknowledge()
    let ended = try await desk?.add(.group("press"), terms: .init(seconds: 5))
    desk = nil
    try await Desk.isClosed(folder)

    let next = try Desk(folder, at: Desk.noon + 50)
    #expect(next.followed.open == ["deepseek client 192.0.2.7 until 3600", "gpt client 192.0.2.7 until 3600"])
    #expect(next.ledger.counts == (1, 1, 2))
    #expect(try await next.ask("192.0.2.9") == request)
    // What time has done meanwhile is written by the first look at the clock.
    await next.ledger.settle(now: Desk.noon + 100)
    #expect(try await next.state(ended?.number ?? 0) == .ended)
    #expect(next.followed.open.contains("deepseek prefix 192.0.2.0/24 until 200"))
  }

  @Test("numbers are never used twice, also after retention")
  func numbers() async throws {
    let desk = try Desk { $0.keep = 86_400 }
    let number = try await desk.add(terms: .init(seconds: 60)).number
    await desk.ledger.settle(now: Desk.noon + 60)
    let later = Desk.noon + 90_000
    desk.ledger.open(now: later)
    await desk.ledger.settle(now: later)
    await #expect(throws: LedgerError.notFound(number)) { try await desk.state(number) }
    #expect(try await desk.add(at: later).number == number + 1)
  }

  @Test("killed at any instant, everything that was told as kept is there, and the audit is whole", arguments: 0..<6)
  func killed(_ turn: Int) async throws {
    let folder = try Desk.folder()
    let tests = try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
    let writer = Process()
    writer.executableURL = URL(fileURLWithPath: tests).deletingLastPathComponent().appendingPathComponent("ledger-writer")
    writer.arguments = [folder + "/access.sqlite"]
    let output = Pipe()
    writer.standardOutput = output
    try writer.run()
    // So many lines, and then a moment that differs each time.
    var told = ""
    while told.split(separator: "\n").count < 20 + turn * 13 {
      let data = output.fileHandleForReading.availableData
      try #require(!data.isEmpty)
      told += String(decoding: data, as: UTF8.self)
    }
    usleep(UInt32(turn) * 371)
    kill(writer.processIdentifier, SIGKILL)
    told += String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    writer.waitUntilExit()

    let desk = try Desk(folder)
    // A last line may have been cut off.
    let lines = told.hasSuffix("\n") ? told.split(separator: "\n") : told.split(separator: "\n").dropLast()
    var revoked: Set<Int64> = []
    var kept: Set<Int64> = []
    for line in lines {
      let number = try #require(Int64(line.prefix { $0 != " " }))
      kept.insert(number)
      if line.hasSuffix("revoked") { revoked.insert(number) }
    }
    for number in kept {
      let state = try await desk.state(number)
      #expect(state == .revoked || !revoked.contains(number), "\(number)")
    }
    guard case .whole(let entries, _, _) = try await desk.ledger.verifyAudit() else {
      Issue.record("the audit is broken")
      return
    }
    #expect(entries >= Int64(2 * kept.count + revoked.count))
    #expect(desk.followed.count >= kept.count - revoked.count - 1)
  }

  @Test("when the file may grow no more, readers are refused first, then decisions; what holds stays, and time goes on")
  func full() async throws {
    let desk = try Desk {
      $0.fileSize = 1
      $0.clientRequests = .init(burst: 1e6, secondsForEach: 1)
      $0.allRequests = .init(burst: 1e6, secondsForEach: 1)
    }
    _ = try await desk.add(terms: .init(seconds: 100))
    let reason = String(repeating: "x", count: 500)
    var asked = 0
    var readersProblem: LedgerError?
    while readersProblem == nil, asked < 10_000 {
      do throws(LedgerError) {
        _ = try await desk.ask("10.0.0.\(asked)", reason: reason)
        asked += 1
      } catch {
        readersProblem = error
      }
    }
    #expect(
      readersProblem == .unavailable("nine tenths of access.max_size are used, the rest is kept for decisions"))
    #expect(asked > 20)
    let before = desk.ledger.counts
    // People who decide have the rest.
    let decided = try await desk.add(.group("press"))
    #expect(decided.state == .active)
    var problem: LedgerError?
    var added = 0
    while problem == nil, added < 10_000 {
      do throws(LedgerError) {
        _ = try await desk.ledger.add(
          services: ["gpt"], scope: .group("g-\(added)"), terms: .init(seconds: 100), reason: reason, by: Desk.kim,
          now: Desk.noon)
        added += 1
      } catch {
        problem = error
      }
    }
    #expect(problem == .unavailable("the disk is full, or access.max_size is reached"))
    #expect(added > 0)
    // What was refused has opened nothing.
    #expect(desk.followed.count == added + 2)
    #expect(desk.ledger.counts.requests == before.requests)
    #expect(desk.ledger.counters.value(.unwritten) == 2)
    #expect(desk.log.count(of: "access_unwritten") == 1)
    await desk.ledger.settle(now: Desk.noon + 100)
    #expect(desk.followed.open == ["deepseek group press until 3600"])
    #expect(try await desk.ledger.verifyAudit() != .broken(1))
  }

  @Test("an end that cannot be written is one all the same, until a restart, and says so")
  func revokedUnwritten() async throws {
    let desk = try Desk()
    let number = try await desk.add().number
    var configuration = Configuration()
    configuration.allowsUnsafeTransactions = true
    let other = try DatabaseQueue(path: desk.path, configuration: configuration)
    // Held while the ledger tries.
    try await other.writeWithoutTransaction { db in try db.execute(sql: "BEGIN IMMEDIATE") }
    let error = await #expect(throws: LedgerError.self) {
      try await desk.ledger.revoke(number, note: nil, by: Desk.lee, now: Desk.noon)
    }
    #expect("\(try #require(error))".contains("another program holds the file locked. Authorisation \(number) is ended until a restart"))
    #expect(desk.followed.open == [])
    await #expect(throws: LedgerError.unavailable("another program holds the file locked")) { try await desk.add() }
    #expect(desk.followed.open == [])
    try await other.writeWithoutTransaction { db in try db.execute(sql: "ROLLBACK") }
    // Nor does the file open it again, when it is read anew.
    desk.ledger.open(now: Desk.noon)
    #expect(desk.followed.open == [])
    #expect(try await desk.ledger.revoke(number, note: nil, by: Desk.lee, now: Desk.noon).state == .revoked)
  }

  @Test("a broken file is moved aside whole, said, and an empty one takes its place")
  func broken() async throws {
    let folder = try Desk.folder()
    let octets = Data("this is no database, but it has been here for years".utf8) + Data(count: 8192)
    try octets.write(to: URL(fileURLWithPath: folder + "/access.sqlite"))
    let desk = try Desk(folder)
    #expect(desk.ledger.isOpen)
    let aside = "\(folder)/access.sqlite.broken-\(Desk.noon)"
    #expect(try Data(contentsOf: URL(fileURLWithPath: aside)) == octets)
    #expect(desk.log.all.contains { $0.hasPrefix("critical event=access_broken") && $0.contains(aside) })
    #expect(try await desk.add().number == 1)
  }

  @Test("pages that are broken inside are found at the start as well")
  func brokenInside() async throws {
    var desk: Desk? = try Desk()
    let folder = try #require(desk?.folder)
    for host in 0..<40 { _ = try await desk?.ask("192.0.2.\(host)") }
    desk = nil
    try await Desk.isClosed(folder)
    let path = folder + "/access.sqlite"
    let file = try #require(FileHandle(forUpdatingAtPath: path))
    try file.seek(toOffset: 4096)
    try file.write(contentsOf: Data(repeating: 0xA5, count: 16_384))
    try file.close()
    let next = try Desk(folder)
    #expect(next.log.count(of: "access_broken") == 1)
    #expect(next.ledger.counts.requests == 0)
  }

  @Test("a file of a later version is left as it is, and nothing is opened or written")
  func later() async throws {
    var desk: Desk? = try Desk()
    let folder = try #require(desk?.folder)
    _ = try await desk?.add()
    desk = nil
    try await Desk.isClosed(folder)
    try await DatabaseQueue(path: folder + "/access.sqlite").writeWithoutTransaction { db in
      try db.execute(sql: "PRAGMA user_version = 2")
    }
    let next = try Desk(folder)
    #expect(!next.ledger.isOpen)
    #expect(next.followed.open == [])
    let error = await #expect(throws: LedgerError.self) { try await next.add() }
    #expect("\(try #require(error))".contains("was written by a later version (format 2, expected 1 at most). Install that version"))
    #expect(next.log.count(of: "access_unavailable") == 1)
    #expect(!(try FileManager.default.contentsOfDirectory(atPath: folder).contains { $0.contains("broken") }))
  }

  @Test("a second server is refused the file, and gets it when the first has ended")
  func held() async throws {
    var first: Desk? = try Desk()
    let folder = try #require(first?.folder)
    let second = try Desk(folder)
    #expect(!second.ledger.isOpen)
    let error = await #expect(throws: LedgerError.self) { try await second.acknowledge() }
    #expect("\(try #require(error))".contains("is held by another sinkholed. Stop it"))
    _ = try await first?.add()
    first = nil
    try await Desk.isClosed(folder)
    second.ledger.open(now: Desk.noon)
    #expect(second.ledger.isOpen)
    #expect(second.followed.count == 1)
  }

  @Test("the file and those beside it are the user's alone")
  func permissions() async throws {
    let desk = try Desk()
    _ = try await desk.add()
    for name in try FileManager.default.contentsOfDirectory(atPath: desk.folder) {
      let attributes = try FileManager.default.attributesOfItem(atPath: "\(desk.folder)/\(name)")
      #expect(attributes[.posixPermissions] as? Int == 0o600, "\(name)")
    }
  }
}
