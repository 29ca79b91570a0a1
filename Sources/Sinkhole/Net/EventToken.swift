/// What a ready descriptor is, packed into the 64 bits that epoll carries: a kind, an index, and a serial
/// number, so that an event of a descriptor closed in the same round is told from its successor's.
package struct EventToken: Hashable, Sendable {
  package enum Kind: UInt8, Sendable {
    case wakeUp, datagrams, listener, connection, upstreamDatagrams, upstreamStream
  }

  package let rawValue: UInt64

  package init(rawValue: UInt64) { self.rawValue = rawValue }

  /// - Parameter index: below 2^24.
  package init(_ kind: Kind, index: Int = 0, serial: UInt32 = 0) {
    rawValue = UInt64(kind.rawValue) << 56 | UInt64(index & 0xFF_FFFF) << 32 | UInt64(serial)
  }

  package var kind: Kind? { Kind(rawValue: UInt8(truncatingIfNeeded: rawValue >> 56)) }
  package var index: Int { Int(rawValue >> 32 & 0xFF_FFFF) }
  package var serial: UInt32 { UInt32(truncatingIfNeeded: rawValue) }
}
