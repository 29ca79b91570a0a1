/// What a query would be answered, tried without a server: the resolver decides a real message, with an empty
/// cache, at any instant. `sinkholed explain` prints it.
package struct Trial {
  private let name: Name
  private let type: RecordType
  private let asker: Asker
  private let instant: Instant
  private let snapshot: Snapshot
  private let ruling: Ruling
  /// What decides, and what a rule that observes would have done.
  private let explanation: Explanation
  private let observation: Explanation?
  private let activity: Activity
  private let answer: Answer

  private struct Answer {
    /// One word for what is done with the query.
    let outcome: String
    let text: String
    var remark: Response.Remark?
    /// What says that it is known here, without an upstream.
    var local: String?
  }

  package init(name: Name, type: RecordType, client: IPAddress, snapshot: Snapshot, at instant: Instant) {
    self.name = name
    self.type = type
    self.instant = instant
    self.snapshot = snapshot
    let policy = snapshot.policy
    let asker = policy.asker(client)
    self.asker = asker
    activity = policy.activity(at: instant.unixSeconds)
    ruling = policy.ruling(on: name, for: asker, activity)
    explanation = Explanation(name, ruling.selected, for: asker, policy: policy)
    observation = ruling.observed.map { Explanation(name, $0, for: asker, policy: policy, isObserved: true) }
    answer = Trial.decide(name, type, client, snapshot, instant, explanation)
  }

  private static func decide(
    _ name: Name, _ type: RecordType, _ client: IPAddress, _ snapshot: Snapshot, _ instant: Instant,
    _ explanation: Explanation
  ) -> Answer {
    var message = [UInt8](repeating: 0, count: 4096)
    var span = message.mutableSpan
    let length = UpstreamQuery(name: name, type: type).write(id: 0, to: &span)
    var query = Query()
    guard query.read(span.span.extracting(0..<length), over: .udp) == .query else {
      return Answer(outcome: "no query", text: "-")
    }
    query.hashName()
    let counters = Counters()
    let resolver = Resolver(
      cache: ResponseCache(size: ResponseCache.minimumSize), counters: counters, overlay: Overlay())
    let present = Present(clock: 0, instant: instant.unixSeconds, policy: snapshot.policy)
    let decision = resolver.decide(query, peer: client, snapshot: snapshot, present: present, message: &span)
    let local = counters.value(.local) > 0 ? snapshot.local.source(of: name) : nil
    let remark = decision.told.verdict.map { snapshot.policy.effect(of: $0) }.flatMap { $0.restricts ? $0.remark : nil }
    switch decision.step {
    case .drop: return Answer(outcome: explanation.outcome, text: "silence")
    case .forward(let way):
      let upstreams = snapshot.routing.choices[way.choice].servers.map(\.description).joined(separator: ", ")
      return Answer(outcome: explanation.outcome, text: "forwarded to \(upstreams)")
    case .follow(let alias, _):
      return Answer(
        outcome: local == nil ? explanation.outcome : "local", text: "CNAME \(alias.target), which is looked up",
        remark: remark, local: local)
    case .respond(let length), .respondAndRefresh(let length, _):
      let octets = span.span
      let code = Header.responseCode(octets)
      let answers = octets.uint16(at: Header.answerCount)
      let cut = octets[2] & Header.truncated != 0 ? ", truncated" : ""
      // A stranger, or a type that nobody is asked for: the policy had no part in it.
      let isRefused = code == .refused && decision.told.verdict == nil
      let outcome = isRefused ? "refused" : local == nil ? explanation.outcome : "local"
      let text = "\(code), \(answers) answer record\(answers == 1 ? "" : "s"), \(length) octets\(cut)"
      return Answer(outcome: outcome, text: text, remark: remark, local: local)
    }
  }

  // MARK: For people

  package func report() -> String {
    var lines = ["\(name) \(type) for \(asker.client): \(answer.outcome)"]
    func add(_ key: String, _ value: String?) {
      guard let value, !value.isEmpty else { return }
      lines.append("  \(key)\(String(repeating: " ", count: max(1, 10 - key.count)))\(value)")
    }
    add("group", explanation.group.map { "\($0), policy \(explanation.policy)" } ?? "none, policy \(explanation.policy)")
    if let service = explanation.effect?.service {
      let facts = [service.facts["vendor"], service.facts["jurisdiction"], service.facts["category"]].compactMap(\.self)
      add("service", "\(service.name) (\(service.id))" + (facts.isEmpty ? "" : ", " + facts.joined(separator: ", ")))
    }
    if let rule = explanation.effect?.rule {
      add("rule", "\(rule.id) of policy \(rule.policy)" + (rule.line > 0 ? ", \(rule.file):\(rule.line)" : ""))
      for (language, text) in rule.reason.sorted(by: { $0.key < $1.key }) { add("reason", "\(text) (\(language))") }
      add("authority", rule.authority)
      add("reference", rule.reference)
      add("contact", rule.contact)
      add("hours", rule.hours.map { "\($0) \(rule.timeZone.name)" })
      add("review", rule.review.map { "\($0)" })
    }
    add("trigger", triggerText)
    add("local", answer.local)
    if let observation, let rule = observation.effect?.rule {
      add("observed", "rule \(rule.id) would block it: \(observation.trigger ?? "?"), \(observation.place ?? "?")")
    }
    if ruling.isTimed { add("judged", "at \(judged)\(change.map { ", until \($0)" } ?? "")") }
    let remark = answer.remark.map {
      ", EDE \($0.code.rawValue) (\($0.code)): \"\(String(decoding: $0.text, as: UTF8.self))\""
    }
    add("answer", answer.text + (remark ?? ""))
    return lines.joined(separator: "\n")
  }

  private var triggerText: String? {
    guard let trigger = explanation.trigger, let zone = explanation.zone, let place = explanation.place else { return nil }
    return "\(trigger) in zone \(zone.title), serial \(zone.serial), \(place)"
  }

  /// The instant by the clocks of the rule that a clock decided about, else UTC.
  private var judged: String { instant.text(in: clocks) }
  private var change: String? {
    activity.until == .max ? nil : Instant(unixSeconds: activity.until).text(in: clocks)
  }
  private var clocks: TimeZoneRules {
    explanation.effect?.rule.hours != nil ? explanation.effect?.rule.timeZone ?? .utc : snapshot.clocks
  }

  // MARK: For programs

  /// One JSON object, its keys as in the explain name and the record.
  package func json() -> String {
    var members = explanation.facts.map { key, value in
      // Who may not ask is refused, whatever the policy would say.
      (key, PlainText.quoted(key == "verdict" ? answer.outcome : value))
    }
    members.insert(("type", PlainText.quoted("\(type)")), at: 1)
    members.append(("client", PlainText.quoted("\(asker.client)")))
    if let rule = explanation.effect?.rule {
      if !rule.reason.isEmpty {
        let texts = rule.reason.sorted { $0.key < $1.key }.map { "\(PlainText.quoted($0.key)):\(PlainText.quoted($0.value))" }
        members.append(("reason", "{\(texts.joined(separator: ","))}"))
      }
      if let review = rule.review { members.append(("review", PlainText.quoted("\(review)"))) }
      for (key, value) in [("authority", rule.authority), ("reference", rule.reference), ("contact", rule.contact)] {
        if let value { members.append((key, PlainText.quoted(value))) }
      }
    }
    members.append(("judged", PlainText.quoted(judged)))
    if ruling.isTimed, let change { members.append(("until", PlainText.quoted(change))) }
    if let observation, let rule = observation.effect?.rule {
      members.append(("observed_by", PlainText.quoted(rule.id)))
      if let trigger = observation.trigger { members.append(("observed_trigger", PlainText.quoted(trigger))) }
    }
    if let local = answer.local { members.append(("local", PlainText.quoted(local))) }
    members.append(("answer", PlainText.quoted(answer.text)))
    if let remark = answer.remark {
      members.append(("ede", "\(remark.code.rawValue)"))
      members.append(("ede_text", PlainText.quoted(String(decoding: remark.text, as: UTF8.self))))
    }
    return "{" + members.map { "\(PlainText.quoted($0.0)):\($0.1)" }.joined(separator: ",") + "}"
  }
}
