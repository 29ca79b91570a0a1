import Foundation
import Sinkhole
import Testing

@Suite("The record's file")
struct RecordFileTests {
  private static let day: Int64 = 86_400_000
  private static let hour: Int64 = 3_600_000

  private static func limits(
    size: Int = 64 << 20, age: Int64 = day, keep: Int = 14, maximumAge: Int64 = 90 * day
  ) -> RecordLimits {
    var limits = RecordLimits()
    (limits.fileSize, limits.fileAge, limits.keep, limits.maximumAge) = (size, age, keep, maximumAge)
    return limits
  }

  @Test("lines stand in the file in their order, and the file is for the server's user and group alone")
  func writes() throws {
    let fixture = try RecordFolderFixture()
    let file = fixture.file()
    file.write("a.example", "b.example", at: .after(0))
    file.write("c.example", at: .after(1))
    #expect(try fixture.read().names == ["a.example", "b.example", "c.example"])
    #expect(fixture.value(.written) == 3)
    let mode = try FileManager.default.attributesOfItem(atPath: fixture.path)[.posixPermissions] as? Int
    #expect(try #require(mode) & 0o137 == 0)
  }

  @Test("an empty batch makes the file, so that a fault shows at the start and not with the first event")
  func opens() throws {
    let fixture = try RecordFolderFixture()
    fixture.file().write([], lines: 0, at: .after(0))
    #expect(try fixture.names() == ["restricted.log"])
    let missing = fixture.file(path: fixture.folder + "/none/restricted.log")
    missing.write([], lines: 0, at: .after(0))
    #expect(fixture.warnings.count == 1)
  }

  @Test("a batch that would pass the size goes to a new file, and the oldest of those kept is deleted")
  func rotatesBySize() throws {
    let fixture = try RecordFolderFixture()
    let line = RestrictedRecord.example("n10.example").line.count
    let file = fixture.file(RecordFileTests.limits(size: 2 * line, keep: 2))
    for index in 10..<19 { file.write("n\(index).example", at: .after(Int64(index))) }
    #expect(try fixture.names() == ["restricted.log", "restricted.log.1", "restricted.log.2"])
    #expect(try fixture.read().names == ["n14.example", "n15.example", "n16.example", "n17.example", "n18.example"])
    #expect(fixture.value(.written) == 9)
    #expect(fixture.value(.rotated) == 4)
    #expect(fixture.value(.deleted) == 2)
    #expect(fixture.warnings.isEmpty)
  }

  @Test("a batch larger than a file gets one of its own")
  func largeBatch() throws {
    let fixture = try RecordFolderFixture()
    let file = fixture.file(RecordFileTests.limits(size: 10))
    file.write("a.example", "b.example", at: .after(0))
    file.write("c.example", at: .after(1))
    #expect(try fixture.names() == ["restricted.log", "restricted.log.1"])
    #expect(try fixture.read().names == ["a.example", "b.example", "c.example"])
    #expect(fixture.value(.dropped) == 0)
  }

  @Test("a file is rotated at its age, with or without new lines, and by the time in it after a restart")
  func rotatesByAge() throws {
    let fixture = try RecordFolderFixture()
    let file = fixture.file(RecordFileTests.limits())
    file.write("a.example", at: .after(0))
    file.write([], lines: 0, at: .after(RecordFileTests.day - 1))
    #expect(try fixture.names() == ["restricted.log"])
    file.write([], lines: 0, at: .after(RecordFileTests.day + 1000))
    #expect(try fixture.names() == ["restricted.log", "restricted.log.1"])
    #expect(try fixture.text().isEmpty)
    // An empty file has no age.
    file.write([], lines: 0, at: .after(3 * RecordFileTests.day))
    #expect(try fixture.names() == ["restricted.log", "restricted.log.1"])

    file.write("b.example", at: .after(3 * RecordFileTests.day))
    fixture.file(RecordFileTests.limits()).write("c.example", at: .after(4 * RecordFileTests.day))
    #expect(try fixture.names() == ["restricted.log", "restricted.log.1", "restricted.log.2"])
    #expect(try fixture.read().names == ["a.example", "b.example", "c.example"])
  }

  @Test("what is older than may be kept is deleted: at a start, and within an hour while nothing happens")
  func deletesByAge() throws {
    let fixture = try RecordFolderFixture()
    let limits = RecordFileTests.limits(maximumAge: 16 * RecordFileTests.day)
    let file = fixture.file(limits)
    file.write("a.example", at: .after(0))
    file.write("b.example", at: .after(10 * RecordFileTests.day))
    #expect(try fixture.read().names == ["a.example", "b.example"])
    var time = 15 * RecordFileTests.day
    while time <= 16 * RecordFileTests.day + RecordFileTests.hour {
      file.write([], lines: 0, at: .after(time))
      time += 60_000
      if time <= 16 * RecordFileTests.day { #expect(try fixture.read().names.first == "a.example") }
    }
    #expect(try fixture.read().names == ["b.example"])
    #expect(fixture.value(.deleted) == 1)

    fixture.file(limits).write([], lines: 0, at: .after(40 * RecordFileTests.day))
    #expect(try fixture.read().names.isEmpty)
    #expect(fixture.value(.deleted) == 2)
  }

  @Test("a file is rotated at an eighth of what may be kept, so that most of it is")
  func eighth() throws {
    let fixture = try RecordFolderFixture()
    let file = fixture.file(RecordFileTests.limits(maximumAge: RecordFileTests.day))
    for hour in 0..<48 {
      file.write("h\(hour).example", at: .after(Int64(hour) * RecordFileTests.hour))
      let names = try fixture.read().names
      #expect(names.count >= min(hour + 1, 21) && names.count <= 25, "\(hour): \(names.count)")
      #expect(names.last == "h\(hour).example")
    }
  }

  @Test("files beside the record that are not its own are left alone")
  func foreign() throws {
    let fixture = try RecordFolderFixture()
    let others = [
      "restricted.log.01", "restricted.log.1.gz", "restricted.log-20261201", "restricted.log.x", "restricted.log.",
      "restricted.log.1234567", "other.log.1",
    ]
    for name in others { try "x\n".write(toFile: "\(fixture.folder)/\(name)", atomically: true, encoding: .utf8) }
    let file = fixture.file(RecordFileTests.limits(size: 1, keep: 1))
    for index in 0..<4 { file.write("n\(index).example", at: .after(Int64(index))) }
    #expect(try Set(fixture.names()) == Set(others + ["restricted.log", "restricted.log.1"]))
    #expect(try fixture.read().names == ["n2.example", "n3.example"])
    for name in others { #expect(try fixture.text(name) == "x\n") }
  }

  @Test("fewer files to keep than there are: those that are too many go with the next rotation, gaps or not")
  func fewer() throws {
    let fixture = try RecordFolderFixture()
    for number in [1, 2, 4, 7, 30] {
      let record = RestrictedRecord.example("n\(number).example")
      try Data(record.line).write(to: URL(fileURLWithPath: "\(fixture.path).\(number)"))
    }
    let file = fixture.file(RecordFileTests.limits(size: 1, keep: 4))
    file.write("a.example", at: .after(0))
    file.write("b.example", at: .after(1))
    // NAME.4 stays where it was: the gap below it took the others in.
    #expect(try fixture.read().names == ["n4.example", "n2.example", "n1.example", "a.example", "b.example"])
    let numbers = ["", ".1", ".2", ".3", ".4"]
    #expect(try fixture.names() == numbers.map { "restricted.log\($0)" })
  }

  @Test("a line that its writer was killed in is ended before the next, at whatever octet it was")
  func torn() throws {
    let whole = RestrictedRecord.example("a.example").line
    for end in [1, 2, 20, whole.count / 2, whole.count - 2] {
      let fixture = try RecordFolderFixture()
      try Data(whole + whole[..<end]).write(to: URL(fileURLWithPath: fixture.path))
      fixture.file().write("b.example", at: .after(0))
      let (names, skipped) = try fixture.read()
      #expect(names == ["a.example", "b.example"])
      #expect(skipped == .init(torn: 1))
      #expect(try fixture.text().split(separator: "\n").count == 3)
    }
  }

  @Test("a line that only its line feed is missing from is whole, and nothing is torn")
  func almostTorn() throws {
    let fixture = try RecordFolderFixture()
    try Data(RestrictedRecord.example("a.example").line.dropLast()).write(to: URL(fileURLWithPath: fixture.path))
    fixture.file().write("b.example", at: .after(0))
    #expect(try fixture.read().names == ["a.example", "b.example"])
    #expect(try fixture.read().skipped == .init())
  }

  @Test("events come out of the log folded, in one file, none lost")
  func wholeLog() throws {
    let fixture = try RecordFolderFixture()
    let log = fixture.log()
    for after: Int64 in 0..<500 {
      log.add(.example("n\(after % 5).example", after: after), at: .after(after))
      if after % 50 == 0 { log.flush(at: .after(after)) }
    }
    log.flush(at: .after(60_001))
    var queries = 0
    try RecordReader(path: fixture.path).read { record in
      queries += record.count
      return true
    }
    // The windows of n2, n3 and n4 are still open: their firsts are written, 99 repeats of each are not.
    #expect(queries == 500 - 3 * 99)
    log.finish(at: .after(60_001))
    queries = 0
    try RecordReader(path: fixture.path).read { record in
      queries += record.count
      return true
    }
    #expect(queries == 500)
    #expect(fixture.value(.written) == 10)
    #expect(fixture.value(.folded) == 495)
  }

  @Test("what has gathered is written at a MiB, without waiting for the caller")
  func gathers() throws {
    let fixture = try RecordFolderFixture()
    var limits = RecordLimits()
    limits.foldWindow = 0
    let log = fixture.log(limits)
    let perLine = RestrictedRecord.example().line.count
    for _ in 0..<(1 << 20) / perLine { log.add(.example(), at: .after(0)) }
    #expect(fixture.value(.written) == 0)
    log.add(.example(), at: .after(0))
    #expect(fixture.value(.written) == UInt64((1 << 20) / perLine + 1))
  }
}
