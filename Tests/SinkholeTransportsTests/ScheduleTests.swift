import SinkholeTransports
import Testing

@Suite("when a source is looked at")
struct ScheduleTests {
  private static let hour = Duration.seconds(3600)

  @Test(
    "at start: at once without a success, else an interval after it, less a tenth at most",
    arguments: [
      (checked: nil as Int?, spread: 0.0, due: 10_000), (9_000, 0, 12_600), (9_000, 1, 12_240), (9_000, 0.5, 12_420),
      (1, 0, 3_601),
      // A success in the future is a clock that was wrong.
      (10_001, 0, 10_000), (Int.max, 0, 10_000),
    ])
  func start(checked: Int?, spread: Double, due: Int) {
    let schedule = RefreshSchedule(ScheduleTests.hour, checked: checked, now: 10_000, spread: spread)
    #expect(schedule.due == due)
    #expect(schedule.isDue(now: 10_000) == (due <= 10_000))
  }

  @Test("after failures: a minute, doubled each time, the interval at most; a success begins anew")
  func failures() {
    var schedule = RefreshSchedule(ScheduleTests.hour, checked: nil, now: 0, spread: 0)
    var waits: [Int] = []
    for _ in 0..<9 {
      schedule.fail(now: 0, spread: 0)
      waits.append(schedule.due)
    }
    #expect(waits == [60, 120, 240, 480, 960, 1920, 3600, 3600, 3600])
    #expect(schedule.failures == 9)
    schedule.succeed(now: 100, spread: 0)
    #expect(schedule.due == 3700)
    #expect(schedule.failures == 0)
    schedule.fail(now: 200, spread: 1)
    #expect(schedule.due == 254)
  }

  @Test("a hundred failures do no harm")
  func many() {
    var schedule = RefreshSchedule(.seconds(2_592_000), checked: nil, now: 0, spread: 0)
    for _ in 0..<100 { schedule.fail(now: 0, spread: 0) }
    #expect(schedule.due == 2_592_000)
  }

  @Test("a clock that was set back does not put the next look off for ever")
  func clock() {
    var schedule = RefreshSchedule(ScheduleTests.hour, checked: nil, now: 1_000_000, spread: 0)
    schedule.succeed(now: 1_000_000, spread: 0)
    #expect(!schedule.isDue(now: 1_003_599))
    #expect(schedule.isDue(now: 1_003_600))
    #expect(schedule.isDue(now: 900_000))
    #expect(!schedule.isDue(now: 1_000_000))
  }
}
