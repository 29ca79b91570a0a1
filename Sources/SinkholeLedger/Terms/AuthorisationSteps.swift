/// The steps between states. Each either is taken whole or changes nothing.
extension Authorisation {
  /// Counts one person's approval; the last that is needed makes it `approved`.
  ///
  /// - Throws: it is not `requested`; `person` asked for it, or has approved it already; the terms are another's, or no time.
  mutating func approve(
    by person: Person, terms: Terms = Terms(), needed: Int, longest: Int64, now: Int64
  ) throws(LedgerError) {
    guard state == .requested else { throw .state(number, state, "approved") }
    // The name is the reader's word: who took another's is found in the audit.
    if client != nil, askedBy.lowercased() == person.name.lowercased() { throw .ownRequest(number) }
    if approvals.contains(where: { $0.isSame(as: person) }) { throw .sameApprover(number, person.name) }
    if !approvals.isEmpty, !terms.isEmpty { throw .termsStand(number) }
    var next = self
    next.take(terms)
    next.approvals.append(person)
    let (from, until) = next.window(at: now)
    guard until > from, until > now else { throw .time("it would be over before it begins. Give a later end.") }
    guard until - from <= longest else {
      throw .time("it would hold for \(until - from) seconds, expected \(longest) at most. Give an earlier end.")
    }
    if next.approvals.count >= needed {
      (next.from, next.until, next.decided, next.state) = (from, until, now, .approved)
    }
    self = next
  }

  private mutating func take(_ terms: Terms) {
    if let services = terms.services { self.services = services }
    if let scope = terms.scope { self.scope = scope }
    if let from = terms.from { self.from = from }
    if let until = terms.until { self.until = until }
    // A length given with the approval stands above an end that was asked for.
    if let seconds = terms.seconds {
      self.seconds = seconds
      if terms.until == nil { until = nil }
    }
  }

  private func window(at now: Int64) -> (from: Int64, until: Int64) {
    let from = max(from ?? now, now)
    let (end, isBeyond) = from.addingReportingOverflow(seconds)
    return (from, until ?? (isBeyond ? .max : end))
  }

  mutating func deny(note: String?, now: Int64) throws(LedgerError) {
    guard state == .requested else { throw .state(number, state, "denied") }
    (state, decided, self.note) = (.denied, now, note)
  }

  mutating func revoke(note: String?, now: Int64) throws(LedgerError) {
    guard state == .approved || state == .active else { throw .state(number, state, "revoked") }
    (state, decided, self.note) = (.revoked, now, note)
  }

  /// Does what the clock does. Returns the states that it went through, the present one not among them.
  mutating func settle(undecided: Int64, now: Int64) -> [State] {
    var passed: [State] = []
    while let next = next(undecided: undecided, now: now) {
      passed.append(state)
      state = next
      if next == .lapsed { decided = now }
    }
    return passed
  }

  private func next(undecided: Int64, now: Int64) -> State? {
    switch state {
    case .requested: now - asked >= undecided ? .lapsed : nil
    case .approved:
      if let until, now >= until { .ended } else if let from, now >= from { .active } else { nil }
    case .active: until.map { now >= $0 } ?? true ? .ended : nil
    case .ended, .denied, .revoked, .lapsed: nil
    }
  }

  /// When the clock will do something next; nil when it has nothing left to do.
  func nextChange(undecided: Int64) -> Int64? {
    switch state {
    case .requested: asked + undecided
    case .approved: from
    case .active: until
    case .ended, .denied, .revoked, .lapsed: nil
    }
  }

  /// The terms in one line, for the audit.
  var summary: String {
    let window =
      from.flatMap { from in until.map { " from \(UTCText.text(from)) until \(UTCText.text($0))" } }
      ?? " for \(seconds) s"
    let approved = approvals.isEmpty ? "" : ", approved by \(approvals.map(\.description).joined(separator: ", "))"
    return "\(state.rawValue): \(services.joined(separator: " ")) for \(scope)\(window)\(approved)"
  }
}
