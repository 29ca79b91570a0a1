/// What a worker looks at before a query is decided: its cookie, and over UDP whether its sender is being sent too much.
struct QueryAdmission {
  enum Verdict {
    /// The query is decided.
    case admitted
    /// The header with FORMERR.
    case malformed
    case silence
    /// The question alone: TC, so that a stub that is there comes back over TCP.
    case truncated
    /// The question and a cookie, so that a stub that is there comes back with it (RFC 7873 section 5.2.3).
    case badCookie
  }

  private let rotation: CookieRotation
  private let counters: Counters
  private let reports: EventRing<LimitedBlock>
  private var limiter: ResponseRateLimiter?
  private var secrets = CookieSecrets.off
  /// Nil: cookies are off.
  private var keys: CookieKeys?
  /// Milliseconds on `Clock` at which `keys` run out.
  private var keysUntil = UInt64.max

  init(
    limits: ResponseRateLimiter.Limits, rotation: CookieRotation, counters: Counters, reports: EventRing<LimitedBlock>
  ) {
    limiter = ResponseRateLimiter(limits)
    self.rotation = rotation
    self.counters = counters
    self.reports = reports
  }

  /// Takes the secrets of another snapshot.
  mutating func use(_ secrets: CookieSecrets, now: UInt64) {
    self.secrets = secrets
    keysUntil = .max
    switch secrets {
    case .off: keys = nil
    case .shared(let shared): keys = shared
    case .own: (keys, keysUntil) = rotation.keys(at: now)
    }
  }

  /// - Parameter isTrusted: whether `peer` asks for many others, and so is never too much.
  @inline(__always)
  mutating func admit(
    _ query: inout Query, _ reading: Query.Reading, over transport: QueryHead.Transport, from peer: IPAddress,
    now: UInt64, isTrusted: () -> Bool
  ) -> Verdict {
    // What was not read as a query has left the head of an earlier one.
    let hasCookie = (reading == .query || reading == .cookie) && query.head.edns?.cookie != nil
    if hasCookie {
      guard settle(&query, from: peer, now: now) else { return .malformed }
      if query.head.edns?.cookie?.standing == .proven { return .admitted }
    }
    guard limiter != nil, transport == .udp, reading != .drop else { return .admitted }
    switch limiter?.take(peer, now: now) {
    case .free, nil: return .admitted
    case .displacing:
      counters.add(.rateDisplaced)
      return .admitted
    case .limited(let bucket):
      if isTrusted() { return .admitted }
      return hold(reading, hasCookie: hasCookie && keys != nil, peer, bucket: bucket, now: now)
    }
  }

  /// False when the cookie is malformed.
  private mutating func settle(_ query: inout Query, from peer: IPAddress, now: UInt64) -> Bool {
    if now >= keysUntil { use(secrets, now: now) }
    guard let keys else { return true }
    // The time of day is of interest to cookies alone, so it is not read for each round.
    query.settleCookie(keys, address: peer, now: UInt32(truncatingIfNeeded: Instant.now().unixSeconds))
    switch query.head.edns?.cookie?.standing {
    case .malformed: return false
    case .proven: counters.add(.cookiesProven)
    case .wrong: counters.add(.cookiesWrong)
    case .clientAlone, .unproven, nil: break
    }
    return true
  }

  private mutating func hold(
    _ reading: Query.Reading, hasCookie: Bool, _ peer: IPAddress, bucket: Int, now: UInt64
  ) -> Verdict {
    guard limiter?.exempts(peer) == false else { return .admitted }
    counters.add(.rateLimited)
    if let block = limiter?.report(peer, bucket: bucket, now: now) {
      // A full ring loses the line; the counter tells all the same.
      _ = reports.add(LimitedBlock(time: now, block: block))
    }
    // Of what is malformed there is no question to send back.
    if case .reject = reading { return .silence }
    guard limiter?.slips() == true else { return .silence }
    counters.add(.rateSlipped)
    return hasCookie ? .badCookie : .truncated
  }
}
