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

  package mutating func reserve(octets count: Int) { octets.reserveCapacity(count) }

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
    guard octets.count + name.count + 11 <= TriggerArena.maximumSize else { return nil }
    if sinceCheckpoint == TriggerArena.entriesPerCheckpoint || newFile != file || newLine < line {
      (file, line, sinceCheckpoint) = (newFile, newLine, 0)
      checkpoints.append(Checkpoint(offset: UInt32(octets.count), line: line, file: file))
    }
    let offset = octets.count
    appendName(name)
    octets.append((isWildcard ? Flags.wildcard : .exact).rawValue)
    append(action)
    append(varint: newLine - line)
    line = newLine
    count += 1
    sinceCheckpoint += 1
    open = isWildcard || !mayJoin ? nil : offset
    return UInt32(offset)
  }

  /// Adds a name that has no action and yet exists.
  package mutating func addEmpty(_ name: Span<UInt8>) {
    guard octets.count + name.count + 3 <= TriggerArena.maximumSize else { return }
    appendName(name)
    octets.append(0)
    octets.append(0)
    open = nil
  }

  /// Puts another action in the place of the only one of the entry at `offset`.
  package mutating func replaceAction(at offset: UInt32, with action: UInt16) {
    let entry = entry(at: Int(offset))
    precondition(entry.flags == .exact || entry.flags == .wildcard)
    let at = entry.nameStart + entry.nameLength + 1
    octets[at] = UInt8(action >> 8)
    octets[at + 1] = UInt8(truncatingIfNeeded: action)
  }

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

  private mutating func appendName(_ name: Span<UInt8>) {
    octets.append(UInt8(name.count))
    for index in 0..<name.count { octets.append(name[index]) }
  }

  private mutating func append(_ action: UInt16) {
    octets.append(UInt8(action >> 8))
    octets.append(UInt8(truncatingIfNeeded: action))
  }

  private mutating func append(varint value: UInt32) {
    var rest = value
    while rest >= 0x80 {
      octets.append(UInt8(truncatingIfNeeded: rest) | 0x80)
      rest >>= 7
    }
    octets.append(UInt8(rest))
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

  /// Whether the entry at `offset` is of `name`, canonical wire octets without the root label.
  @inline(__always)
  package func isName(_ name: Span<UInt8>, at offset: Int) -> Bool {
    Int(octets[offset]) == name.count && octets.span.matches(name, at: offset + 1)
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
