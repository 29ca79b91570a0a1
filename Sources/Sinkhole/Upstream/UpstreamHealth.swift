/// How an upstream does, as one worker sees it: how fast, how reliably, and whether it is there at all. Times are
/// milliseconds.
struct UpstreamHealth: Sendable {
  /// Unanswered queries in a row after which it counts as down.
  private static let lossesToDown = 3
  /// What a certain loss is worth in response time: between a lossy upstream and one this much slower, either is right.
  private static let lossPenalty = 256.0
  private static let errorsToNote = 5
  /// One heard within this time may be about to come back.
  private static let recently: UInt64 = 5000
  /// Milliseconds between probes of one that is down: doubling from the first to the second.
  private static let probeInterval: ClosedRange<UInt64> = 1000...30_000

  /// Milliseconds before a second query: before the first response, and at the least.
  private let firstPatience: UInt64
  private let leastPatience: UInt64
  private(set) var isMeasured = false
  /// Smoothed as TCP does (RFC 6298 section 2).
  private var smoothed = 0.0
  private var variation = 0.0
  /// What nineteen of twenty responses are faster than: moved by each response, nineteen times as far up as down.
  private var late = 0.0
  /// Of queries to it: the share without a response, or with one that another upstream proved wrong. 0...1.
  private var trouble = 0.0
  private var losses = 0
  /// Errors in a row.
  private var errors = 0
  private var interval: UInt64 = 0
  private var heardAt: UInt64 = 0
  /// When the next query may be sent to one that is down, to see whether it is.
  private(set) var probeAt: UInt64 = 0

  init(_ limits: Forwarder.Limits) {
    firstPatience = limits.firstPatience
    leastPatience = limits.leastPatience
  }

  var isDown: Bool { losses >= UpstreamHealth.lossesToDown }

  /// What it costs to ask it: the less the better. Nothing before the first response, so that each is tried.
  var cost: Double { smoothed + trouble * UpstreamHealth.lossPenalty }

  /// How long a response may take before another query is worth its cost.
  var patience: UInt64 {
    isMeasured ? max(leastPatience, min(400, UInt64(late * 1.25) + 8)) : firstPatience
  }

  /// How long before a query counts as lost (RFC 6298 section 2.3, with DNS's own bounds).
  var timeout: UInt64 {
    guard isMeasured else { return firstPatience * 5 / 4 }
    return max(leastPatience, min(1500, max(150, UInt64(smoothed + 4 * variation) + 16)))
  }

  /// A response, whatever it says. True when it was thought to be down.
  mutating func noteResponse(after time: UInt64, now: UInt64) -> Bool {
    heardAt = now
    let sample = Double(time)
    if isMeasured {
      variation += (abs(sample - smoothed) - variation) / 4
      smoothed += (sample - smoothed) / 8
    } else {
      (smoothed, variation, late, isMeasured) = (sample, sample / 2, sample, true)
    }
    let step = max(1.0 / 16, late / 64)
    late = max(0, late + (sample > late ? 19 * step : -step))
    trouble -= trouble / 16
    let wasDown = isDown
    losses = 0
    interval = 0
    return wasDown
  }

  /// It answered not long ago.
  func wasHeard(_ now: UInt64) -> Bool { isMeasured && now < heardAt + UpstreamHealth.recently }

  /// Another upstream, asked later because this one was late, was first.
  mutating func noteOvertaken() { trouble += (1 - trouble) / 8 }

  /// No response in time.
  mutating func noteLoss(now: UInt64) {
    trouble += (1 - trouble) / 16
    losses += 1
    if isDown { rest(now) }
  }

  /// None possible: nobody listens there.
  mutating func noteRefusal(now: UInt64) {
    trouble += (1 - trouble) / 4
    losses = max(losses, UpstreamHealth.lossesToDown)
    rest(now)
  }

  private mutating func rest(_ now: UInt64) {
    // What was on its way already when the rest began says nothing new.
    if now >= probeAt { noteProbe(now: now) }
  }

  /// A query goes to it to see whether it is still down.
  mutating func noteProbe(now: UInt64) {
    let range = UpstreamHealth.probeInterval
    interval = interval == 0 ? range.lowerBound : min(interval * 2, range.upperBound)
    probeAt = now + interval
  }

  /// It gave an error where another upstream had the answer.
  mutating func noteWrong() { trouble += (1 - trouble) / 4 }

  /// It gave an error.
  mutating func noteError() { errors += 1 }

  /// It had an answer. True when for a while it had none: what it failed at may be asked again.
  mutating func noteAnswer() -> Bool {
    defer { errors = 0 }
    return errors >= UpstreamHealth.errorsToNote
  }
}
