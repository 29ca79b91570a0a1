/// What a query would be answered, tried without a server: the resolver decides a real message, with an empty
/// cache. `sinkholed explain` prints it.
package struct Trial {
  package let explanation: Explanation
  private let type: RecordType
  private let client: IPAddress
  private let answer: String
  /// One word for what is done with the query.
  private let outcome: String

  package init(name: Name, type: RecordType, client: IPAddress, snapshot: Snapshot) {
    self.type = type
    self.client = client
    explanation = Explanation(name, snapshot.policy.verdict(name), policy: snapshot.policy)
    (outcome, answer) = Trial.decide(name, type, client, snapshot, explanation)
  }

  private static func decide(
    _ name: Name, _ type: RecordType, _ client: IPAddress, _ snapshot: Snapshot, _ explanation: Explanation
  ) -> (outcome: String, answer: String) {
    var message = [UInt8](repeating: 0, count: 4096)
    var span = message.mutableSpan
    let length = UpstreamQuery(name: name, type: type).write(id: 0, to: &span)
    var query = Query()
    guard query.read(span.span.extracting(0..<length), over: .udp) == .query else { return ("no query", "-") }
    query.hashName()
    let resolver = Resolver(cache: ResponseCache(size: ResponseCache.minimumSize), counters: Counters())
    let decision = resolver.decide(query, client: client, snapshot: snapshot, clock: 0, message: &span)
    switch decision.step {
    case .drop: return (explanation.outcome, "silence")
    case .forward:
      return (explanation.outcome, "forwarded to " + snapshot.upstreams.map(\.description).joined(separator: ", "))
    case .respond(let length):
      let octets = span.span
      let code = Header.responseCode(octets)
      let answers = octets.uint16(at: Header.answerCount)
      let cut = octets[2] & Header.truncated != 0 ? ", truncated" : ""
      // Without a verdict the policy had no part in the answer: a stranger, or a type that nobody is asked for.
      let remark = decision.verdict.map { snapshot.policy.action(of: $0) }.map {
        ", EDE \($0.remark.code.rawValue) (\($0.remark.code)): \"\(String(decoding: $0.remark.text, as: UTF8.self))\""
      }
      let outcome = code == .refused ? "refused" : explanation.outcome
      return (
        outcome, "\(code), \(answers) answer record\(answers == 1 ? "" : "s"), \(length) octets\(cut)\(remark ?? "")"
      )
    }
  }

  /// Some lines for people.
  package func report() -> String {
    var lines = ["\(explanation.name) \(type) for \(client): \(outcome)"]
    if let service = explanation.action?.service {
      let facts = [service.facts["vendor"], service.facts["jurisdiction"], service.facts["category"]].compactMap(\.self)
      lines.append(
        "  service   \(service.name) (\(service.id))" + (facts.isEmpty ? "" : ", " + facts.joined(separator: ", ")))
    }
    if let action = explanation.action {
      lines.append("  rule      \(action.rule.id) of policy \(action.rule.policy)")
    }
    if let trigger = explanation.trigger, let zone = explanation.zone, let place = explanation.place {
      lines.append("  trigger   \(trigger) in zone \(zone.title), serial \(zone.serial), \(place)")
    }
    lines.append("  answer    \(answer)")
    return lines.joined(separator: "\n")
  }
}
