/// Collects what is known of each name, for a tree and the records that its nodes point to.
struct LocalTreeBuilder {
  private struct Known {
    var cut = LocalTree.Cut.none
    var own: [PolicyZone.LocalRecord] = []
    var below: [PolicyZone.LocalRecord] = []
  }

  private var names: [Name: Known] = [:]

  /// Whether `name` has records of `type`, or is an alias.
  func has(_ type: RecordType, _ name: Name, isWildcard: Bool) -> Bool {
    guard let known = names[name] else { return false }
    return (isWildcard ? known.below : known.own).contains { $0.type == type || $0.type == .cname }
  }

  mutating func add(_ record: PolicyZone.LocalRecord, to name: Name, isWildcard: Bool) {
    addAncestors(of: name)
    if isWildcard {
      names[name, default: Known()].below.append(record)
    } else {
      names[name, default: Known()].own.append(record)
    }
  }

  mutating func set(_ cut: LocalTree.Cut, at name: Name) {
    addAncestors(of: name)
    names[name, default: Known()].cut = cut
  }

  /// Names between others exist, without data (RFC 4592 section 2.2.2).
  private mutating func addAncestors(of name: Name) {
    var ancestor = name.parent
    while let known = ancestor, !known.isRoot, names[known] == nil {
      names[known] = Known()
      ancestor = known.parent
    }
  }

  func finish() -> (tree: LocalTree, records: [PolicyZone.LocalRecord]) {
    var nodes: [LocalTree.Node] = []
    var octets: [UInt8] = []
    var records: [PolicyZone.LocalRecord] = []
    var deepest = 0
    func keep(_ list: [PolicyZone.LocalRecord]) -> Range<Int>? {
      guard !list.isEmpty else { return nil }
      let start = records.count
      // An RRset has its lowest TTL (RFC 2181 section 5.2).
      records += list.map { record in
        let ttl = list.reduce(record.ttl) { $1.type == record.type ? min($0, $1.ttl) : $0 }
        return PolicyZone.LocalRecord(type: record.type, ttl: ttl, rdata: record.rdata)
      }
      return start..<records.count
    }
    for (name, known) in names {
      let start = octets.count
      octets += [UInt8](copying: name.wire)
      deepest = max(deepest, name.labelCount)
      nodes.append(
        LocalTree.Node(
          hash: LocalTree.hash(name.wire), name: start..<octets.count, cut: known.cut, own: keep(known.own),
          below: keep(known.below)))
    }
    return (LocalTree(nodes, octets: octets, deepest: deepest), records)
  }
}
