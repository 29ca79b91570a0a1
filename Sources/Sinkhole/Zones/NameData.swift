/// Which names of a zone being read have local data: where the entry of each lies in the arena, and its set so far.
struct NameData {
  private struct Owner {
    let entry: UInt32
    var set: LocalDataSets.SetNumber
  }

  private let hashes = NameHash()
  private var owners: [UInt64: Owner] = [:]

  /// Key of the trigger `name` or `*.name`; its own or where it would go.
  ///
  /// Names are told apart by their octets: two of one hash have keys one after the other.
  func key(_ name: Span<UInt8>, isWildcard: Bool, in arena: TriggerArena) -> UInt64? {
    guard let hash = hashes.whole(name) else { return nil }
    var key = isWildcard ? ~hash : hash
    while let owner = owners[key] {
      let isSame = arena.isName(name, at: Int(owner.entry))
      if isSame, arena.entry(at: Int(owner.entry)).flags == (isWildcard ? .wildcard : .exact) { break }
      key &+= 1
    }
    return key
  }

  /// The set of a key that has one.
  subscript(_ key: UInt64) -> LocalDataSets.SetNumber? { owners[key]?.set }

  mutating func set(_ set: LocalDataSets.SetNumber, for key: UInt64) { owners[key]?.set = set }

  mutating func add(_ set: LocalDataSets.SetNumber, for key: UInt64, entry: UInt32) {
    owners[key] = Owner(entry: entry, set: set)
  }

  /// Each entry, and the set of its name.
  func forEach(_ body: (UInt32, LocalDataSets.SetNumber) -> Void) {
    for owner in owners.values { body(owner.entry, owner.set) }
  }
}
