/// Leave to use services, from its request to its end.
///
///     requested -> approved -> active -> ended
///         |            |          |
///         |            +----------+--> revoked
///         +--> denied | lapsed
///
/// People take it from `requested` to `approved` or `denied`, and to `revoked`; the clock does the rest. What is final stays
/// so, whatever the clock is set to.
package struct Authorisation: Sendable, Equatable {
  package enum State: String, Sendable, CaseIterable {
    /// Somebody has to decide; of two approvals one may be there already.
    case requested
    /// Its time has not come.
    case approved
    case active
    /// Its time is over.
    case ended
    case denied
    case revoked
    /// Nobody decided in time.
    case lapsed

    package var isFinal: Bool {
      switch self {
      case .requested, .approved, .active: false
      case .ended, .denied, .revoked, .lapsed: true
      }
    }
  }

  /// Never used twice, also after retention. 0 before it is kept.
  package internal(set) var number: Int64 = 0
  package internal(set) var state = State.requested
  /// Ids.
  package internal(set) var services: [String]
  package internal(set) var scope: LiftScope
  /// Unix seconds: it holds in `from..<until`. Nil: from the last approval on, for `seconds`.
  package internal(set) var from: Int64?
  package internal(set) var until: Int64?
  package internal(set) var seconds: Int64
  package let reason: String
  /// What the reader called themselves, which proves nothing; of one that an approver added, the approver.
  package let askedBy: String
  /// The client that asked; nil for one that an approver added.
  package let client: String?
  /// The code of the notice that the reader saw.
  package let reference: String?
  package let asked: Int64
  package internal(set) var approvals: [Person] = []
  /// When it was approved for good, denied, revoked or lapsed.
  package internal(set) var decided: Int64?
  /// Why it was denied or revoked, in the decider's words.
  package internal(set) var note: String?

  init(
    services: [String], scope: LiftScope, seconds: Int64, reason: String, askedBy: String, client: String?,
    reference: String?, asked: Int64
  ) {
    self.services = services
    self.scope = scope
    self.seconds = seconds
    self.reason = reason
    self.askedBy = askedBy
    self.client = client
    self.reference = reference
    self.asked = asked
  }

  /// What an approver may set otherwise than it was asked for; nil keeps it.
  package struct Terms: Sendable, Equatable {
    package var services: [String]?
    package var scope: LiftScope?
    package var from: Int64?
    package var until: Int64?
    package var seconds: Int64?

    package init(
      services: [String]? = nil, scope: LiftScope? = nil, from: Int64? = nil, until: Int64? = nil,
      seconds: Int64? = nil
    ) {
      self.services = services
      self.scope = scope
      self.from = from
      self.until = until
      self.seconds = seconds
    }

    var isEmpty: Bool { self == Terms() }
  }
}
