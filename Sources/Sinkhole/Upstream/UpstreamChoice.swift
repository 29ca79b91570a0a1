/// Which upstream a question goes to next. Asked for every question that is forwarded, so it allocates nothing.
enum UpstreamChoice {
  /// The first of `order` not yet asked that is well; else one not yet asked that rests, the first to wake; else one
  /// that stayed silent and may be asked again. Nil when none can help any more.
  static func next(_ exchange: Exchange, _ order: [Int], _ lanes: [UpstreamLane], now: UInt64) -> Int? {
    var waking: Int?
    for lane in order where exchange.mayAsk(lane) && !exchange.hasTried(lane) {
      guard lanes[lane].health.isResting(now) else { return lane }
      if waking.map({ lanes[lane].health.restsUntil < lanes[$0].health.restsUntil }) ?? true { waking = lane }
    }
    if let waking { return waking }
    var silent = 0
    for lane in order where exchange.mayAsk(lane) { silent += 1 }
    guard silent > 0 else { return nil }
    var turn = exchange.attemptCount % silent
    for lane in order where exchange.mayAsk(lane) {
      if turn == 0 { return lane }
      turn -= 1
    }
    return nil
  }

  /// Milliseconds that the attempt just made is waited for: when nobody may be asked after it, all that is left.
  static func patience(with exchange: Exchange, _ order: [Int]) -> UInt64 {
    let isLast = exchange.mayTryAgain && !order.contains(where: exchange.mayAsk)
    return isLast ? Exchange.patience : Exchange.timeouts[max(1, exchange.attemptCount) - 1]
  }
}
