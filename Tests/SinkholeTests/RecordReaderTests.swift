import Foundation
import Sinkhole
import Support
import Testing

@Suite("Reading the record back")
struct RecordReaderTests {
  private static func write(_ octets: [UInt8], to path: String) throws {
    try Data(octets).write(to: URL(fileURLWithPath: path))
  }

  @Test("all files are read, the oldest first, with gaps and without the newest")
  func order() throws {
    let fixture = try RecordFolderFixture()
    for number in [1, 2, 10, 11] {
      try RecordReaderTests.write(RestrictedRecord.example("n\(number).example").line, to: "\(fixture.path).\(number)")
    }
    #expect(try fixture.read().names == ["n11.example", "n10.example", "n2.example", "n1.example"])
    try RecordReaderTests.write(RestrictedRecord.example("n0.example").line, to: fixture.path)
    #expect(try fixture.read().names == ["n11.example", "n10.example", "n2.example", "n1.example", "n0.example"])
  }

  @Test("a rotation while files are read neither repeats nor hides a line")
  func rotating() throws {
    let fixture = try RecordFolderFixture()
    var limits = RecordLimits()
    limits.fileSize = 1
    let file = fixture.file(limits)
    for index in 0..<5 { file.write("n\(index).example", at: .after(Int64(index))) }
    let reader = try RecordReader(path: fixture.path)
    var names: [String] = []
    try reader.read { record in
      file.write("later.example", at: .after(100))
      names.append(record.text(.name) ?? "")
      return true
    }
    #expect(names == (0..<5).map { "n\($0).example" })
  }

  @Test("a file that is met under two names, as in the middle of a rotation, is read once")
  func twoNames() throws {
    let fixture = try RecordFolderFixture()
    try RecordReaderTests.write(RestrictedRecord.example("a.example").line, to: fixture.path)
    try FileManager.default.linkItem(atPath: fixture.path, toPath: fixture.path + ".1")
    try RecordReaderTests.write(RestrictedRecord.example("b.example").line, to: fixture.path + ".2")
    #expect(try fixture.read().names == ["b.example", "a.example"])
  }

  @Test("torn, foreign and over-long lines are passed over and counted, the last one without an end is read")
  func skips() throws {
    let fixture = try RecordFolderFixture()
    let lineFeed = [UInt8(ascii: "\n")]
    let long = Array(RestrictedRecord.example("long.example").line.dropLast(2))
    func padded(to count: Int) -> [UInt8] {
      // A member that no version has, to make the line as long as wanted.
      let start = Array(",\"x\":\"".utf8), end = Array("\"}".utf8)
      return long + start + [UInt8](repeating: 97, count: count - long.count - start.count - end.count) + end
    }
    let longest = padded(to: RecordLimits.readLine)
    let tooLong = padded(to: RecordLimits.readLine + 1)
    #expect((longest.count, tooLong.count) == (65_536, 65_537))
    let parts: [[UInt8]] = [
      RestrictedRecord.example("a.example").line, Array("{\"time\":\"2026".utf8), lineFeed, lineFeed,
      Array("Dec  1 09:00:00 host kernel: x\n".utf8), longest, lineFeed, tooLong, lineFeed,
      padded(to: 300_000), lineFeed, [0xFF, 0x00, 0x0A], RestrictedRecord.example("b.example").line,
      padded(to: 1_000_000), lineFeed, RestrictedRecord.example("c.example").line.dropLast(),
    ]
    try RecordReaderTests.write(parts.flatMap { $0 }, to: fixture.path)
    let (names, skipped) = try fixture.read()
    #expect(names == ["a.example", "long.example", "b.example", "c.example"])
    #expect(skipped == .init(torn: 3, tooLong: 3))
  }

  @Test("lines of every length around the buffer's are read whole")
  func lengths() throws {
    let fixture = try RecordFolderFixture()
    var octets: [UInt8] = []
    var expected: [String] = []
    var random = SeededRandom(seed: 3)
    for index in 0..<3000 {
      let name = "n\(index).example"
      octets +=
        RestrictedRecord.example(name, group: String(repeating: "g", count: .random(in: 1...1500, using: &random))).line
      expected.append(name)
    }
    try RecordReaderTests.write(octets, to: fixture.path)
    let (names, skipped) = try fixture.read()
    #expect(names == expected)
    #expect(skipped == .init())
  }

  @Test(
    "a record that is not there, or is a folder, is named with what to do", arguments: ["none", "folder", "none/x"])
  func unreadable(_ name: String) throws {
    let fixture = try RecordFolderFixture()
    let path = fixture.folder + "/" + name
    if name == "folder" { try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true) }
    let fault = #expect(throws: Fault.self) { _ = try RecordReader(path: path) }
    #expect(fault?.file == path)
    #expect(fault?.description.contains("cannot be read: ") == true)
    #expect(fault?.remedy.hasPrefix("Give ") == true)
  }

  @Test(
    "a filter takes what meets all of it",
    arguments: [
      (.init(), true), (.init { $0.service = "deepseek" }, true), (.init { $0.service = "other" }, false),
      (.init { $0.service = "" }, false), (.init { $0.group = "staff" }, true), (.init { $0.group = "Staff" }, false),
      (.init { $0.verdict = "blocked" }, true), (.init { $0.verdict = "block" }, false),
      (.init { $0.reference = "abcdefghij" }, true), (.init { $0.reference = "abcdefghik" }, false),
      (.init { $0.name = Name("deepseek.com") }, true), (.init { $0.name = Name("Chat.DeepSeek.com") }, true),
      (.init { $0.name = Name("seek.com") }, false), (.init { $0.name = Name("a.chat.deepseek.com") }, false),
      (.init { $0.since = RestrictedRecord.start + 10 }, true),
      (.init { $0.since = RestrictedRecord.start + 11 }, false),
      (.init { $0.until = RestrictedRecord.start + 1 }, true), (.init { $0.until = RestrictedRecord.start }, false),
      (.init { $0.client = .init("192.0.2.7") }, true), (.init { $0.client = .init("192.0.2.8") }, false),
      (.init { $0.client = .init("192.0.2.0/24") }, true), (.init { $0.client = .init("c-aaaaaaaaaaaaaaaa") }, false),
      (
        .init {
          $0.group = "staff"
          $0.service = "other"
        }, false
      ),
    ] as [(RecordFilter, Bool)])
  func filters(_ filter: RecordFilter, _ expected: Bool) throws {
    var record = RestrictedRecord.example()
    (record.count, record.last) = (3, record.time + 10)
    #expect(reading(record.line.dropLast()) { filter.matches($0) } == expected)
  }

  @Test(
    "a client is found however it was written, where that can be told",
    arguments: [
      ("192.0.2.7", "192.0.2.7", true), ("192.0.2.7", "192.0.2.0/24", true), ("192.0.2.7", "192.0.3.0/24", false),
      ("192.0.2.0/25", "192.0.2.0/24", true), ("192.0.0.0/16", "192.0.2.0/24", true),
      ("2001:db8::1", "2001:db8::/56", true),
      ("2001:db8::1", "2001:db8::1", true), ("2001:db8::1", "192.0.2.7", false), ("192.0.2.7", "c-x7", true),
      ("192.0.2.7", "c-x8", false), ("c-x8", "c-x8", true), ("c-x8", "192.0.2.7", false),
    ])
  func clients(_ asked: String, _ written: String, _ expected: Bool) throws {
    // A code whose text is `x7` and then what it is given, so that only the address of the first row fits.
    let pseudonyms = ClientPrivacy.pseudonym { $0 }
    var filter = RecordFilter()
    filter.client = RecordFilter.Client(asked, pseudonyms: pseudonyms)
    #expect(filter.client != nil)
    let address = try #require(IPAddress("192.0.2.7"))
    let known = try #require(pseudonyms.text(of: address))
    var line: [UInt8] = []
    RecordLine.append(.example(), client: written == "c-x7" ? known : written, to: &line)
    #expect(reading(line.dropLast()) { filter.matches($0) } == expected)
  }

  @Test("what is no client is none", arguments: ["", "host", "192.0.2.7/24", "192.0.2", "c", "2001:db8::/129"])
  func noClient(_ text: String) {
    #expect(RecordFilter.Client(text) == nil)
  }
}

extension RecordFilter {
  fileprivate init(_ set: (inout RecordFilter) -> Void) {
    self.init()
    set(&self)
  }
}

@Suite("Summing the record up")
struct RecordSummaryTests {
  private static func add(_ record: RestrictedRecord, to summary: inout RecordSummary) throws {
    try #require(reading(record.line.dropLast()) { summary.add($0) } != nil)
  }

  @Test("queries are counted, not lines, the largest first")
  func counts() throws {
    var summary = RecordSummary()
    for (name, count) in [("a.example", 1), ("b.example", 10), ("c.example", 10), ("a.example", 2)] {
      var record = RestrictedRecord.example(name, client: nil)
      (record.count, record.last) = (count, record.time)
      try RecordSummaryTests.add(record, to: &summary)
    }
    #expect((summary.lines, summary.queries) == (4, 23))
    let (rows, others) = summary.rows(.name)
    #expect(rows.map(\.text) == ["b.example", "c.example", "a.example"])
    #expect(rows.map(\.count) == [10, 10, 3])
    #expect(others == 0)
    #expect(summary.rows(.client).rows.map(\.text) == ["-"])
    #expect(summary.rows(.service).rows.map(\.count) == [23])
  }

  @Test("beyond its rows and its table everything is among the others: nothing is lost, what is frequent stays")
  func capped() throws {
    var summary = RecordSummary(entries: 50)
    var random = SeededRandom(seed: 5)
    for index in 0..<5000 {
      // Two names are each a tenth of all, the others come once.
      let name =
        index % 10 < 2 ? "often\(index % 10).example" : "n\(UInt32.random(in: 0...(.max), using: &random)).example"
      try RecordSummaryTests.add(.example(name), to: &summary)
    }
    let (rows, others) = summary.rows(.name)
    #expect(rows.count == RecordLimits.summaryTopRows)
    #expect(rows.prefix(2).map(\.text) == ["often0.example", "often1.example"])
    #expect(rows.prefix(2).map(\.count) == [500, 500])
    #expect(rows.reduce(others) { $0 + $1.count } == 5000)
  }

  @Test("a count that a file makes up does not overflow")
  func overflow() throws {
    var summary = RecordSummary()
    for _ in 0..<12 {
      let line = "{\"time\":\"2026-12-01T09:00:00Z\",\"count\":922337203685477579}"
      try #require(reading(line.utf8) { summary.add($0) } != nil)
    }
    #expect(summary.queries == .max)
    let many = "{\"time\":\"2026-12-01T09:00:00Z\",\"count\":99999999999999999999}"
    #expect(reading(many.utf8) { $0.count } == 1)
  }
}
