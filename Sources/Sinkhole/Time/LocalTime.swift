/// From what clocks show to instants. `local` counts seconds as if the clocks in the zone had always run without a
/// jump since their 1970-01-01T00:00. Where they jump ahead no instant shows the times between; where they are put
/// back, some times are shown twice. The two questions differ there, and nowhere else.
extension TimeZoneRules {
  /// The first instant at which clocks show `local` or later: the first of two, and the jump for a time within it.
  func firstInstant(showing local: Int64) -> Int64 {
    // No clock shows `local` earlier than this.
    var time = local - TimeZoneRules.maximumOffset
    while true {
      let instant = max(time, local - Int64(offset(at: time)))
      guard let transition = nextTransition(after: time), transition <= instant else { return instant }
      time = transition
    }
  }

  /// The instant from which on clocks never again show a time before `local`: the second of two.
  func lastInstant(showing local: Int64) -> Int64 {
    var time = local - TimeZoneRules.maximumOffset
    var last = time
    // From this on, none can.
    let end = local + TimeZoneRules.maximumOffset
    while time < end {
      let instant = local - Int64(offset(at: time))
      let transition = nextTransition(after: time) ?? .max
      if instant > time { last = min(instant, transition) }
      time = transition
    }
    return last
  }
}
