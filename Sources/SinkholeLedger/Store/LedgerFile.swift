import GRDB
import Glibc

/// The file on disk: opened, put into shape, and held against a second server.
///
/// Write-ahead log with synchronous=FULL: what a call has returned from survives the process at any instant, and the loss
/// of power as far as the disk keeps its promises.
struct LedgerFile: Sendable {
  /// Milliseconds that a write waits for another program's lock.
  private static let patience = 1.0

  let queue: DatabaseQueue
  /// A broken file was moved there.
  let movedTo: String?
  /// The disk takes no writes: only what was there is known.
  let isReadOnly: Bool
  private let lock: LockFile

  /// - Throws: `LedgerError.unavailable`: it is another server's, of a later version, or cannot be had.
  static func open(_ path: String, size: Int, now: Int64) throws(LedgerError) -> LedgerFile {
    let lock = try LockFile(path + ".lock")
    do {
      return try open(path, size: size, lock, movedTo: nil)
    } catch let error as DatabaseError where [.SQLITE_CORRUPT, .SQLITE_NOTADB].contains(error.resultCode) {
      let aside = try moveAside(path, now: now)
      do {
        return try open(path, size: size, lock, movedTo: aside)
      } catch {
        throw LedgerError(reading: error)
      }
    } catch let error as DatabaseError where [.SQLITE_READONLY, .SQLITE_CANTOPEN].contains(error.resultCode) {
      do {
        return try openReadOnly(path, lock)
      } catch {
        throw LedgerError(reading: error)
      }
    } catch {
      throw LedgerError(reading: error)
    }
  }

  private static func open(_ path: String, size: Int, _ lock: LockFile, movedTo: String?) throws -> LedgerFile {
    // For this user alone from its first octet on; SQLite gives the files beside it the same permissions.
    let number = unsafe Glibc.open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o600)
    if number >= 0 { close(number) }
    var configuration = Configuration()
    configuration.label = "ledger"
    configuration.busyMode = .timeout(patience)
    configuration.prepareDatabase { db in
      // Before the first table, or it takes a rewriting of the file.
      try db.execute(sql: "PRAGMA auto_vacuum = INCREMENTAL")
      let mode = try String.fetchOne(db, sql: "PRAGMA journal_mode = WAL")
      guard mode == "wal" else {
        throw LedgerError.unavailable("\(path) cannot have a write-ahead log. Put it on a local disk with access.file")
      }
      try db.execute(sql: "PRAGMA synchronous = FULL")
      try db.execute(sql: "PRAGMA journal_size_limit = 4194304")
      let page = try Int.fetchOne(db, sql: "PRAGMA page_size") ?? 4096
      try db.execute(sql: "PRAGMA max_page_count = \(max(64, size / page))")
    }
    let queue = try DatabaseQueue(path: path, configuration: configuration)
    try queue.writeWithoutTransaction { db in try check(db, path) }
    try LedgerSchema.migrator.migrate(queue)
    return LedgerFile(queue: queue, movedTo: movedTo, isReadOnly: false, lock: lock)
  }

  private static func openReadOnly(_ path: String, _ lock: LockFile) throws -> LedgerFile {
    var configuration = Configuration()
    configuration.readonly = true
    configuration.busyMode = .timeout(patience)
    // Where nobody can write, the files that readers share cannot be made; that is right as long as no write waits in the
    // log, which this mode would not see.
    var status = stat()
    let hasLog = unsafe stat(path + "-wal", &status) == 0 && status.st_size > 0
    let place = hasLog ? path : "file:\(escaped(path))?immutable=1"
    let queue = try DatabaseQueue(path: place, configuration: configuration)
    try queue.read { db in try check(db, path) }
    return LedgerFile(queue: queue, movedTo: nil, isReadOnly: true, lock: lock)
  }

  private static func escaped(_ path: String) -> String {
    path.utf8.map { octet in
      switch octet {
      case 0x2F, 0x2D, 0x2E, 0x5F, 0x30...0x39, 0x41...0x5A, 0x61...0x7A: String(UnicodeScalar(octet))
      default: "%" + (octet < 16 ? "0" : "") + String(octet, radix: 16)
      }
    }.joined()
  }

  private static func check(_ db: Database, _ path: String) throws {
    let version = try Int.fetchOne(db, sql: "PRAGMA user_version") ?? 0
    guard version <= LedgerSchema.version else {
      throw LedgerError.unavailable(
        "\(path) was written by a later version (format \(version), expected \(LedgerSchema.version) at most). Install that version, or set access.file to another path"
      )
    }
    guard try String.fetchOne(db, sql: "PRAGMA quick_check(1)") == "ok" else {
      throw DatabaseError(resultCode: .SQLITE_CORRUPT)
    }
  }

  /// Renames the file and its log, so that whoever can repair it may; nothing is deleted.
  private static func moveAside(_ path: String, now: Int64) throws(LedgerError) -> String {
    var aside = "\(path).broken-\(now)"
    var number = 1
    while unsafe access(aside, F_OK) == 0 {
      number += 1
      aside = "\(path).broken-\(now)-\(number)"
    }
    guard unsafe rename(path, aside) == 0 else {
      throw .unavailable("\(path) is broken and cannot be moved aside: \(unsafe String(cString: strerror(errno)))")
    }
    for suffix in ["-wal", "-shm"] { _ = unsafe rename(path + suffix, aside + suffix) }
    return aside
  }
}

/// A lock of the kernel on a file of its own, which ends with the process however that ends: SQLite's own locks would be
/// lost with any other descriptor of its file.
final class LockFile: Sendable {
  private let number: Int32

  init(_ path: String) throws(LedgerError) {
    // Where nobody can write there is no second server that does.
    let read = unsafe Glibc.open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o600)
    number = read >= 0 || errno != EROFS ? read : unsafe Glibc.open("/dev/null", O_RDONLY | O_CLOEXEC)
    guard number >= 0 else {
      throw .unavailable("\(path) cannot be opened: \(unsafe String(cString: strerror(errno)))")
    }
    guard read < 0 || flock(number, LOCK_EX | LOCK_NB) == 0 else {
      close(number)
      throw .unavailable("\(path) is held by another sinkholed. Stop it, or set state or access.file to another path")
    }
  }

  deinit { close(number) }
}

extension LedgerError {
  /// Whatever went wrong on the way to the disk.
  init(reading error: any Error) {
    if let error = error as? LedgerError {
      self = error
      return
    }
    guard let error = error as? DatabaseError else {
      self = .unavailable("\(error)")
      return
    }
    self =
      switch error.resultCode {
      case .SQLITE_FULL: .unavailable("the disk is full, or access.max_size is reached")
      case .SQLITE_BUSY, .SQLITE_LOCKED: .unavailable("another program holds the file locked")
      case .SQLITE_READONLY: .unavailable("the disk takes no writes")
      case .SQLITE_CANTOPEN: .unavailable("the file cannot be opened")
      default: .unavailable("\(error.resultCode.rawValue): \(error.message ?? "disk error")")
      }
  }
}
