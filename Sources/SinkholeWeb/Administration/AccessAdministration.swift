/// Who connected, as the kernel says it.
package struct PeerCredentials: Sendable, Equatable {
  package let user: UInt32
  package let process: Int32

  package init(user: UInt32, process: Int32) {
    self.user = user
    self.process = process
  }
}

/// Who decides: the one who connected, and the name in which they say they do.
package struct Decider: Sendable, Equatable {
  package let peer: PeerCredentials
  /// `as`: for front ends that know their users themselves.
  package let name: String?

  package init(peer: PeerCredentials, name: String? = nil) {
    self.peer = peer
    self.name = name
  }
}

/// What an authorisation is to be, as it was written. Whoever decides reads the words.
package struct GrantInput: Sendable, Equatable {
  package var services: [String]?
  package var client: String?
  package var prefix: String?
  package var group: String?
  package var from: String?
  package var until: String?
  /// `for`
  package var length: String?
  package var reason: String?

  package init() {}
}

/// What the administration of access asks, and has done; it knows neither the ledger nor the policy.
package protocol AccessAdministration: Sendable {
  /// - Parameter states: nil: those that are not final.
  func list(states: [String]?, before: Int64?, most: Int) async throws(AdministrationProblem) -> JSONValue
  func show(_ number: Int64) async throws(AdministrationProblem) -> JSONValue
  func add(_ input: GrantInput, by decider: Decider) async throws(AdministrationProblem) -> JSONValue
  func approve(_ number: Int64, _ input: GrantInput, by decider: Decider) async throws(AdministrationProblem)
    -> JSONValue
  func deny(_ number: Int64, reason: String?, by decider: Decider) async throws(AdministrationProblem) -> JSONValue
  func revoke(_ number: Int64, reason: String?, by decider: Decider) async throws(AdministrationProblem) -> JSONValue
  func acknowledgements() async throws(AdministrationProblem) -> JSONValue
  func audit(after: Int64, most: Int) async throws(AdministrationProblem) -> JSONValue
  func verifyAudit() async throws(AdministrationProblem) -> JSONValue
}

/// Why it was not done: a problem document (RFC 9457). Programs branch on `code`.
package struct AdministrationProblem: Error, Sendable, Equatable {
  package let status: Int
  package let title: String
  package let code: String
  package let detail: String

  package init(_ status: Int, _ title: String, code: String, _ detail: String) {
    self.status = status
    self.title = title
    self.code = code
    self.detail = detail
  }

  /// A request that says what cannot be: the detail has the remedy.
  package static func input(_ detail: String) -> AdministrationProblem {
    AdministrationProblem(422, "Unprocessable Content", code: "input", detail)
  }

  var document: JSONValue {
    .members([
      "type": .string("about:blank"), "title": .string(title), "status": .number(Int64(status)), "code": .string(code),
      "detail": .string(detail),
    ])
  }
}
