/// Weekly hours as people write them: `mon-fri 09:00-18:00; sat,sun 10:00-12:00`.
///
///     hours   = window *( ";" window )
///     window  = days [ time "-" time ]      ; whole days without times
///     days    = "daily" / ( day / day "-" day ) *( "," ... )
///     time    = 00:00 to 24:00              ; an end before the start is on the next day
///
/// A range of days may go over the week's end, `fri-mon`. Spaces may stand between the parts; letters of both cases.
extension WeeklyHours {
  /// Windows in one value: more than any week needs, and few enough to read at once.
  package static let maximumWindows = 64

  static let dayNames = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]

  /// A text that names no hours, for people: `what is wrong, what was expected. Remedy.`
  package struct ParseError: Error, Hashable, Sendable, CustomStringConvertible {
    package let problem: String
    package let remedy: String

    fileprivate init(_ problem: String, remedy: String) {
      self.problem = problem
      self.remedy = remedy
    }

    package var description: String { "\(problem). \(remedy)" }
  }

  /// - Throws: the first window at fault, or more than `maximumWindows` of them.
  package init(_ text: String) throws(ParseError) {
    let texts = text.split(separator: ";", omittingEmptySubsequences: false)
    guard texts.count <= WeeklyHours.maximumWindows else {
      throw ParseError(
        "\(texts.count) windows, expected at most \(WeeklyHours.maximumWindows)", remedy: "Join some of them.")
    }
    var windows: [Window] = []
    for text in texts { windows += try WeeklyHours.windows(of: text) }
    self.init(windows)
  }

  /// One window for each day of `text`.
  private static func windows(of text: Substring) throws(ParseError) -> [Window] {
    // No name of a day has a digit.
    let split = text.firstIndex(where: \.isNumber) ?? text.endIndex
    let (dayText, timeText) = (trimmed(text[..<split]), trimmed(text[split...]))
    guard !dayText.isEmpty else {
      throw timeText.isEmpty
        ? ParseError(
          "an empty window, expected one such as mon-fri 09:00-18:00", remedy: "Write it, or leave it out.")
        : ParseError("\(quoted(timeText)) has no days before it", remedy: "Write daily \(excerpt(timeText)).")
    }
    let days = try days(of: dayText)
    var (start, length) = (0, minutesPerDay)
    if !timeText.isEmpty { (start, length) = try span(of: timeText, days: dayText) }
    return days.map { Window(start: $0 * minutesPerDay + start, length: length) }
  }

  /// 0 for Monday.
  private static func days(of text: Substring) throws(ParseError) -> [Int] {
    var days: [Int] = []
    for part in text.split(separator: ",", omittingEmptySubsequences: false) {
      let ends = part.split(separator: "-", omittingEmptySubsequences: false)
      if ends.count == 1, trimmed(part).lowercased() == "daily" {
        days += dayNames.indices
        continue
      }
      guard ends.count <= 2 else {
        throw ParseError(
          "\(quoted(part)) is no range of days, expected one such as mon-fri",
          remedy: "Write the days in turn, such as mon,wed,fri.")
      }
      let first = try day(ends[0], in: text)
      let last = try day(ends[ends.count - 1], in: text)
      guard ends.count == 1 || first != last else {
        throw ParseError(
          "\(quoted(part)) ends where it starts", remedy: "Write \(dayNames[first]), or daily for the whole week.")
      }
      days += (0...(last - first + 7) % 7).map { (first + $0) % 7 }
    }
    return days
  }

  private static func day(_ text: Substring, in days: Substring) throws(ParseError) -> Int {
    let name = trimmed(text)
    if let day = dayNames.firstIndex(of: name.lowercased()) { return day }
    let place = name.count == days.count ? "" : " in \(quoted(days))"
    throw ParseError(
      "unknown day \(quoted(name))\(place), expected \(dayNames.joined(separator: ", ")) or daily",
      remedy: "Write days by their first three letters.")
  }

  /// `09:00-18:00` as minutes of the day and their number.
  private static func span(of text: Substring, days: Substring) throws(ParseError) -> (start: Int, length: Int) {
    let ends = text.split(separator: "-", omittingEmptySubsequences: false)
    guard ends.count == 2 else {
      throw ParseError(
        "\(quoted(text)) is no span of time, expected a start and an end", remedy: "Write one such as 09:00-18:00.")
    }
    let (start, end) = (try minute(ends[0]), try minute(ends[1]))
    guard start < minutesPerDay else {
      throw ParseError(
        "\(quoted(text)) starts at 24:00, where the day is over", remedy: "Start at 00:00 of the next day.")
    }
    guard start != end else {
      throw ParseError("\(quoted(text)) ends where it starts", remedy: "Write \(excerpt(days)) alone for whole days.")
    }
    return (start, end > start ? end - start : end + minutesPerDay - start)
  }

  private static func minute(_ text: Substring) throws(ParseError) -> Int {
    var cursor = TextCursor(trimmed(text))
    if let hour = cursor.number(digits: 2, in: 0...24), cursor.take(":"),
      let minute = cursor.number(digits: 2, in: 0...(hour == 24 ? 0 : 59)), cursor.isAtEnd
    {
      return hour * 60 + minute
    }
    throw ParseError(
      "\(quoted(trimmed(text))) is no time of day, expected 00:00 to 24:00",
      remedy: "Write hours and minutes with two digits each.")
  }

  private static func trimmed(_ text: Substring) -> Substring {
    var text = text.drop(while: \.isWhitespace)
    while text.last?.isWhitespace == true { text.removeLast() }
    return text
  }

  private static func excerpt(_ text: Substring) -> String {
    text.count <= 40 ? String(text) : text.prefix(37) + "..."
  }

  private static func quoted(_ text: Substring) -> String { "\"\(excerpt(text))\"" }
}

extension WeeklyHours: CustomStringConvertible {
  /// The same text for the same hours, however they were written. It reads back to them, unless windows that overlap
  /// on some days only need more than `maximumWindows` without overlaps.
  package var description: String {
    guard let first = flips.first else { return "daily" }
    // A bit for each day, by when the window starts and ends on it.
    var days: [Times: Int] = [:]
    for index in stride(from: spansWeekEnd ? 1 : 0, to: flips.count, by: 2) {
      let end = index + 1 < flips.count ? flips[index + 1] : first + WeeklyHours.minutesPerWeek
      for window in WeeklyHours.parts(from: flips[index], to: end) {
        let start = window.start % WeeklyHours.minutesPerDay
        let end = start + window.length
        let times = Times(start: start, end: end > WeeklyHours.minutesPerDay ? end - WeeklyHours.minutesPerDay : end)
        days[times, default: 0] |= 1 << (window.start / WeeklyHours.minutesPerDay)
      }
    }
    let ordered = days.sorted { left, right in
      let firsts = (left.value.trailingZeroBitCount, right.value.trailingZeroBitCount)
      return (firsts.0, left.key.start, left.key.end) < (firsts.1, right.key.start, right.key.end)
    }
    return ordered.map { WeeklyHours.text(days: $0.value) + $0.key.text }.joined(separator: "; ")
  }

  private struct Times: Hashable {
    let start: Int
    let end: Int

    var text: String {
      if start == 0, end == WeeklyHours.minutesPerDay { return "" }
      return " \(WeeklyHours.text(minute: start))-\(WeeklyHours.text(minute: end))"
    }
  }

  /// What one window cannot say, a day and more, is cut at each midnight.
  private static func parts(from start: Int, to end: Int) -> [Window] {
    if end - start < minutesPerDay { return [Window(start: start, length: end - start)] }
    var parts: [Window] = []
    var start = start
    while start < end {
      let midnight = (start / minutesPerDay + 1) * minutesPerDay
      let partEnd = min(midnight, end)
      parts.append(Window(start: start % minutesPerWeek, length: partEnd - start))
      start = partEnd
    }
    return parts
  }

  /// `mon-wed,fri`; ranges from three days on.
  private static func text(days: Int) -> String {
    let isIn = (0..<7).map { days >> $0 & 1 == 1 }
    guard isIn.contains(false) else { return "daily" }
    return (0..<7).filter { isIn[$0] && !isIn[($0 + 6) % 7] }.map { first in
      let run = (first..<first + 7).prefix { isIn[$0 % 7] }.map { dayNames[$0 % 7] }
      return run.count > 2 ? "\(run[0])-\(run[run.count - 1])" : run.joined(separator: ",")
    }.joined(separator: ",")
  }

  private static func text(minute: Int) -> String {
    "\(CivilTime.digits(minute / 60)):\(CivilTime.digits(minute % 60))"
  }
}
