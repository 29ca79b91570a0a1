import Sinkhole
import Support
import Testing

/// A cache by itself: responses go in, questions are asked, at any second.
struct Pantry {
  let cache: ResponseCache

  init(limits: CacheLimits = CacheLimits(), renews: Bool = true, size: Int = ResponseCache.minimumSize) {
    cache = ResponseCache(size: size, limits: limits, renews: renews)
  }

  enum Answer {
    case miss, stale
    case hit(Message, isDue: Bool)

    var message: Message? { if case .hit(let message, _) = self { message } else { nil } }
    var isStale: Bool { if case .stale = self { true } else { false } }
    var isMiss: Bool { if case .miss = self { true } else { false } }
    var isDue: Bool { if case .hit(_, let isDue) = self { isDue } else { false } }
  }

  static func read(_ packet: [UInt8]) throws -> Query {
    var query = Query()
    let reading = query.read(packet.span, over: .tcp)
    try #require(reading == .query)
    query.hashName()
    return query
  }

  /// Puts in what an upstream says to `packet`; false when it may not be kept.
  @discardableResult
  func keep(
    _ packet: [UInt8], _ answers: [[UInt8]], rcode: UInt8 = 0, authority: [[UInt8]] = [], view: UInt64 = 0,
    remark: [UInt8] = [], isAuthentic: Bool = false, at second: UInt32
  ) throws -> Bool {
    let query = try Pantry.read(packet)
    let response = Message.response(to: packet, rcode: rcode, answers: answers, authority: authority)
    guard let walk = MessageWalk(response.span, questionEnd: query.head.questionEnd),
      let kept = CachedResponse(
        walk, code: ResponseCode(rawValue: UInt16(rcode)), questionEnd: query.head.questionEnd, limits: cache.limits,
        remark: remark, isAuthentic: isAuthentic)
    else { return false }
    return cache.store(kept, name: query.name.wire, key: CacheKey(query, view: view), now: second, message: response.span)
  }

  func ask(_ packet: [UInt8], view: UInt64 = 0, at second: UInt32) throws -> Answer {
    let query = try Pantry.read(packet)
    var buffer = packet + [UInt8](repeating: 0, count: 4096)
    var span = buffer.mutableSpan
    switch cache.answer(query, key: CacheKey(query, view: view), now: second, in: &span) {
    case .miss: return .miss
    case .stale: return .stale
    case .hit(let length, _, let isDue): return .hit(try #require(Message(Array(buffer[..<length]))), isDue: isDue)
    }
  }

  func askStale(_ packet: [UInt8], at second: UInt32) throws -> Message? {
    let query = try Pantry.read(packet)
    var buffer = packet + [UInt8](repeating: 0, count: 4096)
    var span = buffer.mutableSpan
    let answer = cache.answerStale(query.name.wire, to: query.head, key: CacheKey(query), now: second, in: &span)
    return try answer.map { try #require(Message(Array(buffer[..<$0.length]))) }
  }
}
