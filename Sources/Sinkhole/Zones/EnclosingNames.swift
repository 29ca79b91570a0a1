/// Names between a wildcard and a deeper trigger exist too, although nothing is written for them (RFC 4592 section
/// 2.2.2): where `deep.b.example.org` is listed, `*.example.org` covers neither `b.example.org` nor what else lies below
/// it.
///
/// Only a name two labels or more below a wildcard has any. The passes over the arena below keep a hash for each
/// wildcard and for each such name, and no names.
struct EnclosingNames {
  private let hashes = NameHash()
  /// Labels of the shortest name that has a wildcard.
  private let shallowest: Int
  private var wildcards: NameMarks
  /// Names in between: found, and then entered or met as a trigger of their own.
  private var between = NameMarks()
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
    var names = EnclosingNames(shallowest: shallowest, wildcards: NameMarks(capacity: count))
    names.findWildcards(arena, deepest - 2)
    names.findBetween(arena)
    guard names.between.count > 0 else { return }
    names.notePresent(arena)
    names.enter(in: &arena)
  }

  private mutating func findWildcards(_ arena: TriggerArena, _ deepest: Int) {
    var offset = 0
    while offset < arena.octets.count {
      let entry = arena.entry(at: offset)
      offset = entry.end
      guard entry.flags.contains(.wildcard) else { continue }
      let name = arena.name(of: entry)
      if let labels = LabelStarts(name), labels.count <= deepest { wildcards.insert(hashes.whole(name, labels)) }
    }
  }

  private mutating func findBetween(_ arena: TriggerArena) {
    var offset = 0
    while offset < arena.octets.count {
      let entry = arena.entry(at: offset)
      offset = entry.end
      let name = arena.name(of: entry)
      guard let labels = LabelStarts(name), labels.count >= shallowest + 2 else { continue }
      EnclosingNames.forEachBetween(name, labels, hashes, shallowest, wildcards) { start, hash in
        if between.insert(hash, EnclosingNames.found) == 0 { room += name.count - start + 3 }
      }
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
    let end = arena.octets.count
    arena.reserve(octets: end + room)
    var offset = 0
    while offset < end {
      let entry = arena.entry(at: offset)
      offset = entry.end
      guard let labels = LabelStarts(arena.name(of: entry)), labels.count >= shallowest + 2 else { continue }
      let name = [UInt8](copying: arena.name(of: entry))
      EnclosingNames.forEachBetween(name.span, labels, hashes, shallowest, wildcards) { start, hash in
        if between.insert(hash, EnclosingNames.present) & EnclosingNames.present == 0 {
          arena.addEmpty(name.span.extracting(start..<name.count))
        }
      }
    }
  }

  /// Calls `body` with the start and the hash of each name between `name` and the highest wildcard above it.
  @inline(__always)
  private static func forEachBetween(
    _ name: Span<UInt8>, _ labels: LabelStarts, _ hashes: NameHash, _ shallowest: Int, _ wildcards: NameMarks,
    _ body: (Int, UInt64) -> Void
  ) {
    var hash = hashes.root
    var isBelow = false
    for depth in 1..<labels.count {
      hash = hashes.below(hash, name, labels.start(depth), labels.end(depth, name.count))
      if isBelow { body(labels.start(depth), hash) }
      if !isBelow, depth >= shallowest, depth <= labels.count - 2 { isBelow = wildcards[hash] != 0 }
    }
  }
}
