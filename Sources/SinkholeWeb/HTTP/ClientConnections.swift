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

  private let limit: Int
  private let open = Mutex<[String: Int]>([:])
  private let refusals = RefusalCount()

  init(limit: Int) {
    self.limit = limit
  }

  /// Takes a place for one connection of `site`; `leave` gives it back.
  func enter(_ site: String) -> Admission {
    let isAdmitted = open.withLock { open in
      guard open[site, default: 0] < limit else { return false }
      open[site, default: 0] += 1
      return true
    }
    return isAdmitted ? .admitted : .refused(unreported: refusals.add())
  }

  func leave(_ site: String) {
    open.withLock { open in
      guard let count = open[site] else { return }
      open[site] = count > 1 ? count - 1 : nil
    }
  }
}
