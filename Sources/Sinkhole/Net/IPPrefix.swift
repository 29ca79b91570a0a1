/// A block of addresses, `192.0.2.0/24` or `2001:db8::/32`.
package struct IPPrefix: Hashable, Sendable, CustomStringConvertible {
  package let address: IPAddress
  /// Bits, 0...32 or 0...128.
  package let length: Int

  /// Nil when `length` does not fit the family or a bit is set beyond it.
  package init?(_ address: IPAddress, length: Int) {
    guard length >= 0, length <= address.octetCount * 8 else { return nil }
    self.address = address
    self.length = length
    guard IPPrefix.masked(address, length) == address else { return nil }
  }

  /// The block of `length` bits that `address` lies in; a length beyond the family's is the whole address.
  package init(around address: IPAddress, length: Int) {
    self.length = min(max(length, 0), address.octetCount * 8)
    self.address = IPPrefix.masked(address, self.length)
  }

  /// Reads `ADDRESS/LENGTH`, or a lone address as a block of one.
  package init?(_ text: String) {
    let parts = text.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
    guard let address = IPAddress(String(parts[0])) else { return nil }
    if parts.count == 1 {
      self.init(address, length: address.octetCount * 8)
    } else {
      guard let length = Int(parts[1]) else { return nil }
      self.init(address, length: length)
    }
  }

  /// Bits of the same block among IPv6 addresses, where IPv4 has the last 32.
  package var mappedLength: Int { address.family == .v4 ? 96 + length : length }

  @inline(__always)
  package func contains(_ other: IPAddress) -> Bool {
    other.family == address.family && IPPrefix.masked(other, length) == address
  }

  private static func masked(_ address: IPAddress, _ length: Int) -> IPAddress {
    switch address.family {
    case .v4:
      return IPAddress(v4: UInt32(truncatingIfNeeded: address.low) & (UInt32.max << UInt32(32 - length)))
    case .v6:
      let high = length >= 64 ? address.high : address.high & (UInt64.max << UInt64(64 - length))
      let low = length <= 64 ? 0 : address.low & (UInt64.max << UInt64(128 - length))
      return IPAddress(v6High: high, low: low)
    }
  }

  package var description: String { "\(address)/\(length)" }

  /// 127.0.0.0/8 and ::1.
  package static let loopback: [IPPrefix] = ["127.0.0.0/8", "::1/128"].compactMap(IPPrefix.init)
  /// RFC 1918, RFC 3927, RFC 6598, RFC 4193 and link-local IPv6.
  package static let privateUse: [IPPrefix] = [
    "10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "169.254.0.0/16", "100.64.0.0/10", "fc00::/7", "fe80::/10",
  ].compactMap(IPPrefix.init)
  /// Where a name of the outside has no business to lead: the machine itself, its networks, and nowhere.
  package static let inside: [IPPrefix] = loopback + privateUse + ["0.0.0.0/8", "::/128"].compactMap(IPPrefix.init)
}
