/// Builds a `PolicyIndex` over zones, in their order.
struct PolicyIndexBuilder {
  private var slots: [UInt64]
  private let zones: [PolicyZone]
  private var deepest = 0
  private var shallowest = 1
  private var nameCount = 0
  private var faults: [Fault] = []

  /// - Throws: two actions for one trigger of a zone.
  static func build(_ zones: [PolicyZone]) throws(Faults) -> PolicyIndex {
    var builder = PolicyIndexBuilder(zones)
    for zone in zones.indices { builder.add(zone) }
    guard builder.faults.isEmpty else { throw Faults(builder.faults) }
    return PolicyIndex(
      slots: builder.slots, zones: zones, deepest: builder.deepest, shallowest: builder.shallowest,
      nameCount: builder.nameCount)
  }

  private init(_ zones: [PolicyZone]) {
    self.zones = zones
    // Entries without an action are not in the arena's count, so this is a little more than asked for.
    let entries = zones.reduce(0) { sum, zone in sum + PolicyIndexBuilder.entryCount(zone.triggers) }
    // A load of at most six tenths.
    slots = Array(repeating: 0, count: max(64, entries * 10 / 6 + 1))
  }

  private static func entryCount(_ arena: TriggerArena) -> Int {
    var count = 0
    var offset = 0
    while offset < arena.octets.count {
      offset = arena.entry(at: offset).end
      count += 1
    }
    return count
  }

  private mutating func add(_ number: Int) {
    let arena = zones[number].triggers
    var hashes = SuffixHashes()
    var offset = 0
    while offset < arena.octets.count {
      let entry = arena.entry(at: offset)
      defer { offset = entry.end }
      let octets = arena.octets[entry.nameStart..<(entry.nameStart + entry.nameLength)] + [0]
      guard let name = Name(wire: octets.span) else { continue }
      hashes.update(name.wire)
      insert(UInt32(offset), entry, name, hashes, zone: number)
      deepest = max(deepest, hashes.count)
      if hashes.count == 0 { shallowest = 0 }
    }
  }

  private mutating func insert(
    _ offset: UInt32, _ entry: TriggerArena.Entry, _ name: Name, _ hashes: SuffixHashes, zone: Int
  ) {
    let tag = PolicyIndex.tag(of: hashes.whole)
    var index = PolicyIndex.home(of: hashes.whole, in: slots.count)
    let wire = name.wire
    while slots[index] != 0 {
      let slot = slots[index]
      if slot >> 40 == tag, Int(truncatingIfNeeded: slot >> 32 & 0xFF) == zone {
        let known = UInt32(truncatingIfNeeded: slot)
        if zones[zone].triggers.isName(wire.extracting(0..<(name.length - 1)), at: Int(known)) {
          compare(entry, at: offset, with: known, name, zone)
        }
      }
      index = index + 1 == slots.count ? 0 : index + 1
    }
    slots[index] = tag << 40 | UInt64(zone) << 32 | UInt64(offset)
    nameCount += 1
  }

  /// A trigger may stand twice in a zone when it says the same.
  private mutating func compare(
    _ entry: TriggerArena.Entry, at offset: UInt32, with known: UInt32, _ name: Name, _ zone: Int
  ) {
    let other = zones[zone].triggers.entry(at: Int(known))
    if let one = entry.exactAction, let two = other.exactAction, one != two {
      report("\(name)", offset, known, isWildcard: false, zone)
    }
    if let one = entry.wildcardAction, let two = other.wildcardAction, one != two {
      report("*.\(name)", offset, known, isWildcard: true, zone)
    }
  }

  private mutating func report(_ trigger: String, _ offset: UInt32, _ known: UInt32, isWildcard: Bool, _ zone: Int) {
    let place = zones[zone].triggers.place(ofEntryAt: offset, isWildcard: isWildcard)
    let other = zones[zone].triggers.place(ofEntryAt: known, isWildcard: isWildcard)
    let file = other.file == place.file ? "" : " of \(zones[zone].files[other.file])"
    faults.append(
      Fault(
        file: zones[zone].files[place.file], line: place.line, column: 1,
        "\"\(trigger)\" has another action on line \(other.line)\(file)", remedy: "Keep one of the two."))
  }
}
