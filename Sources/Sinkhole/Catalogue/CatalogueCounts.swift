/// Counts what sources hold, by service and by action, while they are read. It keeps the services and no names.
package final class CatalogueCounts: SourceVisitor {
  /// A name and the `*.` behind it are one name and two records; an entry of a list is one of both.
  package struct Count: Sendable, Equatable {
    package fileprivate(set) var names = 0
    package fileprivate(set) var records = 0

    static func + (one: Count, other: Count) -> Count {
      Count(names: one.names + other.names, records: one.records + other.records)
    }
  }

  package struct Row: Sendable {
    package let value: String
    package fileprivate(set) var services = 0
    package fileprivate(set) var count = Count()
  }

  package private(set) var zones = 0
  package private(set) var total = Count()
  package private(set) var addresses = 0
  package private(set) var services: [String: PolicyZone.Service] = [:]
  private var byService: [String: Count] = [:]
  private var byAction: [String: Count] = [:]
  /// The name told last, canonical wire octets without the root label, and the action of it.
  private var lastName: [UInt8] = []
  private var lastAction: PolicyZone.Action?
  /// Counts of `lastAction` and its like, until another comes: sources are sorted by service as a rule.
  private var pending = Count()

  package init() {}

  package func begin(_ zone: PolicyZone) {
    settle()
    zones += 1
    lastName = []
  }

  package func take(
    _ name: Span<UInt8>, _ part: TriggerArena.Flags, _ action: PolicyZone.Action, at place: SourcePlace
  ) {
    let isSame = name.equals(lastName)
    if action != lastAction {
      // Records of local data are of one kind, whatever they say.
      let isOther = action.service != lastAction?.service || action.kind != lastAction?.kind
      if isOther { settle() }
      lastAction = action
      // A name with several actions is one of each.
      pending.names += isSame && isOther ? 1 : 0
    }
    if !isSame {
      lastName = [UInt8](copying: name)
      total.names += 1
      pending.names += 1
    }
    total.records += 1
    pending.records += 1
  }

  package func takeAddress(_ prefix: IPPrefix, _ action: PolicyZone.Action, at place: SourcePlace) { addresses += 1 }

  package func take(_ service: PolicyZone.Service, at place: SourcePlace) {
    // The first zone that describes a service wins, as in the policy.
    if services[service.id] == nil { services[service.id] = service }
  }

  private func settle() {
    guard let lastAction else { return }
    byAction[lastAction.kind, default: Count()] = byAction[lastAction.kind, default: Count()] + pending
    if let id = lastAction.service { byService[id, default: Count()] = byService[id, default: Count()] + pending }
    pending = Count()
    self.lastAction = nil
  }

  // MARK: Results

  /// Every service that is named or described, and what it has; sorted by id.
  package var listed: [(service: PolicyZone.Service, count: Count)] {
    settle()
    let ids = Set(services.keys).union(byService.keys)
    return ids.sorted().map { id in
      (services[id] ?? PolicyZone.Service(id: id, facts: [:]), byService[id] ?? Count())
    }
  }

  /// The same by a fact of the services, the largest first; `-` where a service lacks it.
  package func rows(by fact: String) -> [Row] {
    var rows: [String: Row] = [:]
    for (service, count) in listed {
      let value = service.facts[fact] ?? "-"
      var row = rows[value] ?? Row(value: value)
      row.services += 1
      row.count = row.count + count
      rows[value] = row
    }
    return CatalogueCounts.sorted(Array(rows.values))
  }

  package var actions: [Row] {
    settle()
    return CatalogueCounts.sorted(byAction.map { Row(value: $0.key, count: $0.value) })
  }

  private static func sorted(_ rows: [Row]) -> [Row] {
    rows.sorted { ($1.count.names, $1.services, $0.value) < ($0.count.names, $0.services, $1.value) }
  }
}
