import Foundation
import Sinkhole
import Support
import Testing

@Suite("Dates")
struct CalendarDateTests {
  @Test("every day of the years 0000 to 9999 has its date, in order")
  func all() throws {
    // 0000-01-01, and by the clock of a Foundation that counts like us.
    var calendar = Calendar(identifier: .iso8601)
    calendar.timeZone = .gmt
    var previous: CalendarDate?
    for day in Int64(-719_528)...2_932_896 {
      let date = CalendarDate(day * 86_400, in: .utc)
      if let previous, previous >= date { Issue.record("\(previous) is not before \(date)") }
      previous = date
      guard day % 97 == 0 || !(-719_500...2_932_800).contains(day) else { continue }
      #expect(CalendarDate(date.description) == date)
      #expect(date.start(in: .utc) == day * 86_400)
      // Foundation goes over to the Julian calendar before 1582.
      guard day > -141_427 else { continue }
      let parts = calendar.dateComponents(
        [.year, .month, .day], from: Date(timeIntervalSince1970: Double(day) * 86_400))
      #expect(date.description == String(format: "%04d-%02d-%02d", parts.year ?? 0, parts.month ?? 0, parts.day ?? 0))
    }
    #expect(previous?.description == "9999-12-31")
  }

  @Test("a leap day is one", arguments: ["2000-02-29", "2024-02-29", "0000-02-29", "2400-02-29"])
  func leapDays(_ text: String) {
    #expect(CalendarDate(text)?.description == text)
  }

  @Test(
    "what is no date is refused",
    arguments: [
      "", "2027", "2027-3-31", "2027-03-1", "02027-03-31", "2027-03-31 ", " 2027-03-31", "2027-03-31T", "20270331",
      "2027/03/31",
      "2027-00-10", "2027-13-01", "2027-01-00", "2027-01-32", "2027-04-31", "2027-02-29", "2100-02-29", "1900-02-29",
      "-001-01-01", "+2027-01-01", "２０２７-03-31",
    ])
  func refused(_ text: String) {
    #expect(CalendarDate(text) == nil)
  }

  @Test(
    "a day starts and ends by the clocks of its zone",
    arguments: [
      ("Asia/Seoul", "2027-03-31", "2027-03-31T00:00:00+09:00", "2027-04-01T00:00:00+09:00"),
      ("UTC", "2027-03-31", "2027-03-31T00:00:00Z", "2027-04-01T00:00:00Z"),
      // 23 and 25 hours.
      ("Europe/Berlin", "2026-03-29", "2026-03-29T00:00:00+01:00", "2026-03-30T00:00:00+02:00"),
      ("Europe/Berlin", "2026-10-25", "2026-10-25T00:00:00+02:00", "2026-10-26T00:00:00+01:00"),
      // Clocks jump over midnight, and from midnight back to 23:00.
      ("America/Sao_Paulo", "2018-11-03", "2018-11-03T00:00:00-03:00", "2018-11-04T01:00:00-02:00"),
      ("America/Sao_Paulo", "2018-11-04", "2018-11-04T01:00:00-02:00", "2018-11-05T00:00:00-02:00"),
      ("America/Sao_Paulo", "2018-02-17", "2018-02-17T00:00:00-02:00", "2018-02-18T00:00:00-03:00"),
      ("America/Sao_Paulo", "2018-02-18", "2018-02-18T00:00:00-03:00", "2018-02-19T00:00:00-03:00"),
      // From one minute past midnight back to 23:01: the old day comes again.
      ("America/St_Johns", "2009-10-31", "2009-10-31T00:00:00-02:30", "2009-11-01T00:00:00-03:30"),
      ("America/St_Johns", "2009-11-01", "2009-11-01T00:00:00-02:30", "2009-11-02T00:00:00-03:30"),
      // The day that Samoa left out is over as it starts.
      ("Pacific/Apia", "2011-12-29", "2011-12-29T00:00:00-10:00", "2011-12-31T00:00:00+14:00"),
      ("Pacific/Apia", "2011-12-30", "2011-12-31T00:00:00+14:00", "2011-12-31T00:00:00+14:00"),
      ("Pacific/Apia", "2011-12-31", "2011-12-31T00:00:00+14:00", "2012-01-01T00:00:00+14:00"),
      // Kwajalein lived one day twice, and left out another to come back.
      ("Pacific/Kwajalein", "1969-09-30", "1969-09-30T00:00:00+11:00", "1969-10-01T00:00:00-12:00"),
      ("Pacific/Kwajalein", "1993-08-20", "1993-08-20T00:00:00-12:00", "1993-08-22T00:00:00+12:00"),
    ])
  func bounds(_ name: String, _ text: String, _ start: String, _ end: String) throws {
    let zone = try TimeZoneTests.zone(name)
    let date = try #require(CalendarDate(text))
    #expect(Instant(unixSeconds: date.start(in: zone)).text(in: zone) == start)
    #expect(Instant(unixSeconds: date.end(in: zone)).text(in: zone) == end)
    guard date.start(in: zone) < date.end(in: zone) else { return }
    #expect(CalendarDate(date.start(in: zone), in: zone) == date)
    #expect(CalendarDate(date.start(in: zone) - 1, in: zone) < date)
    #expect(CalendarDate(date.end(in: zone) - 1, in: zone) == date)
    #expect(CalendarDate(date.end(in: zone), in: zone) > date)
  }

  @Test("the first and last date hold everything beyond them")
  func edges() throws {
    let berlin = try TimeZoneTests.zone("Europe/Berlin")
    for zone in [TimeZoneRules.utc, berlin] {
      #expect(CalendarDate(.max, in: zone).description == "9999-12-31")
      #expect(CalendarDate(.min, in: zone).description == "0000-01-01")
    }
    let last = try #require(CalendarDate("9999-12-31"))
    #expect(last.end(in: .utc) == 253_402_300_800)
    #expect(last.end(in: berlin) == 253_402_300_800 - 3600)
  }
}

@Suite("Instants")
struct InstantTests {
  @Test(
    "an instant is read with an offset, in a zone, or as a day's start",
    arguments: [
      ("2026-12-01T09:00+09:00", "2026-12-01T00:00:00Z"), ("2026-12-01T09:00:30+09:00", "2026-12-01T00:00:30Z"),
      ("2026-12-01T09:00Z", "2026-12-01T09:00:00Z"), ("2026-12-01T09:00:00-03:30", "2026-12-01T12:30:00Z"),
      ("2026-12-01T09:00-00:00", "2026-12-01T09:00:00Z"), ("2026-12-01T09:00", "2026-12-01T08:00:00Z"),
      ("2026-07-01T09:00:59", "2026-07-01T07:00:59Z"), ("2026-12-01", "2026-11-30T23:00:00Z"),
      ("1969-12-31T23:59:59Z", "1969-12-31T23:59:59Z"), ("2026-12-31T23:59-23:59", "2027-01-01T23:58:00Z"),
      // Jumped over: the jump. Twice: the first.
      ("2026-03-29T02:30", "2026-03-29T01:00:00Z"), ("2026-10-25T02:30", "2026-10-25T00:30:00Z"),
      ("0000-01-01T00:00Z", "0000-01-01T00:00:00Z"), ("9999-12-31T23:59:59Z", "9999-12-31T23:59:59Z"),
    ])
  func reads(_ text: String, _ expected: String) throws {
    let zone = try TimeZoneTests.zone("Europe/Berlin")
    #expect(Instant(text, in: zone)?.description == expected)
  }

  @Test(
    "what is no instant is refused",
    arguments: [
      "", "now", "1764547200", "2026-12-01T", "2026-12-01Z", "2026-12-01T09", "2026-12-01T9:00", "2026-12-01T09:00:0",
      "2026-12-01 09:00", "2026-12-01t09:00z", "2026-12-01T09:00:00.5Z", "2026-12-01T24:00", "2026-12-01T09:60",
      "2026-12-31T23:59:60Z", "2026-12-01T09:00+9:00", "2026-12-01T09:00+09", "2026-12-01T09:00+0900",
      "2026-12-01T09:00+24:00", "2026-12-01T09:00+09:60", "2026-12-01T09:00ZZ", "2026-12-01T09:00+09:00 ",
      "2026-02-30T09:00Z", "0000-01-01T00:00+00:01", "9999-12-31T23:59:59-00:01", "0000-01-01",
    ])
  func refused(_ text: String) throws {
    #expect(Instant(text, in: try TimeZoneTests.zone("Asia/Seoul")) == nil)
  }

  @Test(
    "it is written with the offset that holds, and in UTC where the form cannot say it",
    arguments: [
      ("Asia/Seoul", 1_796_083_200, "2026-12-01T09:00:00+09:00"), ("UTC", 1_796_083_200, "2026-12-01T00:00:00Z"),
      ("America/St_Johns", 1_796_083_200, "2026-11-30T20:30:00-03:30"),
      ("Europe/London", 1_796_083_200, "2026-12-01T00:00:00Z"),
      ("Europe/London", 1_780_000_000, "2026-05-28T21:26:40+01:00"),
      // Seoul's sun, 8:27:52 ahead.
      ("Asia/Seoul", -2_208_988_800, "1900-01-01T00:00:00Z"),
      ("Asia/Seoul", 253_402_300_799, "9999-12-31T23:59:59Z"), ("Asia/Seoul", .max, "9999-12-31T23:59:59Z"),
    ] as [(String, Int64, String)])
  func written(_ name: String, _ seconds: Int64, _ expected: String) throws {
    #expect(Instant(unixSeconds: seconds).text(in: try TimeZoneTests.zone(name)) == expected)
  }

  @Test(
    "what is written reads back, in any zone",
    arguments: ["Asia/Seoul", "Australia/Lord_Howe", "America/St_Johns", "UTC"])
  func roundTrip(_ name: String) throws {
    let zone = try TimeZoneTests.zone(name)
    var random = SeededRandom(seed: 3339)
    for _ in 0..<2_000 {
      let instant = Instant(unixSeconds: .random(in: -62_167_219_200...253_402_300_799, using: &random))
      #expect(Instant(instant.text(in: zone), in: .utc) == instant)
      #expect(Instant(instant.description, in: zone) == instant)
    }
  }

  @Test("now is what the system's clock says")
  func now() {
    let before = Int64(Date().timeIntervalSince1970)
    let now = Instant.now()
    let after = Int64(Date().timeIntervalSince1970)
    #expect((before...after).contains(now.unixSeconds))
    #expect(Instant(unixSeconds: 1) < Instant(unixSeconds: 2))
  }
}
