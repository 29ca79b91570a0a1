import AllocationCount
import Foundation
import Sinkhole
import Support
import Testing

@Suite("Weekly hours")
struct WeeklyHoursTests {
  /// Minutes of the week, from Monday's midnight on, that lie inside, by a clock without jumps.
  private func minutes(_ hours: WeeklyHours) -> Set<Int> {
    // 1970-01-05 was a Monday.
    Set((0..<10_080).filter { hours.contains(Int64(4 * 86_400 + $0 * 60), in: .utc) })
  }

  private func minutes(_ spans: [(day: Int, from: Int, to: Int)]) -> Set<Int> {
    spans.reduce(into: []) { set, span in
      set.formUnion((span.day * 1440 + span.from * 60..<span.day * 1440 + span.to * 60).map { $0 % 10_080 })
    }
  }

  @Test(
    "windows hold what they say, and only that",
    arguments: [
      ("mon-fri 09:00-18:00", (0...4).map { ($0, 9, 18) }),
      ("sat,sun 10:00-12:00", [(5, 10, 12), (6, 10, 12)]),
      ("daily 22:00-06:00", (0...6).map { ($0, 22, 30) }),
      ("sun 22:00-06:00", [(6, 22, 30)]),
      ("fri 18:00-24:00", [(4, 18, 24)]),
      ("fri 18:00-00:00", [(4, 18, 24)]),
      ("mon-fri", [(0, 0, 120)]),
      ("fri-mon", [(4, 0, 96)]),
      ("sun-mon 08:00-09:00", [(6, 8, 9), (0, 8, 9)]),
      ("sat 00:00-24:00", [(5, 0, 24)]),
      ("daily", [(0, 0, 168)]),
      ("mon-wed,fri,sun-mon 01:00-02:00", [(0, 1, 2), (1, 1, 2), (2, 1, 2), (4, 1, 2), (6, 1, 2)]),
      ("mon-fri 09:00-12:00; mon-fri 13:00-18:00", (0...4).flatMap { [($0, 9, 12), ($0, 13, 18)] }),
      (" Mon - FRI 09:00 - 12:00 ;sat , sun ", (0...4).map { ($0, 9, 12) } + [(5, 0, 48)]),
    ] as [(String, [(day: Int, from: Int, to: Int)])])
  func windows(_ text: String, _ expected: [(day: Int, from: Int, to: Int)]) throws {
    #expect(try minutes(WeeklyHours(text)) == minutes(expected))
  }

  @Test(
    "the description is one text for the same hours",
    arguments: [
      ("mon-fri 09:00-18:00", "mon-fri 09:00-18:00"), ("FRI,thu,wed,tue,mon 09:00-18:00", "mon-fri 09:00-18:00"),
      ("sat-sun 10:00-12:00", "sat,sun 10:00-12:00"), ("sun-mon", "sun,mon"), ("fri-mon", "fri-mon"),
      ("mon-sun", "daily"), ("daily 00:00-24:00", "daily"), ("daily 12:00-18:00; daily 18:00-12:00", "daily"),
      ("daily 22:00-06:00", "daily 22:00-06:00"), ("daily 22:00-24:00; daily 00:00-06:00", "daily 22:00-06:00"),
      ("fri 18:00-00:00", "fri 18:00-24:00"), ("fri 18:00-24:00; sat,sun", "fri 18:00-24:00; sat,sun"),
      ("sat,sun; fri 18:00-24:00; mon 00:00-06:00", "mon 00:00-06:00; fri 18:00-24:00; sat,sun"),
      ("mon 09:00-12:00; mon 11:00-13:00", "mon 09:00-13:00"),
      ("mon-fri 13:00-18:00; mon-fri 09:00-12:00", "mon-fri 09:00-12:00; mon-fri 13:00-18:00"),
      // Tuesday's window ends as Wednesday's begins: 24 hours, which one window cannot say.
      ("tue 10:00-09:00; wed 09:00-10:00", "tue 10:00-24:00; wed 00:00-10:00"),
    ])
  func description(_ text: String, _ expected: String) throws {
    let hours = try WeeklyHours(text)
    #expect(hours.description == expected)
    #expect(try WeeklyHours(hours.description) == hours)
  }

  @Test("the description of any hours reads back to them")
  func roundTrip() throws {
    var random = SeededRandom(seed: 7)
    let days = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
    for _ in 0..<2_000 {
      let windows = (0..<Int.random(in: 1...6, using: &random)).map { _ in
        let ends = (days.randomElement(using: &random) ?? "mon", days.randomElement(using: &random) ?? "mon")
        let days = ends.0 == ends.1 ? ends.0 : "\(ends.0)-\(ends.1)"
        let start = Int.random(in: 0..<96, using: &random)
        let end = (start + Int.random(in: 1..<96, using: &random)) % 96
        let times = [start, end].map { String(format: "%02d:%02d", $0 / 4, $0 % 4 * 15) }
        return "\(days) \(times[0])-\(times[1])"
      }
      let text = windows.joined(separator: "; ")
      let hours = try WeeklyHours(text)
      #expect(try WeeklyHours(hours.description) == hours, "\(text)")
      #expect(try WeeklyHours(hours.description).description == hours.description, "\(text)")
    }
  }

  private static let dayList =
    "expected mon, tue, wed, thu, fri, sat, sun or daily. Write days by their first three letters."
  private static let timeList = "expected 00:00 to 24:00. Write hours and minutes with two digits each."

  @Test(
    "what names no hours says which part is wrong, and what to write",
    arguments: [
      ("", "an empty window, expected one such as mon-fri 09:00-18:00. Write it, or leave it out."),
      ("mon;", "an empty window, expected one such as mon-fri 09:00-18:00. Write it, or leave it out."),
      ("mo-fri 09:00-18:00", "unknown day \"mo\" in \"mo-fri\", \(dayList)"),
      ("monday", "unknown day \"monday\", \(dayList)"),
      ("mon,,wed", "unknown day \"\" in \"mon,,wed\", \(dayList)"),
      ("mon- 09:00-18:00", "unknown day \"\" in \"mon-\", \(dayList)"),
      ("daily-fri", "unknown day \"daily\" in \"daily-fri\", \(dayList)"),
      ("mon wed 09:00-18:00", "unknown day \"mon wed\", \(dayList)"),
      (
        "mon-wed-fri",
        "\"mon-wed-fri\" is no range of days, expected one such as mon-fri. Write the days in turn, such as mon,wed,fri."
      ),
      ("mon-mon", "\"mon-mon\" ends where it starts. Write mon, or daily for the whole week."),
      ("09:00-18:00", "\"09:00-18:00\" has no days before it. Write daily 09:00-18:00."),
      ("mon 25:00-26:00", "\"25:00\" is no time of day, \(timeList)"),
      ("mon 09:60-10:00", "\"09:60\" is no time of day, \(timeList)"),
      ("mon 9:00-18:00", "\"9:00\" is no time of day, \(timeList)"),
      ("mon 09:00-24:01", "\"24:01\" is no time of day, \(timeList)"),
      ("mon 09:00-18:00:00", "\"18:00:00\" is no time of day, \(timeList)"),
      ("mon 09:00-18:00, 19:00", "\"18:00, 19:00\" is no time of day, \(timeList)"),
      ("mon 09:00-", "\"\" is no time of day, \(timeList)"),
      ("mon 09:00", "\"09:00\" is no span of time, expected a start and an end. Write one such as 09:00-18:00."),
      ("mon-fri 09:00-09:00", "\"09:00-09:00\" ends where it starts. Write mon-fri alone for whole days."),
      ("mon 24:00-06:00", "\"24:00-06:00\" starts at 24:00, where the day is over. Start at 00:00 of the next day."),
      ("mon ٠٩:٠٠-١٨:٠٠", "\"٠٩:٠٠\" is no time of day, \(timeList)"),
      (String(repeating: "x", count: 50), "unknown day \"\(String(repeating: "x", count: 37))...\", \(dayList)"),
    ])
  func faults(_ text: String, _ expected: String) throws {
    let error = try #require(throws: WeeklyHours.ParseError.self) { try WeeklyHours(text) }
    #expect(error.description == expected)
  }

  @Test("64 windows are taken, one more is refused")
  func bound() throws {
    let window = "mon 09:00-18:00;"
    #expect(try WeeklyHours(String(repeating: window, count: 63) + "tue").description == "mon 09:00-18:00; tue")
    let error = try #require(throws: WeeklyHours.ParseError.self) {
      try WeeklyHours(String(repeating: window, count: 64) + "tue")
    }
    #expect(error.description == "65 windows, expected at most 64. Join some of them.")
  }

  @Test("hours that never end never change")
  func always() throws {
    let hours = try WeeklyHours("daily")
    let zone = try TimeZoneTests.zone("Europe/Berlin")
    for instant in [Int64.min, 0, 1_774_746_000, .max] {
      #expect(hours.contains(instant, in: zone))
      #expect(hours.nextChange(after: instant, in: zone) == nil)
    }
  }

  @Test("beyond the years 0000 to 9999 nothing changes")
  func edges() throws {
    let hours = try WeeklyHours("daily 09:00-18:00")
    let zone = try TimeZoneTests.zone("Europe/Berlin")
    let (first, last) = (Int64(-62_167_219_200), Int64(253_402_300_799))
    #expect(hours.nextChange(after: .max, in: zone) == nil)
    #expect(hours.nextChange(after: last - 3600, in: zone) == nil)
    #expect(hours.contains(.max, in: zone) == hours.contains(last, in: zone))
    #expect(hours.contains(.min, in: zone) == hours.contains(first, in: zone))
    #expect(hours.nextChange(after: .min, in: zone) == hours.nextChange(after: first, in: zone))
  }

  @Test("a look-up allocates nothing", arguments: [Int64(1_774_746_000), 2_555_000_000])
  func allocations(_ instant: Int64) throws {
    let zone = try TimeZoneTests.zone("Europe/Berlin")
    let hours = try WeeklyHours("mon-fri 09:00-18:00; sat,sun 22:00-06:00")
    var sum: Int64 = 0
    let before = allocation_count()
    for step in Int64(0)..<1000 {
      let instant = instant + step * 7200
      sum &+= Int64(zone.offset(at: instant)) &+ (hours.contains(instant, in: zone) ? 1 : 0)
      sum &+= hours.nextChange(after: instant, in: zone) ?? 0
    }
    #expect(allocation_count() - before == 0)
    #expect(sum != 0)
  }
}
