/// Builds a `PolicyIndex` over zones, in their order: one walk over each arena, of which nothing is copied.
package struct PolicyIndexBuilder {
  /// An entry whose line is on its way from memory.
  private struct Pending {
    var hash: UInt64 = 0
    var offset: UInt32 = 0
  }

  /// Entries whose lines are fetched before the first of them is placed.
  private static let batch = 32
  /// Faults that are told one by one; the others are counted.
  static let maximumFaults = 1000

  private var table: TriggerTable
  private let zones: [PolicyZone]
  private var depths: UInt32 = 0
  private var nameCount = 0
  private var faults: [Fault] = []
  private var untold = 0

  /// - Throws: two actions for one trigger of a zone, unless the zone is a list and one of them an exception; a name of
  ///   more labels than the hashes of a query reach.
  package static func build(_ zones: [PolicyZone]) throws(Faults) -> PolicyIndex {
    precondition(zones.count <= PolicyIndex.maximumZones)
    var builder = PolicyIndexBuilder(zones)
    for zone in zones.indices { builder.add(zone) }
    if let last = builder.faults.last {
      if builder.untold > 0 {
        builder.faults.append(
          Fault(file: last.file, "\(builder.untold) more such faults from here on", remedy: "See above."))
      }
      throw Faults(builder.faults)
    }
    return PolicyIndex(
      table: builder.table, zones: zones, depths: builder.depths, nameCount: builder.nameCount)
  }

  private init(_ zones: [PolicyZone]) {
    self.zones = zones
    let entries = zones.reduce(0) { $0 + $1.triggers.entryCount }
    table = TriggerTable(slots: entries)
  }

  private mutating func add(_ zone: Int) {
    let arena = zones[zone].triggers
    var pending = InlineArray<32, Pending>(repeating: Pending())
    var offset = 0
    while offset < arena.octets.count {
      var count = 0
      while count < PolicyIndexBuilder.batch, offset < arena.octets.count {
        let start = offset
        offset = arena.end(ofEntryAt: start)
        guard let hash = SuffixHashes.whole(arena.wire(ofEntryAt: start)) else {
          reportDepth(UInt32(start), zone)
          continue
        }
        depths |= 1 &<< UInt32(hash.labels)
        pending[count] = Pending(hash: hash.value, offset: UInt32(truncatingIfNeeded: start))
        table.prefetch(hash.value)
        count += 1
      }
      for index in 0..<count { place(pending[index], zone, arena) }
    }
  }

  /// Puts an entry into the first line from its home on that has room: whatever else its name has stands on the way.
  private mutating func place(_ pending: Pending, _ zone: Int, _ arena: borrowing TriggerArena) {
    let tag = TriggerTable.tag(of: pending.hash)
    var scope = PolicyIndexBuilder.scope(of: arena.flags(ofEntryAt: Int(pending.offset)))
    var isKnown = false
    var line = table.home(of: pending.hash)
    while true {
      var found = table.look(for: tag, in: line)
      while let number = found.nextSlot() {
        var slot = table[line, number]
        guard slot.zone == zone else { continue }
        guard arena.isName(arena.wire(ofEntryAt: Int(pending.offset)), at: Int(slot.offset)) else { continue }
        isKnown = true
        share(.exact, with: &slot, &scope, of: pending.offset, arena)
        share(.below, with: &slot, &scope, of: pending.offset, arena)
        table.narrow(line, number, to: slot.scope)
      }
      // What says nothing new needs no slot.
      if isKnown, scope.isEmpty { return }
      let slot = TriggerTable.Slot(scope: scope, zone: zone, offset: pending.offset)
      if table.add(slot, tag: tag, to: line) { break }
      line = table.next(after: line)
    }
    if !isKnown, !scope.isEmpty { nameCount += 1 }
  }

  private static func scope(of flags: TriggerArena.Flags) -> TriggerTable.Scope {
    var scope: TriggerTable.Scope = []
    if flags.contains(.exact) { scope.insert(.exact) }
    if flags.contains(.wildcard) { scope.insert(.below) }
    return scope
  }

  // MARK: One name twice

  /// Leaves `part` to one of two entries of one name: the first that says it, or in a list the exception.
  private mutating func share(
    _ part: TriggerTable.Scope, with known: inout TriggerTable.Slot, _ scope: inout TriggerTable.Scope,
    of offset: UInt32, _ arena: borrowing TriggerArena
  ) {
    guard known.scope.contains(part), scope.contains(part) else { return }
    let isWildcard = part == .below
    let first = arena.action(ofEntryAt: Int(known.offset), isWildcard: isWildcard)
    let second = arena.action(ofEntryAt: Int(offset), isWildcard: isWildcard)
    let zone = zones[known.zone]
    if first != second, zone.form == .list, zone.actions[Int(second)] == .passthru {
      known.scope.remove(part)
      return
    }
    scope.remove(part)
    guard first != second, zone.form == .zone || zone.actions[Int(first)] != .passthru else { return }
    let place = arena.place(ofEntryAt: offset, isWildcard: isWildcard)
    let other = arena.place(ofEntryAt: known.offset, isWildcard: isWildcard)
    let file = other.file == place.file ? "" : " of \(zone.files[other.file])"
    let trigger = (isWildcard ? "*." : "") + arena.name(ofEntryAt: Int(offset)).description
    report(
      Fault(
        file: zone.files[place.file], line: place.line, column: 1,
        "\"\(trigger)\" has another action on line \(other.line)\(file)", remedy: "Keep one of the two."))
  }

  private mutating func reportDepth(_ offset: UInt32, _ zone: Int) {
    let arena = zones[zone].triggers
    let place = arena.place(ofEntryAt: offset, isWildcard: arena.flags(ofEntryAt: Int(offset)) == .wildcard)
    report(
      Fault(
        file: zones[zone].files[place.file], line: place.line, column: 1,
        "\"\(arena.name(ofEntryAt: Int(offset)))\" has more than \(SuffixHashes.maximumDepth) labels",
        remedy: "List a name above it."))
  }

  private mutating func report(_ fault: Fault) {
    if faults.count < PolicyIndexBuilder.maximumFaults { faults.append(fault) } else { untold += 1 }
  }
}
