/// What changes between two states of a catalogue, by service. Both are held as they are read, with an index each, some 40
/// octets a name; of a change no more than its place is kept, in 12 octets.
package struct CatalogueDifference {
  package enum Kind: UInt8, Sendable {
    case added, removed
    /// Of one service there, of this one here.
    case moved
    /// Another record.
    case changed
  }

  /// A trigger of one of the two sides.
  private struct Change {
    let service: UInt32
    let entry: UInt32
    let zone: UInt8
    let kind: Kind
    let isWildcard: Bool
  }

  private let old: FlatPolicy
  private let new: FlatPolicy
  private var changes: [Change] = []
  /// Ids by their numbers; 0 is what belongs to none.
  private var ids = [""]
  private var numbers = ["": UInt32(0)]
  private let oldServices: [String: PolicyZone.Service]
  private let newServices: [String: PolicyZone.Service]
  private var addresses: [String] = []

  /// - Throws: what is wrong within one of the two.
  package init(from old: [PolicyZone], to new: [PolicyZone]) throws(Faults) {
    self.old = try FlatPolicy(old)
    self.new = try FlatPolicy(new)
    oldServices = CatalogueDifference.services(old)
    newServices = CatalogueDifference.services(new)
    compare(self.old, with: self.new, isOld: true)
    compare(self.new, with: self.old, isOld: false)
    compareAddresses()
    for id in Set(oldServices.keys).union(newServices.keys) where oldServices[id] != newServices[id] { _ = number(id) }
  }

  package var isEmpty: Bool { changes.isEmpty && addresses.isEmpty && ids.count == 1 }

  /// The first zone that describes a service wins.
  private static func services(_ zones: [PolicyZone]) -> [String: PolicyZone.Service] {
    zones.reduce(into: [:]) { $0.merge($1.services) { first, _ in first } }
  }

  private mutating func number(_ service: String) -> UInt32 {
    if let known = numbers[service] { return known }
    let number = UInt32(ids.count)
    ids.append(service)
    numbers[service] = number
    return number
  }

  // MARK: Comparing

  private mutating func compare(_ side: FlatPolicy, with other: FlatPolicy, isOld: Bool) {
    for (number, zone) in side.zones.enumerated() {
      var offset = 0
      while offset < zone.triggers.octets.count {
        let start = offset
        offset = zone.triggers.end(ofEntryAt: start)
        let flags = zone.triggers.flags(ofEntryAt: start)
        let name = zone.triggers.name(ofEntryAt: start)
        for isWildcard in [false, true] where flags.contains(isWildcard ? .wildcard : .exact) {
          // A trigger that stands in several zones counts where it stands first.
          let own = side.triggers(of: name, isWildcard: isWildcard).first
          guard let own, own.zone == number, Int(own.entry) == start else { continue }
          let there = other.triggers(of: name, isWildcard: isWildcard).first
          compare(side.action(own), there.map(other.action), own, isWildcard, isOld: isOld)
        }
      }
    }
  }

  private mutating func compare(
    _ here: PolicyZone.Action, _ there: PolicyZone.Action?, _ match: PolicyIndex.Match, _ isWildcard: Bool, isOld: Bool
  ) {
    let kind: Kind
    if let there {
      // What both have is told once, as the new side has it.
      guard !isOld, here != there else { return }
      kind = here.service != nil && there.service != nil ? .moved : .changed
    } else {
      kind = isOld ? .removed : .added
    }
    let service = number(here.service ?? there?.service ?? "")
    changes.append(
      Change(
        service: service, entry: match.entry, zone: UInt8(truncatingIfNeeded: match.zone), kind: kind,
        isWildcard: isWildcard))
  }

  private mutating func compareAddresses() {
    let (before, after) = (CatalogueDifference.addresses(old.zones), CatalogueDifference.addresses(new.zones))
    for key in Set(before.keys).union(after.keys).sorted() where before[key] != after[key] {
      switch (before[key], after[key]) {
      case (let old?, let new?): addresses.append("~ \(key): \(old) -> \(new)")
      case (let old?, nil): addresses.append("- \(key) \(old)")
      case (nil, let new?): addresses.append("+ \(key) \(new)")
      case (nil, nil): break
      }
    }
  }

  private static func addresses(_ zones: [PolicyZone]) -> [String: String] {
    var all: [String: String] = [:]
    for zone in zones {
      for (kind, triggers) in [("client", zone.clientTriggers), ("response", zone.addressTriggers)] {
        for trigger in triggers where all["\(kind) \(trigger.prefix)"] == nil {
          all["\(kind) \(trigger.prefix)"] = zone.actions[Int(trigger.action)].records.joined(separator: ", ")
        }
      }
    }
    return all
  }

  // MARK: Results

  /// One change of a name, with what it was and is.
  private func words(_ change: Change) -> (name: String, from: PolicyZone.Action?, to: PolicyZone.Action?) {
    let side = change.kind == .removed ? old : new
    let name = side.zones[Int(change.zone)].triggers.name(ofEntryAt: Int(change.entry))
    let from = old.triggers(of: name, isWildcard: change.isWildcard).first.map(old.action)
    let to = new.triggers(of: name, isWildcard: change.isWildcard).first.map(new.action)
    return ((change.isWildcard ? "*." : "") + "\(name)", from, to)
  }

  /// Numbers of the services with changes in the order of their ids, what belongs to none last; and of each its changes.
  private var groups: [(id: String, changes: [Change])] {
    let byService = Dictionary(grouping: changes, by: \.service)
    let order = ids.indices.sorted { ($0 == 0 ? 1 : 0, ids[$0]) < ($1 == 0 ? 1 : 0, ids[$1]) }
    return order.map { (ids[$0], byService[UInt32($0)] ?? []) }
  }

  /// Writes what changes, line by line, a block for each service.
  package func write(_ line: (String) throws(SystemError) -> Void) throws(SystemError) {
    for (id, changes) in groups {
      if id.isEmpty, changes.isEmpty, addresses.isEmpty { continue }
      try line(heading(id))
      for fact in facts(id) {
        try line("  \(fact.key): \(PlainText.visible(fact.from ?? "none")) -> \(PlainText.visible(fact.to ?? "none"))")
      }
      for change in changes {
        let (name, from, to) = words(change)
        switch change.kind {
        case .added: try line("  + \(name)\(suffix(to))")
        case .removed: try line("  - \(name)\(suffix(from))")
        case .moved: try line("  < \(name) from \(from?.service ?? "")")
        case .changed: try line("  ~ \(name): \(text(from)) -> \(text(to))")
        }
      }
      if id.isEmpty { for address in addresses { try line("  \(address)") } }
    }
  }

  private func heading(_ id: String) -> String {
    if id.isEmpty { return "no service" }
    let name = PlainText.visible((newServices[id] ?? oldServices[id])?.name ?? id)
    let state = oldServices[id] == nil ? ", new" : newServices[id] == nil ? ", gone" : ""
    return "\(id) (\(name))\(state)"
  }

  /// What a service's facts were and are; nothing for one that is new or gone.
  private func facts(_ id: String) -> [(key: String, from: String?, to: String?)] {
    guard let old = oldServices[id], let new = newServices[id] else { return [] }
    return Set(old.facts.keys).union(new.facts.keys).sorted().filter { old.facts[$0] != new.facts[$0] }
      .map { ($0, old.facts[$0], new.facts[$0]) }
  }

  /// A service's name is as the heading says; what belongs to none says what is done.
  private func suffix(_ action: PolicyZone.Action?) -> String {
    action?.service == nil ? " " + text(action) : ""
  }

  private func text(_ action: PolicyZone.Action?) -> String { action?.records.joined(separator: ", ") ?? "" }

  /// Writes one JSON object for each change, a line each.
  package func writeJSON(_ line: (String) throws(SystemError) -> Void) throws(SystemError) {
    for (id, changes) in groups {
      let service = "\"service\":\(id.isEmpty ? "null" : PlainText.quoted(id))"
      for fact in facts(id) {
        let (from, to) = (fact.from.map(PlainText.quoted) ?? "null", fact.to.map(PlainText.quoted) ?? "null")
        try line(
          "{\(service),\"change\":\"fact\",\"fact\":\(PlainText.quoted(fact.key)),\"from\":\(from),\"to\":\(to)}")
      }
      for change in changes {
        let (name, from, to) = words(change)
        let parts = [("from", from), ("to", to)].map { key, action in
          "\"\(key)\":\(action.map { PlainText.quoted($0.records.joined(separator: ", ")) } ?? "null")"
        }
        let head = "{\(service),\"change\":\"\(change.kind)\",\"name\":\(PlainText.quoted(name))"
        try line(head + ",\(parts.joined(separator: ","))}")
      }
      if id.isEmpty {
        for address in addresses {
          try line("{\(service),\"change\":\"address\",\"text\":\(PlainText.quoted(address))}")
        }
      }
    }
  }
}

extension FlatPolicy {
  func action(_ match: PolicyIndex.Match) -> PolicyZone.Action { zones[match.zone].actions[Int(match.action)] }
}
