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

/// Words of eight octets, the first octet lowest, for loops that would otherwise end where no processor guesses it.
extension Span where Element == UInt8 {
  @inline(__always)
  package func word(at offset: Int) -> UInt64 {
    // Safe: any eight octets are an integer, and an offset outside would trap.
    unsafe UInt64(littleEndian: bytes.unsafeLoadUnaligned(fromByteOffset: offset, as: UInt64.self))
  }

  /// The octets of `start..<end`, one to eight: cut from eight that reach further, where there are so many.
  @inline(__always)
  package func word(from start: Int, to end: Int) -> UInt64 {
    let unused = UInt64(truncatingIfNeeded: 64 &- (end &- start) &* 8)
    if end >= 8 { return word(at: end &- 8) >> unused }
    if count >= start + 8 { return (word(at: start) << unused) >> unused }
    var word: UInt64 = 0
    var index = end
    while index > start {
      index -= 1
      word = word << 8 | UInt64(self[index])
    }
    return word
  }

  /// Whether the octets from `offset` on, as many as `other` has, are those of `other`. Traps when fewer are left.
  @inline(__always)
  package func matches(_ other: Span<UInt8>, at offset: Int) -> Bool {
    let length = other.count
    guard length > 0 else { return true }
    var index = 0
    while length - index > 8 {
      guard word(at: offset + index) == other.word(at: index) else { return false }
      index += 8
    }
    return word(from: offset + index, to: offset + length) == other.word(from: index, to: length)
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

  /// Moves `length` octets within the span; the two ranges may overlap.
  @inline(__always)
  package mutating func move(from start: Int, to offset: Int, length: Int) {
    precondition(length >= 0 && start >= 0 && offset >= 0 && length <= count - start && length <= count - offset)
    unsafe withUnsafeMutableBufferPointer { octets in
      guard let base = octets.baseAddress else { return }
      // Safe: the precondition holds both ranges inside the span.
      _ = unsafe memmove(base + offset, base + start, length)
    }
  }
}
