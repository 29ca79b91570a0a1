/// Names of addresses: `5.0.0.10.in-addr.arpa` (RFC 1035 section 3.5), nibbles below `ip6.arpa` (RFC 3596 section 2.5).
enum ReverseName {
  static func name(of address: IPAddress) -> Name {
    let octets = (0..<address.octetCount).reversed().map { address.octet($0) }
    let text =
      switch address.family {
      case .v4: octets.map { "\($0)." }.joined() + "in-addr.arpa"
      case .v6: octets.map { "\(hex($0 & 15)).\(hex($0 >> 4))." }.joined() + "ip6.arpa"
      }
    // Of digits and dots alone, so it is a name.
    return Name(text) ?? Name()
  }

  private static func hex(_ nibble: UInt8) -> String { String(nibble, radix: 16) }
}
