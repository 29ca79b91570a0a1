/// The hours of the week in which a rule holds, such as `mon-fri 09:00-18:00`, by the clocks of a zone.
///
/// Clocks decide, nothing else: a time that they jump over is not there, so a window within the jump is left out and
/// one that starts in it starts with the jump; a time that they show twice counts both times, and the hour between
/// leaves a window that it is not in. A window over midnight belongs to the day on which it starts.
package struct WeeklyHours: Hashable, Sendable {
  static let minutesPerDay = 1_440
  static let minutesPerWeek = 10_080

  /// Minutes since Monday 00:00, ascending, at which a window starts or ends: an even number of them, starts and ends
  /// by turns. Empty when the hours never end.
  let flips: [Int]
  /// Whether a window goes from Sunday into Monday: the state before the first flip.
  let spansWeekEnd: Bool

  /// A span of the week: from `start`, 0..<10,080 minutes, for `length`, 1...1,440 minutes.
  struct Window {
    let start: Int
    let length: Int
  }

  /// The hours of one window at least.
  init(_ windows: [Window]) {
    precondition(!windows.isEmpty)
    var isInside = [Bool](repeating: false, count: WeeklyHours.minutesPerWeek)
    for window in windows {
      for minute in window.start..<window.start + window.length {
        isInside[minute % WeeklyHours.minutesPerWeek] = true
      }
    }
    spansWeekEnd = isInside[WeeklyHours.minutesPerWeek - 1]
    flips = isInside.indices.filter { isInside[$0] != isInside[$0 == 0 ? WeeklyHours.minutesPerWeek - 1 : $0 - 1] }
  }

  /// Whether clocks in `zone` show one of the hours. Instants outside the years 0000 to 9999 count as their edge.
  package func contains(_ unixSeconds: Int64, in zone: TimeZoneRules) -> Bool {
    let minute = WeeklyHours.secondOfWeek(Instant(unixSeconds: unixSeconds).unixSeconds, in: zone) / 60
    var state = spansWeekEnd
    for flip in flips {
      guard flip <= minute else { break }
      state.toggle()
    }
    return state
  }

  /// The first instant after `unixSeconds` at which `contains` changes, up to the year 9999; nil when it never does.
  package func nextChange(after unixSeconds: Int64, in zone: TimeZoneRules) -> Int64? {
    guard let first = flips.first else { return nil }
    var time = max(unixSeconds, CivilTime.writable.lowerBound)
    let state = contains(time, in: zone)
    while time < CivilTime.writable.upperBound {
      // While no transition comes between, the next flip is the change.
      let second = WeeklyHours.secondOfWeek(time, in: zone)
      let flip = flips.first { $0 > second / 60 } ?? first + WeeklyHours.minutesPerWeek
      let change = time + Int64(flip * 60 - second)
      guard let transition = zone.nextTransition(after: time), transition <= change else {
        return change <= CivilTime.writable.upperBound ? change : nil
      }
      time = transition
      if contains(time, in: zone) != state { return time }
    }
    return nil
  }

  /// What clocks in `zone` show, in seconds since Monday 00:00.
  private static func secondOfWeek(_ instant: Int64, in zone: TimeZoneRules) -> Int {
    Int(CivilTime.secondOfWeek(instant + Int64(zone.offset(at: instant))))
  }
}
