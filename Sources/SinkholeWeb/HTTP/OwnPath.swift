import Hummingbird

/// The paths under `/.well-known/sinkhole/` (RFC 8615), the only ones that are looked at under a restricted name: every
/// other one is the reader's own business.
enum OwnPath: Hashable, Sendable {
  /// POST: a caution has been read.
  case acknowledge
  /// POST: a request for authorisation.
  case ask
  /// GET: what has become of a request, `request/NUMBER?token=TOKEN`.
  case request(number: Int, token: String)

  static let prefix = "/.well-known/sinkhole/"

  /// Nil for a path that is not ours.
  init?(_ path: String?) {
    guard let path, path.utf8.count <= 256, path.hasPrefix(Self.prefix) else { return nil }
    let rest = path.dropFirst(Self.prefix.count)
    switch rest {
    case "acknowledge": self = .acknowledge
    case "ask": self = .ask
    default:
      guard let match = rest.wholeMatch(of: #/request/([1-9][0-9]{0,17})\?token=([0-9a-f.]+)/#),
        let number = Int(match.output.1)
      else { return nil }
      self = .request(number: number, token: String(match.output.2))
    }
  }

  var text: String {
    switch self {
    case .acknowledge: Self.prefix + "acknowledge"
    case .ask: Self.prefix + "ask"
    case .request(let number, let token): Self.prefix + "request/\(number)?token=\(token)"
    }
  }

  /// Whether a request with this head is one of our forms being sent: the only ones whose bodies are read.
  static func takesBody(_ head: HTTPRequest) -> Bool {
    guard head.method == .post else { return false }
    switch OwnPath(head.path) {
    case .acknowledge, .ask: return true
    case .request, nil: return false
    }
  }
}
