/// The only place that waits: what policy and cache leave open goes to an upstream from here.
///
/// One per worker, used by its thread alone. Equal questions in flight are asked once. A question goes to the upstream
/// that does best; when its response is late, or no use, to another one as well, and the stub gets what has expired, or
/// SERVFAIL with the reason, before it gives up.
///
/// Here stands what comes in and what is kept; how upstreams are asked is in `ForwarderAttempts.swift`, what becomes of
/// their responses in `ForwarderResponses.swift`.
package final class Forwarder {
  /// All that any name is asked of.
  package static let maximumUpstreams = 256

  let limits: Limits
  let cache: ResponseCache
  let counters: Counters
  let poller: Poller
  unowned let sink: any ReplySink

  let exchanges: Slab<Exchange>
  var stubs: WaitingStubs
  /// Exchanges that further stubs may join, by the hash of their key.
  var shared: PlaceTable
  var failures = FailureTable()
  /// What an upstream said of its failure, by the exchange's place.
  var remarks: [Int: Response.Remark] = [:]

  private var lanes: [UpstreamLane?] = []
  var choices: [UpstreamChoice?] = []
  /// Where the routing's choices are in `choices`.
  private var current: [Int] = []
  private(set) var options = ForwardingOptions()
  /// Lanes with something to send.
  var dirty: [UpstreamLane] = []

  private var serial: UInt32 = 0
  var random = RandomPool()
  private var timers: TimerWheel
  private var due: [UInt64] = []
  private var tidyAt: UInt64
  /// Whether a lane has connections that will be idle.
  var hasConnections = false
  var batch = DatagramBatch()
  /// Second queries that may be sent early: a tenth of all, so that a slow upstream is not asked twice for everything.
  var hedges = Forwarder.maximumHedges

  static let maximumHedges = 100.0
  static let hedgesPerQuery = 0.1
  /// Milliseconds to wait for an upstream that has just gone, before its second and third time.
  static let pauses: [UInt64] = [800, 1500]

  package init(
    limits: Limits, cache: ResponseCache, counters: Counters, poller: Poller, sink: any ReplySink, now: UInt64
  ) {
    self.limits = limits
    self.cache = cache
    self.counters = counters
    self.poller = poller
    self.sink = sink
    exchanges = Slab(capacity: limits.exchanges)
    stubs = WaitingStubs(limits)
    shared = PlaceTable(limit: limits.exchanges)
    timers = TimerWheel(now: now)
    tidyAt = now
  }

  package var inFlight: Int { exchanges.count }

  // MARK: Upstreams

  /// Takes a new routing; what is in flight goes on by the old one.
  package func use(_ routing: Routing, now: UInt64) {
    options = routing.options
    for case let choice? in choices { choice.isRetired = true }
    let wanted = Set(routing.choices.flatMap(\.servers))
    for case let lane? in lanes where !wanted.contains(lane.server) { lane.retire(now: now) }
    current = routing.choices.map { choice in
      let members = choice.servers.prefix(UpstreamChoice.maximumServers).compactMap { lane(for: $0) }
      let made = UpstreamChoice(members, isDomain: choice.isDomain)
      if let free = choices.firstIndex(where: { $0.map { $0.isRetired && $0.exchanges == 0 } ?? true }) {
        choices[free] = made
        return free
      }
      choices.append(made)
      return choices.count - 1
    }
  }

  private func lane(for server: UpstreamServer) -> UpstreamLane? {
    for case let lane? in lanes where lane.server == server && !lane.isRetired { return lane }
    // A place whose sockets are all closed is used again.
    let free = lanes.firstIndex { $0.map { $0.isRetired && $0.isIdle } ?? true } ?? lanes.count
    guard free < 2 * Forwarder.maximumUpstreams else { return nil }
    let lane = UpstreamLane(server, index: free, limits: limits, poller: poller, &random)
    if free == lanes.count { lanes.append(lane) } else { lanes[free] = lane }
    return lane
  }

  // MARK: In

  package enum Admission {
    case waiting
    case refused(Refusal.Reason)
    /// It failed a moment ago, and the cache has what has expired.
    case stale
  }

  /// Has `waiter` wait for what is said of `name`, or of `alias`'s target. A refusal is the caller's to write.
  ///
  /// - Parameters:
  ///   - choice: index into the routing's choices.
  ///   - hasStale: the cache holds what has expired.
  package func forward(
    _ waiter: Waiter, alias: AliasChain? = nil, asking name: Name, key: CacheKey, choice: Int,
    hasStale: Bool, now: UInt64
  ) -> Admission {
    if let reason = failures.reason(key, now: now) {
      counters.add(.failuresRepeated)
      return hasStale ? .stale : .refused(reason == .rebinding ? reason : .failedBefore)
    }
    if hasStale, choices[current[choice]]?.isDown == true {
      // Nobody waits for those that are known to be gone; the question goes out for the next who asks.
      refresh(name, type: waiter.type, head: waiter.head, key: key, choice: choice, now: now)
      return .stale
    }
    guard stubs.mayWait(waiter.clientHash) else {
      counters.add(.forwardsFullForClient)
      return .refused(.full)
    }
    if let known = shared.find(key.hash), exchanges[known].key == key, exchanges[known].question.name == name {
      // The others have been told by now.
      if hasStale, now >= exchanges[known].startedAt + Exchange.stubPatience { return .stale }
      guard let place = stubs.add(waiter, alias, next: exchanges[known].firstWaiter) else { return fullOfStubs() }
      exchanges[known].firstWaiter = place + 1
      if hasStale, !exchanges[known].hasStale {
        // Begun before it expired.
        exchanges[known].hasStale = true
        schedule(known, at: exchanges[known].deadline)
      }
      counters.add(.coalesced)
      return .waiting
    }
    guard let place = stubs.add(waiter, alias, next: 0) else { return fullOfStubs() }
    let question = UpstreamQuery(
      name: name, type: waiter.type, dnssecOK: alias == nil && waiter.head.dnssecOK,
      checkingDisabled: waiter.head.checkingDisabled)
    guard let index = start(question, key, choice: choice, hasStale: hasStale, now: now) else {
      stubs.remove(place)
      counters.add(.forwardsFull)
      return .refused(.full)
    }
    exchanges[index].firstWaiter = place + 1
    guard ask(index, now: now) else {
      // Its only waiter is the caller, who answers for itself.
      drop(index)
      return hasStale ? .stale : .refused(.noUpstream)
    }
    return .waiting
  }

  private func fullOfStubs() -> Admission {
    counters.add(.waitersFull)
    return .refused(.full)
  }

  /// Asks for what the cache holds no longer for long: nobody waits for it. Only while there is room to spare.
  package func refresh(
    _ name: Name, type: RecordType, head: QueryHead, key: CacheKey, choice: Int, now: UInt64
  ) {
    guard shared.find(key.hash) == nil, exchanges.count * 2 < exchanges.capacity,
      failures.reason(key, now: now) == nil
    else { return }
    let question = UpstreamQuery(
      name: name, type: type, dnssecOK: head.dnssecOK, checkingDisabled: head.checkingDisabled)
    guard let index = start(question, key, choice: choice, hasStale: false, now: now) else { return }
    counters.add(.prefetched)
    if !ask(index, now: now) { drop(index) }
  }

  /// Nil when too many are in flight.
  private func start(
    _ question: UpstreamQuery, _ key: CacheKey, choice: Int, hasStale: Bool, now: UInt64
  ) -> Int? {
    let slot = current[choice]
    guard let way = choices[slot] else { return nil }
    serial &+= 1
    let exchange = Exchange(
      question, key: key, serial: serial, choice: slot, hasStale: hasStale, now: now,
      patience: way.isDown && !way.wasHeard(now) ? Exchange.patienceWhenDown : Exchange.patience)
    guard let index = exchanges.add(exchange) else { return nil }
    exchanges[index].question.spelling = random.next()
    way.exchanges += 1
    exchanges[index].isShared = shared.find(key.hash) == nil && shared.insert(key.hash, index)
    counters.add(.forwarded)
    hedges = min(Forwarder.maximumHedges, hedges + Forwarder.hedgesPerQuery)
    return index
  }

  /// Sends what this round has gathered. Called once a batch.
  package func flush() {
    guard !dirty.isEmpty else { return }
    for lane in dirty { lane.flush() }
    dirty.removeAll(keepingCapacity: true)
  }

  // MARK: Time

  func schedule(_ index: Int, at deadline: UInt64) {
    var deadline = min(deadline, exchanges[index].endsAt)
    if exchanges[index].hasStale, exchanges[index].firstWaiter != 0 {
      deadline = min(deadline, exchanges[index].startedAt + Exchange.stubPatience)
    }
    exchanges[index].deadline = deadline
    timers.schedule(UInt64(index) << 32 | UInt64(exchanges[index].serial), at: deadline)
  }

  /// Milliseconds until `expire` has something to do.
  package func wait(now: UInt64) -> UInt64? {
    let timer = timers.wait(now: now)
    guard hasConnections else { return timer }
    return min(timer ?? .max, tidyAt > now ? tidyAt - now : 0)
  }

  /// Moves on what has waited long enough.
  package func expire(now: UInt64) {
    timers.expire(now: now) { due.append($0) }
    for token in due {
      let index = Int(token >> 32)
      guard exchanges.holds(index), exchanges[index].serial == UInt32(truncatingIfNeeded: token) else { continue }
      // Of what was settled before its time, or beyond the wheel's round: put in again.
      if now < exchanges[index].deadline {
        timers.schedule(token, at: exchanges[index].deadline)
      } else {
        advance(index, now: now)
      }
    }
    due.removeAll(keepingCapacity: true)
    if now >= tidyAt {
      tidyAt = now + 1000
      hasConnections = false
      for case let lane? in lanes { tidy(lane, now: now) }
    }
    flush()
  }

  // MARK: Ready descriptors

  /// Handles a ready descriptor of ours.
  package func handle(_ token: EventToken, now: UInt64) {
    guard token.index < lanes.count, let lane = lanes[token.index] else { return }
    switch token.kind {
    case .upstreamDatagrams:
      if let socket = lane.socket(token.serial) { receive(from: socket, lane, now: now) }
    case .upstreamStream:
      if let connection = lane.connection(token.serial) { receive(from: connection, lane, now: now) }
    default: break
    }
    flush()
  }

  // MARK: Out

  /// Has no further stub join it.
  func unshare(_ index: Int) {
    guard exchanges[index].isShared else { return }
    shared.remove(exchanges[index].key.hash)
    exchanges[index].isShared = false
  }

  /// Forgets the stubs of an exchange.
  func releaseStubs(_ index: Int) {
    var next = exchanges[index].firstWaiter
    exchanges[index].firstWaiter = 0
    while next != 0 {
      let place = next - 1
      next = stubs.places[place].next
      stubs.remove(place)
    }
  }

  /// Forgets an exchange, its stubs and every ID that it holds.
  func drop(_ index: Int) {
    releaseStubs(index)
    unshare(index)
    for attempt in 0..<exchanges[index].attemptCount { close(index, attempt) }
    let slot = exchanges[index].choice
    choices[slot]?.exchanges -= 1
    remarks[index] = nil
    exchanges.remove(index)
  }

  /// Frees the ID of one query: a response to it is of no interest any more.
  func close(_ index: Int, _ attempt: Int) {
    let sent = exchanges[index].attempts[attempt]
    guard sent.isOpen, let choice = choices[exchanges[index].choice] else { return }
    exchanges[index].close(attempt)
    choice.lanes[Int(sent.position)].release(channel: sent.channel, id: sent.id, isStream: sent.isStream)
  }
}
