import CNet

/// Which trigger, if any, rules over a name: one immutable open-addressing table for all zones.
///
/// A slot holds 32 bits of the name's hash and where its node lies; at a load of at most one half, a name
/// without a rule costs one independent probe per label, and only a tag that fits makes the whole name be
/// compared. Nodes of one name in several zones hang in a chain, in zone order.
///
/// Wildcards follow RFC 4592 inside each zone: the closest encloser decides, so `*.example.org` does not
/// cover `c.b.example.org` where `b.example.org` exists. For that, names that merely lie between a wildcard and
/// a deeper trigger have nodes too.
package struct PolicyIndex: Sendable {
  /// As BIND: more zones than that and a verdict could not be found in bounded time.
  package static let maximumZones = 64

  /// Where a trigger is, and what it wants. Plain values, so that a verdict costs no reference.
  package struct Match: Sendable, Equatable {
    /// Index of the zone, in the order of configuration.
    package let zone: Int
    /// Index into the policy's actions; never 0.
    package let action: Int
    package let line: Int
    /// Labels of the trigger's name, the `*` not counted.
    package let labels: Int
    package let isWildcard: Bool
  }

  struct Node: Sendable {
    let nameOffset: UInt32
    let nameLength: UInt8
    let zone: UInt8
    /// 0: none.
    var exact: UInt16 = 0
    var wildcard: UInt16 = 0
    var exactLine: UInt32 = 0
    var wildcardLine: UInt32 = 0
    /// Index + 1 of the same name's node in a later zone; 0: none.
    var next: UInt32 = 0
  }

  private let slots: [UInt64]
  private let mask: Int
  private let nodes: [Node]
  private let names: [UInt8]
  /// Labels of the longest name: deeper suffixes of a question need no probe.
  private let deepest: Int
  package var nameCount: Int { nodes.count }

  init(slots: [UInt64], nodes: [Node], names: [UInt8], deepest: Int) {
    self.slots = slots
    self.mask = slots.count - 1
    self.nodes = nodes
    self.names = names
    self.deepest = deepest
  }

  /// The trigger that rules over `name`; zone order decides between zones, the closest name inside one.
  package func match(_ name: Name, _ hashes: SuffixHashes) -> Match? {
    var best: Match?
    var settled: UInt64 = 0
    var labels = min(hashes.count, deepest)
    while labels > 0 {
      var next = head(of: name, from: hashes.offset(labels: labels), hash: hashes.hash(labels: labels))
      while next != 0 {
        let node = nodes[Int(next) - 1]
        next = node.next
        let bit: UInt64 = 1 << UInt64(node.zone)
        // The deepest name of a zone that exists is its closest encloser; what lies above it is settled.
        if settled & bit != 0 { continue }
        settled |= bit
        let isWhole = labels == hashes.count
        let action = isWhole ? node.exact : node.wildcard
        if action != 0, best.map({ Int(node.zone) < $0.zone }) ?? true {
          best = Match(
            zone: Int(node.zone), action: Int(action), line: Int(isWhole ? node.exactLine : node.wildcardLine),
            labels: labels, isWildcard: !isWhole)
        }
      }
      if let best, best.zone == 0 { return best }
      labels -= 1
    }
    return best
  }

  /// Has the slots of every suffix fetched before they are needed.
  @inline(__always)
  package func prefetch(_ hashes: SuffixHashes) {
    var labels = min(hashes.count, deepest)
    unsafe slots.withUnsafeBufferPointer { slots in
      while labels > 0 {
        // Safe: the mask keeps the index inside; a prefetch reads nothing.
        if let base = slots.baseAddress { unsafe cnet_prefetch(base + slot(of: hashes.hash(labels: labels))) }
        labels -= 1
      }
    }
  }

  @inline(__always)
  private func slot(of hash: UInt64) -> Int { Int(truncatingIfNeeded: hash) & mask }

  /// Index + 1 of the first node of the name that starts `offset` octets into `name`; 0: none.
  @inline(__always)
  private func head(of name: Name, from offset: Int, hash: UInt64) -> UInt32 {
    var index = slot(of: hash)
    let tag = UInt32(truncatingIfNeeded: hash >> 32)
    while true {
      let slot = slots[index]
      if slot == 0 { return 0 }
      let reference = UInt32(truncatingIfNeeded: slot)
      if UInt32(truncatingIfNeeded: slot >> 32) == tag, isName(of: nodes[Int(reference) - 1], name, offset) {
        return reference
      }
      index = (index + 1) & mask
    }
  }

  private func isName(of node: Node, _ name: Name, _ offset: Int) -> Bool {
    let length = name.length - offset
    guard length == Int(node.nameLength) else { return false }
    let wire = name.wire
    let start = Int(node.nameOffset)
    for position in 0..<length where names[start + position] != wire[offset + position] { return false }
    return true
  }
}
