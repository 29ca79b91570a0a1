import Support
import Testing

/// What a rule, or a zone's record, does about each trigger: the answer, whether it is asked for fresh, comes from the
/// cache, or was in the cache before the policy restricted it.
@Suite("Every action of a rule on every trigger")
struct RuleActionPlays {
  static let actions = [
    "block", "caution", "allow", "observe", "nxdomain", "nodata", "refuse", "drop", "tcp-only", "redirect",
  ]

  @Test("a rule does what it says", arguments: Trigger.all, actions)
  func plays(_ trigger: Trigger, _ action: String) async throws {
    let zones = trigger.zone(["CNAME deepseek.service.sinkhole.internal."])
    let to = action == "redirect" ? ", to: garden.example.net" : ""
    let policy = "policies: { p: [{\(action): \(trigger.selector)\(to)}] }\ndefault_policy: p"
    let about = trigger.owner == nil ? "\(action)-1" : "DeepSeek"
    let ede = "EDE 15 \(about); \(action == "caution" ? "caution; " : "")rule \(action)-1; p@"
    for transport in Transport.allCases {
      let expected = Expectation(trigger, ede, transport).text(action)
      try await performOnBoth(trigger, policy, zones, expected, transport)
    }
  }
}

@Suite("Every action of a zone on every trigger")
struct RecordActionPlays {
  /// A kind of record, and the action of a rule that answers alike; nil: the expectation knows it by name.
  static let kinds = [
    "service", "nxdomain", "nodata", "passthru", "drop", "tcp-only", "data", "alias", "wildcard alias", "long alias",
  ]

  static func records(_ kind: String) -> [String] {
    switch kind {
    case "service": ["CNAME deepseek.service.sinkhole.internal."]
    case "nxdomain": ["CNAME ."]
    case "nodata": ["CNAME *."]
    case "passthru": ["CNAME rpz-passthru."]
    case "drop": ["CNAME rpz-drop."]
    case "tcp-only": ["CNAME rpz-tcp-only."]
    case "alias": ["CNAME garden.example.net."]
    case "wildcard alias": ["CNAME *.garden.example.net."]
    case "long alias": ["CNAME *.\(Expectation.longSuffix)."]
    default:
      [
        "A 192.0.2.61", "A 192.0.2.62", "300 AAAA 2001:db8::61", "2 TXT \"local\" \"data\"", "MX 10 mail.example.net.",
        "HTTPS 1 . alpn=h2",
      ]
    }
  }

  @Test("zone: does what the record says", arguments: Trigger.records, kinds)
  func plays(_ trigger: Trigger, _ kind: String) async throws {
    let zones = trigger.zone(RecordActionPlays.records(kind))
    let policy = "policies: { p: [{zone: ai}] }\ndefault_policy: p"
    let ede = "EDE 15 \(kind == "service" ? "DeepSeek" : "ai"); rule zone-1; p@7"
    for transport in Transport.allCases {
      let expected = Expectation(trigger, ede, transport).text(kind)
      try await performOnBoth(trigger, policy, zones, expected, transport)
    }
  }
}

/// Once on a server that restricts from the start, and once on one that has the truth in its cache before it does.
private func performOnBoth(
  _ trigger: Trigger, _ policy: String, _ zones: [PlayZone], _ expected: String, _ transport: Transport
) async throws {
  let upstream = trigger.upstream + Expectation.garden(trigger)
  let step = PlayStep.ask(trigger.question, from: trigger.from, expected)
  let again = PlayStep.ask(trigger.question, from: trigger.from, expected + " | unasked")
  let open = "policies: { p: [] }\ndefault_policy: p"
  let truth = PlayStep.ask(
    trigger.question, from: trigger.from, (["NOERROR"] + trigger.truth + ["asked \(trigger.question)"]).joined(separator: " | "))
  try await perform(
    Play("fresh, then from the cache", policy: policy, zones: zones, upstream: upstream, steps: [step, again]),
    over: transport)
  try await perform(
    Play(
      "in the cache before it was restricted", policy: open, zones: zones, upstream: upstream,
      steps: [truth, .publish(policy: policy), step, again]), over: transport)
}

/// The answers to a trigger's question.
private struct Expectation {
  /// With a name before it, longer than a name may be.
  static let longSuffix = (["a", "b", "c"].map { String(repeating: $0, count: 63) } + [String(repeating: "d", count: 58)])
    .joined(separator: ".")

  /// What the upstream knows of the gardens.
  static func garden(_ trigger: Trigger) -> [String] {
    ["garden.example.net 300 A 192.0.2.99", "\(trigger.judged).garden.example.net 300 A 192.0.2.98"]
  }

  private let trigger: Trigger
  private let ede: String
  private let transport: Transport

  init(_ trigger: Trigger, _ ede: String, _ transport: Transport) {
    self.trigger = trigger
    self.ede = ede
    self.transport = transport
  }

  func text(_ action: String) -> String {
    let chain = trigger.chain.map { $0.replacing(" 5 ", with: " <=5 ") }
    func changed(_ code: String, _ records: [String], soa: String? = nil) -> String {
      ([code] + chain + records + [soa.map { "SOA \($0)" }, ede].compactMap(\.self)).joined(separator: " | ")
    }
    let truth = (["NOERROR"] + trigger.truth.map { $0.replacing(" 300 ", with: " <=300 ") }).joined(separator: " | ")
    switch action {
    case "allow", "observe", "passthru": return truth
    case "block", "caution", "service":
      var addresses = ["A": "192.0.2.53", "AAAA": "2001:db8::53"]
      // Asked over IPv4, which is where the page has to see the client.
      if action == "caution" { addresses["AAAA"] = nil }
      let address = addresses[trigger.type]
      guard let address else { return changed("NOERROR", [], soa: trigger.soa) }
      return changed("NOERROR", ["\(trigger.judged) 5 \(trigger.type) \(address)"])
    case "nxdomain": return changed("NXDOMAIN", [], soa: trigger.soa)
    case "nodata": return changed("NOERROR", [], soa: trigger.soa)
    case "refuse": return "REFUSED | \(ede)"
    case "drop": return "silence"
    case "tcp-only": return transport == .udp ? "TC | \(ede)" : truth
    case "redirect", "alias": return alias("garden.example.net", "192.0.2.99", changed)
    case "wildcard alias": return alias("\(trigger.judged).garden.example.net", "192.0.2.98", changed)
    case "long alias": return "YXDOMAIN | \(ede)"
    default:
      let data = [
        "A": ["5 A 192.0.2.61", "5 A 192.0.2.62"], "AAAA": ["5 AAAA 2001:db8::61"], "HTTPS": ["5 HTTPS 1 . alpn=h2"],
      ][trigger.type]
      guard let data else { return changed("NOERROR", [], soa: trigger.soa) }
      return changed("NOERROR", data.map { "\(trigger.judged) \($0)" })
    }
  }

  /// The garden is looked up; it has one address and nothing else.
  private func alias(
    _ target: String, _ address: String, _ changed: (String, [String], String?) -> String
  ) -> String {
    let link = "\(trigger.judged) 5 CNAME \(target)"
    guard trigger.type == "A" else { return changed("NOERROR", [link], "example.net") }
    return changed("NOERROR", [link, "\(target) <=5 A \(address)"], nil)
  }
}
