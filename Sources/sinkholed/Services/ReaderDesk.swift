import Sinkhole
import SinkholeLedger
import SinkholeTransports
import SinkholeWeb

/// What the notice page has done for its readers. Nothing here decides: that takes the socket, which no reader has.
package struct ReaderDesk: Sendable {
  let ledger: Ledger
  let server: DNSServer
  /// Told of new requests.
  package let webhook: Webhook?

  /// Accepts the caution of `rule` for one client; the service is open to it when this returns.
  ///
  /// - Parameters:
  ///   - rule: the id of the rule that cautioned, of the client's own policy.
  ///   - name: the reader's; needed where the rule is `named`.
  ///   - now: Unix seconds.
  /// - Returns: Unix seconds of the end.
  /// - Throws: the rule is no caution, a name is missing or no text, too many or too fast, or it cannot be recorded.
  package func acknowledge(
    client: IPAddress, service: String, rule: String, name: String?, reference: String?, now: Int64
  ) async throws(LedgerError) -> Int64 {
    let policy = server.cell.snapshot.policy
    let plan = policy.plans[policy.group(of: policy.asker(client.unmapped)).plan]
    guard let known = plan.rules.first(where: { $0.id == rule }), known.action == .caution else {
      throw .text("rule \(rule) cautions nobody here. Open the page anew.")
    }
    let name = name.flatMap { $0.allSatisfy(\.isWhitespace) ? nil : $0 }
    if known.isNamed, name == nil { throw .text("the name is empty. Write it.") }
    return try await ledger.acknowledge(
      client: AccessScope.client(client), service: service, rule: rule, name: name, reference: reference,
      seconds: known.acknowledgedFor, now: now)
  }

  /// Asks for authorisation of one service for one client.
  ///
  /// - Parameter seconds: how long it is wanted for.
  /// - Returns: the number under which its state can be asked for.
  /// - Throws: a text or the time does not fit, too many or too fast, or it cannot be recorded.
  package func request(
    client: IPAddress, service: String, name: String, reason: String, seconds: Int64, reference: String?, now: Int64
  ) async throws(LedgerError) -> Int64 {
    guard server.cell.snapshot.policy.services[service] != nil else {
      throw .text("there is no service \"\(service)\". Open the page anew.")
    }
    let client = AccessScope.client(client)
    let (number, isNew) = try await ledger.request(
      client: client, service: service, name: name, reason: reason, seconds: seconds, reference: reference, now: now)
    // One that was there already has been told of.
    if isNew, let webhook, let asked = try? await ledger.authorisation(number) {
      webhook.post(
        "\(JSONValue.members(["event": .string("requested"), "authorisation": AccessDocuments.document(asked)]))")
    }
    return number
  }

  /// What became of a request of this client's; nil when it has none of this number.
  package func state(of number: Int64, for client: IPAddress) async throws(LedgerError) -> Authorisation? {
    let found: Authorisation
    do {
      found = try await ledger.authorisation(number)
    } catch .notFound {
      return nil
    }
    return found.client == AccessScope.client(client) ? found : nil
  }
}
