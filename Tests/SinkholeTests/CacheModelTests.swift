import Sinkhole
import Support
import Testing

@Suite("The cache against a model")
struct CacheModelTests {
  private func query(_ name: String) throws -> (Query, [UInt8]) {
    let packet = Message.query(name, id: 1)
    var query = Query()
    let reading = query.read(packet.span, over: .tcp)
    try #require(reading == .query)
    query.hashName()
    return (query, packet)
  }

  private func cached(_ response: [UInt8], _ query: Query) -> CachedResponse? {
    let walk = MessageWalk(response.span, questionEnd: query.head.questionEnd)
    return walk.flatMap { CachedResponse($0, code: .noError, questionEnd: query.head.questionEnd) }
  }

  @Test("whatever is stored, evicted and replaced, a hit is the last response stored for that name")
  func model() throws {
    var random = SystemRandomNumberGenerator()
    let cache = ResponseCache(size: ResponseCache.minimumSize)
    var last: [Int: String] = [:]
    var hits = 0
    for step in 0..<60_000 {
      let number = Int.random(in: 0..<30_000, using: &random) % (step % 3 == 0 ? 500 : 30_000)
      let (query, packet) = try query("name\(number).example.org")
      let key = CacheKey(query)
      if step % 2 == 0 {
        let address = "10.\(step >> 16).\(step >> 8 & 255).\(step & 255)"
        // Responses of many sizes, so that the ring wraps at odd places.
        let padding = (0..<(step % 13)).map { Message.address("192.0.2.\($0)") }
        let response = Message.response(to: packet, answers: [Message.address(address)] + padding)
        let kept = try #require(cached(response, query))
        let isKept = cache.store(kept, name: query.name.wire, key: key, now: 5, message: response.span)
        #expect(isKept)
        last[number] = address
      } else {
        var buffer = packet + [UInt8](repeating: 0, count: 4096)
        var span = buffer.mutableSpan
        guard case .hit(let length, _, _) = cache.answer(query, key: key, now: 5, in: &span) else { continue }
        hits += 1
        let message = try #require(Message(Array(buffer[..<length])))
        #expect(message.answers.first?.ipv4 == last[number])
      }
    }
    let statistics = cache.statistics(inspects: true)
    #expect(statistics.isConsistent)
    #expect(statistics.octets <= statistics.capacity)
    #expect(hits > 1000)
    #expect(statistics.evictions > 1000)
    #expect(statistics.entries > 0)
  }

  @Test("an expired response is no hit, and ages until then", arguments: [(0, 60), (59, 1), (60, nil), (4_000, nil)] as [(Int, Int?)])
  func ages(_ age: Int, _ ttl: Int?) throws {
    let cache = ResponseCache(size: ResponseCache.minimumSize)
    let (query, packet) = try query("www.example.org")
    let response = Message.response(to: packet, answers: [Message.address("192.0.2.1", ttl: 60)])
    let kept = try #require(cached(response, query))
    cache.store(kept, name: query.name.wire, key: CacheKey(query), now: 100, message: response.span)
    var buffer = packet + [UInt8](repeating: 0, count: 512)
    var span = buffer.mutableSpan
    let lookup = cache.answer(query, key: CacheKey(query), now: UInt32(100 + age), in: &span)
    if case .hit(let length, _, _) = lookup {
      #expect(Message(Array(buffer[..<length]))?.answers.first.map { Int($0.ttl) } == ttl)
    } else {
      #expect(ttl == nil)
    }
  }
}
