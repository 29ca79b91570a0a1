/// Names of the reverse tree (RFC 1035 section 3.5, RFC 3596 section 2.5).
package enum ReverseName {
  package static func name(of address: IPAddress) -> Name {
    let octets = (0..<address.octetCount).reversed().map { address.octet($0) }
    let text =
      switch address.family {
      case .v4: octets.map { "\($0)." }.joined() + "in-addr.arpa"
      case .v6: octets.map { "\(String($0 & 15, radix: 16)).\(String($0 >> 4, radix: 16))." }.joined() + "ip6.arpa"
      }
    // Of digits and dots alone, so it is a name.
    return Name(text) ?? Name()
  }

  /// The zones that hold the addresses of `prefix`, cut where labels are: one, or the two to 128 whose last label varies.
  /// Nil for less than 8 bits of IPv4 or 16 of IPv6, whose zones are not an operator's.
  package static func zones(of prefix: IPPrefix) -> [Name]? {
    let isV4 = prefix.address.family == .v4
    let (step, least) = isV4 ? (8, 8) : (4, 16)
    guard prefix.length >= least else { return nil }
    let labels = (prefix.length + step - 1) / step
    let spare = labels * step - prefix.length
    return (0..<(1 << spare)).compactMap { variant in
      var parts: [String] = []
      for index in (0..<labels).reversed() {
        var value = isV4 ? Int(prefix.address.octet(index)) : nibble(prefix.address, index)
        if index == labels - 1 { value += variant }
        parts.append(isV4 ? String(value) : String(value, radix: 16))
      }
      return Name(parts.joined(separator: ".") + (isV4 ? ".in-addr.arpa" : ".ip6.arpa"))
    }
  }

  private static func nibble(_ address: IPAddress, _ index: Int) -> Int {
    Int(address.octet(index / 2) >> (index % 2 == 0 ? 4 : 0) & 0x0F)
  }
}
