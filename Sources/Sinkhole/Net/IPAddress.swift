import Glibc

/// An IPv4 or IPv6 address.
package struct IPAddress: BitwiseCopyable, Hashable, Sendable {
  package enum Family: UInt8, BitwiseCopyable, Sendable { case v4 = 4, v6 = 6 }

  package let family: Family
  /// 128 bits in network order; IPv4 lies in the lowest 32, as RFC 4291's mapped form without its FFFF.
  package let high: UInt64
  package let low: UInt64

  package init(v4 bits: UInt32) {
    family = .v4
    high = 0
    low = UInt64(bits)
  }

  package init(v6High: UInt64, low: UInt64) {
    family = .v6
    high = v6High
    self.low = low
  }

  /// Reads `192.0.2.1` or `2001:db8::1`; nil when `text` is neither. No zone index.
  package init?(_ text: String) {
    var v4 = in_addr()
    if unsafe inet_pton(AF_INET, text, &v4) == 1 {
      self.init(v4: UInt32(bigEndian: v4.s_addr))
      return
    }
    var v6 = in6_addr()
    guard unsafe inet_pton(AF_INET6, text, &v6) == 1 else { return nil }
    self.init(v6)
  }

  init(_ address: in6_addr) {
    // Safe: in6_addr is sixteen plain octets.
    let words = unsafe unsafeBitCast(address, to: (UInt64, UInt64).self)
    self.init(v6High: UInt64(bigEndian: words.0), low: UInt64(bigEndian: words.1))
  }

  var in6: in6_addr {
    // Safe: as above.
    unsafe unsafeBitCast((high.bigEndian, low.bigEndian), to: in6_addr.self)
  }

  /// 4 or 16.
  package var octetCount: Int { family == .v4 ? 4 : 16 }

  /// Octet `index` in network order, 0..<octetCount.
  package func octet(_ index: Int) -> UInt8 {
    switch family {
    case .v4: UInt8(truncatingIfNeeded: low >> UInt64(24 - index * 8))
    case .v6: UInt8(truncatingIfNeeded: (index < 8 ? high : low) >> UInt64(56 - (index & 7) * 8))
    }
  }

  package var isLoopback: Bool {
    family == .v4 ? low >> 24 == 127 : high == 0 && low == 1
  }

  /// `0.0.0.0` or `::`.
  package var isUnspecified: Bool { high == 0 && low == 0 }

  /// An IPv6 address that stands for an IPv4 one (`::ffff:192.0.2.1`) as that one; others unchanged.
  package var unmapped: IPAddress {
    family == .v6 && high == 0 && low >> 32 == 0xFFFF ? IPAddress(v4: UInt32(truncatingIfNeeded: low)) : self
  }
}

extension IPAddress: CustomStringConvertible {
  package var description: String {
    if family == .v4 {
      return (0..<4).map { String(octet($0)) }.joined(separator: ".")
    }
    var address = in6
    return unsafe withUnsafeTemporaryAllocation(of: CChar.self, capacity: Int(INET6_ADDRSTRLEN)) { text in
      guard let base = text.baseAddress,
        unsafe inet_ntop(AF_INET6, &address, base, socklen_t(INET6_ADDRSTRLEN)) != nil
      else { return "::" }
      return unsafe String(cString: base)
    }
  }
}
