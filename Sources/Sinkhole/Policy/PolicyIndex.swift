import CNet

/// Which triggers rule over a name: one immutable open-addressing table over the triggers of all zones.
///
/// A slot is one word: 24 bits of the name's hash as a tag, 8 bits of zone, 32 bits of where the entry lies in that zone's
/// arena. A name without a trigger costs one independent probe a label; only a tag that fits makes the whole name be
/// compared. Entries of one name in several zones have a slot each, in one run, in zone order.
///
/// Inside a zone RFC 4592 holds: the closest encloser decides, so `*.example.org` does not cover `c.b.example.org`
/// where `b.example.org` exists. In a list the closest entry above a name that says something decides.
package struct PolicyIndex: Sendable {
  /// As BIND: more zones than that and a verdict could not be found in bounded time.
  package static let maximumZones = 64

  /// Where a trigger is, and what it wants. Plain values, so that a verdict costs no reference.
  package struct Match: Sendable, Equatable {
    /// Index of the zone, in the order of configuration.
    package let zone: Int
    /// Index into the zone's actions.
    package let action: UInt16
    /// Labels of the trigger's name, the `*` not counted.
    package let labels: Int
    package let isWildcard: Bool
    /// Where its entry lies in the zone's arena.
    package let entry: UInt32
  }

  private let slots: [UInt64]
  private let arenas: [TriggerArena]
  /// A bit for each zone whose names are plain subtrees.
  private let lists: UInt64
  /// Labels of the longest name: deeper suffixes of a question need no probe.
  private let deepest: Int
  /// 0 when some trigger is the root, else 1: where the way up ends.
  private let shallowest: Int
  /// Names and their wildcards, each zone's own.
  package let nameCount: Int

  init(slots: [UInt64], zones: [PolicyZone], deepest: Int, shallowest: Int, nameCount: Int) {
    self.slots = slots
    self.deepest = deepest
    self.shallowest = shallowest
    self.nameCount = nameCount
    arenas = zones.map(\.triggers)
    lists = zones.enumerated().reduce(0) { $1.element.form == .list ? $0 | 1 << UInt64($1.offset) : $0 }
  }

  /// Calls `body` with the trigger that rules over `name` in each zone that has one, in no order.
  @inline(__always)
  package func forEachMatch(
    _ name: borrowing Name, _ hashes: borrowing SuffixHashes, _ body: (Match) -> Void
  ) {
    var settled: UInt64 = 0
    var labels = min(hashes.count, deepest)
    while labels >= shallowest {
      let hash = hashes.hash(labels: labels)
      let tag = PolicyIndex.tag(of: hash)
      var index = PolicyIndex.home(of: hash, in: slots.count)
      var existing: UInt64 = 0
      while slots[index] != 0 {
        let slot = slots[index]
        if slot >> 40 == tag { look(slot, name, hashes, labels, settled, &existing, body) }
        index += 1
        if index == slots.count { index = 0 }
      }
      // The deepest name of a zone that exists is its closest encloser; what lies above it is settled.
      settled |= existing
      labels -= 1
    }
  }

  @inline(__always)
  private func look(
    _ slot: UInt64, _ name: borrowing Name, _ hashes: borrowing SuffixHashes, _ labels: Int, _ settled: UInt64,
    _ existing: inout UInt64, _ body: (Match) -> Void
  ) {
    let zone = Int(truncatingIfNeeded: slot >> 32 & 0xFF)
    let bit: UInt64 = 1 << UInt64(zone)
    guard settled & bit == 0 else { return }
    let offset = Int(truncatingIfNeeded: slot & 0xFFFF_FFFF)
    let start = hashes.offset(labels: labels)
    let wire = name.wire
    guard arenas[zone].isName(wire.extracting(start..<(name.length - 1)), at: offset) else { return }
    let entry = arenas[zone].entry(at: offset)
    let isWhole = labels == hashes.count
    let action = isWhole ? entry.exactAction : entry.wildcardAction
    if lists & bit == 0 || action != nil { existing |= bit }
    guard let action else { return }
    body(Match(zone: zone, action: action, labels: labels, isWildcard: !isWhole, entry: UInt32(offset)))
  }

  /// Has the slots of every suffix fetched before they are needed.
  @inline(__always)
  package func prefetch(_ hashes: SuffixHashes) {
    var labels = min(hashes.count, deepest)
    unsafe slots.withUnsafeBufferPointer { slots in
      while labels > 0 {
        // Safe: `home` keeps the index inside; a prefetch reads nothing.
        if let base = slots.baseAddress {
          unsafe cnet_prefetch(base + PolicyIndex.home(of: hashes.hash(labels: labels), in: slots.count))
        }
        labels -= 1
      }
    }
  }

  /// Never 0, which marks an empty slot.
  @inline(__always)
  static func tag(of hash: UInt64) -> UInt64 { hash & 0xFF_FFFF | 1 }

  @inline(__always)
  static func home(of hash: UInt64, in count: Int) -> Int {
    Int(truncatingIfNeeded: (hash >> 32) &* UInt64(truncatingIfNeeded: count) >> 32)
  }
}
