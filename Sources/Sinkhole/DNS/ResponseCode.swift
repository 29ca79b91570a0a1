/// An RCODE, extended ones included (RFC 1035 section 4.1.1, RFC 6891 section 6.1.3): 0...4095.
package struct ResponseCode: RawRepresentable, Hashable, Sendable, CustomStringConvertible {
  package let rawValue: UInt16
  @inline(__always) package init(rawValue: UInt16) { self.rawValue = rawValue }

  package static let noError = ResponseCode(rawValue: 0)
  package static let formatError = ResponseCode(rawValue: 1)
  package static let serverFailure = ResponseCode(rawValue: 2)
  package static let nxdomain = ResponseCode(rawValue: 3)
  package static let notImplemented = ResponseCode(rawValue: 4)
  package static let refused = ResponseCode(rawValue: 5)
  /// A name that would be too long: an alias does not fit (RFC 6672 section 2.2 uses it so).
  package static let nameExists = ResponseCode(rawValue: 6)
  package static let notAuthoritative = ResponseCode(rawValue: 9)
  /// Needs an OPT RR: the upper eight bits travel there.
  package static let badVersion = ResponseCode(rawValue: 16)
  /// RFC 7873 section 8.
  package static let badCookie = ResponseCode(rawValue: 23)

  package var description: String {
    switch rawValue {
    case 0: "NOERROR"
    case 1: "FORMERR"
    case 2: "SERVFAIL"
    case 3: "NXDOMAIN"
    case 4: "NOTIMP"
    case 5: "REFUSED"
    case 6: "YXDOMAIN"
    case 9: "NOTAUTH"
    case 16: "BADVERS"
    case 23: "BADCOOKIE"
    default: "RCODE\(rawValue)"
    }
  }
}

/// An OPCODE (RFC 6895 section 2.2).
package enum Opcode {
  package static let query: UInt8 = 0
  package static let notify: UInt8 = 4
  package static let update: UInt8 = 5
}
