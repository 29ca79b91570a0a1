/// A set of name hashes that may hold more than was put into it: for a hash that was, it always says yes, for another it
/// says no nearly always (a blocked Bloom filter, two bits a hash). So small that it stays near the processor where the
/// set itself would not.
package struct NameSieve {
  private var words: [UInt64]

  /// Octets at the most, whatever is expected.
  package static let maximumSize = 4 << 20

  /// - Parameter capacity: hashes to expect. One in thirty of the others passes when there are a third as many.
  package init(capacity: Int) {
    // The next power of two: half an octet to one for each.
    let size = max(1 << 10, min(capacity / 2, NameSieve.maximumSize))
    words = Array(repeating: 0, count: 1 << (Int.bitWidth - (size / 8 - 1).leadingZeroBitCount))
  }

  /// Octets.
  package var size: Int { words.count * 8 }

  package mutating func insert(_ hash: UInt64) { words[word(of: hash)] |= NameSieve.bits(of: hash) }

  @inline(__always)
  package func mayContain(_ hash: UInt64) -> Bool {
    let bits = NameSieve.bits(of: hash)
    return words[word(of: hash)] & bits == bits
  }

  @inline(__always)
  private func word(of hash: UInt64) -> Int { Int(truncatingIfNeeded: hash >> 12) & (words.count - 1) }

  @inline(__always)
  private static func bits(of hash: UInt64) -> UInt64 { 1 << (hash & 63) | 1 << (hash >> 6 & 63) }
}
