import Sinkhole
import Support

/// The resolver without a socket: a policy, a cache and exceptions, asked at any instant.
struct Road: ~Copyable {
  let snapshot: Snapshot
  let cache = ResponseCache(size: ResponseCache.minimumSize)
  let overlay = Overlay()
  let counters = Counters()
  private let resolver: Resolver

  init(_ snapshot: Snapshot) {
    self.snapshot = snapshot
    resolver = Resolver(cache: cache, counters: counters, overlay: overlay)
  }

  init(policy: String, zones: [PlayZone] = [Road.zone]) throws { self.init(try PlayZone.snapshot(policy, zones).snapshot) }

  /// `deepseek.com` and all below it: a service.
  static let zone = PlayZone.zone(
    "ai",
    """
    deepseek.service.sinkhole.internal TXT "name=DeepSeek" "category=chat"
    deepseek.com CNAME deepseek.service.sinkhole.internal.
    *.deepseek.com CNAME deepseek.service.sinkhole.internal.
    """)

  struct Failure: Error { let text: String }

  struct Answer {
    /// `forward`, `drop`, `CNAME TARGET` or a response's RCODE with its records.
    let text: String
    let told: Resolver.Told
  }

  /// Instants are written as on the command line.
  func ask(_ question: String, from client: String = "127.0.0.1", at instant: String) throws -> Answer {
    guard let instant = Instant(instant, in: .utc) else { throw Failure(text: "no instant: \(instant)") }
    return try ask(question, from: client, at: instant.unixSeconds)
  }

  func ask(_ question: String, from client: String = "127.0.0.1", at instant: Int64) throws -> Answer {
    let words = question.split(separator: " ").map(String.init)
    guard words.count == 2, let type = RecordText.types[words[1]], let client = IPAddress(client) else {
      throw Failure(text: "no question: \(question)")
    }
    let packet = Message.query(words[0], type, id: 1)
    var query = Query()
    var buffer = packet + [UInt8](repeating: 0, count: 4096)
    var span = buffer.mutableSpan
    guard query.read(span.span.extracting(0..<packet.count), over: .udp) == .query else {
      throw Failure(text: "no query: \(question)")
    }
    query.hashName()
    let present = Present(clock: 1, instant: instant, policy: snapshot.policy)
    let decision = resolver.decide(query, peer: client, snapshot: snapshot, present: present, message: &span)
    return Answer(text: Road.text(decision.step, Array(buffer)), told: decision.told)
  }

  private static func text(_ step: Resolver.Decision.Step, _ octets: [UInt8]) -> String {
    switch step {
    case .drop: return "drop"
    case .forward: return "forward"
    case .follow(let chain, _): return "CNAME \(chain.target)"
    case .respond(let length):
      guard let answer = Message(Array(octets[..<length])) else { return "malformed" }
      let records = answer.answers.map { RecordText.text(of: $0, in: answer) }
      return (["\(ResponseCode(rawValue: UInt16(answer.rcode)))"] + records).joined(separator: " | ")
    }
  }

  /// Has the cache know what an upstream says of `question`.
  func keep(_ question: String, _ answers: [String]) throws {
    let words = question.split(separator: " ").map(String.init)
    let packet = Message.query(words[0], RecordText.types[words[1]] ?? 0)
    let response = try RecordTable(answers).response(to: packet)
    var query = Query()
    guard query.read(packet.span, over: .udp) == .query else { return }
    query.hashName()
    guard let walk = MessageWalk(response.span, questionEnd: query.head.questionEnd),
      let kept = CachedResponse(walk, code: .noError, questionEnd: query.head.questionEnd)
    else { throw Failure(text: "not kept: \(question)") }
    cache.store(kept, name: query.name.wire, key: CacheKey(query), now: 1, message: response.span)
  }
}
