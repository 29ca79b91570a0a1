/// Which upstream a question goes to next.
enum UpstreamChoice {
  /// Queries that one upstream is sent for one question (RFC 9520 section 3.1: two retries, no more).
  static let queriesToOne = 3

  /// The first of `order` not yet asked that is well; else one not yet asked that rests, the first to wake; else one
  /// that stayed silent, again, up to `queriesToOne`. Nil when none can help any more.
  static func next(_ exchange: Exchange, _ order: [Int], _ lanes: [UpstreamLane], now: UInt64) -> Int? {
    let useful = order.filter { exchange.hopeless & 1 << UInt64($0) == 0 }
    let untried = useful.filter { exchange.tried & 1 << UInt64($0) == 0 }
    if let well = untried.first(where: { !lanes[$0].health.isResting(now) }) { return well }
    if let resting = untried.min(by: { lanes[$0].health.restsUntil < lanes[$1].health.restsUntil }) { return resting }
    let silent = useful.filter { exchange.attemptCount(to: $0) < queriesToOne }
    guard !silent.isEmpty else { return nil }
    return silent[exchange.attemptCount % silent.count]
  }

  /// Milliseconds that the attempt just made is waited for: when nobody may be asked after it, all that is left.
  static func patience(with exchange: Exchange, _ order: [Int], _ lanes: [UpstreamLane], now: UInt64) -> UInt64 {
    let isLast = exchange.mayTryAgain && next(exchange, order, lanes, now: now) == nil
    return isLast ? Exchange.patience : Exchange.timeouts[max(1, exchange.attemptCount) - 1]
  }
}
