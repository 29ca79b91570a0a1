/// The names that are known here and those between them and the root, in one immutable open-addressing table.
///
/// Most names asked for share no top-level domain with any of them: `mayKnow` tells so by one look at a small table. Others
/// are looked for label by label, from the whole name up.
struct LocalTree: Sendable {
  /// Whose the names at and below a name are, as far as no deeper one says otherwise.
  enum Cut: Sendable, Equatable {
    case none
    /// The upstreams'.
    case open
    /// Nobody's but ours: an index into `SpecialZone.all`.
    case special(Int)
  }

  struct Node: Sendable {
    let hash: UInt64
    /// Where its name lies in `octets`.
    let name: Range<Int>
    let cut: Cut
    /// Records of the name itself, and of names below that are not there; nil where it has none. Indices into the records.
    let own: Range<Int>?
    let below: Range<Int>?
  }

  /// What is found of a name.
  struct Match {
    /// The deepest known name at or above it, and where that begins in it.
    var encloser: Node?
    var enclosed = 0
    /// Whether `encloser` is the name itself.
    var isExact = false
    /// The deepest cut, and where its name begins in it.
    var cut = Cut.none
    var cutStart = 0

    /// The records that the name has, its own or by the wildcard of its closest encloser (RFC 4592 section 3.3.1).
    var records: Range<Int>? { isExact ? encloser?.own : encloser?.below }
  }

  private var tops: [UInt64]
  private var slots: [Int32]
  private let nodes: [Node]
  private let octets: [UInt8]
  /// Labels of the deepest name.
  private let deepest: Int

  /// - Parameter nodes: of different names, whose ancestors are among them, but for the root.
  init(_ nodes: [Node], octets: [UInt8], deepest: Int) {
    self.nodes = nodes
    self.octets = octets
    self.deepest = deepest
    slots = [Int32](repeating: -1, count: LocalTree.size(for: nodes.count))
    let isTop = { (node: Node) in Int(octets[node.name.lowerBound]) + 2 == node.name.count }
    tops = [UInt64](repeating: 0, count: LocalTree.size(for: nodes.count(where: isTop)))
    for (index, node) in nodes.enumerated() {
      var slot = Int(truncatingIfNeeded: node.hash) & (slots.count - 1)
      while slots[slot] >= 0 { slot = (slot + 1) & (slots.count - 1) }
      slots[slot] = Int32(index)
      guard isTop(node) else { continue }
      slot = Int(truncatingIfNeeded: node.hash) & (tops.count - 1)
      while tops[slot] != 0 { slot = (slot + 1) & (tops.count - 1) }
      tops[slot] = node.hash
    }
  }

  /// A power of two that leaves three slots of four empty.
  private static func size(for count: Int) -> Int {
    var size = 16
    while size < count * 4 { size *= 2 }
    return size
  }

  /// False for every name without a node above it: by its top-level domain alone.
  @inline(__always)
  func mayKnow(_ hashes: borrowing SuffixHashes) -> Bool {
    guard hashes.count > 0 else { return false }
    let top = hashes.values[1]
    var slot = Int(truncatingIfNeeded: top) & (tops.count - 1)
    while tops[slot] != 0 {
      if tops[slot] == top { return true }
      slot = (slot + 1) & (tops.count - 1)
    }
    return false
  }

  func find(_ name: borrowing Name, _ hashes: borrowing SuffixHashes) -> Match {
    var match = Match()
    let wire = name.wire
    let values = hashes.values
    var start = 0
    var labels = hashes.count
    while labels > 0 {
      if labels <= deepest {
        let hash =
          labels == hashes.count
          ? hashes.whole : labels <= SuffixHashes.maximumDepth ? values[labels] : LocalTree.hash(wire.extracting(start...))
        if let node = node(hash, wire.extracting(start...)) {
          if match.encloser == nil { (match.encloser, match.enclosed, match.isExact) = (node, start, start == 0) }
          if node.cut != .none {
            (match.cut, match.cutStart) = (node.cut, start)
            return match
          }
        }
      }
      start += Int(wire[start]) + 1
      labels -= 1
    }
    return match
  }

  /// Of a suffix that is too deep for a query's own hashes: an address of IPv6 has 34 labels.
  static func hash(_ name: Span<UInt8>) -> UInt64 {
    var hashes = SuffixHashes()
    hashes.update(name)
    return hashes.whole
  }

  private func node(_ hash: UInt64, _ name: Span<UInt8>) -> Node? {
    var slot = Int(truncatingIfNeeded: hash) & (slots.count - 1)
    while slots[slot] >= 0 {
      let node = nodes[Int(slots[slot])]
      if node.hash == hash, octets.span.extracting(node.name).isEqual(to: name) { return node }
      slot = (slot + 1) & (slots.count - 1)
    }
    return nil
  }
}

extension Span where Element == UInt8 {
  fileprivate func isEqual(to other: Span<UInt8>) -> Bool {
    guard count == other.count else { return false }
    for index in indices where self[index] != other[index] { return false }
    return true
  }
}
