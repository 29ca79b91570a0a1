/// Which triggers rule over a name: one immutable open-addressing table over the triggers of all zones.
///
/// A slot is found by the hash of a name and says where that name's entry lies in its zone's arena; see
/// `TriggerTable`. Only when a tag fits is the name compared, octet by octet. Entries of one name in several zones have
/// a slot each. Names are looked for only at the depths that some trigger has.
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

  private let table: TriggerTable
  private let arenas: [TriggerArena]
  /// A bit for each zone whose names are plain subtrees.
  private let lists: UInt64
  /// A bit for each number of labels that some trigger's name has: 0...24.
  private let depths: UInt32
  /// Names that have triggers, each zone's own; a name and its wildcard are one.
  package let nameCount: Int

  init(table: TriggerTable, zones: [PolicyZone], depths: UInt32, nameCount: Int) {
    self.table = table
    self.depths = depths
    self.nameCount = nameCount
    arenas = zones.map(\.triggers)
    lists = zones.enumerated().reduce(0) { $1.element.form == .list ? $0 | 1 << UInt64($1.offset) : $0 }
  }

  /// Octets of the table, the arenas not counted.
  package var tableSize: Int { table.size }

  /// Calls `body` with the trigger that rules over `name` in each zone that has one: once a zone, in no order.
  @inline(__always)
  package func forEachMatch(
    _ name: borrowing Name, _ hashes: borrowing SuffixHashes, _ body: (Match) -> Void
  ) {
    let values = hashes.values
    var rest = depths(of: hashes)
    var candidates: UInt32 = 0
    // First all depths are looked at, without a branch on what was read, so that memory is waited for once and not at
    // every label.
    while let labels = PolicyIndex.removeDeepest(from: &rest) {
      let found = table.look(for: TriggerTable.tag(of: values[labels]), in: table.home(of: values[labels]))
      candidates |= (found.isNothing ? 0 : 1) &<< UInt32(truncatingIfNeeded: labels)
    }
    var settled: UInt64 = 0
    while let labels = PolicyIndex.removeDeepest(from: &candidates) {
      let tag = TriggerTable.tag(of: values[labels])
      var line = table.home(of: values[labels])
      var existing: UInt64 = 0
      while true {
        var found = table.look(for: tag, in: line)
        while let slot = found.nextSlot() {
          examine(table[line, slot], name, hashes, labels, settled, &existing, body)
        }
        guard found.hasSpilled else { break }
        line = table.next(after: line)
      }
      // The deepest name of a zone that exists is its closest encloser; what lies above it is settled.
      settled |= existing
    }
  }

  @inline(__always)
  private func examine(
    _ slot: TriggerTable.Slot, _ name: borrowing Name, _ hashes: borrowing SuffixHashes, _ labels: Int,
    _ settled: UInt64, _ existing: inout UInt64, _ body: (Match) -> Void
  ) {
    let bit: UInt64 = 1 &<< UInt64(truncatingIfNeeded: slot.zone)
    guard settled & bit == 0 else { return }
    let isWhole = labels == hashes.count
    let speaks = slot.scope.contains(isWhole ? .exact : .below)
    guard speaks || lists & bit == 0 else { return }
    let wire = name.wire
    let suffix = wire.extracting(hashes.offset(labels: labels)..<(name.length - 1))
    guard arenas[slot.zone].isName(suffix, at: Int(slot.offset)) else { return }
    existing |= bit
    guard speaks else { return }
    let action = arenas[slot.zone].action(ofEntryAt: Int(slot.offset), isWildcard: !isWhole)
    body(Match(zone: slot.zone, action: action, labels: labels, isWildcard: !isWhole, entry: slot.offset))
  }

  /// Has the slots of every suffix fetched before they are needed.
  @inline(__always)
  package func prefetch(_ hashes: borrowing SuffixHashes) {
    let values = hashes.values
    var rest = depths(of: hashes)
    while let labels = PolicyIndex.removeDeepest(from: &rest) { table.prefetch(values[labels]) }
  }

  // MARK: Parts

  /// The depths at which a name with these hashes may have triggers.
  @inline(__always)
  private func depths(of hashes: borrowing SuffixHashes) -> UInt32 {
    depths & ((2 &<< UInt32(truncatingIfNeeded: min(hashes.count, SuffixHashes.maximumDepth))) &- 1)
  }

  @inline(__always)
  private static func removeDeepest(from depths: inout UInt32) -> Int? {
    guard depths != 0 else { return nil }
    let deepest = 31 &- depths.leadingZeroBitCount
    depths &= ~(1 &<< UInt32(truncatingIfNeeded: deepest))
    return deepest
  }
}
