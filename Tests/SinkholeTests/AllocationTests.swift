import AllocationCount
import Sinkhole
import Support
import Testing

@Suite("Allocations on the road")
struct AllocationTests {
  /// ldns makes an RR, its owner's rdf and the rdf's data for the question, and frees them before it returns.
  private static let ofLdns = 3.0

  /// Allocations for each of 1,000 decisions of `packet`, after some to warm up.
  private func perQuery(_ packet: [UInt8], prepare: (ResponseCache, Query) -> Void = { _, _ in }) throws -> Double {
    let snapshot = try TestServer.snapshot(TestServer.configuration(upstreams: []), zone: TestServer.zone)
    let cache = ResponseCache(size: ResponseCache.minimumSize)
    let resolver = Resolver(cache: cache, counters: Counters(), overlay: Overlay())
    let present = Present(clock: 1, instant: 0, policy: snapshot.policy)
    let client = IPAddress(v4: 0x7F00_0001)
    var query = Query()
    var buffer = [UInt8](repeating: 0, count: 4096)
    var before: UInt = 0
    for round in 0..<1100 {
      if round == 100 { before = allocation_count() }
      var span = buffer.mutableSpan
      span.copy(packet.span, at: 0)
      guard query.read(span.span.extracting(0..<packet.count), over: .udp) == .query else { return -1 }
      query.hashName()
      if round == 0 { prepare(cache, query) }
      let decision = resolver.decide(query, peer: client, snapshot: snapshot, present: present, message: &span)
      guard case .respond = decision.step else { return -1 }
    }
    return Double(allocation_count() - before) / 1000
  }

  @Test("the counter counts")
  func counts() {
    let before = allocation_count()
    let array = [Int](repeating: 1, count: Int.random(in: 100...200))
    #expect(allocation_count() > before)
    #expect(!array.isEmpty)
  }

  @Test(
    "a blocked answer costs ldns' three allocations and none of ours",
    arguments: [UInt16(1), 28, 65, 255], [true, false])
  func blocked(_ type: UInt16, _ withOPT: Bool) throws {
    let packet = Message.query("chat.deepseek.com", type, edns: withOPT ? .init() : nil)
    #expect(try perQuery(packet) == AllocationTests.ofLdns)
  }

  @Test("a refused answer costs no more")
  func refused() throws {
    #expect(try perQuery(Message.query("www.example.org", flags: 0)) == AllocationTests.ofLdns)
  }

  @Test("a cached answer costs no more", arguments: [true, false])
  func cached(_ withOPT: Bool) throws {
    let packet = Message.query("www.example.org", edns: withOPT ? .init() : nil)
    let count = try perQuery(packet) { cache, query in
      let response = Message.response(to: packet, answers: [Message.address("192.0.2.1")])
      guard let walk = MessageWalk(response.span, questionEnd: query.head.questionEnd),
        let kept = CachedResponse(walk, code: .noError, questionEnd: query.head.questionEnd)
      else { return }
      cache.store(kept, name: query.name, key: CacheKey(query), now: 1, message: response.span)
    }
    #expect(count == AllocationTests.ofLdns)
  }
}
