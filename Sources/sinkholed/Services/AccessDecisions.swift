import Sinkhole
import SinkholeLedger
import SinkholeWeb

/// The interface for those who decide, over the ledger.
struct AccessDecisions: AccessAdministration {
  let ledger: Ledger
  let server: DNSServer
  /// Accounts that may name others.
  let frontEnds: [String]

  func list(states: [String]?, before: Int64?, most: Int) async throws(AdministrationProblem) -> JSONValue {
    let known = Authorisation.State.allCases
    var wanted = known.filter { !$0.isFinal }
    if let states {
      wanted = []
      for word in states {
        if word == "all" {
          wanted = known
        } else if let state = Authorisation.State(rawValue: word) {
          wanted.append(state)
        } else {
          throw .input(
            "\"\(word)\" is no state, expected all or some of: \(known.map(\.rawValue).joined(separator: ", ")).")
        }
      }
    }
    let states = wanted
    let found = try await asking { () async throws(LedgerError) in
      try await ledger.authorisations(in: states, before: before ?? .max, most: most)
    }
    return .members(["authorisations": .array(found.map(AccessDocuments.document))])
  }

  func show(_ number: Int64) async throws(AdministrationProblem) -> JSONValue {
    AccessDocuments.document(
      try await asking { () async throws(LedgerError) in try await ledger.authorisation(number) })
  }

  func add(_ input: GrantInput, by decider: Decider) async throws(AdministrationProblem) -> JSONValue {
    let policy = server.cell.snapshot.policy
    let now = Instant.now().unixSeconds
    guard let services = input.services, !services.isEmpty else { throw .input("no services. Name at least one.") }
    try AccessScope.services(services, policy)
    guard let scope = try AccessScope.read(input, policy) else {
      throw .input("for whom? Give client, prefix or group.")
    }
    guard let reason = input.reason else { throw .input("no reason. Say why.") }
    let terms = try terms(input)
    guard terms.until != nil || terms.seconds != nil else { throw .input("until when? Give until or for.") }
    let person = try person(decider)
    return AccessDocuments.document(
      try await asking { () async throws(LedgerError) in
        try await ledger.add(services: services, scope: scope, terms: terms, reason: reason, by: person, now: now)
      })
  }

  func approve(
    _ number: Int64, _ input: GrantInput, by decider: Decider
  ) async throws(AdministrationProblem) -> JSONValue {
    let policy = server.cell.snapshot.policy
    var terms = try terms(input)
    if let services = input.services { try AccessScope.services(services, policy) }
    if input.reason != nil { throw .input("the reason is the one who asked's. Leave it out.") }
    (terms.services, terms.scope) = (input.services, try AccessScope.read(input, policy))
    let (given, person) = (terms, try person(decider))
    return AccessDocuments.document(
      try await asking { () async throws(LedgerError) in
        try await ledger.approve(number, terms: given, by: person, now: Instant.now().unixSeconds)
      })
  }

  func deny(_ number: Int64, reason: String?, by decider: Decider) async throws(AdministrationProblem) -> JSONValue {
    let person = try person(decider)
    return AccessDocuments.document(
      try await asking { () async throws(LedgerError) in
        try await ledger.deny(number, note: reason, by: person, now: Instant.now().unixSeconds)
      })
  }

  func revoke(_ number: Int64, reason: String?, by decider: Decider) async throws(AdministrationProblem) -> JSONValue {
    let person = try person(decider)
    return AccessDocuments.document(
      try await asking { () async throws(LedgerError) in
        try await ledger.revoke(number, note: reason, by: person, now: Instant.now().unixSeconds)
      })
  }

  func acknowledgements() async throws(AdministrationProblem) -> JSONValue {
    // Ten thousand fit into what the command reads.
    let held = ledger.acknowledgements
    return .members([
      "count": .number(Int64(held.count)),
      "acknowledgements": .array(held.suffix(10_000).map(AccessDocuments.document)),
    ])
  }

  func audit(after: Int64, most: Int) async throws(AdministrationProblem) -> JSONValue {
    let entries = try await asking { () async throws(LedgerError) in try await ledger.audit(after: after, most: most) }
    return .members(["audit": .array(entries.map(AccessDocuments.document))])
  }

  func verifyAudit() async throws(AdministrationProblem) -> JSONValue {
    switch try await asking({ () async throws(LedgerError) in try await ledger.verifyAudit() }) {
    case .whole(let entries, let last, let hash):
      .members([
        "whole": .boolean(true), "entries": .number(entries), "last": .number(last), "hash": .string(hash),
      ])
    case .broken(let number): .members(["whole": .boolean(false), "broken_at": .number(number)])
    }
  }

  // MARK: Words and values

  /// Who decides: the account that connected, or whom a front end names.
  private func person(_ decider: Decider) throws(AdministrationProblem) -> Person {
    let account = AccountNames.name(of: decider.peer)
    guard let name = decider.name else { return Person(account: account) }
    guard frontEnds.contains(account) else {
      throw AdministrationProblem(
        403, "Forbidden", code: "as",
        "account \(account) may not decide in another's name. Leave \"as\" out, or add it to access.front_ends.")
    }
    do throws(LedgerError) {
      return Person(name: try PlainWords.checked(name, "\"as\"", most: PlainWords.name), account: account)
    } catch {
      throw .input("\(error)")
    }
  }

  private func terms(_ input: GrantInput) throws(AdministrationProblem) -> Authorisation.Terms {
    var terms = Authorisation.Terms()
    terms.from = try instant(input.from, "from")
    terms.until = try instant(input.until, "until")
    guard let text = input.length else { return terms }
    guard terms.until == nil else { throw .input("until and for together. Give one of them.") }
    guard let time = Quantity.milliseconds(text), time >= 1000 else {
      throw .input("for is \"\(text)\", expected a number with s, m, h or d, such as 8h.")
    }
    terms.seconds = Int64(time / 1000)
    return terms
  }

  private func instant(_ text: String?, _ name: String) throws(AdministrationProblem) -> Int64? {
    guard let text else { return nil }
    guard let instant = Instant(text, in: server.cell.snapshot.clocks) else {
      throw .input("\(name) is \"\(text)\", expected an instant such as 2026-12-01T09:00+09:00 or 2026-12-01.")
    }
    return instant.unixSeconds
  }

  private func asking<Value>(_ body: () async throws(LedgerError) -> Value) async throws(AdministrationProblem) -> Value
  {
    do {
      return try await body()
    } catch {
      throw AdministrationProblem(error)
    }
  }
}

extension AdministrationProblem {
  init(_ error: LedgerError) {
    switch error {
    case .full: self.init(503, "Service Unavailable", code: "full", "\(error)")
    case .rateLimited: self.init(429, "Too Many Requests", code: "rate", "\(error)")
    case .text, .time: self.init(422, "Unprocessable Content", code: "input", "\(error)")
    case .unavailable: self.init(503, "Service Unavailable", code: "unavailable", "\(error)")
    case .notFound: self.init(404, "Not Found", code: "number", "\(error)")
    case .state: self.init(409, "Conflict", code: "state", "\(error)")
    case .ownRequest: self.init(403, "Forbidden", code: "own-request", "\(error)")
    case .sameApprover: self.init(403, "Forbidden", code: "same-approver", "\(error)")
    case .termsStand: self.init(409, "Conflict", code: "terms", "\(error)")
    }
  }
}
