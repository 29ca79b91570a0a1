/// The QNAME triggers of one zone, one after the other as they were read, in a few octets each: a million of
/// them are one allocation.
///
/// An entry is
///
///     octets  what
///     1       length of the name without its root label: 0...254
///     0...254 the name in canonical wire form, without its root label
///     1       flags, see `Flags`
///     0 or 2  action of the name itself, or of what lies below when only that has one: index into the zone's actions
///     0 or 2  action of what lies below, when both have one and they differ
///     1...5   lines since the entry before, seven bits an octet, the lowest first; the top bit says that more follow
///
/// Lines are kept as differences, with a checkpoint every 64 entries and wherever another file begins, so that an
/// entry's place is found by reading 64 entries at most.
package struct TriggerArena: Sendable {
  package struct Flags: OptionSet, Sendable {
    package let rawValue: UInt8
    package init(rawValue: UInt8) { self.rawValue = rawValue }

    /// The name itself has an action.
    package static let exact = Flags(rawValue: 1)
    /// What lies below it has one: a trigger written `*.`
    package static let wildcard = Flags(rawValue: 2)
    /// The two differ, and both are written.
    package static let differs = Flags(rawValue: 4)
    /// `*.` stands on the line after the name's own, not on the same.
    package static let nextLine = Flags(rawValue: 8)
  }

  /// One entry, read. Without flags it is a name that only exists because triggers lie below it (RFC 4592 section
  /// 2.2.2).
  package struct Entry: Sendable {
    /// Where its name starts, and its length without the root label.
    package let nameStart: Int
    package let nameLength: Int
    package let flags: Flags
    /// Index into the zone's actions; nil when there is none.
    package let exactAction: UInt16?
    package let wildcardAction: UInt16?
    fileprivate let lineDelta: UInt32
    /// The offset of the next entry.
    package let end: Int
  }

  private struct Checkpoint: Sendable {
    let offset: UInt32
    /// The line that the entry's difference counts from.
    let line: UInt32
    let file: UInt16
  }

  /// Octets that one zone's triggers may take: offsets have 32 bits.
  package static let maximumSize = Int(UInt32.max)
  private static let entriesPerCheckpoint = 64

  package private(set) var octets: [UInt8] = []
  private var checkpoints: [Checkpoint] = []
  package private(set) var count = 0
  private var line: UInt32 = 0
  private var file: UInt16 = 0
  private var sinceCheckpoint = entriesPerCheckpoint
  /// The entry added last, as long as its wildcard may join it.
  private var open: Int?

  package init() {}

  /// Octets that are reserved and not used.
  package var slack: Int { octets.capacity - octets.count }

  package mutating func reserve(octets count: Int) { octets.reserveCapacity(min(count, TriggerArena.maximumSize)) }

  /// Gives unused room back, when it is worth a copy.
  package mutating func trim() {
    guard slack > max(octets.count / 8, 4096) else { return }
    // Safe: copied before the call returns. A copy of a whole slice would share what it is to leave.
    octets = unsafe octets.withUnsafeBufferPointer { unsafe Array($0) }
  }

  // MARK: Writing

  /// Adds the trigger `name`, canonical wire octets without the root label, or `*.` before it. A wildcard that comes
  /// right behind its own name shares its entry when `mayJoin`. Returns the entry's offset; nil when the arena is full.
  package mutating func add(
    _ name: Span<UInt8>, isWildcard: Bool, action: UInt16, line newLine: UInt32, file newFile: UInt16,
    mayJoin: Bool = true
  ) -> UInt32? {
    if isWildcard, mayJoin, let open, newFile == file, newLine == line || newLine == line &+ 1, isName(name, at: open) {
      join(action, at: open, onNextLine: newLine > line)
      self.open = nil
      return UInt32(open)
    }
    let offset = append(name, isWildcard ? .wildcard : .exact, action, newLine, newFile)
    open = isWildcard || !mayJoin ? nil : offset.map(Int.init)
    return offset
  }

  /// Adds an entry of a list: `name` and all that lies below it. Nil when the arena is full.
  package mutating func addSubtree(
    _ name: Span<UInt8>, action: UInt16, line: UInt32, file: UInt16
  ) -> UInt32? {
    open = nil
    return append(name, [.exact, .wildcard], action, line, file)
  }

  /// Adds a name that has no action and yet exists.
  package mutating func addEmpty(_ name: Span<UInt8>) {
    guard octets.count + name.count + 3 <= TriggerArena.maximumSize else { return }
    octets.append(addingCapacity: name.count + 3) { target in
      target.append(UInt8(name.count))
      for index in name.indices { target.append(name[index]) }
      target.append(0)
      target.append(0)
    }
    open = nil
  }

  private mutating func append(
    _ name: Span<UInt8>, _ flags: Flags, _ action: UInt16, _ newLine: UInt32, _ newFile: UInt16
  ) -> UInt32? {
    let offset = octets.count
    guard offset + name.count + 9 <= TriggerArena.maximumSize else { return nil }
    if sinceCheckpoint == TriggerArena.entriesPerCheckpoint || newFile != file || newLine < line {
      (file, line, sinceCheckpoint) = (newFile, newLine, 0)
      checkpoints.append(Checkpoint(offset: UInt32(offset), line: line, file: file))
    }
    let delta = newLine - line
    octets.append(addingCapacity: name.count + 9) { target in
      target.append(UInt8(name.count))
      for index in name.indices { target.append(name[index]) }
      target.append(flags.rawValue)
      target.append(UInt8(action >> 8))
      target.append(UInt8(truncatingIfNeeded: action))
      var rest = delta
      while rest >= 0x80 {
        target.append(UInt8(truncatingIfNeeded: rest) | 0x80)
        rest >>= 7
      }
      target.append(UInt8(rest))
    }
    line = newLine
    count += 1
    sinceCheckpoint += 1
    return UInt32(offset)
  }

  /// The wildcard of the last entry joins it.
  private mutating func join(_ action: UInt16, at offset: Int, onNextLine: Bool) {
    let entry = entry(at: offset)
    var flags: Flags = [.exact, .wildcard]
    if onNextLine { flags.insert(.nextLine) }
    let fields = entry.nameStart + entry.nameLength + 1
    if entry.exactAction != action {
      flags.insert(.differs)
      octets.insert(contentsOf: [UInt8(action >> 8), UInt8(truncatingIfNeeded: action)], at: fields + 2)
    }
    octets[fields - 1] = flags.rawValue
  }

  // MARK: Changing

  /// Puts another action in the place of the only one of the entry at `offset`.
  package mutating func replaceAction(at offset: UInt32, with action: UInt16) {
    let entry = entry(at: Int(offset))
    precondition(!entry.flags.isEmpty && !entry.flags.contains(.differs))
    let at = entry.nameStart + entry.nameLength + 1
    octets[at] = UInt8(action >> 8)
    octets[at + 1] = UInt8(truncatingIfNeeded: action)
  }

  /// Takes away what the entry at `offset`, a subtree, says of its name or of what lies below; not both.
  package mutating func narrow(at offset: UInt32, to part: Flags) {
    let entry = entry(at: Int(offset))
    precondition(entry.flags == [.exact, .wildcard] && (part == .exact || part == .wildcard))
    octets[entry.nameStart + entry.nameLength] = part.rawValue
  }

  // MARK: Reading

  /// The entry at `offset`, which `add`, or `Entry.end` of the one before, has given.
  package func entry(at offset: Int) -> Entry {
    let nameLength = Int(octets[offset])
    var at = offset + 1 + nameLength
    let flags = Flags(rawValue: octets[at])
    at += 1
    var exact: UInt16?
    var wildcard: UInt16?
    if !flags.isEmpty {
      let action = UInt16(octets[at]) << 8 | UInt16(octets[at + 1])
      at += 2
      if flags.contains(.exact) { exact = action }
      if flags.contains(.wildcard) { wildcard = action }
      if flags.contains(.differs) {
        wildcard = UInt16(octets[at]) << 8 | UInt16(octets[at + 1])
        at += 2
      }
    }
    var delta: UInt32 = 0
    var shift: UInt32 = 0
    while octets[at] >= 0x80 {
      delta |= UInt32(octets[at] & 0x7F) << shift
      shift += 7
      at += 1
    }
    delta |= UInt32(octets[at]) << shift
    return Entry(
      nameStart: offset + 1, nameLength: nameLength, flags: flags, exactAction: exact, wildcardAction: wildcard,
      lineDelta: delta, end: at + 1)
  }

  /// The name of `entry`, canonical wire octets without the root label.
  @inline(__always)
  @_lifetime(borrow self)
  package func name(of entry: Entry) -> Span<UInt8> {
    octets.span.extracting(entry.nameStart..<(entry.nameStart + entry.nameLength))
  }

  /// The name of the entry at `offset`.
  package func name(at offset: Int) -> Name {
    let octets = Array(octets[(offset + 1)..<(offset + 1 + Int(octets[offset]))]) + [0]
    return Name(wire: octets.span) ?? Name()
  }

  /// Whether the entry at `offset` is of `name`, canonical wire octets without the root label.
  @inline(__always)
  package func isName(_ name: Span<UInt8>, at offset: Int) -> Bool {
    guard Int(octets[offset]) == name.count else { return false }
    for index in 0..<name.count where octets[offset + 1 + index] != name[index] { return false }
    return true
  }

  /// The file, as an index into the zone's, and the line where a trigger of the entry at `offset` stands.
  package func place(ofEntryAt offset: UInt32, isWildcard: Bool) -> (file: Int, line: Int) {
    var low = 0
    var high = checkpoints.count
    while low < high {
      let middle = (low + high) / 2
      if checkpoints[middle].offset <= offset { low = middle + 1 } else { high = middle }
    }
    guard low > 0 else { return (0, 0) }
    let checkpoint = checkpoints[low - 1]
    var line = checkpoint.line
    var at = Int(checkpoint.offset)
    while true {
      let entry = entry(at: at)
      line += entry.lineDelta
      if at >= Int(offset) {
        if isWildcard, entry.flags.contains(.nextLine) { line += 1 }
        return (Int(checkpoint.file), Int(line))
      }
      at = entry.end
    }
  }
}
