/// Why nothing was done. What was asked for has no effect then.
package enum LedgerError: Error, Sendable, Equatable {
  /// A bound is reached: what, and how many.
  case full(String)
  /// Too much came too fast; seconds until it is worth trying again.
  case rateLimited(Int64)
  /// A text, a list or a time that does not fit.
  case text(String)
  case time(String)
  /// Nothing can be written, or the file cannot be had.
  case unavailable(String)
  case notFound(Int64)
  /// It is in this state, and so cannot be approved, denied or revoked.
  case state(Int64, Authorisation.State, String)
  case ownRequest(Int64)
  case sameApprover(Int64, String)
  case termsStand(Int64)
}

extension LedgerError: CustomStringConvertible {
  package var description: String {
    switch self {
    case .full(let what): "\(what). Wait until some have ended, or are decided."
    case .rateLimited(let seconds): "too many in too short a time. Try again in \(seconds) s."
    case .text(let problem), .time(let problem): problem
    case .unavailable(let reason): "nothing can be recorded, so nothing is opened: \(reason)."
    case .notFound(let number): "there is no authorisation \(number). See sinkholed authorise list."
    case .state(let number, let state, let wanted):
      "authorisation \(number) is \(state.rawValue), so it cannot be \(wanted). See sinkholed authorise show \(number)."
    case .ownRequest(let number): "authorisation \(number) was asked for under this name. Somebody else has to decide."
    case .sameApprover(let number, let name):
      "\(name) has approved authorisation \(number) already. A second person has to."
    case .termsStand(let number):
      "authorisation \(number) has its terms by the first approval. Approve them as they are, or deny it."
    }
  }
}
