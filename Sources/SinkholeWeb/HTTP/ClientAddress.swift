import NIOCore

/// Who is at the other end of a connection.
package struct ClientAddress: Hashable, Sendable {
  /// As `RestrictionSource` takes it: IPv4, or IPv6 without zone, in canonical text (RFC 5952).
  package let text: String

  /// Nil for a connection that is gone or not of the Internet.
  init?(_ address: SocketAddress?) {
    guard let text = address?.ipAddress else { return nil }
    self.init(text)
  }

  package init(_ text: String) {
    let plain = text.prefix { $0 != "%" }
    // A listener on `::` shows IPv4 clients in mapped form (RFC 4291 section 2.5.5.2).
    let mapped = plain.lowercased().hasPrefix("::ffff:") && plain.contains(".")
    self.text = String(mapped ? plain.dropFirst(7) : plain)
  }

  /// What counts as one client when connections are counted: the address, or for IPv6 its /64,
  /// within which a host may take as many addresses as it likes.
  package var site: String {
    guard text.contains(":") else { return text }
    guard let gap = text.firstRange(of: "::") else {
      return text.split(separator: ":").prefix(4).joined(separator: ":")
    }
    let before = text[..<gap.lowerBound].split(separator: ":")
    let after = text[gap.upperBound...].split(separator: ":")
    let zeros = repeatElement(Substring("0"), count: max(0, 8 - before.count - after.count))
    return (before + zeros + after).prefix(4).joined(separator: ":")
  }
}
