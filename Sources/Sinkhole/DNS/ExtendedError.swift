/// The INFO-CODE of an extended DNS error (RFC 8914 section 4).
package struct ExtendedError: RawRepresentable, Hashable, Sendable, CustomStringConvertible {
  package let rawValue: UInt16
  package init(rawValue: UInt16) { self.rawValue = rawValue }

  /// Expired data, since no upstream says anything newer (section 4.4).
  package static let staleAnswer = ExtendedError(rawValue: 3)
  /// This server's operator does not want the name reached (section 4.16).
  package static let blocked = ExtendedError(rawValue: 15)
  /// Somebody else orders it: a law, a directive (section 4.17).
  package static let censored = ExtendedError(rawValue: 16)
  /// The client's side asked for it: parental control and the like (section 4.18).
  package static let filtered = ExtendedError(rawValue: 17)
  /// The client may not ask this server (section 4.19).
  package static let prohibited = ExtendedError(rawValue: 18)
  /// The same as `staleAnswer`, of a name that did not exist (section 4.20).
  package static let staleNonexistence = ExtendedError(rawValue: 19)
  /// The question is not for a forwarder: RD=0 (section 4.21).
  package static let notAuthoritative = ExtendedError(rawValue: 20)
  /// The QTYPE or CLASS is not served (section 4.22).
  package static let notSupported = ExtendedError(rawValue: 21)
  /// A resolution that failed not long ago (section 4.14).
  package static let cachedError = ExtendedError(rawValue: 13)
  /// No upstream could be reached (section 4.23).
  package static let noReachableAuthority = ExtendedError(rawValue: 22)
  /// An upstream answered with an error or what could not be used (section 4.24).
  package static let networkError = ExtendedError(rawValue: 23)
  /// A registered code for what no other fits; its text says what (section 4.1).
  package static let other = ExtendedError(rawValue: 0)

  package var description: String {
    switch rawValue {
    case 0: "Other"
    case 3: "Stale Answer"
    case 15: "Blocked"
    case 16: "Censored"
    case 17: "Filtered"
    case 18: "Prohibited"
    case 19: "Stale NXDOMAIN Answer"
    case 20: "Not Authoritative"
    case 21: "Not Supported"
    case 22: "No Reachable Authority"
    case 23: "Network Error"
    default: "INFO-CODE \(rawValue)"
    }
  }
}
