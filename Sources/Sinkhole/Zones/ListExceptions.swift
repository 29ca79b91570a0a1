/// The names that a list excepts, to find what it lists under the very same ones.
struct ListExceptions {
  private let hashes = NameHash()
  private var parts = NameMarks()
  private let action: UInt16

  /// - Parameter action: number of the action that makes an entry of `arena` an exception.
  init(_ arena: TriggerArena, action: UInt16) {
    self.action = action
    var offset = 0
    while offset < arena.octets.count {
      let entry = arena.entry(at: offset)
      offset = entry.end
      if entry.exactAction ?? entry.wildcardAction == action, let hash = hashes.whole(arena.name(of: entry)) {
        parts.insert(hash, entry.flags.rawValue)
      }
    }
  }

  /// Has the entries with the action `listed` say of each excepted part, the name itself or what lies below, what the
  /// exception says.
  func settle(_ arena: inout TriggerArena, listed: UInt16) {
    guard parts.count > 0 else { return }
    var offset = 0
    while offset < arena.octets.count {
      let entry = arena.entry(at: offset)
      let start = UInt32(offset)
      offset = entry.end
      guard entry.exactAction ?? entry.wildcardAction == listed, let hash = hashes.whole(arena.name(of: entry)) else {
        continue
      }
      let excepted = TriggerArena.Flags(rawValue: parts[hash]).intersection([.exact, .wildcard])
      let rest = entry.flags.subtracting(excepted)
      if rest.isEmpty {
        arena.replaceAction(at: start, with: action)
      } else if rest != entry.flags {
        arena.narrow(at: start, to: rest)
      }
    }
  }
}
