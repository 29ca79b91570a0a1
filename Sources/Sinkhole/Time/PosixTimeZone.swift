/// The rule of a zone for all years to come, as a TZif file has it in its footer: a TZ string of POSIX,
/// `CET-1CEST,M3.5.0,M10.5.0/3`, with the longer hours of RFC 9636 section 3.3.1. Designations are passed over:
/// nobody here shows them.
struct PosixTimeZone: Hashable, Sendable {
  /// Seconds east of UTC.
  private let standard: Int
  private let saving: Saving?

  private struct Saving: Hashable {
    /// Seconds east of UTC; may be west of standard time, as in Ireland's winter.
    var offset: Int
    var start: Change
    var end: Change
  }

  /// A moment of each year, on the clock that is left at it.
  private struct Change: Hashable {
    var day: Day
    /// Seconds from the day's midnight, -167 h to 167 h and their minutes.
    var time: Int

    /// Seconds since 1970 on the clock that is left.
    func seconds(in year: Int) -> Int64 {
      day.number(in: year) * CivilTime.secondsPerDay + Int64(time)
    }
  }

  private enum Day: Hashable {
    /// `J60`: 1...365, never 29 February.
    case julian(Int)
    /// `59`: 0...365, with 29 February.
    case ordinal(Int)
    /// `M3.5.0`: month; the weekday's first to fourth time in it, 5 for its last; weekday, 0 for Sunday.
    case weekday(month: Int, week: Int, day: Int)

    /// Days since 1970.
    func number(in year: Int) -> Int64 {
      switch self {
      case .julian(let day):
        let isPastLeapDay = day >= 60 && CivilTime.isLeap(year)
        return CivilTime.days(of: .init(year: year, month: 1, day: 1)) + Int64(day - 1 + (isPastLeapDay ? 1 : 0))
      case .ordinal(let day):
        return CivilTime.days(of: .init(year: year, month: 1, day: 1)) + Int64(day)
      case .weekday(let month, let week, let day):
        let first = CivilTime.days(of: .init(year: year, month: month, day: 1))
        // Sunday is 0 in the string, Monday in ours.
        let wait = (day + 6 - CivilTime.weekday(ofDay: first)) % 7
        let date = wait + (week - 1) * 7
        return first + Int64(date < CivilTime.daysIn(month: month, of: year) ? date : date - 7)
      }
    }
  }

  /// Nil when `text` is no such string. A second designation without its two days is none: POSIX leaves open when
  /// that zone would change.
  init?(_ text: String) {
    var cursor = TextCursor(text)
    guard PosixTimeZone.skipDesignation(&cursor), let west = PosixTimeZone.clock(&cursor, hours: 24) else { return nil }
    standard = -west
    if cursor.isAtEnd {
      saving = nil
      return
    }
    guard PosixTimeZone.skipDesignation(&cursor) else { return nil }
    var offset = standard + 3600
    if cursor.next != UInt8(ascii: ",") {
      guard let west = PosixTimeZone.clock(&cursor, hours: 24) else { return nil }
      offset = -west
    }
    guard let start = PosixTimeZone.change(&cursor), let end = PosixTimeZone.change(&cursor), cursor.isAtEnd else {
      return nil
    }
    saving = Saving(offset: offset, start: start, end: end)
  }

  /// Seconds east of UTC at `instant`.
  func offset(at instant: Int64) -> Int {
    guard let saving else { return standard }
    let instant = PosixTimeZone.bounded(instant)
    let year = PosixTimeZone.year(of: instant)
    // A change may lie 167 hours and an offset beside its year, and a saving that ends before it starts lasts into
    // the next year. All of a year, as POSIX writes a saving for ever, is one that ends as the next starts.
    for year in year - 2...year + 1 {
      let start = self.start(saving, in: year)
      guard start <= instant else { continue }
      let sameYear = self.end(saving, in: year)
      if instant < (sameYear > start ? sameYear : self.end(saving, in: year + 1)) { return saving.offset }
    }
    return standard
  }

  /// The first change after `instant`; nil when there is none. Where two savings touch it changes nothing.
  func nextChange(after instant: Int64) -> Int64? {
    guard let saving, instant == PosixTimeZone.bounded(instant) else { return nil }
    let year = PosixTimeZone.year(of: instant)
    var next = Int64.max
    for year in year - 1...year + 2 {
      let (start, end) = (start(saving, in: year), end(saving, in: year))
      if start > instant { next = min(next, start) }
      if end > instant { next = min(next, end) }
    }
    return next
  }

  private func start(_ saving: Saving, in year: Int) -> Int64 {
    saving.start.seconds(in: year) - Int64(standard)
  }

  private func end(_ saving: Saving, in year: Int) -> Int64 {
    saving.end.seconds(in: year) - Int64(saving.offset)
  }

  private static func year(of instant: Int64) -> Int {
    CivilTime.date(ofDay: CivilTime.floorDivide(instant, CivilTime.secondsPerDay).quotient).year
  }

  /// So far that no calendar reaches it, and near enough that the sums above stay within 64 bits.
  private static func bounded(_ instant: Int64) -> Int64 { min(max(instant, -1 << 60), 1 << 60) }

  /// `CET`, or `<+09>` with digits and signs: three octets at least.
  private static func skipDesignation(_ cursor: inout TextCursor) -> Bool {
    let isQuoted = cursor.take("<")
    let length = cursor.skip { octet in
      switch octet {
      case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "a")...UInt8(ascii: "z"): true
      case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "+"), UInt8(ascii: "-"): isQuoted
      default: false
      }
    }
    return length >= 3 && (!isQuoted || cursor.take(">"))
  }

  /// `[+-]hh[:mm[:ss]]` in seconds.
  private static func clock(_ cursor: inout TextCursor, hours: Int) -> Int? {
    let isNegative = cursor.take("-")
    if !isNegative { _ = cursor.take("+") }
    guard let hour = cursor.number(digits: 1...3, in: 0...hours) else { return nil }
    var seconds = hour * 3600
    for unit in [60, 1] {
      guard cursor.take(":") else { break }
      guard let number = cursor.number(digits: 2, in: 0...59) else { return nil }
      seconds += number * unit
    }
    return isNegative ? -seconds : seconds
  }

  /// `,DAY[/TIME]`; two o'clock unless said.
  private static func change(_ cursor: inout TextCursor) -> Change? {
    guard cursor.take(","), let day = day(&cursor) else { return nil }
    guard cursor.take("/") else { return Change(day: day, time: 7200) }
    return clock(&cursor, hours: 167).map { Change(day: day, time: $0) }
  }

  private static func day(_ cursor: inout TextCursor) -> Day? {
    if cursor.take("J") { return cursor.number(digits: 1...3, in: 1...365).map { .julian($0) } }
    guard cursor.take("M") else { return cursor.number(digits: 1...3, in: 0...365).map { .ordinal($0) } }
    guard let month = cursor.number(digits: 1...2, in: 1...12), cursor.take("."),
      let week = cursor.number(digits: 1, in: 1...5), cursor.take("."),
      let day = cursor.number(digits: 1, in: 0...6)
    else { return nil }
    return .weekday(month: month, week: week, day: day)
  }
}
