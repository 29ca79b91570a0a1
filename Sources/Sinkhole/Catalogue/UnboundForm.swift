/// `local-zone` and `local-data` of Unbound (unbound.conf(5)), to be included in its configuration.
///
/// The local zone closest above a name rules, so exceptions are zones of their own. A `redirect` answers its name and all
/// below with its data and with NODATA for other types; `transparent` with data does so for the name alone and resolves what
/// lies below as if it were not there; `always_transparent` opens both.
struct UnboundForm: ExportForm {
  let sinkhole: [IPAddress]

  var comment: String { "#" }
  var notes: [String] { ["Include it in unbound.conf. A name's own NXDOMAIN holds for what lies below it too."] }
  var preamble: [String] { ["server:"] }

  func write(_ node: FlatPolicy.Node, of policy: FlatPolicy, to output: inout ExportOutput) throws(SystemError) {
    if node.isRedundant { return }
    guard node.isPlain else { return output.lose(FlatPolicy.Node.notPlain, "\(node.name)") }
    guard let type = type(node) else { return output.lose(UnboundForm.reason(node), "\(node.name)") }
    output.names += 1
    if output.isRehearsal { return }
    let name = "\(node.name)"
    try output.line("  local-zone: \"\(name).\" \(type)")
    if type == "redirect" || type == "transparent" {
      for record in records(of: node.own) { try output.line("  local-data: '\(name). \(record)'") }
    }
  }

  /// Nil when no zone does so.
  private func type(_ node: FlatPolicy.Node) -> String? {
    switch (node.own, node.below) {
    case (.open, .open): "always_transparent"
    case (.other(.nxdomain), .other(.nxdomain)), (.other(.nxdomain), .open): "always_nxdomain"
    case (.other(.nodata), .other(.nodata)): "always_nodata"
    case (.other(.drop), .other(.drop)): "always_deny"
    case (let own, .open) where !records(of: own).isEmpty: "transparent"
    case (let own, let below) where own == below && !records(of: own).isEmpty: "redirect"
    default: nil
    }
  }

  private func records(of effect: FlatPolicy.Effect) -> [String] {
    switch effect {
    case .sinkhole: sinkhole.map { "\(ZoneExport.ttl) IN \($0.family == .v4 ? "A" : "AAAA") \($0)" }
    case .other(.data(let records)): records.map { "\($0.ttl) IN \($0.type) \($0.data)" }
    case .other(.alias(let target)): ["\(ZoneExport.ttl) IN CNAME \(target)."]
    default: []
    }
  }

  private static func reason(_ node: FlatPolicy.Node) -> String {
    if node.own == node.below { return "names with an action that local zones do not have" }
    return node.own == .open
      ? "names whose subtree is restricted and they themselves are not"
      : "names with another action than what lies below them"
  }
}
