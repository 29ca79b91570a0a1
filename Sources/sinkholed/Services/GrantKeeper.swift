import Logging
import Sinkhole
import SinkholeLedger
import Synchronization

/// Carries what the ledger opens into the overlay that queries are judged by: at once, and never before it is on disk.
final class GrantKeeper: LedgerFollower {
  private struct Held {
    let number: Int
    let service: String
    let scope: Overlay.Scope
  }

  private let overlay: Overlay
  private let logger: Logger
  private let held = Mutex<[Lift.Source: [Held]]>([:])
  private let unopened = Atomic<Int>(0)

  init(overlay: Overlay, logger: Logger) {
    self.overlay = overlay
    self.logger = logger
  }

  /// Lifts that found no room in the overlay.
  var unopenedCount: Int { unopened.load(ordering: .relaxed) }

  func opened(_ lift: Lift) {
    guard let scope = AccessScope.overlayScope(lift.scope) else { return }
    let kind: Overlay.Kind =
      switch lift.source {
      case .acknowledgement: .acknowledged
      case .authorisation: .authorised
      }
    held.withLock { held in
      remove(held.removeValue(forKey: lift.source))
      let now = Instant.now().unixSeconds
      var entries: [Held] = []
      for service in lift.services {
        do throws(Overlay.Refusal) {
          let number = try overlay.add(kind, service: service, for: scope, until: lift.until, now: now)
          entries.append(Held(number: number, service: service, scope: scope))
        } catch {
          // One that has ended meanwhile is no loss; the first without room is said, all are counted.
          guard error == .full, unopened.add(1, ordering: .relaxed).newValue == 1 else { continue }
          logger.error("event=access_not_opened reason=\"\(error)\"")
        }
      }
      held[lift.source] = entries
    }
  }

  func closed(_ source: Lift.Source) {
    held.withLock { remove($0.removeValue(forKey: source)) }
  }

  private func remove(_ entries: [Held]?) {
    for entry in entries ?? [] { overlay.remove(entry.number, service: entry.service, for: entry.scope) }
  }
}
