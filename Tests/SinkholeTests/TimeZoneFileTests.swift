import Foundation
import Sinkhole
import Support
import Testing

/// A TZif file made by hand, right or wrong.
struct ZoneFile {
  var magic = "TZif"
  /// 0 is version 1.
  var version = UInt8(ascii: "3")
  var times: [Int64] = []
  var indexes: [UInt8] = []
  var offsets: [Int32] = [0]
  var leapSeconds: UInt32 = 0
  var footer: String?

  init(footer: String? = nil) { self.footer = footer }

  init(
    magic: String = "TZif", version: Unicode.Scalar? = "3", times: [Int64] = [], indexes: [UInt8] = [],
    offsets: [Int32] = [0], leapSeconds: UInt32 = 0, footer: String? = ""
  ) {
    self.magic = magic
    self.version = version.map { UInt8($0.value) } ?? 0
    (self.times, self.indexes, self.offsets) = (times, indexes, offsets)
    (self.leapSeconds, self.footer) = (leapSeconds, footer)
  }

  var octets: [UInt8] {
    guard version > 0 else { return header(full: true) + block(timeSize: 4) }
    let text = footer.map { [UInt8(ascii: "\n")] + Array($0.utf8) + [UInt8(ascii: "\n")] } ?? []
    return header(full: false) + header(full: true) + block(timeSize: 8) + text
  }

  private func header(full: Bool) -> [UInt8] {
    let counts: [UInt32] =
      full ? [0, 0, leapSeconds, UInt32(times.count), UInt32(offsets.count), 4] : [0, 0, 0, 0, 0, 0]
    return Array(magic.utf8) + [version] + [UInt8](repeating: 0, count: 15) + counts.flatMap(ZoneFile.octets)
  }

  private func block(timeSize: Int) -> [UInt8] {
    var block = times.flatMap { time in
      timeSize == 8 ? ZoneFile.octets(time) : ZoneFile.octets(Int32(truncatingIfNeeded: time))
    }
    block += indexes
    block += offsets.flatMap { ZoneFile.octets($0) + [0, 0] }
    block += Array("ABC\0".utf8)
    return block + [UInt8](repeating: 0, count: Int(leapSeconds) * (timeSize + 4))
  }

  private static func octets(_ value: some FixedWidthInteger) -> [UInt8] {
    withUnsafeBytes(of: value.bigEndian) { Array($0) }
  }
}

@Suite("TZif files")
struct TimeZoneFileTests {
  private func read(_ file: ZoneFile) throws -> TimeZoneRules {
    try TimeZoneRules(name: "Test", file: "test", octets: file.octets)
  }

  @Test("versions 1 to 4 are read", arguments: [nil, "2", "3", "4"] as [Unicode.Scalar?])
  func versions(_ version: Unicode.Scalar?) throws {
    let zone = try read(
      ZoneFile(version: version, times: [-100, 100], indexes: [1, 2], offsets: [60, 3600, -7200], footer: ""))
    for (instant, offset) in [(Int64.min, 60), (-101, 60), (-100, 3600), (99, 3600), (100, -7200), (.max, -7200)] {
      #expect(zone.offset(at: instant) == offset, "at \(instant)")
    }
    #expect(zone.nextTransition(after: -101) == -100)
    #expect(zone.nextTransition(after: -100) == 100)
    #expect(zone.nextTransition(after: 100) == nil)
  }

  @Test("the footer holds from the last transition on, and everywhere without one")
  func footer() throws {
    let zone = try read(ZoneFile(times: [1_000], indexes: [0], offsets: [60], footer: "AAA-2"))
    #expect(zone.offset(at: 999) == 60)
    #expect(zone.offset(at: 1_000) == 7200)
    let bare = try read(ZoneFile(offsets: [60], footer: "AAA-2"))
    #expect(bare.offset(at: -1_000_000) == 7200)
  }

  @Test("the last second of 64 bits is an instant like any other")
  func extremes() throws {
    let zone = try read(ZoneFile(footer: "EST5EDT,M3.2.0,M11.1.0"))
    for instant in [Int64.min, .min + 1, -1 << 60, 1 << 60, .max - 1, .max] {
      #expect([-18_000, -14_400].contains(zone.offset(at: instant)))
      #expect(zone.nextTransition(after: instant).map { $0 > instant } ?? true)
    }
  }

  @Test(
    "a file at fault is refused with what is wrong in it",
    arguments: [
      (ZoneFile(magic: "TZIF"), "it is no TZif file"),
      (ZoneFile(version: "1"), "its version is unknown, expected 1 to 4"),
      (ZoneFile(version: "5"), "its version is unknown, expected 1 to 4"),
      (ZoneFile(offsets: []), "it has no offset"),
      (ZoneFile(offsets: [93_600]), "it has an offset of 93600 seconds, expected less than 26 hours"),
      (ZoneFile(offsets: [.min]), "it has an offset of -2147483648 seconds, expected less than 26 hours"),
      (ZoneFile(times: [5, 5], indexes: [0, 0]), "its transitions do not ascend"),
      (ZoneFile(times: [5, 4], indexes: [0, 0]), "its transitions do not ascend"),
      (ZoneFile(times: [5], indexes: [1]), "a transition is to offset 1, which it has not"),
      (ZoneFile(leapSeconds: 27), "it counts leap seconds, which Unix time does not"),
      (ZoneFile(footer: nil), "its footer is cut short"),
      (ZoneFile(footer: "nonsense"), "its footer \"nonsense\" is no TZ string"),
    ])
  func faults(_ file: ZoneFile, _ reason: String) throws {
    let error = try #require(throws: TimeZoneError.self) { try read(file) }
    #expect(error.problem == "test is no time zone: \(reason)")
  }

  @Test(
    "what is no TZ string is refused",
    arguments: [
      "A1", "AB1", "<+9>", "<+09-9", "+09>-9", "ABC", "ABC25", "ABC1:60", "ABC1:5", "ABC1:00:00:00", "ABC1 ", " ABC1",
      // A saving without its days; days and hours that there are not.
      "ABC1DEF", "ABC1DEF,M3.2.0", "ABC1DEF,M3.2.0,", "ABC1DEF,M13.2.0,M11.1.0", "ABC1DEF,M3.6.0,M11.1.0",
      "ABC1DEF,M3.0.0,M11.1.0", "ABC1DEF,M3.2.7,M11.1.0", "ABC1DEF,J0,J300", "ABC1DEF,J366,J300", "ABC1DEF,366,300",
      "ABC1DEF,M3.2.0/168,M11.1.0", "ABC1DEF,M3.2.0/,M11.1.0", "ABC1DEF,M3.2.0,M11.1.0,", "ABC1DEF,M3.2.0,M11.1.0x",
      "ABC1DE,M3.2.0,M11.1.0", "ABC1DEF25,M3.2.0,M11.1.0",
    ])
  func strings(_ text: String) {
    #expect(throws: TimeZoneError.self) { try read(ZoneFile(footer: text)) }
  }

  @Test("counts beyond the file are no reason to allocate or to trap")
  func counts() throws {
    let octets = ZoneFile(footer: "UTC0").octets
    for place in [20, 64].flatMap({ header in (0..<6).map { header + $0 * 4 } }) {
      var octets = octets
      octets.replaceSubrange(place..<place + 4, with: [0xFF, 0xFF, 0xFF, 0xFF])
      let error = try #require(throws: TimeZoneError.self) {
        try TimeZoneRules(name: "Test", file: "test", octets: octets)
      }
      #expect(error.problem == "test is no time zone: it is cut short", "at octet \(place)")
    }
  }

  static let victims = ["Europe/Berlin", "Asia/Seoul", "Africa/Casablanca", "America/Nuuk"]

  @Test("a file cut anywhere is refused", arguments: victims)
  func cut(_ name: String) throws {
    let octets = try FileContents.read("\(TimeZoneDatabase.installed)/\(name)", limit: 1 << 20)
    for length in 0..<octets.count {
      #expect(throws: TimeZoneError.self, "\(length) octets") {
        try TimeZoneRules(name: name, file: name, octets: Array(octets[..<length]))
      }
    }
  }

  @Test("a spoilt file is refused or read, and what was read answers", arguments: victims)
  func spoilt(_ name: String) throws {
    var random = SeededRandom(seed: 9636)
    let octets = try FileContents.read("\(TimeZoneDatabase.installed)/\(name)", limit: 1 << 20)
    let hours = try WeeklyHours("mon-fri 22:00-06:00; sun 01:30-02:30")
    // Where the second header starts: most of what can go wrong is there, and in the footer.
    let second = try #require(octets.indices.dropFirst(4).first { octets[$0...].starts(with: "TZif".utf8) })
    var read = 0
    for _ in 0..<10_000 {
      var octets = octets
      for _ in 0..<Int.random(in: 1...4, using: &random) {
        let places = [0..<44, second..<second + 44, octets.count - 40..<octets.count, 0..<octets.count]
        let place = Int.random(in: places[Int.random(in: 0..<4, using: &random)], using: &random)
        switch Int.random(in: 0..<5, using: &random) {
        case 0: octets[place] = UInt8.random(in: 0...255, using: &random)
        case 1: octets[place] ^= 1 << UInt8.random(in: 0...7, using: &random)
        case 2: octets.insert(UInt8.random(in: 0...255, using: &random), at: place)
        case 3 where octets.count > second + 90: octets.removeLast(Int.random(in: 1...20, using: &random))
        default: octets[place] = octets[Int.random(in: octets.indices, using: &random)]
        }
      }
      guard let zone = try? TimeZoneRules(name: name, file: name, octets: octets) else { continue }
      read += 1
      var time = TimeZoneDatabase.from1900
      for _ in 0..<20 {
        #expect(abs(Int64(zone.offset(at: time))) <= TimeZoneRules.maximumOffset)
        guard let next = zone.nextTransition(after: time) else { break }
        try #require(next > time)
        time = next
      }
      for instant in [Int64.min, -1, 1_774_746_000, 4_000_000_000, .max] {
        if let change = hours.nextChange(after: instant, in: zone) {
          #expect(change > instant)
          #expect(hours.contains(change, in: zone) != hours.contains(change - 1, in: zone))
        }
        let date = CalendarDate(instant, in: zone)
        #expect(date.start(in: zone) <= date.end(in: zone))
      }
    }
    #expect((500...9_500).contains(read), "\(read) were read")
  }
}
