/// A response policy zone that says for itself what to answer: for resolvers that ask elsewhere for the target of a CNAME,
/// or do not follow it.
///
/// Where a wildcard covers a name that has its own record, what lies below that name is always written too: RFC 4592 leaves
/// it open, and not every resolver does.
struct PolicyZoneForm: ExportForm {
  /// What stands for the sinkhole.
  enum Target: Sendable {
    case addresses([IPAddress])
    case record(String)
  }

  let origin: Name
  let serial: UInt32
  let target: Target
  /// It is made of lists, for a catalogue.
  let isList: Bool
  /// Records that stand before the names, such as that of a service.
  var records: [String] = []

  var comment: String { ";" }
  var isPolicyZoneOfList: Bool { isList }
  var notes: [String] {
    isList ? [] : ["A and AAAA data at the sinkhole: for resolvers that do not answer from the target of a CNAME."]
  }

  var preamble: [String] {
    let head = [
      "$TTL \(ZoneExport.ttl)", "$ORIGIN \(origin).",
      "@ SOA localhost. root.localhost. \(serial) 3600 600 2592000 \(ZoneExport.ttl)", "@ NS localhost.",
    ]
    return head + records + [""]
  }

  func write(_ node: FlatPolicy.Node, of policy: FlatPolicy, to output: inout ExportOutput) throws(SystemError) {
    if node.isRedundant { return }
    guard node.name.length + origin.length + 1 <= Name.maximumLength else {
      return output.lose("names too long for the origin", "\(node.name)")
    }
    if node.inherited != .open { try fill(above: node, policy, &output) }
    output.names += 1
    try write(node.name, node.own, node.below, covered: node.inherited != .open, &output)
  }

  /// A name between this one and the wildcard that covers it would exist by it and hide itself from that wildcard.
  private func fill(
    above node: FlatPolicy.Node, _ policy: FlatPolicy, _ output: inout ExportOutput
  ) throws(SystemError) {
    var name = node.name
    while let parent = name.parent, !parent.isRoot {
      let between = policy.node(parent)
      guard between.isRedundant, between.inherited != .open else { return }
      if output.filled.insert(parent).inserted {
        try write(parent, between.own, between.below, covered: true, &output)
      }
      name = parent
    }
  }

  private func write(
    _ name: Name, _ own: FlatPolicy.Effect, _ below: FlatPolicy.Effect, covered: Bool, _ output: inout ExportOutput
  ) throws(SystemError) {
    if output.isRehearsal { return }
    for (owner, effect) in [("\(name)", own), ("*.\(name)", below)] where effect != .open || covered {
      for record in records(of: effect) { try output.line("\(owner) \(record)") }
    }
  }

  private func records(of effect: FlatPolicy.Effect) -> [String] {
    switch effect {
    case .open: return ["CNAME rpz-passthru."]
    case .sinkhole:
      switch target {
      case .addresses(let addresses): return addresses.map { "\($0.family == .v4 ? "A" : "AAAA") \($0)" }
      case .record(let record): return [record]
      }
    case .other(.data(let records)): return records.map { "\($0.ttl) \($0.type) \($0.data)" }
    case .other(let action): return action.records
    }
  }
}
