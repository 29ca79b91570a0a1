/// Names between a wildcard and a deeper trigger exist too, although nothing is written for them (RFC 4592 section
/// 2.2.2): where `deep.b.example.org` is listed, `*.example.org` covers neither `b.example.org` nor what else lies below
/// it.
///
/// Only a name two labels or more below a wildcard has any, and few wildcards have such a name below them. So the passes
/// over the arena find, by hashes alone: what might be such a wildcard, which of these are, and which of the names in
/// between are triggers themselves.
struct EnclosingNames {
  private let hashes = NameHash()
  /// Labels of the shortest name that has a wildcard.
  private let shallowest: Int
  /// Names that have another two labels or more below them.
  private var above: NameSieve
  /// Of these, those that have a wildcard.
  private var wildcards = NameMarks()
  /// Names in between: found, or met as a trigger of their own as well.
  private var between = NameMarks()
  /// Where each of them was found: the arena's offset of a name below it, and its start in that name.
  private var places: [(entry: UInt32, start: UInt8)] = []
  /// Octets that entries of those take at most.
  private var room = 0
  private static let found: UInt8 = 1
  private static let present: UInt8 = 2

  /// Adds an empty entry to `arena` for each name in between that has none.
  ///
  /// - Parameters:
  ///   - count: of wildcards.
  ///   - shallowest: labels of the shortest name that has a wildcard.
  ///   - deepest: labels of the longest name.
  static func add(to arena: inout TriggerArena, wildcards count: Int, shallowest: Int, deepest: Int) {
    guard count > 0, deepest >= shallowest + 2 else { return }
    var names = EnclosingNames(shallowest: shallowest, above: NameSieve(capacity: count))
    names.findAbove(arena)
    names.findWildcards(arena, deepest - 2)
    names.findBetween(arena)
    guard !names.places.isEmpty else { return }
    names.notePresent(arena)
    names.enter(in: &arena)
  }

  private mutating func findAbove(_ arena: TriggerArena) {
    var offset = 0
    while offset < arena.octets.count {
      let entry = arena.entry(at: offset)
      offset = entry.end
      let name = arena.name(of: entry)
      guard let labels = LabelStarts(name), labels.count >= shallowest + 2 else { continue }
      var hash = hashes.root
      for depth in 1...(labels.count - 2) {
        hash = hashes.below(hash, name, labels.start(depth), labels.end(depth, name.count))
        if depth >= shallowest { above.insert(hash) }
      }
    }
  }

  private mutating func findWildcards(_ arena: TriggerArena, _ deepest: Int) {
    var offset = 0
    while offset < arena.octets.count {
      let entry = arena.entry(at: offset)
      offset = entry.end
      guard entry.flags.contains(.wildcard) else { continue }
      let name = arena.name(of: entry)
      guard let labels = LabelStarts(name), labels.count <= deepest else { continue }
      let hash = hashes.whole(name, labels)
      if above.mayContain(hash) { wildcards.insert(hash) }
    }
  }

  private mutating func findBetween(_ arena: TriggerArena) {
    guard wildcards.count > 0 else { return }
    var offset = 0
    while offset < arena.octets.count {
      let (start, entry) = (offset, arena.entry(at: offset))
      offset = entry.end
      let name = arena.name(of: entry)
      guard let labels = LabelStarts(name), labels.count >= shallowest + 2 else { continue }
      findBetween(name, labels, at: UInt32(start))
    }
  }

  /// Those between `name` and the highest wildcard above it.
  private mutating func findBetween(_ name: Span<UInt8>, _ labels: LabelStarts, at entry: UInt32) {
    var hash = hashes.root
    var isBelow = false
    for depth in 1..<labels.count {
      hash = hashes.below(hash, name, labels.start(depth), labels.end(depth, name.count))
      if isBelow, between.insert(hash, EnclosingNames.found) == 0 {
        places.append((entry, UInt8(labels.start(depth))))
        room += name.count - labels.start(depth) + 3
      }
      if !isBelow, depth >= shallowest, depth <= labels.count - 2 { isBelow = wildcards[hash] != 0 }
    }
  }

  private mutating func notePresent(_ arena: TriggerArena) {
    var offset = 0
    while offset < arena.octets.count {
      let entry = arena.entry(at: offset)
      offset = entry.end
      let name = arena.name(of: entry)
      guard let labels = LabelStarts(name), labels.count > shallowest else { continue }
      let hash = hashes.whole(name, labels)
      if between[hash] != 0 { between.insert(hash, EnclosingNames.present) }
    }
  }

  private mutating func enter(in arena: inout TriggerArena) {
    arena.reserve(octets: arena.octets.count + room)
    for (offset, start) in places {
      let name = EnclosingNames.name(from: Int(start), in: arena, at: Int(offset))
      guard let hash = hashes.whole(name.span), between[hash] & EnclosingNames.present == 0 else { continue }
      arena.addEmpty(name.span)
    }
  }

  private static func name(from start: Int, in arena: TriggerArena, at offset: Int) -> [UInt8] {
    let name = arena.name(of: arena.entry(at: offset))
    return [UInt8](copying: name.extracting(start..<name.count))
  }
}
