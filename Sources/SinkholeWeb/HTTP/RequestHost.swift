/// The host a request is for: the Host field without its port (RFC 9110 section 7.2).
enum RequestHost: Hashable, Sendable {
  /// A DNS name in the form `RestrictionSource` takes.
  case name(String)
  /// An IPv4 address, or an IPv6 address without its brackets.
  case address(String)

  /// - Parameter field: `host [ ":" port ]` (RFC 3986 section 3.2). Nil when it is not that. Two
  ///   deviations, both on the strict side: percent-encoded octets and characters that no host name
  ///   on the wire has (RFC 3986 sub-delims) are refused, and so are empty or oversized labels.
  init?(_ field: String) {
    // 253 octets of name, a trailing dot, a colon, 5 digits: a longer one is not worth a look.
    guard field.utf8.count <= 260 else { return nil }
    if field.hasPrefix("[") {
      guard let end = field.firstIndex(of: "]") else { return nil }
      let address = field[field.index(after: field.startIndex)..<end]
      guard Self.isPort(field[field.index(after: end)...]), Self.looksLikeIPv6(address) else { return nil }
      self = .address(address.lowercased())
      return
    }
    let colon = field.firstIndex(of: ":") ?? field.endIndex
    guard Self.isPort(field[colon...]) else { return nil }
    var name = field[..<colon].lowercased()
    if name.hasSuffix(".") { name.removeLast() }
    if Self.looksLikeIPv4(name) {
      self = .address(name)
    } else if Self.isName(name) {
      self = .name(name)
    } else {
      return nil
    }
  }

  /// Nothing, or a colon and 0 to 5 digits (RFC 3986 allows an empty port).
  private static func isPort(_ text: Substring) -> Bool {
    guard let first = text.first else { return true }
    return first == ":" && text.utf8.count <= 6 && text.dropFirst().utf8.allSatisfy(isDigit)
  }

  private static func isName(_ name: String) -> Bool {
    guard (1...253).contains(name.utf8.count) else { return false }
    return name.split(separator: ".", omittingEmptySubsequences: false).allSatisfy { label in
      (1...63).contains(label.utf8.count)
        && label.utf8.allSatisfy {
          isDigit($0) || (0x61...0x7A).contains($0) || $0 == 0x2D || $0 == 0x5F
        }
    }
  }

  /// Four groups of 0 to 255. Every other name that ends in a number is no address and no TLD either,
  /// but stays a name: no policy will know it.
  private static func looksLikeIPv4(_ text: String) -> Bool {
    let groups = text.split(separator: ".", omittingEmptySubsequences: false)
    return groups.count == 4 && groups.allSatisfy { $0.utf8.allSatisfy(isDigit) && UInt8($0) != nil }
  }

  /// Only the characters are looked at: nothing is ever looked up by an address.
  private static func looksLikeIPv6(_ text: Substring) -> Bool {
    text.contains(":")
      && text.utf8.allSatisfy {
        isDigit($0) || (0x61...0x66).contains($0 | 0x20) || $0 == 0x3A || $0 == 0x2E
      }
  }

  private static func isDigit(_ byte: UInt8) -> Bool { (0x30...0x39).contains(byte) }
}
