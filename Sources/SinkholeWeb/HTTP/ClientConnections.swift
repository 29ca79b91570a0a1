import Synchronization

/// Counts the open connections of each client and says when one has too many.
///
/// The table holds clients with an open connection only, so it is bounded by
/// `NoticeLimits.connections`.
final class ClientConnections: Sendable {
  enum Admission: Equatable {
    case admitted
    /// Refused. `unreported` connections, this one included, were refused since the last report;
    /// nil while the next report is not due yet, so that a flood does not become a flood of lines.
    case refused(unreported: Int?)
  }

  private struct State {
    var open: [String: Int] = [:]
    var unreported = 0
    var reported: ContinuousClock.Instant?
  }

  private let limit: Int
  private let state = Mutex(State())

  init(limit: Int) {
    self.limit = limit
  }

  /// Takes a place for one connection of `site`; `leave` gives it back.
  func enter(_ site: String) -> Admission {
    state.withLock { state in
      let open = state.open[site, default: 0]
      if open < limit {
        state.open[site] = open + 1
        return .admitted
      }
      state.unreported += 1
      let now = ContinuousClock.now
      if let last = state.reported, now - last < Self.reportInterval { return .refused(unreported: nil) }
      defer { (state.unreported, state.reported) = (0, now) }
      return .refused(unreported: state.unreported)
    }
  }

  func leave(_ site: String) {
    state.withLock { state in
      guard let open = state.open[site] else { return }
      state.open[site] = open > 1 ? open - 1 : nil
    }
  }

  private static let reportInterval = Duration.seconds(10)
}
