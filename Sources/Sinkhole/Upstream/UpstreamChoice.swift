/// Which upstream a question goes to next.
enum UpstreamChoice {
  /// The first of `order` not yet asked that is well; else one not yet asked that rests, the first to wake; else one
  /// that stayed silent, again. Nil when none can help any more.
  static func next(_ exchange: Exchange, _ order: [Int], _ lanes: [UpstreamLane], now: UInt64) -> Int? {
    let useful = order.filter { exchange.hopeless & 1 << UInt64($0) == 0 }
    let untried = useful.filter { exchange.tried & 1 << UInt64($0) == 0 }
    if let well = untried.first(where: { !lanes[$0].health.isResting(now) }) { return well }
    if let resting = untried.min(by: { lanes[$0].health.restsUntil < lanes[$1].health.restsUntil }) { return resting }
    guard !useful.isEmpty else { return nil }
    return useful[exchange.attemptCount % useful.count]
  }
}
