/// Single fields of an entry, for those who have no need of the whole: the policy index looks at one or two of a
/// million. Offsets are those of entries, as everywhere.
extension TriggerArena {
  /// All entries, those of names without an action too. Walks over them.
  package var entryCount: Int {
    var count = 0
    var offset = 0
    while offset < octets.count {
      offset = end(ofEntryAt: offset)
      count += 1
    }
    return count
  }

  /// The offset of the next entry.
  @inline(__always)
  package func end(ofEntryAt offset: Int) -> Int {
    let fields = offset + 1 + Int(octets[offset])
    let flags = Flags(rawValue: octets[fields])
    var at = fields + 1
    if !flags.isEmpty { at += flags.contains(.differs) ? 4 : 2 }
    while octets[at] >= 0x80 { at += 1 }
    return at + 1
  }

  @inline(__always)
  package func flags(ofEntryAt offset: Int) -> Flags { Flags(rawValue: octets[offset + 1 + Int(octets[offset])]) }

  /// Index into the zone's actions: of what lies below the entry's name, or of the name itself. The entry has one.
  @inline(__always)
  package func action(ofEntryAt offset: Int, isWildcard: Bool) -> UInt16 {
    let fields = offset + 1 + Int(octets[offset])
    let isSecond = isWildcard && Flags(rawValue: octets[fields]).contains(.differs)
    let at = fields + (isSecond ? 3 : 1)
    return UInt16(octets[at]) << 8 | UInt16(octets[at + 1])
  }

  /// Canonical wire octets without the root label.
  @_lifetime(borrow self)
  @inline(__always)
  package func wire(ofEntryAt offset: Int) -> Span<UInt8> {
    octets.span.extracting((offset + 1)..<(offset + 1 + Int(octets[offset])))
  }

  package func name(ofEntryAt offset: Int) -> Name {
    var octets: [UInt8] = []
    let wire = wire(ofEntryAt: offset)
    for index in wire.indices { octets.append(wire[index]) }
    octets.append(0)
    return Name(wire: octets.span) ?? Name()
  }
}
