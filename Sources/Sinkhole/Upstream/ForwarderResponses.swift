/// What becomes of the responses of upstreams.
extension Forwarder {
  // MARK: Off the wire

  func receive(from socket: UpstreamSocket, _ lane: UpstreamLane, now: UInt64) {
    // Bounded: a flood must not keep the worker from its stubs.
    for _ in 0..<8 {
      let count = batch.receive(from: socket.socket)
      if count < 0 { return refuse(socket, lane, now: now) }
      for slot in 0..<count {
        let length = batch.length(slot)
        batch.withSlot(slot) { octets in
          let message = octets.span.extracting(0..<length)
          let index = length >= Header.length ? socket.waiting.exchange(message.uint16(at: 0)) : nil
          receive(message, index, lane, socket.token.serial, isStream: false, now: now)
        }
      }
      if count < DatagramBatch.capacity { return }
    }
  }

  /// Nobody listens there (ICMP port unreachable): known at once, for all that wait on this socket.
  private func refuse(_ socket: UpstreamSocket, _ lane: UpstreamLane, now: UInt64) {
    lane.health.noteRefusal(now: now)
    for (id, index) in socket.waiting.all {
      abandon(index, channel: socket.token.serial, id: id, isStream: false, now: now)
    }
  }

  func receive(from connection: UpstreamConnection, _ lane: UpstreamLane, now: UInt64) {
    let isOpen = connection.write() && connection.read(now: now) { message in
      receive(
        message, connection.waiting.exchange(message.uint16(at: 0)), lane, connection.token.serial, isStream: true, now: now)
    }
    guard isOpen else { return end(connection, lane, now: now) }
    if let interest = connection.nextInterest() {
      poller.modify(connection.number, interest, token: connection.token.rawValue)
    }
  }

  /// A connection has ended, or is silent for too long.
  private func end(_ connection: UpstreamConnection, _ lane: UpstreamLane, now: UInt64) {
    let waiting = connection.waiting.all
    if connection.responses == 0, lane.server.transport == .tcp, !waiting.isEmpty { lane.health.noteRefusal(now: now) }
    lane.close(connection)
    for (id, index) in waiting {
      // It had served before: upstreams close what was idle just when it is used again (RFC 7766 section 6.2.4).
      let mayRepeat = connection.responses > 0
      abandon(index, channel: connection.token.serial, id: id, isStream: true, mayRepeat: mayRepeat, now: now)
    }
  }

  /// One query will not be answered.
  private func abandon(
    _ index: Int, channel: UInt32, id: UInt16, isStream: Bool, mayRepeat: Bool = false, now: UInt64
  ) {
    // What a failure lets in may take a freed place: each is looked at as it stands at its turn.
    guard exchanges.holds(index),
      let number = exchanges[index].attempt(by: channel, id: id, isStream: isStream)
    else { return }
    let position = Int(exchanges[index].attempts[number].position)
    close(index, number)
    if mayRepeat, !exchanges[index].isSettled, exchanges[index].queries(to: position).streams < 2,
      send(index, to: position, isStream: true, now: now)
    {
      return
    }
    giveUp(on: position, for: index, now: now)
  }

  /// Closes what is idle, and what is silent though it owes responses.
  func tidy(_ lane: UpstreamLane, now: UInt64) {
    for connection in lane.stalled(now) { end(connection, lane, now: now) }
    if lane.tidy(now: now) { hasConnections = true }
  }

  // MARK: Whose it is

  private func receive(
    _ message: Span<UInt8>, _ found: Int?, _ lane: UpstreamLane, _ channel: UInt32, isStream: Bool, now: UInt64
  ) {
    guard let index = found, exchanges.holds(index),
      let number = exchanges[index].attempt(by: channel, id: message.uint16(at: 0), isStream: isStream)
    else {
      counters.add(.upstreamUnexpected)
      return
    }
    let attempt = exchanges[index].attempts[number]
    let match = exchanges[index].question.match(message, as: attempt.form)
    let isBare = match == .none && UpstreamQuery.isBareError(message)
    // Not ours, or forged: the wait for the right one goes on (RFC 5452 section 9.1). On a connection there is no other.
    guard match != .none || isBare else {
      counters.add(.upstreamMismatched)
      if isStream { abandon(index, channel: channel, id: attempt.id, isStream: true, now: now) }
      return
    }
    let walk = isBare ? nil : MessageWalk(message, questionEnd: exchanges[index].question.questionEnd)
    if let walk, attempt.form.contains(.cookie) {
      switch lane.manners.cookie.judge(message.extracting(walk.options)) {
      case .right: break
      case .wrong:
        counters.add(.upstreamMismatched)
        return
      case .missing where isStream: lane.manners.cookie.forget()
      case .missing:
        counters.add(.upstreamMismatched)
        return repeatOverStream(index, number, now: now)
      }
    }
    note(index, attempt, lane, now: now)
    close(index, number)
    guard !exchanges[index].isSettled else { return settle(index, now: now) }
    exchanges[index].wasAnswered = true
    if match == .folded { return takeFolded(index, attempt, lane, now: now) }
    guard let walk else {
      if !isBare { counters.add(.upstreamMalformed) }
      return complain(message, nil, index, attempt, isBare: isBare, lane, now: now)
    }
    judge(message, walk, index, attempt, lane, now: now)
  }

  private func note(_ index: Int, _ attempt: Exchange.Attempt, _ lane: UpstreamLane, now: UInt64) {
    counters.add(.upstreamResponses)
    if lane.health.noteResponse(after: now - attempt.sentAt, now: now) { failures.forgive() }
  }

  /// An upstream that always sent its cookie sends none: somebody else may have answered. Over TCP it is itself.
  private func repeatOverStream(_ index: Int, _ number: Int, now: UInt64) {
    let position = Int(exchanges[index].attempts[number].position)
    close(index, number)
    guard !exchanges[index].isSettled else { return settle(index, now: now) }
    if !send(index, to: position, isStream: true, now: now) { giveUp(on: position, for: index, now: now) }
  }

  /// The question came back in other letters: forged by somebody who did not see them, or an upstream that does not keep
  /// them. It is asked again in small ones: then port and ID have to be guessed a second time.
  private func takeFolded(_ index: Int, _ attempt: Exchange.Attempt, _ lane: UpstreamLane, now: UInt64) {
    counters.add(.upstreamFolded)
    lane.manners.noteFolded(now: now)
    let position = Int(attempt.position)
    let plain = attempt.form.subtracting(.randomCase)
    if !send(index, to: position, isStream: false, plain: plain, now: now) { giveUp(on: position, for: index, now: now) }
  }

  // MARK: What it says

  private func judge(
    _ message: Span<UInt8>, _ walk: MessageWalk, _ index: Int, _ attempt: Exchange.Attempt, _ lane: UpstreamLane,
    now: UInt64
  ) {
    if attempt.form.contains(.randomCase) { lane.manners.noteExact() }
    let code = ResponseCode(rawValue: UInt16(walk.extendedCode) << 4 | Header.responseCode(message).rawValue)
    switch code {
    case .noError, .nxdomain, .nameExists: break
    case .badCookie:
      // The right one has been noted; over TCP none is asked for (RFC 7873 section 5.3).
      let isAgain = exchanges[index].queries(to: Int(attempt.position)).all > 1
      if !attempt.isStream,
        send(index, to: Int(attempt.position), isStream: isAgain, now: now)
      {
        return
      }
      return complain(message, walk, index, attempt, isBare: false, lane, now: now)
    default: return complain(message, walk, index, attempt, isBare: false, lane, now: now)
    }
    if message[2] & Header.truncated != 0 {
      if attempt.isStream { counters.add(.upstreamMalformed) }
      if !attempt.isStream {
        // An earlier query's was truncated, too: what is under way stays so.
        if exchanges[index].hasOpenStream(to: Int(attempt.position)) { return }
        if send(index, to: Int(attempt.position), isStream: true, now: now) { return }
      }
      return giveUp(on: Int(attempt.position), for: index, now: now)
    }
    // A referral: it does not recurse for us.
    if walk.answers == 0, code == .noError, walk.negativeTTL == nil, walk.authority > 0,
      message[3] & Header.recursionAvailable == 0
    {
      return complain(message, walk, index, attempt, isBare: false, lane, now: now)
    }
    lane.manners.noteUnderstood(
      attempt.form, hasOPT: walk.hasOPT, isPlainer: attempt.isPlainer, afterSilence: attempt.isAfterSilence, now: now)
    if lane.health.noteAnswer() { failures.forgive() }
    if exchanges[index].erred != 0 { noteWrong(index) }
    take(message, walk, index, attempt, lane, now: now)
  }

  /// Upstreams gave errors where there was an answer.
  private func noteWrong(_ index: Int) {
    guard let choice = choices[exchanges[index].choice] else { return }
    for (position, lane) in choice.lanes.enumerated() where exchanges[index].erred & 1 << UInt16(position) != 0 {
      lane.health.noteWrong()
    }
  }

  /// An error, or nothing that can be read. What may be about our OPT is asked again without (RFC 6891 section 7).
  private func complain(
    _ message: Span<UInt8>, _ walk: MessageWalk?, _ index: Int, _ attempt: Exchange.Attempt, isBare: Bool,
    _ lane: UpstreamLane, now: UInt64
  ) {
    let position = Int(attempt.position)
    let code = Header.responseCode(message)
    let isAboutForm = (walk?.extendedCode ?? 0) != 0 || code == .formatError || code == .notImplemented
    if isBare || walk != nil, isAboutForm, let plain = UpstreamManners.plainer(attempt.form),
      send(index, to: position, isStream: attempt.isStream, plain: plain, now: now)
    {
      return
    }
    if walk != nil || isBare { lane.health.noteError() }
    exchanges[index].noteError(of: position)
    remarks[index] = UpstreamRemark.remark(of: message, walk, from: lane.server)
    giveUp(on: position, for: index, now: now)
  }

  /// Keeps an answer and gives it to all who wait.
  private func take(
    _ message: Span<UInt8>, _ walk: MessageWalk, _ index: Int, _ attempt: Exchange.Attempt, _ lane: UpstreamLane,
    now: UInt64
  ) {
    let chain = AnswerChain(message, walk)
    guard chain.isWhole(message) else {
      counters.add(.upstreamSifted)
      let octets = chain.sifted(message, name: exchanges[index].question.name)
      guard let rest = MessageWalk(octets.span, questionEnd: walk.questionEnd) else {
        counters.add(.upstreamMalformed)
        return giveUp(on: Int(attempt.position), for: index, now: now)
      }
      return keep(octets.span, rest, index, nil, isAuthentic: false, now: now)
    }
    let isAuthentic = lane.server.isTrusted && message[3] & Header.authenticData != 0
    let remark =
      walk.options.isEmpty ? nil : UpstreamRemark.extendedError(message.extracting(walk.options), from: lane.server)
    keep(message, walk, index, remark, isAuthentic: isAuthentic, now: now)
  }

  private func keep(
    _ message: Span<UInt8>, _ walk: MessageWalk, _ index: Int, _ remark: Response.Remark?, isAuthentic: Bool,
    now: UInt64
  ) {
    if options.protectsFromRebinding, leadsInside(message, walk, index) {
      counters.add(.rebindings)
      failures.note(exchanges[index].key, .rebinding, now: now)
      finish(index) { waiter, _, buffer in ForwardedReply(length: waiter.write(.rebinding, in: &buffer), traits: nil) }
      return settle(index, now: now)
    }
    let response = CachedResponse(
      walk, code: Header.responseCode(message), questionEnd: walk.questionEnd, limits: cache.limits, remark: remark?.octets ?? [],
      isAuthentic: isAuthentic)
    if let response {
      let kept = cache.store(
        response, name: exchanges[index].question.name.wire, key: exchanges[index].key, now: Clock.seconds(now), message: message)
      if !kept { counters.add(.cacheTooLarge) }
    }
    finish(index) { waiter, alias, buffer in
      let length = waiter.write(message, walk, alias: alias, remark: remark, isAuthentic: isAuthentic, in: &buffer)
      // What an alias leads to is data of the policy's making: no rule applies to it.
      return ForwardedReply(length: length, traits: alias == nil ? walk.traits : nil)
    }
    settle(index, now: now)
  }

  /// Whether a name of the outside leads to an address of the inside.
  private func leadsInside(_ message: Span<UInt8>, _ walk: MessageWalk, _ index: Int) -> Bool {
    guard walk.traits.contains(.addresses), choices[exchanges[index].choice]?.isDomain == false else { return false }
    var isInside = false
    var answers = Answers(message, from: walk.questionEnd)
    while let record = answers.next(message) {
      record.forEachAddress(message) { address in
        if IPPrefix.inside.contains(where: { $0.contains(address) }) { isInside = true }
      }
    }
    return isInside && !options.isPrivate(exchanges[index].question.name)
  }

  // MARK: To the stubs

  /// There is no answer to be had: what has expired, if the cache has that, or the reason.
  func fail(_ index: Int, now: UInt64) {
    if pause(index, now: now) { return }
    let reason: Refusal.Reason = exchanges[index].wasAnswered ? .badUpstream : .noUpstream
    failures.note(exchanges[index].key, reason, now: now)
    if exchanges[index].hasStale { answerStale(index, now: now) }
    let remark = remarks[index]
    finish(index) { waiter, _, buffer in
      counters.add(.serverFailures)
      return ForwardedReply(length: waiter.write(reason, remark: remark, in: &buffer), traits: nil)
    }
    drop(index)
  }

  /// Tells all who wait what has expired (RFC 8767 section 5); the exchange goes on, for the next who asks. Those that an
  /// alias led here, and those for whom it is gone by now, wait on.
  func answerStale(_ index: Int, now: UInt64) {
    var next = exchanges[index].firstWaiter
    exchanges[index].firstWaiter = 0
    while next != 0 {
      let place = next - 1
      next = stubs.places[place].next
      let name = exchanges[index].question.name
      let key = exchanges[index].key
      var isTold = false
      if !stubs.places[place].hasAlias {
        sink.reply(to: stubs.places[place], alias: nil) { buffer in
          let head = stubs.places[place].head
          stubs.places[place].writeQuestion(in: &buffer)
          guard
            let stale = cache.answerStale(name.wire, to: head, key: key, now: Clock.seconds(now), in: &buffer)
          else { return ForwardedReply(length: 0, traits: nil) }
          isTold = true
          return ForwardedReply(length: stale.length, traits: stale.traits)
        }
      }
      if isTold {
        counters.add(.staleAnswers)
        stubs.remove(place)
      } else {
        stubs.places[place].next = exchanges[index].firstWaiter
        exchanges[index].firstWaiter = place + 1
      }
    }
  }

  private func finish(
    _ index: Int, _ write: (Waiter, AliasChain?, inout MutableSpan<UInt8>) -> ForwardedReply
  ) {
    // A reply may let a connection's next query in: it must not join what is being answered.
    unshare(index)
    var next = exchanges[index].firstWaiter
    while next != 0 {
      let place = next - 1
      let alias = stubs.alias(place)
      sink.reply(to: stubs.places[place], alias: alias) { buffer in write(stubs.places[place], alias, &buffer) }
      next = stubs.places[place].next
    }
    releaseStubs(index)
  }

  /// Nobody waits any more. What is still out may teach something about its upstream: it is waited for a moment, while
  /// there is room.
  func settle(_ index: Int, now: UInt64) {
    guard exchanges[index].hasOpenAttempt, exchanges.count * 2 < exchanges.capacity else { return drop(index) }
    guard !exchanges[index].isSettled else { return }
    exchanges[index].isSettled = true
    exchanges[index].endsAt = now + 1000
    noteOvertaken(index, now: now)
    schedule(index, at: nextLate(index) ?? now + 1000)
  }
}
