import Sinkhole
import SinkholeLedger
import SinkholeWeb

/// The desk that the page's forms go to: its words on one side, the ledger's on the other.
extension ReaderDesk: AccessDesk {
  package func acknowledge(_ acknowledgement: AcknowledgedCaution) async -> AcknowledgementOutcome {
    guard let client = IPAddress(acknowledgement.client) else { return .notCautioned }
    do throws(LedgerError) {
      let until = try await acknowledge(
        client: client, service: acknowledgement.serviceID, rule: acknowledgement.ruleID, name: acknowledgement.name,
        reference: acknowledgement.reference, now: Instant.now().unixSeconds)
      return .opened(until: until)
    } catch {
      return DeskRefusal(error).map { .refused($0) } ?? .notCautioned
    }
  }

  package func ask(_ request: AccessRequest) async -> AskOutcome {
    guard let client = IPAddress(request.client) else { return .notRestricted }
    do throws(LedgerError) {
      let number = try await self.request(
        client: client, service: request.serviceID, name: request.name,
        // Approvers read it on one line.
        reason: request.reason.split(whereSeparator: \.isNewline).joined(separator: " "),
        seconds: Int64(request.days) * 86_400, reference: request.reference, now: Instant.now().unixSeconds)
      return .received(number: Int(number))
    } catch {
      return DeskRefusal(error).map { .refused($0) } ?? .notRestricted
    }
  }

  package func state(of number: Int, for client: String) async -> AccessRequestState? {
    guard let address = IPAddress(client), let found = try? await state(of: Int64(number), for: address),
      let id = found.services.first
    else { return nil }
    let service = server.cell.snapshot.policy.services[id].map { LocalizedText(nameOf: $0) }
    return AccessRequestState(
      number: number, service: service ?? LocalizedText(id), progress: AccessRequestState.Progress(found), note: found.note)
  }
}

extension DeskRefusal {
  /// Nil when the desk could write, and what was asked for is not to be had.
  fileprivate init?(_ error: LedgerError) {
    switch error {
    case .full, .rateLimited: self = .tooMany
    case .unavailable: self = .unavailable
    case .text, .time, .notFound, .state, .ownRequest, .sameApprover, .termsStand: return nil
    }
  }
}

extension AccessRequestState.Progress {
  fileprivate init(_ authorisation: Authorisation) {
    switch authorisation.state {
    case .requested: self = .requested
    case .approved: self = .approved
    case .active: self = authorisation.until.map { .active(until: $0) } ?? .approved
    case .denied: self = .denied
    case .revoked: self = .revoked
    case .ended, .lapsed: self = .ended
    }
  }
}
