import Synchronization

/// The secrets that this process makes for its cookies: shared by all workers, and renewed by the first that finds them
/// old. A worker keeps a copy and comes back when that has run out, so that no query waits for another's lock.
final class CookieRotation: Sendable {
  /// Milliseconds. Longer than a cookie is good for, so that the secret before the last vouches for nothing any more.
  static let period: UInt64 = 4 * 3_600_000

  private struct State {
    var keys: CookieKeys?
    var until: UInt64 = 0
    var random = RandomPool()

    mutating func makeKey() -> SipHash.Key { SipHash.Key(low: random.next(), high: random.next()) }
  }

  private let state = Mutex(State())

  /// The secrets of `now`, milliseconds on `Clock`, and when they run out.
  func keys(at now: UInt64) -> (CookieKeys, until: UInt64) {
    state.withLock { state in
      if let keys = state.keys, now < state.until { return (keys, state.until) }
      let keys = CookieKeys(current: state.makeKey(), other: state.keys?.current)
      state.keys = keys
      state.until = now + CookieRotation.period
      return (keys, state.until)
    }
  }
}
