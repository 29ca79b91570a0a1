import Glibc

/// Integers in network order, and copies, on bounds-checked spans: an offset past the end traps in
/// our own code's name, so every caller has compared lengths before.
extension Span where Element == UInt8 {
  @inline(__always)
  package func uint16(at offset: Int) -> UInt16 {
    UInt16(self[offset]) << 8 | UInt16(self[offset + 1])
  }

  @inline(__always)
  package func uint32(at offset: Int) -> UInt32 {
    UInt32(uint16(at: offset)) << 16 | UInt32(uint16(at: offset + 2))
  }
}

extension MutableSpan where Element == UInt8 {
  @inline(__always)
  package func uint16(at offset: Int) -> UInt16 {
    UInt16(self[offset]) << 8 | UInt16(self[offset + 1])
  }

  @inline(__always)
  package func uint32(at offset: Int) -> UInt32 {
    UInt32(uint16(at: offset)) << 16 | UInt32(uint16(at: offset + 2))
  }

  @inline(__always)
  package mutating func store(_ value: UInt16, at offset: Int) {
    self[offset] = UInt8(truncatingIfNeeded: value >> 8)
    self[offset + 1] = UInt8(truncatingIfNeeded: value)
  }

  @inline(__always)
  package mutating func store(_ value: UInt32, at offset: Int) {
    store(UInt16(truncatingIfNeeded: value >> 16), at: offset)
    store(UInt16(truncatingIfNeeded: value), at: offset + 2)
  }

  /// Copies all of `source` to the octets from `offset` on.
  @inline(__always)
  package mutating func copy(_ source: Span<UInt8>, at offset: Int) {
    precondition(offset >= 0 && source.count <= count - offset)
    let length = source.count
    guard length > 0 else { return }
    unsafe withUnsafeMutableBufferPointer { target in
      unsafe source.withUnsafeBufferPointer { octets in
        guard let to = target.baseAddress, let from = octets.baseAddress else { return }
        // Safe: the precondition holds both ranges inside their spans.
        _ = unsafe memcpy(to + offset, from, length)
      }
    }
  }
}
