import Glibc

/// The only place that waits: what policy and cache leave open goes to an upstream from here.
///
/// One per worker, used by its thread alone. Equal questions in flight are asked once. A question goes to
/// the first upstream that is well; without a response in time, or with one that is no use, to the next,
/// and the stub gets SERVFAIL with the reason before it gives up.
package final class Forwarder {
  package static let maximumUpstreams = 64
  /// TCP connections of one worker to its upstreams: each takes a descriptor.
  private static let maximumStreams = 512

  private let limits: Limits
  private let cache: ResponseCache
  private let counters: Counters
  private let poller: Poller
  private unowned let sink: any ReplySink

  private var lanes: [UpstreamLane] = []
  /// Lanes in the order of configuration.
  private var order: [Int] = []
  private var exchanges: [Exchange?] = []
  private var freeExchanges: [Int] = []
  private var waiters: [Waiter?] = []
  private var freeWaiters: [Int] = []
  private var waitersOf: [IPAddress: Int] = [:]
  private var shared: [UInt64: Int] = [:]
  private var streams: [UInt32: UpstreamStream] = [:]
  private var serial: UInt32 = 0
  private var random = RandomPool()
  private var timers: TimerWheel
  private var batch = DatagramBatch()

  package init(
    limits: Limits, cache: ResponseCache, counters: Counters, poller: Poller, sink: any ReplySink, now: UInt64
  ) {
    self.limits = limits
    self.cache = cache
    self.counters = counters
    self.poller = poller
    self.sink = sink
    timers = TimerWheel(now: now)
  }

  /// Takes a new list of upstreams, in order of preference; what is in flight goes on.
  package func use(_ upstreams: [SocketAddress]) {
    for lane in lanes where !lane.isRetired && !upstreams.contains(lane.address) { lane.retire() }
    order = upstreams.prefix(Forwarder.maximumUpstreams).compactMap { address in
      if let known = lanes.firstIndex(where: { $0.address == address && !$0.isRetired }) { return known }
      let lane = { UpstreamLane(address: address, index: $0, poller: self.poller) }
      // A place whose sockets are all closed is used again.
      if let empty = lanes.firstIndex(where: { $0.isRetired && $0.sockets.isEmpty }) {
        lanes[empty] = lane(empty)
        return empty
      }
      guard lanes.count < Forwarder.maximumUpstreams else { return nil }
      lanes.append(lane(lanes.count))
      return lanes.count - 1
    }
  }

  package var inFlight: Int { exchanges.count - freeExchanges.count }

  package enum Admission {
    case waiting
    case refused(Refusal.Reason)
  }

  /// Has `waiter` wait for what is said of `name`, or its alias's target. A refusal is the caller's to write.
  package func forward(_ waiter: Waiter, asking name: Name, key: CacheKey, now: UInt64) -> Admission {
    let client = waiter.route.path.peer.address
    let question = waiter.question(asking: name)
    let waiting = waitersOf[client] ?? 0
    guard waiting < limits.waitersPerClient else {
      counters.add(.forwardsFullForClient)
      return .refused(.full)
    }
    guard let place = add(waiter) else {
      counters.add(.waitersFull)
      return .refused(.full)
    }
    if let known = shared[key.hash], exchanges[known]?.key == key, exchanges[known]?.question.name == question.name {
      counters.add(.coalesced)
      waitersOf[client] = waiting + 1
      waiters[place]?.next = exchanges[known]?.firstWaiter ?? 0
      exchanges[known]?.firstWaiter = place + 1
      return .waiting
    }
    guard let index = addExchange(question, key, now: now) else {
      remove(waiter: place)
      counters.add(.forwardsFull)
      return .refused(.full)
    }
    exchanges[index]?.firstWaiter = place + 1
    if shared[key.hash] == nil {
      shared[key.hash] = index
      exchanges[index]?.isShared = true
    }
    waitersOf[client] = waiting + 1
    counters.add(.forwarded)
    guard attempt(index, now: now) else {
      // Its only waiter is the caller, who answers for itself.
      drop(index)
      return .refused(.noUpstream)
    }
    return .waiting
  }

  /// Sends what this round has gathered. Called once a batch.
  package func flush() {
    for lane in order { lanes[lane].flush() }
  }

  // MARK: Attempts

  /// Sends the question to the next upstream worth asking. False when there is none.
  private func attempt(_ index: Int, now: UInt64) -> Bool {
    while let exchange = exchanges[index], exchange.mayTryAgain, now < exchange.endsAt,
      let lane = UpstreamChoice.next(exchange, order, lanes, now: now)
    {
      exchanges[index]?.tried |= 1 << UInt64(lane)
      guard let sent = lanes[lane].enqueue(index, exchange.question, now: now, &random) else {
        exchanges[index]?.hopeless |= 1 << UInt64(lane)
        continue
      }
      exchanges[index]?.add(Exchange.Attempt(lane: lane, socket: sent.socket, id: sent.id))
      let wait = UpstreamChoice.patience(with: exchanges[index] ?? exchange, order)
      schedule(index, exchange.serial, at: now + wait)
      return true
    }
    return false
  }

  /// This upstream will not help with this exchange: on to the next, or the end.
  private func giveUp(on lane: Int, for index: Int, now: UInt64) {
    guard let exchange = exchanges[index] else { return }
    exchanges[index]?.hopeless |= 1 << UInt64(lane)
    if attempt(index, now: now) {
      counters.add(.upstreamFailovers)
      return
    }
    // Another attempt may still be answered; its timer ends the exchange otherwise.
    let others = (0..<exchange.attemptCount).contains { other in
      exchanges[index].map { $0.hopeless & 1 << UInt64($0.attempts[other].lane) == 0 } ?? false
    }
    if !others, exchange.stream == 0 { fail(index) }
  }

  // MARK: Time

  private func schedule(_ index: Int, _ serial: UInt32, at deadline: UInt64) {
    let deadline = min(deadline, exchanges[index]?.endsAt ?? deadline)
    exchanges[index]?.deadline = deadline
    timers.schedule(UInt64(index) << 32 | UInt64(serial), at: deadline)
  }

  /// Milliseconds until `expire` has something to do.
  package func wait(now: UInt64) -> UInt64? { timers.wait(now: now) }

  /// Moves on what has waited long enough.
  package func expire(now: UInt64) {
    var due: [UInt64] = []
    timers.expire(now: now) { due.append($0) }
    for token in due {
      let index = Int(token >> 32)
      guard let exchange = exchanges[index], exchange.serial == UInt32(truncatingIfNeeded: token) else { continue }
      // Of an attempt given up before its time, or beyond the wheel's round: put in again.
      guard now >= exchange.deadline else {
        timers.schedule(token, at: exchange.deadline)
        continue
      }
      counters.add(.upstreamTimeouts)
      if exchange.attemptCount > 0 {
        let lane = exchange.attempts[exchange.attemptCount - 1].lane
        if exchange.hopeless & 1 << UInt64(lane) == 0 { lanes[lane].health.noteFailure(now) }
      }
      if let stream = streams[exchange.stream] {
        // TCP is silent there: asking again by UDP would only be cut again.
        exchanges[index]?.hopeless |= 1 << UInt64(stream.lane)
        close(stream: exchange.stream)
      }
      exchanges[index]?.stream = 0
      if attempt(index, now: now) { counters.add(.upstreamFailovers) } else { fail(index) }
    }
    if !due.isEmpty { flush() }
  }

  // MARK: Out

  /// Handles a ready descriptor of ours.
  package func handle(_ token: EventToken, now: UInt64, clock: UInt32) {
    switch token.kind {
    case .upstreamDatagrams:
      guard token.index < lanes.count, let socket = lanes[token.index].sockets[token.serial] else { return }
      receive(from: socket, now: now, clock: clock)
    case .upstreamStream:
      guard let stream = streams[token.serial] else { return }
      advance(stream, now: now, clock: clock)
    default: break
    }
    flush()
  }

  private func receive(from socket: UpstreamSocket, now: UInt64, clock: UInt32) {
    // Bounded: a flood must not keep the worker from its stubs.
    for _ in 0..<8 {
      let count = batch.receive(from: socket.socket)
      if count < 0 { return refuse(socket, now: now) }
      for slot in 0..<count {
        let length = batch.length(slot)
        batch.withSlot(slot) { octets in
          receive(octets.span.extracting(0..<length), from: socket, now: now, clock: clock)
        }
      }
      if count < DatagramBatch.capacity { return }
    }
  }

  /// Nobody listens there (ICMP port unreachable): known at once, for all that wait on this socket.
  private func refuse(_ socket: UpstreamSocket, now: UInt64) {
    lanes[socket.lane].health.noteFailure(now)
    // What a failure lets in may take a freed place: each is looked at as it stands at its turn.
    for (id, index) in socket.exchanges where socket.exchanges[id] == index {
      socket.release(id, of: index)
      giveUp(on: socket.lane, for: index, now: now)
    }
  }

  private func receive(_ message: Span<UInt8>, from socket: UpstreamSocket, now: UInt64, clock: UInt32) {
    guard message.count >= Header.length, let index = socket.exchanges[message.uint16(at: 0)],
      let exchange = exchanges[index], exchange.question.isAnswered(by: message) || UpstreamQuery.isBareError(message)
    else {
      // Not ours, or forged: the wait for the right one goes on (RFC 5452 section 9.1).
      counters.add(.upstreamMismatched)
      return
    }
    socket.release(message.uint16(at: 0), of: index)
    lanes[socket.lane].health.noteResponse()
    counters.add(.upstreamResponses)
    exchanges[index]?.wasAnswered = true
    if UpstreamQuery.isBareError(message) {
      giveUp(on: socket.lane, for: index, now: now)
    } else if message[2] & Header.truncated != 0 {
      startStream(index, exchange, lane: socket.lane, now: now)
    } else {
      take(message, index, exchange, lane: socket.lane, now: now, clock: clock)
    }
  }

  /// Judges a whole response and gives it to all who wait, or asks elsewhere.
  private func take(_ message: Span<UInt8>, _ index: Int, _ exchange: Exchange, lane: Int, now: UInt64, clock: UInt32) {
    guard let walk = MessageWalk(message, questionEnd: exchange.question.questionEnd) else {
      counters.add(.upstreamMalformed)
      return giveUp(on: lane, for: index, now: now)
    }
    let code = Header.responseCode(message)
    switch code {
    case .formatError, .serverFailure, .notImplemented, .refused: return giveUp(on: lane, for: index, now: now)
    default: break
    }
    // BADVERS and the like: about our OPT, not about the name.
    if walk.extendedCode != 0 { return giveUp(on: lane, for: index, now: now) }
    if let kept = CachedResponse(walk, code: code, questionEnd: exchange.question.questionEnd, limits: cache.limits),
      !cache.store(kept, name: exchange.question.name.wire, key: exchange.key, now: clock, message: message)
    {
      counters.add(.cacheTooLarge)
    }
    finish(index, traits: walk.traits) { waiter, buffer in waiter.write(message, walk, in: &buffer) }
  }

  private func fail(_ index: Int) {
    guard let exchange = exchanges[index] else { return }
    counters.add(.serverFailures)
    let reason: Refusal.Reason = exchange.wasAnswered ? .badUpstream : .noUpstream
    finish(index, traits: nil) { waiter, buffer in waiter.write(reason, in: &buffer) }
  }

  private func finish(
    _ index: Int, traits: MessageWalk.Traits?, _ write: (Waiter, inout MutableSpan<UInt8>) -> Int
  ) {
    guard let exchange = exchanges[index] else { return }
    // A reply may let a connection's next query in: it must not join what is being answered.
    unshare(index)
    var next = exchange.firstWaiter
    while next != 0, let waiter = waiters[next - 1] {
      // What an alias leads to is data of the policy's making: no rule applies to it.
      sink.reply(to: waiter, traits: waiter.alias == nil ? traits : nil) { buffer in write(waiter, &buffer) }
      next = waiter.next
    }
    drop(index)
  }

  private func unshare(_ index: Int) {
    guard let exchange = exchanges[index], exchange.isShared else { return }
    shared[exchange.key.hash] = nil
    exchanges[index]?.isShared = false
  }

  // MARK: TCP

  private func startStream(_ index: Int, _ exchange: Exchange, lane: Int, now: UInt64) {
    guard exchange.stream == 0 else { return }
    guard streams.count < Forwarder.maximumStreams else { return giveUp(on: lane, for: index, now: now) }
    serial &+= 1
    let token = EventToken(.upstreamStream, serial: serial)
    do throws(SystemError) {
      let stream = UpstreamStream(
        descriptor: try .connecting(to: lanes[lane].address), token: token, exchange: index, serial: exchange.serial,
        lane: lane, id: UInt16(truncatingIfNeeded: random.next()), question: exchange.question)
      try poller.add(stream.descriptor.number, .writable, token: token.rawValue)
      streams[serial] = stream
      exchanges[index]?.stream = serial
      schedule(index, exchange.serial, at: now + Exchange.streamTimeout)
      counters.add(.upstreamTCP)
    } catch {
      giveUp(on: lane, for: index, now: now)
    }
  }

  private func advance(_ stream: UpstreamStream, now: UInt64, clock: UInt32) {
    guard let exchange = exchanges[stream.exchange], exchange.serial == stream.serial else {
      return close(stream: stream.token.serial)
    }
    switch stream.advance() {
    case .waiting(let interest):
      poller.modify(stream.descriptor.number, interest, token: stream.token.rawValue)
    case .failed:
      close(stream: stream.token.serial)
      exchanges[stream.exchange]?.stream = 0
      giveUp(on: stream.lane, for: stream.exchange, now: now)
    case .done:
      close(stream: stream.token.serial)
      exchanges[stream.exchange]?.stream = 0
      stream.withResponse { message in
        guard message.count >= Header.length, message.uint16(at: 0) == stream.id,
          exchange.question.isAnswered(by: message), message[2] & Header.truncated == 0
        else {
          counters.add(.upstreamMismatched)
          return giveUp(on: stream.lane, for: stream.exchange, now: now)
        }
        take(message, stream.exchange, exchange, lane: stream.lane, now: now, clock: clock)
      }
    }
  }

  private func close(stream: UInt32) {
    guard let known = streams.removeValue(forKey: stream) else { return }
    poller.remove(known.descriptor.number)
  }

  // MARK: Places

  private func add(_ waiter: Waiter) -> Int? {
    if let place = freeWaiters.popLast() {
      waiters[place] = waiter
      return place
    }
    guard waiters.count < limits.waiters else { return nil }
    waiters.append(waiter)
    return waiters.count - 1
  }

  private func remove(waiter: Int) {
    waiters[waiter] = nil
    freeWaiters.append(waiter)
  }

  private func addExchange(_ question: UpstreamQuery, _ key: CacheKey, now: UInt64) -> Int? {
    serial &+= 1
    let exchange = Exchange(question: question, key: key, serial: serial, endsAt: now + Exchange.patience)
    if let place = freeExchanges.popLast() {
      exchanges[place] = exchange
      return place
    }
    guard exchanges.count < limits.exchanges else { return nil }
    exchanges.append(exchange)
    return exchanges.count - 1
  }

  /// Forgets an exchange, its waiters and every ID it holds.
  private func drop(_ index: Int) {
    guard let exchange = exchanges[index] else { return }
    var next = exchange.firstWaiter
    while next != 0, let waiter = waiters[next - 1] {
      let client = waiter.route.path.peer.address
      let left = (waitersOf[client] ?? 1) - 1
      waitersOf[client] = left == 0 ? nil : left
      remove(waiter: next - 1)
      next = waiter.next
    }
    for attempt in 0..<exchange.attemptCount {
      let sent = exchange.attempts[attempt]
      lanes[sent.lane].release(socket: sent.socket, id: sent.id, of: index)
    }
    unshare(index)
    if exchange.stream != 0 { close(stream: exchange.stream) }
    exchanges[index] = nil
    freeExchanges.append(index)
  }
}
