/// Why a client is shown no certificate.
package enum TLSRefusal: String, CaseIterable, Sendable {
  /// It named nobody, or an address, or it does not speak TLS.
  case noName = "no-name"
  /// It named what is not restricted for it.
  case notRestricted = "not-restricted"
  /// It named what lies outside the delegated authority.
  case notCovered = "not-covered"
  /// It has had too many certificates minted.
  case clientRate = "client-rate"
  /// All together have.
  case totalRate = "total-rate"
  /// The delegated authority has ended, or the clock is wrong.
  case notValid = "authority-not-valid"

  /// A record with a fatal alert, before any encryption (RFC 8446 sections 5.1 and 6.2). Where we know no such name it is
  /// unrecognized_name, 112; where we could not this time, internal_error, 80.
  var alert: [UInt8] {
    let description: UInt8 =
      switch self {
      case .noName, .notRestricted, .notCovered: 112
      case .clientRate, .totalRate, .notValid: 80
      }
    return [21, 3, 3, 0, 2, 2, description]
  }
}
