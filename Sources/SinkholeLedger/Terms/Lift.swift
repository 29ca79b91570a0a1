/// What an acknowledgement or an active authorisation opens.
package struct Lift: Sendable, Equatable {
  package enum Source: Sendable, Hashable {
    case acknowledgement(Int64)
    case authorisation(Int64)
  }

  package let source: Source
  package let services: [String]
  package let scope: LiftScope
  /// Unix seconds: it holds before.
  package let until: Int64

  init(_ acknowledgement: Acknowledgement) {
    source = .acknowledgement(acknowledgement.number)
    services = [acknowledgement.service]
    scope = .client(acknowledgement.client)
    until = acknowledgement.until
  }

  /// Nil unless it is active.
  init?(_ authorisation: Authorisation) {
    guard authorisation.state == .active, let until = authorisation.until else { return nil }
    source = .authorisation(authorisation.number)
    services = authorisation.services
    scope = authorisation.scope
    self.until = until
  }
}

/// Who carries lifts out. Told after they are on disk, in their order, by one at a time; must not wait.
package protocol LedgerFollower: Sendable {
  func opened(_ lift: Lift)
  /// Also told of lifts that were never opened.
  func closed(_ source: Lift.Source)
}
