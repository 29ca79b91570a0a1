/// For whom a service is opened. Texts that whoever calls has brought into one form: the ledger compares them, and knows
/// nothing of addresses.
package enum LiftScope: Sendable, Hashable {
  /// `192.0.2.7`, or of IPv6 the /64 that the client lies in: `2001:db8:1:2::/64`.
  case client(String)
  /// `192.0.2.0/24`
  case prefix(String)
  /// A group of the configuration.
  case group(String)

  package var kind: String {
    switch self {
    case .client: "client"
    case .prefix: "prefix"
    case .group: "group"
    }
  }

  package var whom: String {
    switch self {
    case .client(let text), .prefix(let text), .group(let text): text
    }
  }

  package init?(kind: String, whom: String) {
    switch kind {
    case "client": self = .client(whom)
    case "prefix": self = .prefix(whom)
    case "group": self = .group(whom)
    default: return nil
    }
  }
}

extension LiftScope: CustomStringConvertible {
  package var description: String { "\(kind) \(whom)" }
}
