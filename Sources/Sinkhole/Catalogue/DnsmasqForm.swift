/// Options of dnsmasq (dnsmasq(8)), for its `conf-file`.
///
/// `/NAME/` is the name and what lies below it, `/*.NAME/` what lies below it alone; the longest fits. `local=` answers
/// every type that has no `address=` with nothing, so that no HTTPS record leads past the sinkhole; `server=/NAME/#` asks
/// the servers all the same. The asterisk needs dnsmasq 2.86.
struct DnsmasqForm: ExportForm {
  let sinkhole: [IPAddress]

  var comment: String { "#" }
  var notes: [String] { ["For dnsmasq 2.86 and newer: name it in conf-file."] }

  func write(_ node: FlatPolicy.Node, of policy: FlatPolicy, to output: inout ExportOutput) throws(SystemError) {
    if node.isRedundant { return }
    let name = "\(node.name)"
    guard node.isPlain else { return output.lose(FlatPolicy.Node.notPlain, name) }
    guard let own = options(node.own, name) else { return output.lose(DnsmasqForm.reason(node.own), name) }
    guard node.own != node.below else {
      output.names += 1
      return try write(own, &output)
    }
    // `/NAME/` takes what lies below along, so that is said in any case.
    guard let below = options(node.below, "*.\(name)") else {
      return output.lose(DnsmasqForm.reason(node.below), "*.\(name)")
    }
    output.names += 1
    if node.own != node.inherited { try write(own, &output) }
    try write(below, &output)
  }

  private func write(_ lines: [String], _ output: inout ExportOutput) throws(SystemError) {
    for line in lines { try output.line(line) }
  }

  /// Nil when it has no option for this.
  private func options(_ effect: FlatPolicy.Effect, _ domain: String) -> [String]? {
    switch effect {
    case .open: return ["server=/\(domain)/#"]
    case .other(.nxdomain): return ["local=/\(domain)/"]
    case .sinkhole: return answering(sinkhole.map { "\($0)" }, domain)
    case .other(.data(let records)):
      guard records.allSatisfy({ $0.type == .a || $0.type == .aaaa }) else { return nil }
      return answering(records.map(\.data), domain)
    default: return nil
    }
  }

  private func answering(_ addresses: [String], _ domain: String) -> [String] {
    ["local=/\(domain)/"] + addresses.map { "address=/\(domain)/\($0)" }
  }

  private static func reason(_ effect: FlatPolicy.Effect) -> String {
    guard case .other(let action) = effect else { return "names" }
    return "names with \(action.kind), for which there is no option"
  }
}
