import Foundation
import Sinkhole
import Testing

/// Hours while clocks are changed, minute by minute, beside what date(1) shows.
@Suite("Weekly hours and clocks that jump")
struct WeeklyHoursClockTests {
  /// A zone, and Unix seconds of a change of its clocks.
  static let changes: [(String, Int64)] = [
    ("Europe/Berlin", 1_774_746_000), ("Europe/Berlin", 1_792_890_000),
    // By the footer: 2050-03-27.
    ("Europe/Berlin", 2_531_955_600),
    ("America/New_York", 1_772_953_200), ("America/New_York", 1_793_512_800),
    ("Asia/Seoul", 579_027_600), ("Asia/Seoul", 592_333_200),
    // Half an hour.
    ("Australia/Lord_Howe", 1_775_314_800), ("Australia/Lord_Howe", 1_791_041_400),
    // Back for Ramadan: a saving that is behind standard time.
    ("Africa/Casablanca", 1_771_120_800), ("Africa/Casablanca", 1_774_144_800),
    // No Friday 2011-12-30.
    ("Pacific/Apia", 1_325_239_200),
    // Back at one minute past midnight: two midnights. And a day without one.
    ("America/St_Johns", 1_257_042_660), ("America/Sao_Paulo", 1_541_300_400),
  ]

  /// Days from Monday, and minutes of the day; an end before the start is on the next day.
  struct Window: Sendable {
    let text: String
    let days: Set<Int>
    let start: Int
    let end: Int

    func contains(day: Int, minute: Int) -> Bool {
      if start < end { return days.contains(day) && (start..<end).contains(minute) }
      return days.contains(day) && minute >= start || days.contains((day + 6) % 7) && minute < end
    }
  }

  static let windows = [
    Window(text: "mon-fri 09:00-18:00", days: [0, 1, 2, 3, 4], start: 540, end: 1080),
    Window(text: "daily 22:00-06:00", days: [0, 1, 2, 3, 4, 5, 6], start: 1320, end: 360),
    Window(text: "daily 02:00-03:00", days: [0, 1, 2, 3, 4, 5, 6], start: 120, end: 180),
    Window(text: "sun 02:15-02:45", days: [6], start: 135, end: 165),
    Window(text: "sat,sun 01:45-02:15", days: [5, 6], start: 105, end: 135),
    Window(text: "sat-mon", days: [5, 6, 0], start: 0, end: 1440),
    Window(text: "daily 23:30-00:30", days: [0, 1, 2, 3, 4, 5, 6], start: 1410, end: 30),
    Window(text: "fri 18:00-24:00", days: [4], start: 1080, end: 1440),
  ]

  @Test("at every minute the clock alone decides, and the next change is the next one that comes", arguments: changes)
  func minutes(_ name: String, _ change: Int64) throws {
    let zone = try TimeZoneTests.zone(name)
    #expect(zone.offset(at: change) != zone.offset(at: change - 1))
    let instants = Array(stride(from: change - 8 * 86_400, to: change + 8 * 86_400, by: 60))
    let zones = [(zone: ":\(TimeZoneDatabase.installed)/\(name)", instants: instants)]
    let clocks = try TimeZoneDatabase.clocks(zones, form: "%u %H %M")[0].map { clock in
      clock.split(separator: " ").compactMap { Int($0) }
    }
    try #require(clocks.allSatisfy { $0.count == 3 })
    for window in WeeklyHoursClockTests.windows {
      let hours = try WeeklyHours(window.text)
      let expected = clocks.map { window.contains(day: $0[0] - 1, minute: $0[1] * 60 + $0[2]) }
      #expect(expected.contains(true) && expected.contains(false))
      let wrong = instants.indices.first { hours.contains(instants[$0], in: zone) != expected[$0] }
      #expect(wrong.map { instants[$0] } == nil, "\(window.text)")
      // From the minute's first second and from its last; of what comes after the last minute we know only that it does.
      var next: Int64?
      let wrongChange = instants.indices.reversed().first { index in
        defer { if index > 0, expected[index] != expected[index - 1] { next = instants[index] } }
        return [instants[index], instants[index] + 59].contains { instant in
          guard let found = hours.nextChange(after: instant, in: zone) else { return true }
          return next.map { found != $0 } ?? (found <= instants[instants.count - 1])
        }
      }
      #expect(wrongChange.map { instants[$0] } == nil, "\(window.text)")
    }
  }

  @Test(
    "where clocks change, a time is left out, counted twice, or begins with the jump",
    arguments: [
      // 02:00 to 03:00 does not come on the day of the jump; the next is a day later.
      ("Europe/Berlin", "daily 02:00-03:00", "2026-03-28T12:00", "2026-03-30T02:00:00+02:00"),
      // Half of the window is jumped over.
      ("Europe/Berlin", "daily 02:30-03:30", "2026-03-28T12:00", "2026-03-29T03:00:00+02:00"),
      ("Europe/Berlin", "daily 02:30-03:30", "2026-03-29T03:00", "2026-03-29T03:30:00+02:00"),
      // 02:30 comes twice: the window ends with the first hour and begins again in the second.
      ("Europe/Berlin", "daily 02:30-03:30", "2026-10-24T12:00", "2026-10-25T02:30:00+02:00"),
      ("Europe/Berlin", "daily 02:30-03:30", "2026-10-25T02:30:00+02:00", "2026-10-25T02:00:00+01:00"),
      ("Europe/Berlin", "daily 02:30-03:30", "2026-10-25T02:00:00+01:00", "2026-10-25T02:30:00+01:00"),
      // The whole hour comes twice, and is one window of two hours.
      ("Europe/Berlin", "daily 02:00-03:00", "2026-10-25T02:00:00+02:00", "2026-10-25T03:00:00+01:00"),
      // The Friday that Samoa left out.
      ("Pacific/Apia", "fri", "2011-12-24T12:00", "2012-01-06T00:00:00+14:00"),
    ])
  func jumps(_ name: String, _ text: String, _ after: String, _ expected: String) throws {
    let zone = try TimeZoneTests.zone(name)
    let start = try #require(Instant(after, in: zone))
    let change = try WeeklyHours(text).nextChange(after: start.unixSeconds, in: zone)
    #expect(change.map { Instant(unixSeconds: $0).text(in: zone) } == expected)
  }
}
