/// Where a list is fetched: an absolute `https` or `http` URL (RFC 3986), taken apart.
///
/// Our own, because a redirect has to be judged before it is followed: the HTTP client would go from `https` to `http`.
/// No user name (it would stand in logs and metadata) and no fragment. Octets outside of printable ASCII are refused,
/// so that a URL is safe to log and to store in a line.
package struct SourceURL: Sendable, Hashable, CustomStringConvertible {
  package enum Scheme: String, Sendable, Hashable {
    case http, https
  }

  /// Octets of a whole URL.
  static let maximumLength = 2048

  package let scheme: Scheme
  /// Host in lower case and port, as written: `lists.example.org`, `[2001:db8::1]:8443`.
  package let authority: String
  /// Begins with `/`.
  let path: String
  /// With its `?`; empty when there is none.
  let query: String

  package var description: String { "\(scheme.rawValue)://\(authority)\(path)\(query)" }

  /// Nil: no absolute URL of the kind above.
  package init?(_ text: String) {
    guard text.utf8.count <= SourceURL.maximumLength, text.utf8.allSatisfy({ (0x21...0x7E).contains($0) }),
      let mark = text.firstRange(of: "://"), let scheme = Scheme(rawValue: text[..<mark.lowerBound].lowercased())
    else { return nil }
    let rest = text[mark.upperBound...].prefix { $0 != "#" }
    let authority = rest.prefix { $0 != "/" && $0 != "?" }.lowercased()
    guard SourceURL.isAuthority(authority) else { return nil }
    self.init(scheme, authority, pathAndQuery: rest.dropFirst(authority.utf8.count))
  }

  private init(_ scheme: Scheme, _ authority: String, pathAndQuery text: Substring) {
    self.scheme = scheme
    self.authority = authority
    let path = text.prefix { $0 != "?" }
    self.path = path.isEmpty ? "/" : SourceURL.removingDotSegments(path)
    query = String(text[path.endIndex...])
  }

  /// What a `Location` field means (RFC 3986 section 5.2.2). Nil: nothing that we fetch.
  func resolving(_ reference: String) -> SourceURL? {
    let reference = reference.prefix { $0 != "#" }
    guard reference.utf8.count <= SourceURL.maximumLength, reference.utf8.allSatisfy({ (0x21...0x7E).contains($0) })
    else { return nil }
    if reference.hasPrefix("//") { return SourceURL("\(scheme.rawValue):\(reference)") }
    // A colon before the first slash ends a scheme (section 4.2).
    if reference.prefix(while: { $0 != "/" && $0 != "?" }).contains(":") { return SourceURL(String(reference)) }
    if reference.hasPrefix("/") { return SourceURL(scheme, authority, pathAndQuery: reference) }
    if reference.isEmpty { return self }
    if reference.hasPrefix("?") { return SourceURL(scheme, authority, pathAndQuery: path + reference) }
    // Merged with the folder of our path (section 5.2.3).
    let folder = path[...(path.lastIndex(of: "/") ?? path.startIndex)]
    return SourceURL(scheme, authority, pathAndQuery: folder + reference)
  }

  /// RFC 3986 section 5.2.4, of a path that begins with `/`.
  private static func removingDotSegments(_ path: Substring) -> String {
    let segments = path.dropFirst().split(separator: "/", omittingEmptySubsequences: false)
    var kept: [Substring] = []
    for (index, segment) in segments.enumerated() {
      switch segment {
      case ".": break
      case "..": _ = kept.popLast()
      default:
        kept.append(segment)
        continue
      }
      // `/a/.` and `/a/..` name a folder.
      if index == segments.count - 1 { kept.append("") }
    }
    return "/" + kept.joined(separator: "/")
  }

  /// HOST or HOST:PORT, where HOST is a name, an IPv4 address or an IPv6 address in brackets.
  private static func isAuthority(_ text: String) -> Bool {
    let host: Substring
    if text.hasPrefix("["), let end = text.firstIndex(of: "]") {
      host = text[...end]
      let inner = host.dropFirst().dropLast()
      guard inner.contains(":"), inner.allSatisfy({ $0.isHexDigit || $0 == ":" || $0 == "." }) else { return false }
    } else {
      host = text.prefix { $0 != ":" }
      guard !host.isEmpty, host.allSatisfy({ $0.isLetter || $0.isNumber || ".-_".contains($0) }) else { return false }
    }
    let rest = text[host.endIndex...]
    if rest.isEmpty { return true }
    let port = rest.dropFirst()
    guard rest.hasPrefix(":"), port.allSatisfy(\.isNumber), let number = UInt16(port) else { return false }
    return number > 0
  }
}
