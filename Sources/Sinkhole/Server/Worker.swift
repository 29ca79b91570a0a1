import Synchronization

/// One thread of the road: its own sockets, buffers, forwarder and counters. Shares the snapshot and the cache
/// with the others and nothing else.
///
/// It drains every socket in rounds of 32 datagrams and waits in epoll only after an empty round. A batch goes
/// in two passes: all are read and their policy slots prefetched, then all are decided; answers are built where
/// the queries lie and leave in one `sendmmsg`.
final class Worker: ReplySink, StreamServer.Handler {
  /// One listening UDP socket, with the replies that waited.
  private final class Endpoint {
    var socket: DatagramSocket
    var delayed = OutgoingDatagrams()
    init(_ socket: consuming DatagramSocket) { self.socket = socket }
  }

  /// Rounds without a look at epoll while datagrams keep coming and nothing else is awaited.
  private static let roundsBetweenLooks = 32

  let counters = Counters()
  let journal = JournalRing()
  let limitReports = EventRing<LimitedBlock>()
  let wakeUp: WakeUp
  private let cell: SnapshotCell
  private var snapshot: Snapshot
  private let poller: Poller
  private let resolver: Resolver
  private var admission: QueryAdmission
  private let endpoints: [Endpoint]
  private var forwarder: Forwarder!
  private var streams: StreamServer!

  private var batch = DatagramBatch()
  private var queries = [Query](repeating: Query(), count: DatagramBatch.capacity)
  private var readings = [Query.Reading](repeating: .drop, count: DatagramBatch.capacity)
  private var streamQuery = Query()

  // Time, read once a round.
  private var now: UInt64
  private var present: Present

  private let isStopping = Atomic<Bool>(false)
  /// The generation of the snapshot in use; what came before it is no longer read here.
  let generation: Atomic<Int>

  init(
    cell: SnapshotCell, cache: ResponseCache, overlay: Overlay, settings: ServerSettings, admission: StreamAdmission,
    rotation: CookieRotation, sockets: consuming ListeningSockets
  ) throws(SystemError) {
    self.cell = cell
    snapshot = cell.snapshot
    generation = Atomic(snapshot.generation)
    wakeUp = try WakeUp()
    poller = try Poller()
    now = Clock.milliseconds()
    present = Present(clock: Clock.seconds(now), instant: Instant.now().unixSeconds, policy: snapshot.policy)
    resolver = Resolver(cache: cache, counters: counters, overlay: overlay)
    self.admission = QueryAdmission(
      limits: settings.rateLimit, rotation: rotation, counters: counters, reports: limitReports)
    self.admission.use(snapshot.cookies, now: now)
    var endpoints: [Endpoint] = []
    while let socket = sockets.nextDatagramSocket() { endpoints.append(Endpoint(socket)) }
    self.endpoints = endpoints
    try poller.add(wakeUp.descriptor, .readable, token: EventToken(.wakeUp).rawValue)
    for (index, endpoint) in endpoints.enumerated() {
      try poller.add(endpoint.socket.number, .readable, token: EventToken(.datagrams, index: index).rawValue)
    }
    forwarder = Forwarder(
      limits: settings.forwards, cache: cache, counters: counters, poller: poller, sink: self, now: now)
    forwarder.use(snapshot.routing, now: now)
    streams = StreamServer(
      poller: poller, admission: admission, counters: counters, idle: settings.streamIdle, handler: self, now: now)
    while let listener = sockets.nextListener() { try streams.add(listener) }
  }

  /// Asks the thread to end; it does after its round.
  func stop() {
    isStopping.store(true, ordering: .releasing)
    wakeUp.signal()
  }

  func run() {
    var rounds = 0
    while !isStopping.load(ordering: .acquiring) {
      let isOther = cell.refresh(&snapshot)
      if isOther {
        forwarder.use(snapshot.routing, now: now)
        admission.use(snapshot.cookies, now: Clock.milliseconds())
        generation.store(snapshot.generation, ordering: .releasing)
      }
      readClocks(isOtherPolicy: isOther)
      var isBusy = false
      for index in endpoints.indices where serve(index) { isBusy = true }
      forwarder.flush()
      rounds += 1
      // While nothing is awaited from elsewhere, a look at epoll before every receive would cost 9 %.
      if isBusy, forwarder.inFlight == 0, streams.connectionCount == 0, rounds % Worker.roundsBetweenLooks != 0 {
        continue
      }
      wait(isBusy: isBusy)
    }
  }

  private func wait(isBusy: Bool) {
    let ready = poller.wait(milliseconds: isBusy ? 0 : patience())
    readClocks(isOtherPolicy: false)
    // First, so that what is scheduled below counts from now.
    forwarder.expire(now: now)
    streams.expire(now: now)
    for index in 0..<ready {
      let event = poller.ready(index)
      let token = EventToken(rawValue: event.token)
      switch token.kind {
      case .wakeUp: wakeUp.clear()
      case .listener: streams.accept(token, now: now)
      case .connection: streams.handle(token, event.events, now: now)
      case .upstreamDatagrams, .upstreamStream: forwarder.handle(token, now: now)
      // Drained at the start of every round.
      case .datagrams, nil: break
      }
    }
    forwarder.flush()
    for endpoint in endpoints { send(endpoint) }
  }

  /// Milliseconds until the next timer; -1 for ever.
  private func patience() -> Int32 {
    let waits = [forwarder.wait(now: now), streams.wait(now: now)].compactMap(\.self)
    return waits.min().map { Int32(min($0 + 1, 60_000)) } ?? -1
  }

  private func readClocks(isOtherPolicy isOther: Bool) {
    now = Clock.milliseconds()
    present.clock = Clock.seconds(now)
    // The wall clock is of interest to hours and exceptions alone.
    if isOther || snapshot.policy.hasHours || !resolver.overlay.isEmpty {
      present.move(to: Instant.now().unixSeconds, policy: snapshot.policy, isOther: isOther)
    }
  }

  // MARK: Datagrams

  /// One round of one socket. True when something came.
  private func serve(_ index: Int) -> Bool {
    let endpoint = endpoints[index]
    let count = batch.receive(from: endpoint.socket)
    guard count > 0 else { return false }
    counters.add(.queriesUDP, UInt64(count))
    for slot in 0..<count { read(slot) }
    for slot in 0..<count { answer(slot, endpoint: index) }
    batch.send(to: &endpoint.socket)
    return true
  }

  /// First pass.
  @inline(__always)
  private func read(_ slot: Int) {
    let length = batch.length(slot)
    batch.withSlot(slot) { octets in
      readings[slot] = queries[slot].read(octets.span.extracting(0..<length), over: .udp)
    }
    guard readings[slot] == .query else { return }
    queries[slot].hashName()
    snapshot.policy.index.prefetch(queries[slot].hashes)
  }

  /// Second pass.
  @inline(__always)
  private func answer(_ slot: Int, endpoint: Int) {
    let peer = batch.peer(slot)
    // Nobody can be answered there, and trying would spoil the batch.
    guard peer.port != 0 else { return }
    var length: Int?
    batch.withSlot(slot) { octets in
      length =
        decide(&queries[slot], readings[slot], .udp, peer: peer, &octets) {
          Route(socket: endpoint, path: batch.returnPath(slot))
        }.length
    }
    if let length { batch.reply(slot, length: length) }
  }

  // MARK: Either transport

  private typealias Outcome = DelayedReply

  /// Decides one message that was read, and writes the response over it.
  @inline(__always)
  private func decide(
    _ query: inout Query, _ reading: Query.Reading, _ transport: QueryHead.Transport, peer: SocketAddress,
    _ octets: inout MutableSpan<UInt8>, route: () -> Route
  ) -> Outcome {
    let from = peer.address.unmapped
    let verdict = admission.admit(
      &query, reading, over: transport, from: from, now: now, isTrusted: { snapshot.trusts(from) })
    switch verdict {
    case .admitted: break
    case .malformed: return reject(.formatError, &octets)
    case .silence: return .silent
    case .truncated: return .respond(Refusal.writeTruncated(to: query.head, in: &octets))
    case .badCookie: return .respond(Refusal.write(.badCookie, to: query.head, in: &octets))
    }
    switch reading {
    case .drop:
      counters.add(.droppedShort)
      return .silent
    case .reject(let code): return reject(code, &octets)
    case .refuse(let code):
      counters.add(.rejected)
      return .respond(Refusal.write(code, to: query.head, in: &octets))
    case .cookie: return answerCookie(query.head, from, &octets)
    case .query:
      let outcome = decide(query, from, &octets, route: route)
      return query.head.edns?.asksForServer == true ? identified(outcome, query.head, &octets) : outcome
    }
  }

  private func reject(_ code: ResponseCode, _ octets: inout MutableSpan<UInt8>) -> Outcome {
    counters.add(.rejected)
    return .respond(Response.headerOnly(code, in: &octets))
  }

  /// No question, and a cookie: whether ours is good, and a fresh one (RFC 7873 section 5.4).
  private func answerCookie(_ head: QueryHead, _ from: IPAddress, _ octets: inout MutableSpan<UInt8>) -> Outcome {
    guard let cookie = head.edns?.cookie, cookie.isSettled else { return reject(.formatError, &octets) }
    guard snapshot.allows(from) else {
      counters.add(.refusedAccess)
      return .respond(Refusal.write(.prohibited, to: head, in: &octets))
    }
    return .respond(Refusal.write(cookie.standing == .wrong ? .badCookie : .noError, to: head, in: &octets))
  }

  /// A response to a stub that asks which server this is says so.
  private func identified(_ outcome: Outcome, _ head: QueryHead, _ octets: inout MutableSpan<UInt8>) -> Outcome {
    guard case .respond(let length) = outcome, let identifier = snapshot.serverIdentifier else { return outcome }
    return .respond(identifier.append(to: &octets, length: length, for: head))
  }

  @inline(__always)
  private func decide(
    _ query: Query, _ from: IPAddress, _ octets: inout MutableSpan<UInt8>, route: () -> Route
  ) -> Outcome {
    let decision = resolver.decide(query, peer: from, snapshot: snapshot, present: present, message: &octets)
    if !decision.told.isEmpty { tell(decision.told, query.name, query.type, query.head.transport) }
    switch decision.step {
    case .drop: return .silent
    case .respond(let length): return .respond(length)
    case .respondAndRefresh(let length, let way):
      forwarder.refresh(query.name, type: query.type, head: query.head, key: way.key, choice: way.choice, now: now)
      return .respond(length)
    case .forward(let way):
      let waiter = Waiter(query, client: snapshot.client(of: query, from: from), message: octets.span, route: route())
      return forward(waiter, nil, query.name, way, &octets)
    case .follow(let alias, let way):
      let waiter = Waiter(query, client: snapshot.client(of: query, from: from), message: octets.span, route: route())
      return forward(waiter, alias, alias.target, way, &octets)
    }
  }

  private func forward(
    _ waiter: Waiter, _ alias: AliasChain?, _ name: Name, _ way: Resolver.Way,
    _ octets: inout MutableSpan<UInt8>
  ) -> Outcome {
    let admission = forwarder.forward(
      waiter, alias: alias, asking: name, key: way.key, choice: way.choice, hasStale: way.hasStale && alias == nil,
      now: now)
    switch admission {
    case .waiting: return .waits
    case .refused(let reason):
      if reason != .rebinding { counters.add(.serverFailures) }
      return .respond(waiter.write(reason, in: &octets))
    case .stale:
      waiter.writeQuestion(in: &octets)
      guard
        let stale = forwarder.cache.answerStale(
          name.wire, to: waiter.head, key: way.key, now: present.clock, in: &octets)
      else {
        counters.add(.serverFailures)
        return .respond(waiter.write(.noUpstream, in: &octets))
      }
      if stale.isStale { counters.add(.staleAnswers) }
      return review(waiter, stale.traits, stale.length, &octets)
    }
  }

  private func tell(_ told: Resolver.Told, _ name: Name, _ type: RecordType, _ transport: QueryHead.Transport) {
    if let verdict = told.verdict, told.lift != nil || snapshot.policy.effect(of: verdict).restricts {
      if told.lift != nil { counters.add(.lifted) }
      tell(told, verdict, isObserved: false, name, type, transport)
    }
    if let observed = told.observed {
      counters.add(.observed)
      tell(told, observed, isObserved: true, name, type, transport)
    }
  }

  private func tell(
    _ told: Resolver.Told, _ verdict: Verdict, isObserved: Bool, _ name: Name, _ type: RecordType,
    _ transport: QueryHead.Transport
  ) {
    let event = RestrictedQuery(
      time: now, asker: told.asker, name: name, type: type, transport: transport, verdict: verdict,
      lift: isObserved ? nil : told.lift, isObserved: isObserved, isTarget: told.isTarget,
      generation: snapshot.generation)
    if !journal.add(event) { counters.add(.journalDropped) }
  }

  // MARK: TCP

  func handle(
    _ message: inout MutableSpan<UInt8>, length: Int, connection: UInt64, peer: SocketAddress
  ) -> StreamOutcome {
    counters.add(.queriesTCP)
    let reading = streamQuery.read(message.span.extracting(0..<length), over: .tcp)
    if reading == .query {
      streamQuery.hashName()
      if streamQuery.head.edns?.asksForKeepalive == true {
        streamQuery.tellKeepalive(streams.promise(connection, now: now))
      }
    }
    // What sends us less than a header, or responses, is no stub: nothing it sends can be trusted to end.
    if reading == .drop {
      counters.add(.droppedShort)
      return .close
    }
    let outcome = decide(&streamQuery, reading, .tcp, peer: peer, &message) {
      Route(connection: connection, peer: peer)
    }
    switch outcome {
    case .respond(let length): return .respond(length)
    case .silent: return .silent
    case .waits: return .waits
    }
  }

  func mayConnect(_ peer: SocketAddress) -> Bool { snapshot.allows(peer.address.unmapped) }

  // MARK: Responses that waited

  func reply(
    to waiter: Waiter, alias: AliasChain?, _ write: (inout MutableSpan<UInt8>) -> ForwardedReply
  ) {
    let route = waiter.route
    guard route.socket >= 0 else {
      return streams.reply(route.connection, now: now) { buffer in
        let written = write(&buffer)
        guard written.length > 0 else { return .waits }
        return review(waiter, written.traits, written.length, &buffer)
      }
    }
    let endpoint = endpoints[route.socket]
    if endpoint.delayed.isFull { send(endpoint) }
    endpoint.delayed.add(to: route.path) { buffer in
      let written = write(&buffer)
      // 0 octets are not sent.
      return if case .respond(let length) = review(waiter, written.traits, written.length, &buffer) { length } else { 0 }
    }
  }

  private func review(
    _ waiter: Waiter, _ traits: MessageWalk.Traits?, _ length: Int, _ buffer: inout MutableSpan<UInt8>
  ) -> DelayedReply {
    let reply = judge(waiter, traits, length, &buffer)
    guard waiter.head.edns?.asksForServer == true, case .respond(let length) = reply,
      let identifier = snapshot.serverIdentifier
    else { return reply }
    return .respond(identifier.append(to: &buffer, length: length, for: waiter.head))
  }

  /// The policy's last word on a response that waited. It may send the stub on to wait for another.
  private func judge(
    _ waiter: Waiter, _ traits: MessageWalk.Traits?, _ length: Int, _ buffer: inout MutableSpan<UInt8>
  ) -> DelayedReply {
    guard let traits, length > 0 else { return .respond(length) }
    let decision = resolver.decide(
      waiter, traits: traits, length: length, snapshot: snapshot, present: present, message: &buffer)
    if !decision.told.isEmpty {
      var name = Name()
      _ = WireName.read(buffer.span, at: Header.length, into: &name)
      tell(decision.told, name, waiter.type, waiter.head.transport)
    }
    switch decision.step {
    case .drop, .forward: return .silent
    case .respond(let length), .respondAndRefresh(let length, _): return .respond(length)
    case .follow(let alias, let way):
      return forward(waiter, alias, alias.target, way, &buffer)
    }
  }

  private func send(_ endpoint: Endpoint) {
    let lost = endpoint.delayed.send(to: endpoint.socket)
    if lost > 0 { counters.add(.repliesLost, UInt64(lost)) }
  }
}
