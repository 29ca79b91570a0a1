/// What the page's TLS counts.
package enum TLSCounter: String, CaseIterable, Sendable {
  /// Handshakes that came to an end.
  case handshakes
  /// Handshakes that broke off: most of all, a client that does not trust the root.
  case handshakesFailed = "handshakes_failed"
  /// Leaves minted.
  case minted
  /// Certificates taken from the cache.
  case cached
  /// Leaves that had to go for others.
  case evicted
  case refusedNoName = "refused_no_name"
  case refusedNotRestricted = "refused_not_restricted"
  case refusedNotCovered = "refused_not_covered"
  case refusedClientRate = "refused_client_rate"
  case refusedTotalRate = "refused_total_rate"
  case refusedNotValid = "refused_not_valid"

  package var name: String { "notice.tls.\(rawValue)" }

  init(_ refusal: TLSRefusal) {
    self =
      switch refusal {
      case .noName: .refusedNoName
      case .notRestricted: .refusedNotRestricted
      case .notCovered: .refusedNotCovered
      case .clientRate: .refusedClientRate
      case .totalRate: .refusedTotalRate
      case .notValid: .refusedNotValid
      }
  }
}
