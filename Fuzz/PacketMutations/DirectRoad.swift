import Sinkhole
import Support

/// Gate, ldns, policy, cache and the walk over responses, called directly: no socket between packet and code.
struct DirectRoad {
  private let snapshot: Snapshot
  private let present: Present
  private let cache = ResponseCache(size: ResponseCache.minimumSize)

  init() throws {
    snapshot = try TestServer.snapshot(TestServer.configuration(upstreams: []), zone: Seeds.zone)
    present = Present(clock: 1, instant: 0, policy: snapshot.policy)
  }

  func run(count: Int, seed: UInt64) throws -> Tally {
    var mutator = Mutator(random: SeededRandom(seed: seed))
    var tally = Tally()
    let resolver = Resolver(cache: cache, counters: Counters(), overlay: Overlay())
    let client = IPAddress(v4: 0x7F00_0001)
    var query = Query()
    for round in 0..<count {
      let packet = mutator.spoil(Seeds.queries[round % Seeds.queries.count])
      tally.packets += 1
      var buffer = packet + [UInt8](repeating: 0, count: 4096 - packet.count)
      var span = buffer.mutableSpan
      var length: Int?
      switch query.read(span.span.extracting(0..<packet.count), over: round % 3 == 0 ? .tcp : .udp) {
      case .drop: break
      case .reject(let code): length = Response.headerOnly(code, in: &span)
      case .cookie: length = Refusal.write(.noError, to: query.head, in: &span)
      case .refuse(let code): length = Refusal.write(code, to: query.head, in: &span)
      case .query:
        query.hashName()
        let decision = resolver.decide(query, peer: client, snapshot: snapshot, present: present, message: &span)
        if case .respond(let octets) = decision.step { length = octets }
        switch decision.step {
        case .forward(let way), .follow(_, let way): receive(query, way.key, packet, &mutator, resolver, client)
        case .drop, .respond, .respondAndRefresh: break
        }
      }
      if let length { tally.judge(Array(buffer[..<length]), to: packet) } else { tally.silences += 1 }
    }
    return tally
  }

  /// A spoilt response to `query`, through the walk into the cache, and out again.
  private func receive(
    _ query: Query, _ key: CacheKey, _ packet: [UInt8], _ mutator: inout Mutator, _ resolver: borrowing Resolver,
    _ client: IPAddress
  ) {
    guard let right = Seeds.responses(to: packet).randomElement(using: &mutator.random) else { return }
    let response = mutator.spoil(right)
    guard response.count >= query.head.questionEnd,
      let walk = MessageWalk(response.span, questionEnd: query.head.questionEnd),
      let cached = CachedResponse(
        walk, code: Header.responseCode(response.span), questionEnd: query.head.questionEnd)
    else { return }
    cache.store(cached, name: query.name.wire, key: key, now: 1, message: response.span)
    var buffer = packet + [UInt8](repeating: 0, count: 70_000)
    var span = buffer.mutableSpan
    _ = resolver.decide(query, peer: client, snapshot: snapshot, present: present, message: &span)
    buffer = []
  }
}
