import Sinkhole
import Support
import Testing

@Suite("The arena of triggers")
struct TriggerArenaTests {
  private struct Written: Equatable {
    var name: String
    var exact: (action: UInt16, file: Int, line: Int)?
    var below: (action: UInt16, file: Int, line: Int)?

    static func == (one: Written, other: Written) -> Bool {
      one.name == other.name && same(one.exact, other.exact) && same(one.below, other.below)
    }

    private static func same(_ one: (UInt16, Int, Int)?, _ other: (UInt16, Int, Int)?) -> Bool {
      one.map { "\($0)" } == other.map { "\($0)" }
    }
  }

  @Test("what is written in any order of files and lines is read back, with its places", arguments: 0..<6)
  func model(_ seed: UInt64) throws {
    var random = SeededRandom(seed: seed)
    var arena = TriggerArena()
    var written: [Written] = []
    var (file, line) = (0, 1)
    for number in 0..<4_000 {
      if Int.random(in: 0..<90, using: &random) == 0 { (file, line) = (Int.random(in: 0..<4, using: &random), Int.random(in: 1..<1_000, using: &random)) }
      line += [0, 1, 1, 1, 2, 130, 20_000].randomElement(using: &random) ?? 1
      let text = "n\(number).\(String(repeating: "x", count: Int.random(in: 1..<60, using: &random)))"
      let name = try #require(Name(text))
      let wire = name.wire.extracting(0..<(name.length - 1))
      let action = UInt16.random(in: 0...UInt16.max, using: &random)
      func add(_ isWildcard: Bool, _ action: UInt16) throws {
        let entry = arena.add(wire, isWildcard: isWildcard, action: action, line: UInt32(line), file: UInt16(file))
        _ = try #require(entry)
      }
      switch Int.random(in: 0..<6, using: &random) {
      case 0:
        try add(true, action)
        written.append(Written(name: text, below: (action, file, line)))
      case 1:
        let entry = arena.addSubtree(wire, action: action, line: UInt32(line), file: UInt16(file))
        _ = try #require(entry)
        written.append(Written(name: text, exact: (action, file, line), below: (action, file, line)))
      case 2:
        arena.addEmpty(wire)
        written.append(Written(name: text))
      case 3, 4:
        try add(false, action)
        let first = line
        line += Int.random(in: 0...2, using: &random)
        let other = Bool.random(using: &random) ? action : action ^ 1
        try add(true, other)
        if line - first <= 1 {
          written.append(Written(name: text, exact: (action, file, first), below: (other, file, line)))
        } else {
          written.append(Written(name: text, exact: (action, file, first)))
          written.append(Written(name: text, below: (other, file, line)))
        }
      default:
        try add(false, action)
        written.append(Written(name: text, exact: (action, file, line)))
      }
    }
    arena.trim()
    #expect(arena.slack <= arena.octets.count / 8 + 4_096)
    var read: [Written] = []
    var offset = 0
    while offset < arena.octets.count {
      let entry = arena.entry(at: offset)
      var one = Written(name: ZoneListing.name(arena.octets[entry.nameStart..<(entry.nameStart + entry.nameLength)]))
      if let action = entry.exactAction {
        let place = arena.place(ofEntryAt: UInt32(offset), isWildcard: false)
        one.exact = (action, place.file, place.line)
      }
      if let action = entry.wildcardAction {
        let place = arena.place(ofEntryAt: UInt32(offset), isWildcard: true)
        one.below = (action, place.file, place.line)
      }
      read.append(one)
      offset = entry.end
    }
    #expect(read == written)
  }

  /// The names that exist between wildcards and deeper triggers, found the long way.
  private func between(_ triggers: [String]) -> Set<String> {
    let names = Set(triggers.map { $0.hasPrefix("*.") ? String($0.dropFirst(2)) : $0 })
    let wildcards = Set(triggers.filter { $0.hasPrefix("*.") }.map { String($0.dropFirst(2)) })
    var found: Set<String> = []
    for name in names {
      let above = PolicyModel.ancestors(of: name).dropFirst()
      guard let highest = above.lastIndex(where: wildcards.contains) else { continue }
      found.formUnion(above[..<highest])
    }
    return found.subtracting(names)
  }

  @Test("names that only exist are entered once each, and no others", arguments: 0..<20)
  func enclosing(_ seed: UInt64) {
    var random = SeededRandom(seed: seed)
    var triggers: Set<String> = []
    for _ in 0..<Int.random(in: 1..<60, using: &random) {
      let labels = (0..<Int.random(in: 1..<6, using: &random)).map { _ in ["a", "b", "c"].randomElement(using: &random) ?? "a" }
      triggers.insert((Int.random(in: 0..<3, using: &random) == 0 ? "*." : "") + labels.joined(separator: ".") + ".example")
    }
    let sorted = triggers.sorted()
    let zone = listing(sorted.map { "\($0) CNAME ." }.joined(separator: "\n"))
    let entered = zone.triggers.filter { $0.hasPrefix("(") }.map { String($0.dropFirst().dropLast()) }
    #expect(Set(entered).count == entered.count)
    #expect(Set(entered) == between(sorted), "\(sorted)")
  }
}
