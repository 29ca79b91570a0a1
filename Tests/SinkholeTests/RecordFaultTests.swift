import Foundation
import Sinkhole
import Support
import Testing

@Suite("Faults under the record's file")
struct RecordFaultTests {
  /// A file system of a few pages, only for root in a mount namespace that lets it; nil elsewhere.
  private final class TinyFolder {
    let path: String

    init?(pages: Int) throws {
      path = try Peer.folder()
      let size = "size=\(pages * 4096)"
      guard geteuid() == 0, try Command.run("mount", "-t", "tmpfs", "-o", size, "tmpfs", path).status == 0 else {
        try FileManager.default.removeItem(atPath: path)
        return nil
      }
    }

    deinit {
      _ = try? Command.run("umount", path)
      try? FileManager.default.removeItem(atPath: path)
    }

    func remount(_ option: String) throws {
      #expect(try Command.run("mount", "-o", "remount,\(option)", path).status == 0)
    }
  }

  private static let mounts = (try? TinyFolder(pages: 1)) ?? nil != nil

  private static func names(_ path: String) throws -> (names: [String], skipped: RecordReader.Skipped) {
    let reader = try RecordReader(path: path)
    var names: [String] = []
    try reader.read { record in
      names.append(record.text(.name) ?? "")
      return true
    }
    return (names, reader.skipped)
  }

  @Test("a file removed by another program is made anew")
  func removed() throws {
    let fixture = try RecordFolderFixture()
    let file = fixture.file()
    file.write("a.example", at: .after(0))
    try FileManager.default.removeItem(atPath: fixture.path)
    file.write("b.example", at: .after(1))
    #expect(try fixture.read().names == ["b.example"])
    #expect(fixture.value(.dropped) == 0)
  }

  @Test("a file moved away by logrotate is let go, and the new one written to", arguments: [false, true])
  func moved(_ isCreated: Bool) throws {
    let fixture = try RecordFolderFixture()
    let file = fixture.file()
    file.write("a.example", at: .after(0))
    try FileManager.default.moveItem(atPath: fixture.path, toPath: fixture.path + "-20261201")
    if isCreated { #expect(FileManager.default.createFile(atPath: fixture.path, contents: nil)) }
    file.write("b.example", at: .after(1))
    #expect(try fixture.read().names == ["b.example"])
    #expect(try fixture.text("restricted.log-20261201").contains("a.example"))
  }

  @Test("a file truncated by logrotate is written to from its start")
  func truncated() throws {
    let fixture = try RecordFolderFixture()
    let file = fixture.file()
    file.write("a.example", at: .after(0))
    #expect(truncate(fixture.path, 0) == 0)
    file.write("b.example", at: .after(86_400_000))
    #expect(try fixture.names() == ["restricted.log"])
    #expect(try fixture.read() == (["b.example"], .init()))
  }

  @Test("a missing folder drops and counts, is tried again after 1, 2, 4 ... 60 s, and mends itself")
  func missingFolder() throws {
    let fixture = try RecordFolderFixture()
    let folder = fixture.folder + "/later"
    let file = fixture.file(path: folder + "/restricted.log")
    var tries: [Int64] = []
    for now in stride(from: Int64(0), through: 200_000, by: 500) {
      let before = fixture.value(.failures)
      file.write("a.example", at: .after(now))
      if fixture.value(.failures) > before { tries.append(now / 1000) }
    }
    #expect(tries == [0, 1, 3, 7, 15, 31, 63, 123, 183])
    #expect(fixture.value(.dropped) == 401)
    // At once, then at the tries that are a minute apart or more.
    #expect(fixture.warnings.count == 4)
    #expect(
      fixture.warnings.first
        == "event=record_dropping file=\"\(folder)/restricted.log\" lines=1 error=\"open: No such file or directory\" "
        + "remedy=\"Make its folder.\"")

    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    file.write("b.example", at: .after(242_999))
    #expect(fixture.value(.dropped) == 402)
    file.write("c.example", at: .after(243_000))
    #expect(try RecordFaultTests.names(file.path).names == ["c.example"])
    #expect(fixture.warnings.last == "event=record_resumed file=\"\(folder)/restricted.log\" lines=35")
    #expect(fixture.warnings.count == 5)
    // All is forgotten: the next fault is tried again after a second.
    try FileManager.default.removeItem(atPath: folder)
    file.write("d.example", at: .after(243_500))
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    file.write("e.example", at: .after(244_500))
    #expect(try RecordFaultTests.names(file.path).names == ["e.example"])
  }

  @Test("what is no regular file is refused, and nothing waits for it", arguments: ["folder", "pipe", "device"])
  func irregular(_ kind: String) throws {
    let fixture = try RecordFolderFixture()
    switch kind {
    case "folder": try FileManager.default.createDirectory(atPath: fixture.path, withIntermediateDirectories: true)
    case "pipe": #expect(mkfifo(fixture.path, 0o600) == 0)
    default: try FileManager.default.createSymbolicLink(atPath: fixture.path, withDestinationPath: "/dev/full")
    }
    let file = fixture.file()
    file.write("a.example", at: .after(0))
    #expect(fixture.value(.dropped) == 1)
    #expect(try #require(fixture.warnings.first).hasSuffix("remedy=\"Give it the name of a regular file.\""))
  }

  @Test("a full disk costs the lines that do not fit, and the next are whole again", .enabled(if: mounts))
  func fullDisk() throws {
    let tiny = try #require(try TinyFolder(pages: 8))
    let fixture = try RecordFolderFixture()
    let file = fixture.file(path: tiny.path + "/restricted.log")
    var now: Int64 = 0
    while fixture.value(.dropped) == 0, now < 1000 {
      file.write("a\(now).example", "b\(now).example", "c\(now).example", at: .after(now))
      now += 1
    }
    #expect(fixture.warnings.count == 1)
    #expect(
      try #require(fixture.warnings.first).contains(
        "error=\"write: No space left on device\" remedy=\"Free space on its file system.\""))
    #expect(fixture.value(.written) + fixture.value(.dropped) == UInt64(3 * now))
    let full = try RecordFaultTests.names(file.path)
    #expect(UInt64(full.names.count) == fixture.value(.written))
    // The disk ends within a line, as it happens.
    #expect(full.skipped == .init(torn: 1))

    // Still full: nothing is lost of what is there, and nothing waits.
    file.write("still.example", at: .after(now + 1000))
    #expect(fixture.value(.failures) == 2)

    try tiny.remount("size=1m")
    file.write("again.example", at: .after(now + 3000))
    let (names, skipped) = try RecordFaultTests.names(file.path)
    #expect(names == full.names + ["again.example"])
    #expect(skipped.torn == full.skipped.torn)
    #expect(fixture.warnings.last?.hasPrefix("event=record_resumed") == true)
  }

  @Test("a file system gone read-only drops and counts, and is written to when it is no longer", .enabled(if: mounts))
  func readOnly() throws {
    let tiny = try #require(try TinyFolder(pages: 16))
    let fixture = try RecordFolderFixture()
    let path = tiny.path + "/restricted.log"
    try tiny.remount("ro")
    let file = fixture.file(path: path)
    file.write("a.example", at: .after(0))
    #expect(fixture.value(.dropped) == 1)
    #expect(try #require(fixture.warnings.first).contains("remedy=\"Let the server's user write in its folder.\""))
    try tiny.remount("rw")
    file.write("b.example", at: .after(1000))
    #expect(try RecordFaultTests.names(path).names == ["b.example"])
  }

  @Test("a file that cannot be rotated is written to up to four times its size, then lines are dropped")
  func notRotated() throws {
    let fixture = try RecordFolderFixture()
    // A name that has no room for `.1`.
    let path = fixture.folder + "/" + String(repeating: "r", count: 254)
    let line = RestrictedRecord.example("n10.example").line.count
    var limits = RecordLimits()
    limits.fileSize = line
    let file = fixture.file(limits, path: path)
    for index in 10..<20 { file.write("n\(index).example", at: .after(Int64(index))) }
    #expect(fixture.value(.written) == 4)
    #expect(fixture.value(.dropped) == 6)
    #expect(fixture.value(.rotated) == 0)
    #expect(fixture.warnings.count == 2)
    #expect(fixture.warnings.first?.hasPrefix("event=record_not_rotated") == true)
    #expect(fixture.warnings.first?.contains("error=\"rename: File name too long\"") == true)
    #expect(fixture.warnings.last?.contains("error=\"write: File too large\"") == true)

    // Somebody else rotates it.
    try FileManager.default.moveItem(atPath: path, toPath: fixture.folder + "/moved")
    file.write("again.example", at: .after(2000))
    #expect(try RecordFaultTests.names(path).names == ["again.example"])
    #expect(try fixture.text("moved").split(separator: "\n").count == 4)
  }

  @Test("a rotation that fails again and again ages no other file twice, and deletes none", .enabled(if: mounts))
  func pinned() throws {
    let fixture = try RecordFolderFixture()
    for number in 1...3 {
      try Data(RestrictedRecord.example("n\(number).example").line)
        .write(to: URL(fileURLWithPath: "\(fixture.path).\(number)"))
    }
    #expect(FileManager.default.createFile(atPath: fixture.path, contents: nil))
    // A file that something is mounted on can be written to, not renamed.
    #expect(try Command.run("mount", "--bind", fixture.path, fixture.path).status == 0)
    defer { _ = try? Command.run("umount", "--lazy", fixture.path) }
    var limits = RecordLimits()
    (limits.fileSize, limits.keep) = (500, 3)
    let file = fixture.file(limits)
    for minute: Int64 in 0..<5 { file.write("m\(minute).example", at: .after(minute * 60_000)) }
    #expect(fixture.value(.failures) == 4)
    #expect(fixture.value(.deleted) == 0)
    #expect(try fixture.names() == ["", ".2", ".3", ".4"].map { "restricted.log\($0)" })

    // Lazily: our own descriptor keeps it busy.
    #expect(try Command.run("umount", "--lazy", fixture.path).status == 0)
    file.write("again.example", at: .after(300_000))
    #expect(fixture.value(.rotated) == 1)
    #expect(
      try fixture.read().names == ["n2.example", "n1.example"] + (0..<5).map { "m\($0).example" } + ["again.example"])
  }

  @Test("a writer killed again and again leaves whole lines, at most one torn for each time")
  func killed() throws {
    let fixture = try RecordFolderFixture()
    let line = RestrictedRecord.example().line
    var random = SeededRandom(seed: 1)
    var (whole, torn) = (0, 0)
    for round in 0..<50 {
      let file = fixture.file()
      file.write("n\(round).example", at: .after(Int64(round)))
      whole += 1
      // What a kill in the middle of a write leaves: the start of a line.
      let part = Int.random(in: 0..<line.count - 1, using: &random)
      let handle = try #require(FileHandle(forWritingAtPath: fixture.path))
      try handle.seekToEnd()
      try handle.write(contentsOf: Data(line[..<part]))
      try handle.close()
      if part > 0 { torn += 1 }
    }
    let (names, skipped) = try fixture.read()
    #expect(names == (0..<whole).map { "n\($0).example" })
    #expect(skipped == .init(torn: torn))
  }
}
