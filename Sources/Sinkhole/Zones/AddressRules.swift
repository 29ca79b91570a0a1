/// Triggers on addresses while a zone is read: each address once, with its action or the local data gathered so far.
struct AddressRules {
  enum Kind: Sendable {
    /// `rpz-client-ip`
    case client
    /// `rpz-ip`
    case response
  }

  struct Key: Hashable {
    let kind: Kind
    let prefix: IPPrefix
  }

  enum Content: Equatable {
    /// Number of the action.
    case action(UInt16)
    case data(LocalDataSets.SetNumber)
  }

  struct Rule {
    let key: Key
    var value: Content
    let file: UInt16
    let line: Int
  }

  private(set) var rules: [Rule] = []
  private var indices: [Key: Int] = [:]

  subscript(_ key: Key) -> Rule? { indices[key].map { rules[$0] } }

  mutating func set(_ value: Content, for key: Key, file: UInt16, line: Int) {
    if let index = indices[key] {
      rules[index].value = value
    } else {
      indices[key] = rules.count
      rules.append(Rule(key: key, value: value, file: file, line: line))
    }
  }
}
