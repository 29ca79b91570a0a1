import SinkholeCertificates
import Testing

@Suite("bounds of minting")
struct BoundTests {
  @Test("the cache holds its capacity, and names that are asked for again outlive a stream of others")
  func cache() {
    var cache = ClockCache<String, Int>(capacity: 64)
    for number in 0..<8 { cache.insert(number, for: "hot-\(number)") }
    for number in 0..<10_000 {
      cache.insert(number, for: "cold-\(number)")
      if number % 32 == 0 { for hot in 0..<8 { #expect(cache.value(for: "hot-\(hot)") == hot) } }
      #expect(cache.count <= 64)
    }
    #expect(cache.count == 64)
    #expect(cache.evictions == 10_008 - 64)
    #expect(cache.value(for: "cold-1") == nil)
    #expect(cache.value(for: "cold-9999") == 9999)
  }

  @Test("a cache of one place holds the last value")
  func small() {
    var cache = ClockCache<Int, Int>(capacity: 1)
    cache.insert(1, for: 1)
    #expect(cache.value(for: 1) == 1)
    cache.insert(2, for: 2)
    cache.insert(3, for: 2)
    #expect(cache.value(for: 1) == nil)
    #expect(cache.value(for: 2) == 3)
    cache.removeAll()
    #expect(cache.count == 0)
    cache.insert(4, for: 4)
    #expect(cache.value(for: 4) == 4)
  }

  @Test("a client has a burst, then its rate; others have theirs")
  func clientRate() {
    var rates = MintLimiter.Rates()
    (rates.clientBurst, rates.clientPerSecond) = (3, 2)
    var limiter = MintLimiter(rates, now: 0)
    for _ in 0..<3 { #expect(limiter.take("a", now: 0) == .granted) }
    #expect(limiter.take("a", now: 0) == .clientLimited)
    #expect(limiter.take("b", now: 0) == .granted)
    #expect(limiter.take("a", now: 0.4) == .clientLimited)
    #expect(limiter.take("a", now: 0.5) == .granted)
    #expect(limiter.take("a", now: 0.5) == .clientLimited)
    for _ in 0..<3 { #expect(limiter.take("a", now: 1000) == .granted) }
    #expect(limiter.take("a", now: 1000) == .clientLimited)
  }

  @Test("all clients together have a rate too, and one that is refused by it keeps what is its own")
  func totalRate() {
    var rates = MintLimiter.Rates()
    (rates.clientBurst, rates.totalBurst, rates.totalPerSecond) = (2, 5, 1)
    var limiter = MintLimiter(rates, now: 0)
    for client in ["a", "b", "c", "d", "e"] { #expect(limiter.take(client, now: 0) == .granted) }
    #expect(limiter.take("f", now: 0) == .totalLimited)
    #expect(limiter.take("f", now: 1) == .granted)
    #expect(limiter.take("a", now: 2) == .granted)
  }

  @Test("the table of clients is bounded, and drops those who have had nothing for a while")
  func clients() {
    var rates = MintLimiter.Rates()
    (rates.clients, rates.totalBurst) = (10, 1_000_000)
    var limiter = MintLimiter(rates, now: 0)
    for client in 0..<1000 { #expect(limiter.take("\(client)", now: 0) == .granted) }
    #expect(limiter.clientCount == 10)
    #expect(limiter.take("another", now: 60) == .granted)
    #expect(limiter.clientCount == 1)
  }
}
