/// One question on its way to the upstreams, with all the stubs that wait for it.
struct Exchange: BitwiseCopyable, Sendable {
  static let maximumAttempts = 8
  /// Queries over UDP to one upstream (RFC 9520 section 3.1: two retries, no more).
  static let queriesToOne = 3
  /// Milliseconds for everything together: less than the five seconds after which stubs give up.
  static let patience: UInt64 = 4500
  /// The same where every upstream has been down for a while.
  static let patienceWhenDown: UInt64 = 2000
  /// Milliseconds after which a stub is told what has expired, if there is that (RFC 8767 section 5: 1.8 seconds).
  static let stubPatience: UInt64 = 1800

  /// One query to one upstream.
  struct Attempt: BitwiseCopyable, Sendable {
    /// Index into the choice's lanes.
    var position: UInt8 = 0
    var form: UpstreamQuery.Form = []
    var isStream = false
    /// A response may still come.
    var isOpen = false
    /// It took longer than it should, and its upstream was told so.
    var isLate = false
    /// In a plainer form than one that was refused, or not answered.
    var isPlainer = false
    var isAfterSilence = false
    var id: UInt16 = 0
    /// The socket or connection that it left by.
    var channel: UInt32 = 0
    var sentAt: UInt64 = 0
  }

  var question: UpstreamQuery
  let key: CacheKey
  /// Tells this exchange from earlier ones in its place.
  let serial: UInt32
  /// Index into the forwarder's choices.
  let choice: Int
  /// Milliseconds on `Clock`.
  let startedAt: UInt64
  /// Then it has failed, whatever is under way.
  var endsAt: UInt64
  /// The next thing to do. Timers that come up earlier belong to what was settled before.
  var deadline: UInt64 = 0
  /// Index + 1 of the first waiter.
  var firstWaiter = 0
  private(set) var attempts = InlineArray<8, Attempt>(repeating: Attempt())
  private(set) var attemptCount = 0
  /// Upstreams that cannot help: a bit for each position.
  private var hopeless: UInt16 = 0
  /// Upstreams that gave an error for an answer.
  private(set) var erred: UInt16 = 0
  /// Some upstream answered, though nothing usable.
  var wasAnswered = false
  /// Whether it is in the coalescing table.
  var isShared = false
  /// The cache holds what has expired: better than nothing.
  var hasStale: Bool
  /// How often it has waited for upstreams that had just gone to come back.
  private(set) var pauses = 0
  /// Settled: only what it may teach about upstreams is still waited for.
  var isSettled = false

  init(
    _ question: UpstreamQuery, key: CacheKey, serial: UInt32, choice: Int, hasStale: Bool, now: UInt64, patience: UInt64
  ) {
    self.question = question
    self.key = key
    self.serial = serial
    self.choice = choice
    self.hasStale = hasStale
    startedAt = now
    endsAt = now + patience
  }

  var mayTryAgain: Bool { attemptCount < Exchange.maximumAttempts }
  var hasOpenAttempt: Bool {
    for index in 0..<attemptCount where attempts[index].isOpen { return true }
    return false
  }

  func hasOpenStream(to position: Int) -> Bool {
    for index in 0..<attemptCount where attempts[index].isStream && attempts[index].isOpen {
      if Int(attempts[index].position) == position { return true }
    }
    return false
  }

  mutating func add(_ attempt: Attempt) {
    attempts[attemptCount] = attempt
    attemptCount += 1
  }

  mutating func close(_ attempt: Int) { attempts[attempt].isOpen = false }
  mutating func noteLate(_ attempt: Int) { attempts[attempt].isLate = true }

  /// The open attempt that left by `channel` under `id`.
  func attempt(by channel: UInt32, id: UInt16, isStream: Bool) -> Int? {
    for index in 0..<attemptCount {
      let attempt = attempts[index]
      if attempt.isOpen, attempt.id == id, attempt.channel == channel, attempt.isStream == isStream { return index }
    }
    return nil
  }

  /// What `position` has been asked, UDP and TCP apart.
  func queries(to position: Int) -> (datagrams: Int, streams: Int, all: Int) {
    var (datagrams, streams) = (0, 0)
    for index in 0..<attemptCount where Int(attempts[index].position) == position {
      if attempts[index].isStream { streams += 1 } else { datagrams += 1 }
    }
    return (datagrams, streams, datagrams + streams)
  }

  /// Those that were gone may be asked again; those that gave errors not.
  mutating func pause() {
    pauses += 1
    hopeless = erred
  }

  func isHopeless(_ position: Int) -> Bool { hopeless & 1 << UInt16(position) != 0 }
  mutating func giveUp(on position: Int) { hopeless |= 1 << UInt16(position) }
  mutating func noteError(of position: Int) {
    erred |= 1 << UInt16(position)
    giveUp(on: position)
  }
}
