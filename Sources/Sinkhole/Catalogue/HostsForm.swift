/// A hosts file. It knows names alone: no subtrees, no exceptions, and no answer but an address.
struct HostsForm: ExportForm {
  let sinkhole: [IPAddress]

  var comment: String { "#" }
  var notes: [String] { ["Names alone: a hosts file cannot say what lies below them."] }

  func write(_ node: FlatPolicy.Node, of policy: FlatPolicy, to output: inout ExportOutput) throws(SystemError) {
    guard node.isPlain else { return output.lose(FlatPolicy.Node.notPlain, "\(node.name)") }
    if case .other(let action) = node.own { output.lose("names with \(action.kind)", "\(node.name)") }
    // What is lost with the name itself is told of that.
    let isTold = node.below == node.own && node.below != .sinkhole
    if node.below != .open, node.below != node.inherited, !isTold {
      output.lose("subtrees, whose names must be listed one by one", "*.\(node.name)")
    }
    guard node.own == .sinkhole else { return }
    output.names += 1
    let name = output.isRehearsal ? "" : "\(node.name)"
    for address in sinkhole { try output.line("\(address) \(name)") }
  }
}

/// A list of domains, each with all that lies below it; `*.NAME` is what lies below alone.
struct DomainsForm: ExportForm {
  var comment: String { "#" }
  var notes: [String] { ["Each line is a name with all that lies below it; after *. only what lies below."] }

  func write(_ node: FlatPolicy.Node, of policy: FlatPolicy, to output: inout ExportOutput) throws(SystemError) {
    if node.isRedundant { return }
    guard node.isPlain else { return output.lose(FlatPolicy.Node.notPlain, "\(node.name)") }
    for effect in [node.own, node.below] {
      guard case .other(let action) = effect else { continue }
      return output.lose("names with \(action.kind)", "\(node.name)")
    }
    // What covers it is in the list, and a list has no word for an exception.
    guard node.inherited == .open else { return output.lose("exceptions below names that are listed", "\(node.name)") }
    guard node.below == .sinkhole else {
      return output.lose("names that are listed without what lies below them", "\(node.name)")
    }
    output.names += 1
    try output.line(node.own == .sinkhole ? "\(node.name)" : "*.\(node.name)")
  }
}
