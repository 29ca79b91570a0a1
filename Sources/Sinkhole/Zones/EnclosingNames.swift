/// Names between a wildcard and a deeper trigger exist too, although nothing is written for them (RFC 4592 section
/// 2.2.2): where `deep.b.example.org` is listed, `*.example.org` covers neither `b.example.org` nor what else lies below
/// it.
enum EnclosingNames {
  /// Adds an empty entry for each such name. Only names two labels or more below a wildcard have any, so that most lists
  /// cost one look at each name's labels.
  static func add(to arena: inout TriggerArena) {
    let above = ancestors(of: arena)
    guard !above.isEmpty else { return }
    let wildcards = wildcards(of: arena, among: above)
    guard !wildcards.isEmpty else { return }
    var added: Set<[UInt8]> = []
    for name in deepNames(of: arena) {
      var between: [ArraySlice<UInt8>] = []
      for ancestor in Ancestors(name[...]) {
        if wildcards.contains(ancestor) {
          for name in between where added.insert(Array(name)).inserted { arena.addEmpty(name.span) }
          between = []
        } else {
          between.append(ancestor)
        }
      }
    }
  }

  /// What lies two labels or more above some name.
  private static func ancestors(of arena: TriggerArena) -> Set<ArraySlice<UInt8>> {
    var above: Set<ArraySlice<UInt8>> = []
    for name in deepNames(of: arena) {
      for ancestor in Ancestors(name[...]).dropFirst() { above.insert(ancestor) }
    }
    return above
  }

  private static func wildcards(
    of arena: TriggerArena, among names: Set<ArraySlice<UInt8>>
  ) -> Set<ArraySlice<UInt8>> {
    var found: Set<ArraySlice<UInt8>> = []
    var offset = 0
    while offset < arena.octets.count {
      let entry = arena.entry(at: offset)
      offset = entry.end
      guard entry.flags.contains(.wildcard) else { continue }
      let name = arena.octets[entry.nameStart..<(entry.nameStart + entry.nameLength)]
      if names.contains(name) { found.insert(name) }
    }
    return found
  }

  /// Names of three labels or more: a wildcard above them has one at least, and one name lies between.
  private static func deepNames(of arena: TriggerArena) -> [[UInt8]] {
    var names: [[UInt8]] = []
    var offset = 0
    while offset < arena.octets.count {
      let entry = arena.entry(at: offset)
      offset = entry.end
      var labels = 0
      var at = entry.nameStart
      while at < entry.nameStart + entry.nameLength {
        labels += 1
        at += Int(arena.octets[at]) + 1
      }
      if labels >= 3 { names.append(Array(arena.octets[entry.nameStart..<(entry.nameStart + entry.nameLength)])) }
    }
    return names
  }

  /// The names above one, the nearest first, the root left out.
  private struct Ancestors: Sequence, IteratorProtocol {
    private var name: ArraySlice<UInt8>
    init(_ name: ArraySlice<UInt8>) { self.name = name }

    mutating func next() -> ArraySlice<UInt8>? {
      guard let length = name.first else { return nil }
      name = name.dropFirst(Int(length) + 1)
      return name.isEmpty ? nil : name
    }
  }
}
