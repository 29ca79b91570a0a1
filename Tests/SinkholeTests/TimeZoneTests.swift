import Foundation
import Sinkhole
import Support
import Testing

@Suite("Time zones")
struct TimeZoneTests {
  /// `name` from the installed tz database.
  static func zone(_ name: String) throws -> TimeZoneRules {
    do throws(TimeZoneError) {
      return try TimeZoneRules.read(name)
    } catch {
      Issue.record("\(error)")
      throw error
    }
  }

  @Test(
    "every zone has the offsets that glibc reads from the same file, 1900 to 2100",
    arguments: ["installed", "slim", "fat"])
  func offsets(_ form: String) throws {
    var folder = TimeZoneDatabase.installed
    if form != "installed" {
      folder = try Peer.folder()
      try TimeZoneDatabase.compile(form, into: folder)
    }
    defer { if form != "installed" { try? FileManager.default.removeItem(atPath: folder) } }
    let zones = try TimeZoneDatabase.names().map { name in
      let zone = try TimeZoneRules.read(name, folder: folder)
      let instants = TimeZoneDatabase.instants(
        zone, from: TimeZoneDatabase.from1900, to: TimeZoneDatabase.to2100, step: 61 * TimeZoneDatabase.day + 12_345)
      return (zone: zone, instants: instants)
    }
    #expect(zones.count > 400)
    let clocks = try TimeZoneDatabase.clocks(zones.map { (":\(folder)/\($0.zone.name)", $0.instants) }, form: "%::z")
    for ((zone, instants), offsets) in zip(zones, clocks) {
      let wrong = try zip(instants, offsets).first { try zone.offset(at: $0) != TimeZoneDatabase.seconds($1) }
      #expect(wrong == nil, "\(zone.name): \(zone.offset(at: wrong?.0 ?? 0))")
    }
  }

  @Test(
    "a TZ string in a footer says what it says to glibc",
    arguments: [
      "UTC0", "<+09>-9", "<-0330>3:30", "<+0545>-5:45:30", "EST5EDT,M3.2.0,M11.1.0", "CET-1CEST,M3.5.0,M10.5.0/3",
      // The south: a saving over the new year; half an hour of it.
      "<+1030>-10:30<+11>-11,M10.1.0,M4.1.0", "<-04>4<-03>,M9.1.6/24,M4.1.6/24",
      // Ireland, where winter is the saving; hours before midnight and beyond a day.
      "IST-1GMT0,M10.5.0,M3.5.0/1", "<-02>2<-01>,M3.5.0/-1,M10.5.0/0", "EET-2EEST,M3.4.4/50,M10.4.4/50",
      "AAA3BBB,M3.2.0/-167,M11.1.0/167:59:59",
      // Days of the year, without and with 29 February.
      "AAA5BBB,J60,J300/1:30", "AAA5BBB,59,299/0", "AAA-5BBB,J59/23,J61/0", "AAA-5BBB4:15,364,J1/5",
      "AAA0BBB,M2.5.1,M12.5.6/24",
    ])
  func footers(_ text: String) throws {
    let zone = try TimeZoneRules(name: "test", file: "test", octets: ZoneFile(footer: text).octets)
    let instants = TimeZoneDatabase.instants(
      zone, from: 946_684_800, to: TimeZoneDatabase.to2100, step: 7 * TimeZoneDatabase.day + 4567)
    let clocks = try TimeZoneDatabase.clocks([(text, instants)], form: "%::z")[0]
    for (instant, clock) in zip(instants, clocks) {
      let expected = try TimeZoneDatabase.seconds(clock)
      #expect(zone.offset(at: instant) == expected, "at \(instant)")
    }
  }

  @Test(
    "a saving that ends as the next starts holds all the year (RFC 9636 section 3.3.1)",
    arguments: ["EST5EDT,0/0,J365/25", "WART4WARST,J1/0,J365/25", "AAA-13BBB,0/-24,J365/30"])
  func allYear(_ text: String) throws {
    let zone = try TimeZoneRules(name: "test", file: "test", octets: ZoneFile(footer: text).octets)
    let saving = zone.offset(at: 1_782_864_000)
    for instant in stride(from: Int64(1_700_000_000), to: 1_900_000_000, by: 1_800) {
      #expect(zone.offset(at: instant) == saving, "at \(instant)")
    }
  }

  @Test("a saving may start and end days after the year that its days are counted in")
  func longHours() throws {
    // All but the time from 2 January, 02:00 on the saving's clock, to 4 January, 04:00.
    let octets = ZoneFile(footer: "AAA0BBB,J365/100,J365/50").octets
    let zone = try TimeZoneRules(name: "test", file: "test", octets: octets)
    // 2030-01-01 and 2031-01-01.
    for year in [1_893_456_000, 1_924_992_000] as [Int64] {
      let offsets = [-1, 0, 89_999, 90_000, 273_599, 273_600].map { zone.offset(at: year + $0) }
      #expect(offsets == [3600, 3600, 3600, 0, 0, 3600])
      #expect(zone.nextTransition(after: year) == year + 90_000)
      #expect(zone.nextTransition(after: year + 90_000) == year + 273_600)
    }
  }

  @Test(
    "what is no name of a zone is refused before a file is opened",
    arguments: [
      "", "/", "/etc/passwd", "../zoneinfo/UTC", "Asia/../UTC", "Asia/..", "./UTC", "Asia//Seoul", "Asia/", "/UTC",
      "Asia/Seoul\0",
      "Asia Seoul", "Asia\\Seoul", "서울", String(repeating: "A", count: 129),
    ])
  func names(_ name: String) throws {
    let error = try #require(throws: TimeZoneError.self) { try TimeZoneRules.read(name) }
    #expect(error.problem == "\"\(name.prefix(40))\" is no name of a time zone")
    #expect(error.remedy == "Write one such as Asia/Seoul or UTC.")
  }

  @Test(
    "a name without a zone behind it says what is wrong, and what may be missing",
    arguments: [
      (
        "Asia/Seul",
        "time zone \"Asia/Seul\": /usr/share/zoneinfo/Asia/Seul cannot be read: open: No such file or directory"
      ),
      (
        "asia/seoul",
        "time zone \"asia/seoul\": /usr/share/zoneinfo/asia/seoul cannot be read: open: No such file or directory"
      ),
      ("Asia", "time zone \"Asia\": /usr/share/zoneinfo/Asia cannot be read: read: Is a directory"),
    ])
  func missing(_ name: String, _ problem: String) throws {
    let error = try #require(throws: TimeZoneError.self) { try TimeZoneRules.read(name) }
    #expect(error.problem == problem)
    #expect(error.remedy == "Is the name spelt as in the tz database (Asia/Seoul), and the package tzdata installed?")
  }

  @Test("a file that is no TZif file says so")
  func otherFiles() throws {
    let error = try #require(throws: TimeZoneError.self) { try TimeZoneRules.read("zone.tab") }
    #expect(
      error.description == """
        /usr/share/zoneinfo/zone.tab is no time zone: it is no TZif file. Name a zone of the tz database, such as \
        Asia/Seoul, or install tzdata anew.
        """)
  }

  @Test("a file of more than 1 MiB is refused, one of 1 MiB is read")
  func size() throws {
    let folder = try Peer.folder()
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let seoul = try FileContents.read(TimeZoneDatabase.installed + "/Asia/Seoul", limit: 1 << 20)
    let filling = [UInt8](repeating: 0, count: TimeZoneRules.maximumFileSize - seoul.count)
    try Data(seoul + filling).write(to: URL(fileURLWithPath: folder + "/Full"))
    try Data(seoul + filling + [0]).write(to: URL(fileURLWithPath: folder + "/Over"))
    #expect(try TimeZoneRules.read("Full", folder: folder).offset(at: 0) == 32_400)
    let error = try #require(throws: TimeZoneError.self) { try TimeZoneRules.read("Over", folder: folder) }
    #expect(error.problem.hasSuffix("read: File too large"))
  }

  @Test("the system's zone is what the link leads to, a copy, or UTC where there is none")
  func system() throws {
    let folder = try Peer.folder()
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let files = FileManager.default
    let seoul = TimeZoneDatabase.installed + "/Asia/Seoul"
    try files.createSymbolicLink(atPath: folder + "/link", withDestinationPath: seoul)
    try files.copyItem(atPath: seoul, toPath: folder + "/copy")
    try files.createSymbolicLink(atPath: folder + "/utc", withDestinationPath: "/none/zoneinfo/Etc/UTC")
    try files.createSymbolicLink(atPath: folder + "/dangling", withDestinationPath: "/none/zoneinfo/Asia/Seoul")
    #expect(try TimeZoneRules.system(folder + "/link") == TimeZoneRules.read("Asia/Seoul"))
    let copy = try TimeZoneRules.system(folder + "/copy")
    #expect(copy.name == "localtime")
    #expect(copy.offset(at: 0) == 32_400)
    #expect(try TimeZoneRules.system(folder + "/missing") == .utc)
    #expect(try TimeZoneRules.system(folder + "/utc") == .utc)
    let error = try #require(throws: TimeZoneError.self) { try TimeZoneRules.system(folder + "/dangling") }
    #expect(error.problem.hasPrefix("time zone \"Asia/Seoul\": \(folder)/dangling cannot be read"))
    #expect(throws: Never.self) { try TimeZoneRules.system() }
  }

  @Test("UTC needs no file and never changes")
  func utc() throws {
    #expect(try TimeZoneRules.read("UTC", folder: "/none") == .utc)
    for instant in [Int64.min, 0, .max] {
      #expect(TimeZoneRules.utc.offset(at: instant) == 0)
      #expect(TimeZoneRules.utc.nextTransition(after: instant) == nil)
    }
  }
}
