/// One question on its way to the upstreams, with all the stubs that wait for it.
struct Exchange: Sendable {
  /// Queries sent for one question at most, and how long each is waited for before the next, in
  /// milliseconds. Together they stay below the five seconds after which stubs give up.
  static let timeouts: [UInt64] = [700, 1000, 1300, 1400]
  /// Of these to one upstream (RFC 9520 section 3.1: two retries, no more).
  static let queriesToOne = 3

  /// For everything together.
  static let patience: UInt64 = 4500
  /// For a truncated response's TCP connection, its question and its response.
  static let streamTimeout: UInt64 = 2000

  struct Attempt: Sendable {
    var lane = 0
    var socket: UInt32 = 0
    var id: UInt16 = 0
  }

  let question: UpstreamQuery
  let key: CacheKey
  /// Tells this exchange from earlier ones in its place.
  let serial: UInt32
  /// Milliseconds on `Clock`: then it has failed, whatever is under way.
  let endsAt: UInt64
  /// Index + 1 of the first waiter.
  var firstWaiter = 0
  /// Every query sent: a late response to an early one still counts.
  private(set) var attempts = InlineArray<4, Attempt>(repeating: Attempt())
  private(set) var attemptCount = 0
  /// Upstreams that were asked; that cannot help (nobody there, or an error for an answer).
  var tried: UInt64 = 0
  var hopeless: UInt64 = 0
  /// Some upstream answered, though nothing usable.
  var wasAnswered = false
  /// Whether it is in the coalescing table.
  var isShared = false
  /// Milliseconds on `Clock`: until then the last thing done for it is given time. Timers that come up
  /// earlier belong to what was given up before.
  var deadline: UInt64 = 0
  /// The TCP connection it waits on, or 0.
  var stream: UInt32 = 0

  init(question: UpstreamQuery, key: CacheKey, serial: UInt32, endsAt: UInt64) {
    self.question = question
    self.key = key
    self.serial = serial
    self.endsAt = endsAt
  }

  mutating func add(_ attempt: Attempt) {
    attempts[attemptCount] = attempt
    attemptCount += 1
  }

  /// Whether one more query may go to `lane`: it can help, and has had fewer than it may.
  func mayAsk(_ lane: Int) -> Bool {
    guard hopeless & 1 << UInt64(lane) == 0 else { return false }
    var count = 0
    for index in 0..<attemptCount where attempts[index].lane == lane { count += 1 }
    return count < Exchange.queriesToOne
  }

  func hasTried(_ lane: Int) -> Bool { tried & 1 << UInt64(lane) != 0 }

  var mayTryAgain: Bool { attemptCount < Exchange.timeouts.count }
}
