/// Upstreams that stand for one another, as one worker sees them, and which of them is asked next.
///
/// The cheapest is asked first; upstreams about as good as it count as equal, and then the order of configuration
/// decides. A query that is late goes to another one, too. What an upstream costs is only known while it is asked: so
/// one of 32 queries goes to another as well, whose response only counts if it is the first. So does a probe of one
/// that is down: no stub ever waits for it.
final class UpstreamChoice {
  /// Upstreams of one choice: each has a bit in `Exchange.hopeless`.
  static let maximumServers = 16
  private static let queriesBetweenTries = 32

  let lanes: [UpstreamLane]
  let isDomain: Bool
  /// Exchanges that go by it.
  var exchanges = 0
  /// Replaced: gets nothing new.
  var isRetired = false
  private var turn = 0
  private var explored = 0

  init(_ lanes: [UpstreamLane], isDomain: Bool) {
    self.lanes = lanes
    self.isDomain = isDomain
  }

  /// Every one is down, as far as is known.
  var isDown: Bool { lanes.allSatisfy(\.health.isDown) }

  /// Some upstream answered not long ago.
  func wasHeard(_ now: UInt64) -> Bool { lanes.contains { $0.health.wasHeard(now) } }

  struct Step {
    /// Index into `lanes`.
    let position: Int
    let isStream: Bool
  }

  /// Whom to ask next: one not asked yet that is up; else one not asked yet; else one that stayed silent, over TCP when it
  /// has had its three queries over UDP (RFC 9520 section 3.1). Nil when none can help any more.
  func next(for exchange: Exchange, limit: Int) -> Step? {
    var best: Int?
    var least = Double.infinity
    for position in lanes.indices where mayAsk(position, exchange, limit) && exchange.queries(to: position).all == 0 {
      let lane = lanes[position]
      // One that is down only when all are: then the one that is probed next, which has been so for the shortest time.
      let cost = lane.health.isDown ? 1e9 + Double(lane.health.probeAt) : lane.health.cost
      // About as good is no better: within 8 ms, or half again as much.
      if best == nil || cost + max(8, cost / 2) < least { (best, least) = (position, min(cost, least)) }
    }
    if let best { return Step(position: best, isStream: lanes[best].server.transport == .tcp) }
    var fewest = Int.max
    for position in lanes.indices where mayAsk(position, exchange, limit) {
      let queries = exchange.queries(to: position).all
      if queries < fewest { (best, fewest) = (position, queries) }
    }
    guard let best else { return nil }
    let queries = exchange.queries(to: best)
    let isSilent = queries.datagrams >= Exchange.queriesToOne || queries.streams > 0
    return Step(position: best, isStream: isSilent || lanes[best].server.transport == .tcp)
  }

  /// Whether one more query may go there: it can help, has had fewer than it may, and has room.
  private func mayAsk(_ position: Int, _ exchange: Exchange, _ limit: Int) -> Bool {
    guard !exchange.isHopeless(position), lanes[position].inFlight < limit else { return false }
    // What TCP was needed for, or could not do, UDP will not do.
    return exchange.queries(to: position).streams <= exchange.pauses
  }

  /// One to ask beside `first`, without need: to learn how it does.
  func other(than first: Int, now: UInt64) -> Int? {
    guard lanes.count > 1 else { return nil }
    for (position, lane) in lanes.enumerated() where position != first && lane.health.isDown {
      if now >= lane.health.probeAt { return position }
    }
    turn += 1
    guard turn >= UpstreamChoice.queriesBetweenTries || turn <= lanes.count && !lanes[turn - 1].health.isMeasured else {
      return nil
    }
    if turn >= UpstreamChoice.queriesBetweenTries { turn = 0 }
    explored += 1
    let position = explored % lanes.count
    return position == first || lanes[position].health.isDown ? nil : position
  }
}
