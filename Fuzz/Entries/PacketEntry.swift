import Sinkhole
import Support

/// Messages of stubs and upstreams on the road without a socket: gate, ldns, policy, cache, answer.
struct PacketEntry: Sendable {
  static let shared = PacketEntry()

  private static let client = IPAddress(v4: 0x7F00_0001)
  private let snapshot: Snapshot
  private let present: Present
  /// Nothing is ever in it: what it is asked for has to be forwarded.
  private let empty = ResponseCache(size: ResponseCache.minimumSize)
  /// One for all responses: what one puts in is looked at before the next one comes.
  private let cache = ResponseCache(size: ResponseCache.minimumSize)

  private init() {
    do {
      snapshot = try TestServer.snapshot(TestServer.configuration(upstreams: []), zone: TestServer.zone)
    } catch {
      preconditionFailure("the zone of the tests is no zone: \(error)")
    }
    present = Present(clock: 1, instant: 0, policy: snapshot.policy)
  }

  /// The first octet says over what it came: even UDP, odd TCP. The rest is the message.
  func problem(withQuery input: [UInt8]) -> String? {
    guard let first = input.first, input.count <= 4096 else { return nil }
    let packet = Array(input.dropFirst())
    var buffer = packet + [UInt8](repeating: 0, count: 4096)
    var span = buffer.mutableSpan
    var query = Query()
    let length: Int
    switch query.read(span.span.extracting(0..<packet.count), over: first % 2 == 1 ? .tcp : .udp) {
    case .drop: return nil
    case .reject(let code): length = Response.headerOnly(code, in: &span)
    case .refuse(let code): length = Refusal.write(code, to: query.head, in: &span)
    case .cookie: length = Refusal.write(.noError, to: query.head, in: &span)
    case .query:
      query.hashName()
      let resolver = Resolver(cache: empty, counters: Counters(), overlay: Overlay())
      let decision = resolver.decide(
        query, peer: PacketEntry.client, snapshot: snapshot, present: present, message: &span)
      guard case .respond(let octets) = decision.step else { return nil }
      length = octets
    }
    return AnswerCheck.problem(Array(buffer[..<length]), to: packet)
  }

  /// The first octet chooses the question, the next two are the flags, then one each for the counts of the sections; behind them stand the
  /// records, so that a fuzzer has no question to guess.
  func problem(withResponse input: [UInt8]) -> String? {
    let head = 6
    guard input.count >= head, input.count <= 4096 else { return nil }
    let question = PacketEntry.questions[Int(input[0]) % PacketEntry.questions.count]
    let questionEnd = question.count - EDNS.emptyLength
    var response = Array(question[..<questionEnd])
    response[2] = input[1] | 0x80
    response[3] = input[2]
    for section in 0..<3 { response[7 + 2 * section] = input[3 + section] % 64 }
    response += input[head...]
    var buffer = question + [UInt8](repeating: 0, count: 70_000)
    var span = buffer.mutableSpan
    var query = Query()
    guard case .query = query.read(span.span.extracting(0..<question.count), over: .tcp) else {
      return "the question of our own was not read"
    }
    query.hashName()
    guard let walk = MessageWalk(response.span, questionEnd: questionEnd) else { return nil }
    // Whoever reads it by itself must be able to, too: the walk is the stricter of the two.
    guard Message(response) != nil else { return "the walk took what is not well formed" }
    let resolver = Resolver(cache: cache, counters: Counters(), overlay: Overlay())
    let asked = Resolver(cache: empty, counters: Counters(), overlay: Overlay()).decide(
      query, peer: PacketEntry.client, snapshot: snapshot, present: present, message: &span)
    // What belongs to no question is left out; what is left must be as well formed.
    let chain = AnswerChain(response.span, walk)
    if !chain.isWhole(response.span) {
      let rest = chain.sifted(response.span, name: query.name)
      guard let again = MessageWalk(rest.span, questionEnd: questionEnd), Message(rest) != nil else {
        return "what was sifted is not well formed"
      }
      guard AnswerChain(rest.span, again).isWhole(rest.span) else { return "what was sifted is not whole" }
    }
    guard case .forward(let way) = asked.step,
      let cached = CachedResponse(walk, code: Header.responseCode(response.span), questionEnd: questionEnd)
    else { return nil }
    cache.store(cached, name: query.name.wire, key: way.key, now: 1, message: response.span)
    let again = resolver.decide(
      query, peer: PacketEntry.client, snapshot: snapshot, present: present, message: &span)
    guard case .respond(let length) = again.step else { return nil }
    return AnswerCheck.problem(Array(buffer[..<length]), to: question)
  }

  private static let questions: [[UInt8]] = [
    Message.query("www.example.org"), Message.query("www.example.org", 28), Message.query("www.example.org", 65),
    Message.query("a.b.example.net", 15), Message.query("example.net", 6),
  ]
}
