import Sinkhole
import Support
import Testing

@Suite("Responses to one block of clients are bounded")
struct ResponseRateLimiterTests {
  private static func limiter(_ change: (inout ResponseRateLimiter.Limits) -> Void) throws -> ResponseRateLimiter {
    var limits = ResponseRateLimiter.Limits()
    change(&limits)
    return try #require(ResponseRateLimiter(limits))
  }

  private static func isFree(_ verdict: ResponseRateLimiter.Verdict) -> Bool {
    if case .limited = verdict { false } else { true }
  }

  private static func address(_ text: String) -> IPAddress { IPAddress(text) ?? IPAddress(v4: 0) }

  /// How many of `count` are free at `now`.
  private static func free(
    _ limiter: inout ResponseRateLimiter, _ address: IPAddress, _ count: Int, _ now: UInt64
  ) -> Int {
    var free = 0
    for _ in 0..<count where isFree(limiter.take(address, now: now)) { free += 1 }
    return free
  }

  @Test("a window's worth at once, then the rate, and no more however long one was quiet", arguments: [1, 10, 1000, 5000])
  func rate(_ perSecond: Int) throws {
    var limiter = try Self.limiter { $0.responsesPerSecond = perSecond }
    let client = Self.address("192.0.2.1")
    let free1 = Self.free(&limiter, client, perSecond * 3, 5000)
    #expect(free1 == perSecond)
    // One second later a second's worth is there again; an hour later no more than that.
    let free2 = Self.free(&limiter, client, perSecond * 3, 6000)
    #expect(free2 == perSecond)
    let free3 = Self.free(&limiter, client, perSecond * 3, 3_600_000)
    #expect(free3 == perSecond)
    // Evenly spread, what the rate allows is free.
    for step in 1...50 {
      let free4 = Self.free(&limiter, client, 1, 3_700_000 + UInt64(step * 1000 / perSecond + step))
      #expect(free4 == 1)
    }
  }

  @Test("a longer window lets more go at once, and not more over time", arguments: [100, 1000, 5000])
  func window(_ window: Int) throws {
    var limiter = try Self.limiter { limits in
      limits.responsesPerSecond = 100
      limits.window = window
    }
    let client = Self.address("192.0.2.1")
    let free5 = Self.free(&limiter, client, 10_000, 1000)
    #expect(free5 == window / 10)
    let free6 = Self.free(&limiter, client, 10_000, 1050)
    #expect(free6 == 5)
  }

  /// Two addresses, the bits of both families, and whether they share a bucket.
  static let blocks: [(String, String, Int, Int, Bool)] = [
    ("192.0.2.1", "192.0.2.2", 32, 64, false), ("192.0.2.1", "192.0.2.2", 24, 64, true),
    ("192.0.2.1", "192.0.3.1", 24, 64, false), ("192.0.2.1", "192.0.3.1", 23, 64, true),
    ("2001:db8::1", "2001:db8::ffff:1", 32, 64, true), ("2001:db8::1", "2001:db8:0:1::1", 32, 64, false),
    ("2001:db8::1", "2001:db8:0:1::1", 32, 56, true), ("2001:db8:0:100::1", "2001:db8::1", 32, 56, false),
    ("0.0.0.0", "::", 32, 64, false),
  ]

  @Test("addresses of one block share a bucket, others do not", arguments: blocks)
  func block(_ first: String, _ second: String, _ v4: Int, _ v6: Int, _ isShared: Bool) throws {
    var limiter = try Self.limiter { limits in
      limits.responsesPerSecond = 10
      (limits.prefixV4, limits.prefixV6) = (v4, v6)
    }
    let free7 = Self.free(&limiter, Self.address(first), 20, 1000)
    #expect(free7 == 10)
    let free8 = Self.free(&limiter, Self.address(second), 20, 1000)
    #expect(free8 == (isShared ? 0 : 10))
  }

  @Test("a full table goes on: a quiet block makes room unseen, a counted one is told, and memory stays")
  func full() throws {
    var limiter = try Self.limiter { limits in
      limits.responsesPerSecond = 10
      limits.window = 60_000
    }
    var displaced = 0
    let count = ResponseRateLimiter.capacity * 2
    for index in 0..<count {
      if case .displacing = limiter.take(IPAddress(v4: UInt32(index)), now: 1000) { displaced += 1 }
    }
    // All are being counted: each beyond the table's places takes another's.
    #expect(displaced >= count - ResponseRateLimiter.capacity)
    displaced = 0
    for index in 0..<count {
      if case .displacing = limiter.take(IPAddress(v4: UInt32(index) | 1 << 31), now: 3_600_000) { displaced += 1 }
    }
    #expect(displaced < count)
    // A block that floods keeps its place among others: it is the farthest from full.
    let busy = Self.address("2001:db8::1")
    _ = Self.free(&limiter, busy, 700, 7_200_000)
    for index in 0..<1000 { _ = limiter.take(IPAddress(v4: UInt32(index)), now: 7_200_000) }
    let free9 = Self.free(&limiter, busy, 1, 7_200_000)
    #expect(free9 == 0)
  }

  @Test("one in so many of the answers that are held back slips through", arguments: [(0, 0), (1, 100), (2, 50), (10, 10)])
  func slips(_ slip: Int, _ expected: Int) throws {
    var limiter = try Self.limiter { $0.slip = slip }
    var count = 0
    for _ in 0..<100 where limiter.slips() { count += 1 }
    #expect(count == expected)
  }

  @Test("a block that is limited is reported once a minute")
  func reports() throws {
    var limiter = try Self.limiter { limits in
      limits.responsesPerSecond = 1
      limits.prefixV4 = 24
    }
    let client = Self.address("192.0.2.77")
    var told: [UInt64: String] = [:]
    for now in stride(from: UInt64(1000), to: 200_000, by: 100) {
      if case .limited(let bucket) = limiter.take(client, now: now) {
        if let block = limiter.report(client, bucket: bucket, now: now) { told[now] = "\(block)" }
      }
    }
    #expect(told == [1100: "192.0.2.0/24", 61_100: "192.0.2.0/24", 121_100: "192.0.2.0/24", 181_100: "192.0.2.0/24"])
  }

  @Test("no rate is no limit")
  func off() {
    var limits = ResponseRateLimiter.Limits()
    limits.responsesPerSecond = 0
    #expect(ResponseRateLimiter(limits) == nil)
  }
}
