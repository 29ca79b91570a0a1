/// Seeded 64-bit hashes of names and of the names above them, for sets of names that are built once and asked often.
/// The seed is drawn at start: nobody who writes a list can choose names that collide.
///
/// Names are canonical wire octets without the root label.
struct NameHash: Sendable {
  /// Of the root.
  let root = SuffixHashes.seed
  /// Odd, and nobody's but this process's.
  private let factor = SuffixHashes.seed ^ 0x9E37_79B9_7F4A_7C15 | 1

  /// The hash of the name that has the label at `start..<end` of `wire`, its length octet included, before a name of
  /// hash `above`.
  @inline(__always)
  func below(_ above: UInt64, _ wire: Span<UInt8>, _ start: Int, _ end: Int) -> UInt64 {
    var hash = above
    var word: UInt64 = 0
    var index = start
    var left = 8
    while index < end {
      word = word << 8 | UInt64(wire[index])
      index += 1
      left -= 1
      if left == 0 {
        hash = mix(hash ^ word)
        (word, left) = (0, 8)
      }
    }
    // The length octet comes first, so that no word of zeros stands for nothing.
    return mix(hash ^ word)
  }

  /// Of the whole name.
  @inline(__always)
  func whole(_ wire: Span<UInt8>, _ labels: LabelStarts) -> UInt64 {
    var hash = root
    var depth = 1
    while depth <= labels.count {
      hash = below(hash, wire, labels.start(depth), labels.end(depth, wire.count))
      depth += 1
    }
    return hash
  }

  /// Of the whole name; nil for one of more labels than triggers have.
  @inline(__always)
  func whole(_ wire: Span<UInt8>) -> UInt64? { LabelStarts(wire).map { whole(wire, $0) } }

  @inline(__always)
  private func mix(_ value: UInt64) -> UInt64 {
    let product = value.multipliedFullWidth(by: factor)
    return product.high ^ product.low
  }
}

/// Where the labels of a name start, counted from the top-level label: label 1 is `org` of `www.example.org`.
struct LabelStarts {
  private var starts = InlineArray<24, UInt8>(repeating: 0)
  /// Labels without the root.
  private(set) var count = 0

  /// Nil when the name has more labels than a trigger may have.
  @inline(__always)
  init?(_ wire: Span<UInt8>) {
    var at = 0
    while at < wire.count {
      guard count < SuffixHashes.maximumDepth else { return nil }
      starts[count] = UInt8(truncatingIfNeeded: at)
      count += 1
      at += Int(wire[at]) + 1
    }
  }

  /// Of the name of `labels` labels, 1...count.
  @inline(__always)
  func start(_ labels: Int) -> Int { Int(starts[count - labels]) }

  /// Where the first of these labels ends, in a name of `length` octets.
  @inline(__always)
  func end(_ labels: Int, _ length: Int) -> Int { labels == 1 ? length : start(labels - 1) }
}
