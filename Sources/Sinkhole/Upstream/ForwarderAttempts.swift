/// How upstreams are asked: whom, in which form, and when the next.
extension Forwarder {
  /// Sends the first query of an exchange, and perhaps one to learn how another upstream does. False when there is nobody to
  /// ask.
  func ask(_ index: Int, now: UInt64) -> Bool {
    guard attempt(index, now: now) else { return false }
    if let choice = choices[exchanges[index].choice],
      let other = choice.other(than: Int(exchanges[index].attempts[0].position), now: now)
    {
      counters.add(.upstreamProbes)
      if choice.lanes[other].health.isDown { choice.lanes[other].health.noteProbe(now: now) }
      _ = send(index, to: other, isStream: choice.lanes[other].server.transport == .tcp, now: now)
    }
    return true
  }

  /// Sends a query to the next upstream worth asking. False when there is none.
  func attempt(_ index: Int, now: UInt64) -> Bool {
    guard let choice = choices[exchanges[index].choice] else { return false }
    while exchanges[index].mayTryAgain, now < exchanges[index].endsAt,
      let step = choice.next(for: exchanges[index], limit: limits.perUpstream)
    {
      guard send(index, to: step.position, isStream: step.isStream, now: now) else {
        exchanges[index].giveUp(on: step.position)
        continue
      }
      schedule(index, at: now + patience(index, choice.lanes[step.position]))
      return true
    }
    return false
  }

  /// How long the query just sent is waited for before the next one. The first may be overtaken early; then each waits twice
  /// as long.
  private func patience(_ index: Int, _ lane: UpstreamLane) -> UInt64 {
    let count = exchanges[index].attemptCount
    if count == 1 { return options.hedging && hedges >= 1 ? lane.health.patience : lane.health.timeout }
    return min(1500, max(50, lane.health.patience) << UInt64(min(count - 2, 5)))
  }

  /// Puts one query into the round's. False when it cannot be sent.
  ///
  /// - Parameter plain: a plainer form than the upstream is known to understand.
  func send(
    _ index: Int, to position: Int, isStream: Bool, plain: UpstreamQuery.Form? = nil, now: UInt64
  ) -> Bool {
    guard let choice = choices[exchanges[index].choice], exchanges[index].mayTryAgain else { return false }
    let lane = choice.lanes[position]
    var form = plain ?? lane.manners.form(options, now: now)
    var (isPlainer, isAfterSilence) = (plain != nil, false)
    // Nobody can forge a response on a connection without seeing it.
    if isStream { form.remove(.randomCase) }
    let isLast = exchanges[index].queries(to: position).datagrams == Exchange.queriesToOne - 1
    if !isStream, !isPlainer, isLast, form.contains(.edns), lane.manners.mayBeDeafToEDNS(isDown: lane.health.isDown) {
      form.subtract([.edns, .cookie])
      (isPlainer, isAfterSilence) = (true, true)
    }
    let wasDirty = lane.isDirty
    let sent =
      isStream
      ? lane.enqueueStream(index, exchanges[index].question, as: form, now: now, &random)
      : lane.enqueue(index, exchanges[index].question, as: form, now: now, &random)
    guard let sent else { return false }
    if !wasDirty { dirty.append(lane) }
    lane.inFlight += 1
    if isStream {
      hasConnections = true
      counters.add(.upstreamTCP)
    }
    exchanges[index].add(
      Exchange.Attempt(
        position: UInt8(position), form: form, isStream: isStream, isOpen: true, isPlainer: isPlainer,
        isAfterSilence: isAfterSilence, id: sent.id, channel: sent.channel, sentAt: now))
    return true
  }

  /// This upstream will not help with this exchange: on to the next, or the end.
  func giveUp(on position: Int, for index: Int, now: UInt64) {
    exchanges[index].giveUp(on: position)
    guard !exchanges[index].isSettled else { return settle(index, now: now) }
    // Somebody else has been asked already: its time is running.
    if hasHope(index) { return }
    if attempt(index, now: now) {
      counters.add(.upstreamFailovers)
    } else {
      fail(index, now: now)
    }
  }

  /// Whether a query is out to an upstream that can still help.
  private func hasHope(_ index: Int) -> Bool {
    var hasHope = false
    forEachOpenAttempt(index) { _, attempt, _ in
      if !exchanges[index].isHopeless(Int(attempt.position)) { hasHope = true }
    }
    return hasHope
  }

  /// Calls `body` with each query that a response may still come to: its number, and the lane that it went by.
  private func forEachOpenAttempt(_ index: Int, _ body: (Int, Exchange.Attempt, UpstreamLane) -> Void) {
    guard let choice = choices[exchanges[index].choice] else { return }
    for number in 0..<exchanges[index].attemptCount {
      let attempt = exchanges[index].attempts[number]
      if attempt.isOpen { body(number, attempt, choice.lanes[Int(attempt.position)]) }
    }
  }

  /// The next thing to do for an exchange whose time has come.
  func advance(_ index: Int, now: UInt64) {
    guard !exchanges[index].isSettled else {
      let isOver = now >= exchanges[index].endsAt
      noteLate(index, now: now, all: isOver)
      return isOver ? drop(index) : schedule(index, at: exchanges[index].endsAt)
    }
    noteLate(index, now: now, all: now >= exchanges[index].endsAt)
    guard now < exchanges[index].endsAt else { return fail(index, now: now) }
    let isDown = choices[exchanges[index].choice]?.isDown == true
    if exchanges[index].hasStale, isDown || now >= exchanges[index].startedAt + Exchange.stubPatience {
      answerStale(index, now: now)
      // Nobody waits: soon the next who asks may try anew.
      if exchanges[index].firstWaiter == 0 { exchanges[index].endsAt = min(exchanges[index].endsAt, now + 500) }
    }
    let wasEarly = exchanges[index].attemptCount == 1 && !exchanges[index].attempts[0].isLate
    if attempt(index, now: now) {
      if wasEarly {
        hedges -= 1
        counters.add(.upstreamHedges)
      } else {
        counters.add(.upstreamFailovers)
      }
    } else if exchanges[index].hasOpenAttempt {
      if !pause(index, now: now) { schedule(index, at: exchanges[index].endsAt) }
    } else {
      fail(index, now: now)
    }
  }

  /// Tells upstreams of queries that they should have answered by now: once each.
  private func noteLate(_ index: Int, now: UInt64, all: Bool) {
    forEachOpenAttempt(index) { number, attempt, lane in
      guard !attempt.isLate, all || now >= attempt.sentAt + lane.health.timeout else { return }
      exchanges[index].noteLate(number)
      lane.health.noteLoss(now: now)
      counters.add(.upstreamTimeouts)
    }
  }

  /// Has an exchange that nobody can help with now wait for an upstream that answered a moment ago: one that is being
  /// restarted is back before the stub gives up. False when there is no use in it.
  func pause(_ index: Int, now: UInt64) -> Bool {
    let pauses = exchanges[index].pauses
    guard pauses < Forwarder.pauses.count, exchanges[index].firstWaiter != 0, !exchanges[index].hasStale,
      !exchanges[index].wasAnswered, exchanges[index].mayTryAgain, exchanges.count * 2 < exchanges.capacity,
      now + Forwarder.pauses[pauses] < exchanges[index].endsAt,
      choices[exchanges[index].choice]?.wasHeard(now) == true
    else { return false }
    exchanges[index].pause()
    schedule(index, at: now + Forwarder.pauses[pauses])
    return true
  }

  /// When the next response that should have come by now is late: to be told of it early.
  func nextLate(_ index: Int) -> UInt64? {
    var next: UInt64?
    forEachOpenAttempt(index) { _, attempt, lane in
      if !attempt.isLate { next = min(next ?? .max, attempt.sentAt + lane.health.timeout) }
    }
    return next
  }

  /// Tells upstreams that another was first, which had been asked later.
  func noteOvertaken(_ index: Int, now: UInt64) {
    forEachOpenAttempt(index) { _, attempt, lane in
      if !attempt.isLate, now > attempt.sentAt + lane.health.patience { lane.health.noteOvertaken() }
    }
  }
}
