import Synchronization

/// Counts what is refused and says when the next line about it is due, so that a flood does not become a flood of lines.
final class RefusalCount: Sendable {
  private struct State {
    var unreported = 0
    var reported: ContinuousClock.Instant?
  }

  private let state = Mutex(State())

  /// Counts one more.
  /// - Returns: how many were refused since the last line, this one included; nil while the next line is not due yet.
  func add() -> Int? {
    state.withLock { state in
      state.unreported += 1
      let now = ContinuousClock.now
      if let last = state.reported, now - last < Self.interval { return nil }
      defer { (state.unreported, state.reported) = (0, now) }
      return state.unreported
    }
  }

  private static let interval = Duration.seconds(10)
}
