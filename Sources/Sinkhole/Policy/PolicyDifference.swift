/// What changes for whom between two policies: both are asked for every name that one of them lists.
package struct PolicyDifference {
  /// Groups of either policy, compared by name.
  private struct Change: Hashable {
    let group: String?
    let service: String?
    let from: String
    let to: String
  }

  private var names: [Change: [String]] = [:]
  private let added: [String]
  private let removed: [String]

  /// - Parameters:
  ///   - further: names that are asked for beside those that are listed.
  ///   - instant: both are judged at it.
  package init(from old: Policy, to new: Policy, names further: [Name], at instant: Instant) {
    let groups = { (policy: Policy) in Set(policy.groups.compactMap(\.name)) }
    added = groups(new).subtracting(groups(old)).sorted()
    removed = groups(old).subtracting(groups(new)).sorted()
    let activities = (old.activity(at: instant.unixSeconds), new.activity(at: instant.unixSeconds))
    let pairs = PolicyDifference.pairs(old, new)
    var seen: Set<Name> = []
    var changes: [Change: [String]] = [:]
    func compare(_ name: Name, _ text: String) {
      for (group, before, after) in pairs {
        let one = PolicyDifference.outcome(name, old, before, activities.0)
        let other = PolicyDifference.outcome(name, new, after, activities.1)
        guard one != other else { continue }
        changes[Change(group: group, service: other.service ?? one.service, from: one.text, to: other.text), default: []]
          .append(text)
      }
    }
    for policy in [old, new] {
      ListedNames(policy.zones.map(\.source)).forEach { _, trigger in
        guard let probe = trigger.probe, seen.insert(probe).inserted else { return }
        compare(probe, trigger.text)
      }
    }
    for name in further where seen.insert(name).inserted { compare(name, "\(name)") }
    self.names = changes
  }

  /// Groups that both have; a client of a group that one has not is in none there.
  private static func pairs(_ old: Policy, _ new: Policy) -> [(group: String?, before: Int, after: Int)] {
    let names = Set((old.groups + new.groups).map(\.name))
    return names.sorted { ($0 ?? "") < ($1 ?? "") }.map { name in
      (name, old.groups.firstIndex { $0.name == name } ?? 0, new.groups.firstIndex { $0.name == name } ?? 0)
    }
  }

  private struct Outcome: Equatable {
    let text: String
    let service: String?
  }

  private static func outcome(_ name: Name, _ policy: Policy, _ group: Int, _ activity: Activity) -> Outcome {
    let asker = Asker(client: IPAddress(v4: 0), group: group)
    let ruling = policy.ruling(on: name, for: asker, activity)
    guard let verdict = ruling.selected else { return Outcome(text: "open", service: nil) }
    let explanation = Explanation(name, verdict, for: asker, policy: policy)
    // An exception, and nothing that says anything, come to the same.
    return Outcome(
      text: explanation.isRestricted ? explanation.outcome : "open", service: explanation.effect?.service?.id)
  }

  package var isEmpty: Bool { names.isEmpty && added.isEmpty && removed.isEmpty }

  /// - Parameter most: names that are listed for one change of one group.
  package func text(most: Int) -> String {
    var lines: [String] = []
    for group in removed { lines.append("group \(group) is no more: its clients are in none") }
    for group in added { lines.append("group \(group) is new") }
    let sorted = names.sorted {
      ($0.key.group ?? "", $0.key.service ?? "", $0.key.from, $0.key.to)
        < ($1.key.group ?? "", $1.key.service ?? "", $1.key.from, $1.key.to)
    }
    for (change, names) in sorted {
      let who = change.group.map { "group \($0)" } ?? "clients in no group"
      let what = change.service.map { " \($0):" } ?? ""
      lines.append("\(who):\(what) \(change.from) -> \(change.to) (\(names.count) name\(names.count == 1 ? "" : "s"))")
      lines += names.prefix(most).map { "  \($0)" }
      if names.count > most { lines.append("  and \(names.count - most) more") }
    }
    return lines.isEmpty ? "no name changes for anyone" : lines.joined(separator: "\n")
  }
}
