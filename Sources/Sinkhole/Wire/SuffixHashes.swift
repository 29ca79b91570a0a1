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

  package init(_ name: Name) { update(name.wire) }

  /// The hashes of the suffixes of 0, 1 ... labels, as far as `count` and `maximumDepth`. A search takes this once: each
  /// look at one element of a borrowed `InlineArray` copies all of them.
  package var values: Span<UInt64> {
    @_lifetime(borrow self) get { hashes.span }
  }

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

  /// The hash that `update` would give for `name`, here without its root label, and its labels. Nil when they are more
  /// than `maximumDepth`.
  package static func whole(_ name: Span<UInt8>) -> (value: UInt64, labels: Int)? {
    var starts = InlineArray<24, UInt8>(repeating: 0)
    var labels = 0
    var offset = 0
    while offset < name.count {
      guard labels < maximumDepth else { return nil }
      starts[labels] = UInt8(truncatingIfNeeded: offset)
      labels += 1
      offset += Int(name[offset]) + 1
    }
    var hash = seed
    var end = name.count
    for depth in stride(from: labels - 1, through: 0, by: -1) {
      let start = Int(starts[depth])
      hash = fold(hash, name, start, end)
      end = start
    }
    return (hash, labels)
  }

  /// Folds one label, its length octet included, in words of eight octets.
  @inline(__always)
  private static func fold(_ hash: UInt64, _ octets: Span<UInt8>, _ start: Int, _ end: Int) -> UInt64 {
    var hash = hash
    var start = start
    while end - start > 8 {
      hash = mix(hash ^ octets.word(at: start))
      start += 8
    }
    return mix(hash ^ octets.word(from: start, to: end))
  }

  @inline(__always)
  static func mix(_ value: UInt64) -> UInt64 {
    let product = value.multipliedFullWidth(by: multiplier ^ seed)
    return product.high ^ product.low
  }
}
