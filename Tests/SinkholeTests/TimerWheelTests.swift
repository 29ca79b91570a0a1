import Sinkhole
import Testing

@Suite("The timer wheel")
struct TimerWheelTests {
  @Test("a token comes up once, not before its time and at most two ticks after", arguments: [1, 15, 16, 100, 700, 5000, 8000])
  func comesUp(_ delay: UInt64) {
    let start: UInt64 = 1_000_003
    var wheel = TimerWheel(now: start)
    wheel.schedule(7, at: start + delay)
    var seen: [UInt64] = []
    var now = start
    while now < start + 20_000, seen.isEmpty {
      now += 5
      wheel.expire(now: now) { token in if token == 7 { seen.append(now) } }
    }
    #expect(seen.count == 1)
    #expect(seen[0] >= start + delay)
    #expect(seen[0] <= start + delay + 2 * TimerWheel.granularity + 5)
    #expect(wheel.wait(now: now) == nil)
  }

  @Test("after a long sleep everything due comes up at once")
  func longSleep() {
    var wheel = TimerWheel(now: 0)
    for token in 1...100 { wheel.schedule(UInt64(token), at: UInt64(token) * 50) }
    var count = 0
    wheel.expire(now: 1_000_000) { _ in count += 1 }
    #expect(count == 100)
  }

  @Test("the wait is never longer than until the next token")
  func wait() throws {
    var wheel = TimerWheel(now: 0)
    wheel.schedule(1, at: 400)
    let wait = try #require(wheel.wait(now: 0))
    #expect(wait >= 400 && wait <= 400 + 2 * TimerWheel.granularity)
  }
}
