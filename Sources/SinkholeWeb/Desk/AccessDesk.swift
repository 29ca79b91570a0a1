/// Where acknowledgements and requests for authorisation go: the ledger, seen through a slit.
///
/// The desk decides, writes down and bounds; what it is handed has been read, checked and matched with the client's
/// address beforehand. It has no verb by which a reader could approve anything.
package protocol AccessDesk: Sendable {
  /// Opens the cautioned service that `acknowledgement` is about for its client.
  func acknowledge(_ acknowledgement: AcknowledgedCaution) async -> AcknowledgementOutcome

  /// Takes a request for authorisation.
  func ask(_ request: AccessRequest) async -> AskOutcome

  /// What has become of request `number`, told to the client that made it; nil for anyone else, and for a number that
  /// does not exist.
  func state(of number: Int, for client: String) async -> AccessRequestState?
}

/// "I have read the caution."
package struct AcknowledgedCaution: Hashable, Sendable {
  /// The name that was asked for, as `RestrictionSource` takes it.
  package let host: String
  /// The client's address as text, as `RestrictionSource` takes it.
  package let client: String
  package let serviceID: String
  package let ruleID: String
  /// As the reader wrote it: one line of at most `FormLimits.nameLength` characters; nil when none was given.
  package let name: String?
  /// The reference code of the page it was read on.
  package let reference: String
}

package enum AcknowledgementOutcome: Hashable, Sendable {
  /// The resolver forwards the service for this client from now on.
  case opened(until: UnixSeconds)
  /// Nothing to acknowledge: the rule has changed meanwhile.
  case notCautioned
  /// The rule wants a name, and none was given.
  case nameRequired
  case refused(DeskRefusal)
}

/// A request for authorisation as a reader has written it.
package struct AccessRequest: Hashable, Sendable {
  package let host: String
  package let client: String
  package let serviceID: String
  package let ruleID: String
  /// One line of at most `FormLimits.nameLength` characters.
  package let name: String
  /// At most `FormLimits.reasonLength` characters, lines ended by `\n`.
  package let reason: String
  /// For how long the reader asks: one of `FormLimits.days`.
  package let days: Int
  package let reference: String
}

package enum AskOutcome: Hashable, Sendable {
  /// Taken, under a number that both sides can name.
  case received(number: Int)
  /// The service is not restricted for the client any more.
  case notRestricted
  case refused(DeskRefusal)
}

/// Why the desk takes nothing now.
package enum DeskRefusal: Hashable, Sendable {
  /// This client has sent too many, or the desk is full.
  case tooMany
  /// It cannot write anything down.
  case unavailable
}

/// What has become of a request.
package struct AccessRequestState: Hashable, Sendable {
  package enum Progress: Hashable, Sendable {
    case requested
    /// Approved, and it begins later.
    case approved
    case denied
    case active(until: UnixSeconds)
    case ended
    case revoked
  }

  package let number: Int
  package let service: LocalizedText
  package let progress: Progress
  /// What whoever decided has to say to the reader.
  package let note: String?

  package init(number: Int, service: LocalizedText, progress: Progress, note: String? = nil) {
    self.number = number
    self.service = service
    self.progress = progress
    self.note = note
  }
}
