/// Writes zones for resolvers that do not read them as they are, or answer wrongly from them: all zones as one, names with
/// the same effect as here.
///
/// What a form has no words for is left out, counted and named; nothing is written that restricts more or opens more than
/// was meant, but for NXDOMAIN, which holds for what lies below a name too wherever a form cannot part the two (RFC 8020).
package struct ZoneExport {
  /// Of answers at the sinkhole, in seconds.
  static let ttl = 5

  private let policy: FlatPolicy
  private let form: any ExportForm
  /// What could not be written, known from the start.
  package let losses: ExportLosses
  private let names: Int

  /// - Parameters:
  ///   - sinkhole: addresses that restricted names are answered with; a list of domains has none.
  ///   - origin: of a policy zone.
  ///   - serial: of a policy zone; nil to have the highest of the zones.
  /// - Throws: what is wrong between the zones.
  package init(
    _ zones: [PolicyZone], format: ExportFormat, sinkhole: [IPAddress], origin: Name, serial: UInt32? = nil
  ) throws(Faults) {
    policy = try FlatPolicy(zones)
    let serial = serial ?? zones.map(\.serial).max() ?? 0
    form =
      switch format {
      case .rpz: PolicyZoneForm(origin: origin, serial: serial, target: .addresses(sinkhole), isList: false)
      case .hosts: HostsForm(sinkhole: sinkhole)
      case .domains: DomainsForm()
      case .unbound: UnboundForm(sinkhole: sinkhole)
      case .dnsmasq: DnsmasqForm(sinkhole: sinkhole)
      }
    (losses, names) = ZoneExport.rehearse(policy, form)
  }

  /// - Parameter form: of a list that is to become a zone.
  init(_ zones: [PolicyZone], form: PolicyZoneForm) throws(Faults) {
    policy = try FlatPolicy(zones)
    self.form = form
    (losses, names) = ZoneExport.rehearse(policy, form)
  }

  /// Goes through all names once without writing, so that the heading can say what follows.
  private static func rehearse(_ policy: FlatPolicy, _ form: any ExportForm) -> (ExportLosses, Int) {
    var output = ExportOutput(nil)
    for zone in policy.zones {
      for trigger in zone.clientTriggers + zone.addressTriggers {
        output.lose("triggers on addresses", "\(trigger.prefix)")
      }
    }
    // Nothing is written, so nothing fails.
    try? form.write(policy, to: &output)
    return (output.losses, output.names)
  }

  /// Writes it line by line.
  package func write(_ line: @escaping (String) throws(SystemError) -> Void) throws(SystemError) {
    var output = ExportOutput(line)
    let sources = policy.zones.map { "\($0.title)@\($0.serial)" }.joined(separator: ", ")
    var heading = ["Written by sinkholed zone export from: \(sources).", "\(names) names."]
    if form.isPolicyZoneOfList { heading = ["Written by sinkholed zone import from: \(sources).", "\(names) names."] }
    heading += form.notes
    heading += losses.summary
    for text in heading { try output.line("\(form.comment) \(text)") }
    try output.line("")
    for text in form.preamble { try output.line(text) }
    try form.write(policy, to: &output)
  }
}

/// What can be asked for by name.
package enum ExportFormat: String, Sendable, CaseIterable {
  case rpz, hosts, domains, unbound, dnsmasq
}

/// One form that zones are written in.
protocol ExportForm: Sendable {
  /// What begins a comment.
  var comment: String { get }
  /// What the reader of the file must know.
  var notes: [String] { get }
  /// Lines before the first name.
  var preamble: [String] { get }
  var isPolicyZoneOfList: Bool { get }

  func write(_ node: FlatPolicy.Node, of policy: FlatPolicy, to output: inout ExportOutput) throws(SystemError)
}

extension ExportForm {
  var preamble: [String] { [] }
  var isPolicyZoneOfList: Bool { false }

  func write(_ policy: FlatPolicy, to output: inout ExportOutput) throws(SystemError) {
    try policy.forEach { (node) throws(SystemError) in
      try write(node, of: policy, to: &output)
    }
  }
}

/// Where lines go, and what is told of those that cannot be written.
struct ExportOutput {
  /// Nil for a rehearsal, in which no line is so much as made.
  private let emit: ((String) throws(SystemError) -> Void)?
  private(set) var losses = ExportLosses()
  /// Names of which something was written.
  var names = 0
  /// Names that are not listed, and were written so that others do not hide them.
  var filled: Set<Name> = []

  init(_ emit: ((String) throws(SystemError) -> Void)?) { self.emit = emit }

  var isRehearsal: Bool { emit == nil }

  func line(_ text: @autoclosure () -> String) throws(SystemError) { try emit?(text()) }

  mutating func lose(_ reason: String, _ name: @autoclosure () -> String) { losses.add(reason, name()) }
}

/// What a form has no words for: counted by reason, the first names of each kept.
package struct ExportLosses: Sendable {
  /// Names of one reason that are kept.
  package static let maximumNames = 1000

  package struct Reason: Sendable {
    package let text: String
    package fileprivate(set) var count = 0
    package fileprivate(set) var names: [String] = []
  }

  package private(set) var reasons: [Reason] = []

  mutating func add(_ text: String, _ name: @autoclosure () -> String) {
    let index = reasons.firstIndex { $0.text == text } ?? reasons.count
    if index == reasons.count { reasons.append(Reason(text: text)) }
    reasons[index].count += 1
    if reasons[index].names.count < ExportLosses.maximumNames { reasons[index].names.append(name()) }
  }

  /// A line for each reason.
  package var summary: [String] { reasons.map { "Not in it: \($0.text) (\($0.count))." } }

  /// The same with names, `most` of each.
  package func report(most: Int) -> [String] {
    reasons.flatMap { reason in
      let shown = reason.names.prefix(most)
      let rest = reason.count - shown.count
      return ["not exported: \(reason.text) (\(reason.count))"] + shown.map { "  \($0)" }
        + (rest > 0 ? ["  and \(rest) more"] : [])
    }
  }
}

/// What several forms ask of a name.
extension FlatPolicy.Node {
  /// Letters, digits, hyphens and underscores alone, as all hosts have: what needs no escapes in any form.
  var isPlain: Bool {
    var at = 0
    let wire = name.wire
    while wire[at] != 0 {
      let end = at + 1 + Int(wire[at])
      for index in (at + 1)..<end where !PlainName.isPlain(wire[index]) { return false }
      at = end
    }
    return true
  }

  static let notPlain = "names that are no host names"
}
