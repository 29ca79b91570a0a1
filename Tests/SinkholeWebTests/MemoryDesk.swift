import SinkholeWeb
import Synchronization

/// A desk in memory: keeps what it is handed, and answers as it is told to.
final class MemoryDesk: AccessDesk {
  private let kept = Mutex<(acknowledgements: [AcknowledgedCaution], requests: [AccessRequest])>(([], []))
  private let acknowledged: @Sendable (AcknowledgedCaution) -> AcknowledgementOutcome
  private let refusal: DeskRefusal?
  private let progress: AccessRequestState.Progress

  init(
    acknowledged: @escaping @Sendable (AcknowledgedCaution) -> AcknowledgementOutcome = { _ in .opened(until: MemoryDesk.end) },
    refusal: DeskRefusal? = nil, progress: AccessRequestState.Progress = .requested
  ) {
    self.acknowledged = acknowledged
    self.refusal = refusal
    self.progress = progress
  }

  /// 2026-11-24T18:05:00Z
  static let end: UnixSeconds = 1_795_543_500

  var acknowledgements: [AcknowledgedCaution] { kept.withLock { $0.acknowledgements } }
  var requests: [AccessRequest] { kept.withLock { $0.requests } }

  func acknowledge(_ acknowledgement: AcknowledgedCaution) async -> AcknowledgementOutcome {
    kept.withLock { $0.acknowledgements.append(acknowledgement) }
    return acknowledged(acknowledgement)
  }

  func ask(_ request: AccessRequest) async -> AskOutcome {
    if let refusal { return .refused(refusal) }
    return kept.withLock { kept in
      kept.requests.append(request)
      return .received(number: 40 + kept.requests.count)
    }
  }

  func state(of number: Int, for client: String) async -> AccessRequestState? {
    let requests = requests
    guard number > 40, number <= 40 + requests.count, requests[number - 41].client == client else { return nil }
    return AccessRequestState(
      number: number, service: LocalizedText(requests[number - 41].serviceID), progress: progress, note: "<b>Note</b>")
  }
}
