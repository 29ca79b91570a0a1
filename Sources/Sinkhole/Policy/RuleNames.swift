/// The names that rules hold themselves, as a list zone of their own, so that one index finds all triggers.
///
/// Several rules may name one name, and a name below another one's: its entry stands for every rule that covers it. Which
/// rules these are is the entry's action, a number into `sets`.
struct RuleNames {
  /// A rule, by policy and position.
  struct Place: Hashable {
    let policy: Int
    let rule: Int
  }

  static let title = "rules"
  private(set) var sets: [Set<Place>] = []
  private(set) var zone: PolicyZone

  init?(_ policies: [PolicyDefinition.NamedPolicy], file: String, serial: UInt32) {
    var names: [(name: RuleName, place: Place)] = []
    for (policy, named) in policies.enumerated() {
      for (rule, definition) in named.rules.enumerated() {
        names += definition.selector.names.map { ($0, Place(policy: policy, rule: rule)) }
      }
    }
    guard !names.isEmpty else { return nil }
    var builder = PolicyZoneBuilder(file: file, title: RuleNames.title, form: .list)
    builder.identify(origin: Name("rules.sinkhole.internal") ?? Name(), serial: serial, title: RuleNames.title)
    var numbers: [Set<Place>: Int] = [:]
    var sets: [Set<Place>] = []
    func number(_ set: Set<Place>) -> UInt16? {
      let number = numbers[set] ?? sets.count
      if number == sets.count {
        numbers[set] = number
        sets.append(set)
      }
      return builder.index(of: .named(number))
    }
    let lines = Dictionary(names.map { ($0.name.name, $0.name.line) }, uniquingKeysWith: min)
    let covering = RuleNames.byName(names)
    for (name, line) in lines.sorted(by: { ($0.value, $0.key.description) < ($1.value, $1.key.description) }) {
      var below = Set<Place>()
      var exact = Set<Place>()
      var ancestor: Name? = name
      while let known = ancestor {
        for (rule, place) in covering[known] ?? [] {
          below.insert(place)
          if rule.covers(name) { exact.insert(place) }
        }
        ancestor = known.parent
      }
      let wire = name.wire
      let label = wire.extracting(0..<(name.length - 1))
      if !exact.isEmpty, let action = number(exact) {
        _ = builder.add(label, isWildcard: false, action: action, line: line)
      }
      if let action = number(below) { _ = builder.add(label, isWildcard: true, action: action, line: line) }
    }
    self.sets = sets
    zone = builder.finish()
  }

  private static func byName(
    _ names: [(name: RuleName, place: Place)]
  ) -> [Name: [(rule: RuleName, place: Place)]] {
    var byName: [Name: [(rule: RuleName, place: Place)]] = [:]
    for (name, place) in names { byName[name.name, default: []].append((name, place)) }
    return byName
  }
}
