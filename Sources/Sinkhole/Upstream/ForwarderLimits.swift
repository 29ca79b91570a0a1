extension Forwarder {
  /// What one worker takes on at most.
  package struct Limits: Sendable, Hashable {
    /// Questions in flight, of one worker.
    package var exchanges = 8192
    /// Stubs that wait, of one worker.
    package var waiters = 16_384
    /// Of them, for one client address.
    package var waitersPerClient = 2048

    /// Queries of one worker to one upstream that wait for responses.
    package var perUpstream = 8192

    /// Milliseconds before a second query for the same question: at first, and at the least once its upstream's responses are
    /// known.
    package var firstPatience: UInt64 = 300
    package var leastPatience: UInt64 = 24

    package init() {}
  }
}
