/// Seeded 64-bit hashes of a name and of every name above it, made in one pass from the root.
///
/// `www.example.org.` gives three: of `org.`, `example.org.` and the whole. The seed is drawn at start,
/// so that nobody outside can choose names that collide.
package struct SuffixHashes {
  package static let seed = UInt64.random(in: 1...UInt64.max)
  private static let multiplier: UInt64 = 0x9E37_79B9_7F4A_7C15
  /// Labels of the deepest suffix whose hash is kept, and so of the longest trigger: lists hold names of ten at
  /// most, and what is kept here is copied with every query.
  package static let maximumDepth = 24

  /// Labels without the root.
  package private(set) var count = 0
  /// The hash of the whole name.
  package private(set) var whole = seed
  private var hashes = InlineArray<25, UInt64>(repeating: 0)
  private var offsets = InlineArray<25, UInt8>(repeating: 0)

  package init() {}

  /// The hash of the suffix that has `labels` labels, 0...maximumDepth and not more than `count`.
  @inline(__always)
  package func hash(labels: Int) -> UInt64 { hashes[labels] }

  /// Where that suffix starts in the name's wire form.
  @inline(__always)
  package func offset(labels: Int) -> Int { Int(offsets[labels]) }

  /// Fills in for `name`, canonical wire octets.
  package mutating func update(_ name: Span<UInt8>) {
    var starts = InlineArray<128, UInt8>(repeating: 0)
    var labels = 0
    var offset = 0
    while name[offset] != 0 {
      starts[labels] = UInt8(truncatingIfNeeded: offset)
      labels += 1
      offset += Int(name[offset]) + 1
    }
    count = labels
    var hash = SuffixHashes.seed
    hashes[0] = hash
    offsets[0] = UInt8(truncatingIfNeeded: offset)
    var end = offset
    var depth = 1
    while depth <= labels {
      let start = Int(starts[labels - depth])
      hash = SuffixHashes.fold(hash, name, start, end)
      if depth <= SuffixHashes.maximumDepth {
        hashes[depth] = hash
        offsets[depth] = UInt8(truncatingIfNeeded: start)
      }
      end = start
      depth += 1
    }
    whole = hash
  }

  /// Folds one label, its length octet included, in words of eight octets.
  @inline(__always)
  private static func fold(_ hash: UInt64, _ name: Span<UInt8>, _ start: Int, _ end: Int) -> UInt64 {
    var hash = hash
    var word: UInt64 = 0
    var index = start
    var filled = 0
    while index < end {
      word = word << 8 | UInt64(name[index])
      index += 1
      filled += 1
      if filled == 8 {
        hash = mix(hash ^ word)
        word = 0
        filled = 0
      }
    }
    return filled == 0 ? hash : mix(hash ^ word)
  }

  @inline(__always)
  static func mix(_ value: UInt64) -> UInt64 {
    let product = value.multipliedFullWidth(by: multiplier ^ seed)
    return product.high ^ product.low
  }
}
