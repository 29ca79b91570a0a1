import AllocationCount
import Sinkhole
import Support
import Testing

@Suite("Allocations on the road")
struct AllocationTests {
  /// ldns makes an RR, its owner's rdf and the rdf's data for the question, and frees them before it returns.
  private static let ofLdns = 3.0

  /// Allocations for each of 1,000 decisions of `packet`, after some to warm up, with `records` in the cache.
  private func perQuery(
    _ packet: [UInt8], _ snapshot: Snapshot? = nil, cached records: [String] = [], at instant: Int64 = 0,
    client: IPAddress = IPAddress(v4: 0x7F00_0001)
  ) throws -> Double {
    let snapshot = try snapshot ?? TestServer.snapshot(TestServer.configuration(upstreams: []), zone: TestServer.zone)
    let cache = ResponseCache(size: ResponseCache.minimumSize)
    let resolver = Resolver(cache: cache, counters: Counters(), overlay: Overlay())
    let present = Present(clock: 1, instant: instant, policy: snapshot.policy)
    var query = Query()
    var buffer = [UInt8](repeating: 0, count: 4096)
    var before: UInt = 0
    for round in 0..<1100 {
      if round == 100 { before = allocation_count() }
      var span = buffer.mutableSpan
      span.copy(packet.span, at: 0)
      guard query.read(span.span.extracting(0..<packet.count), over: .udp) == .query else { return -1 }
      query.hashName()
      if round == 0, !records.isEmpty { try keep(records, packet, query, in: cache) }
      let decision = resolver.decide(query, peer: client, snapshot: snapshot, present: present, message: &span)
      guard case .respond = decision.step else { return -1 }
    }
    return Double(allocation_count() - before) / 1000
  }

  private func keep(_ records: [String], _ packet: [UInt8], _ query: Query, in cache: ResponseCache) throws {
    let response = try RecordTable(records).response(to: packet)
    guard let walk = MessageWalk(response.span, questionEnd: query.head.questionEnd),
      let kept = CachedResponse(walk, code: .noError, questionEnd: query.head.questionEnd)
    else { return }
    cache.store(kept, name: query.name.wire, key: CacheKey(query), now: 1, message: response.span)
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

  @Test("an answer from own knowledge costs no more", arguments: ["x.localhost", "www.test", "5.0.0.10.in-addr.arpa"])
  func local(_ name: String) throws {
    #expect(try perQuery(Message.query(name)) == AllocationTests.ofLdns)
  }

  @Test("a cached answer costs no more", arguments: [true, false])
  func cached(_ withOPT: Bool) throws {
    let packet = Message.query("www.example.org", edns: withOPT ? .init() : nil)
    #expect(try perQuery(packet, cached: ["www.example.org 300 A 192.0.2.1"]) == AllocationTests.ofLdns)
  }

  /// Five groups and twenty rules, some with hours, some that observe.
  private func rich() throws -> Snapshot {
    let groups = (1...5).map { "g\($0): {clients: [10.\($0).0.0/16, 10.\($0).7.0/24], policy: p}" }
    let names = (1...16).map { "- {block: {names: [n\($0).example.net]}, hours: \"mon-fri 09:00-18:00\"}" }
    let policy = """
      groups: { \(groups.joined(separator: ", ")) }
      policies:
        p:
          - observe: {names: [example.com]}
          - {caution: {services: [none]}, hours: sat}
          \(names.joined(separator: "\n    "))
          - block: {services: all}
          - zone: all
      default_policy: p
      """
    return try PlayZone.snapshot(policy, [Road.zone]).snapshot
  }

  static let questions = [
    ("chat.deepseek.com", []), ("n3.example.net", []), ("www.example.com", ["www.example.com 300 A 192.0.2.1"]),
    ("www.example.org", ["www.example.org 300 A 192.0.2.1"]),
    // Reviewed to its end, and left as it is.
    (
      "www.example.org",
      ["www.example.org 300 CNAME a.example.com", "a.example.com 300 CNAME b.example.org", "b.example.org 300 A 192.0.2.1"]
    ),
  ]

  @Test("nor do groups, rules, hours and chains", arguments: questions)
  func rules(_ name: String, _ records: [String]) throws {
    let client = try #require(IPAddress("10.3.7.9"))
    // Tuesday, 10:00.
    let count = try perQuery(Message.query(name), try rich(), cached: records, at: 1_796_119_200, client: client)
    #expect(count == AllocationTests.ofLdns)
  }

  @Test("nor does the review of HTTPS records, their targets and hints")
  func services() throws {
    let records = ["www.example.org 300 HTTPS 1 svc.example.org alpn=h2 ipv4hint=192.0.2.1 ipv6hint=2001:db8::1"]
    #expect(try perQuery(Message.query("www.example.org", 65), try rich(), cached: records) == AllocationTests.ofLdns)
  }
}
