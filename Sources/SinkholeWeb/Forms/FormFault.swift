/// What is wrong with a form that was sent. The page comes back with it, and with what the reader had written.
enum FormFault: Hashable, Sendable {
  case nameMissing
  case nameTooLong
  case reasonMissing
  case reasonTooLong
  case daysMissing
  /// Its token is none of ours, of another client or service, or has expired.
  case outdated
  case tooMany
  case unavailable

  /// The field it is about; nil when it is about the whole form.
  var field: FormField? {
    switch self {
    case .nameMissing, .nameTooLong: .name
    case .reasonMissing, .reasonTooLong: .reason
    case .daysMissing: .days
    case .outdated, .tooMany, .unavailable: nil
    }
  }

  init(_ refusal: DeskRefusal) {
    switch refusal {
    case .tooMany: self = .tooMany
    case .unavailable: self = .unavailable
    }
  }
}

/// The fields of our forms, by the names they are sent under.
enum FormField: String, CaseIterable, Sendable {
  case token, name, reason, days

  static let names = Set(allCases.map(\.rawValue))
}
