import Hummingbird
import Logging
import NIOCore

/// Takes the forms that pages of ours carry, and hands what they say to the desk.
///
/// In this order, so that the cheapest look comes first and nothing reaches the desk that has not passed all:
///
/// 1. Another site sent it: 403.
/// 2. It is no form, too long, or not as browsers write one: 415, 413, 400.
/// 3. Its token is none of ours for this client and service, or has expired: the page again with a new one, 403.
/// 4. Something is missing or too long: the page again, with what was written and what is wrong, 422.
/// 5. The desk refuses: the page again, 429 or 503.
struct FormReception: Sendable {
  private let desk: any AccessDesk
  private let configuration: NoticeConfiguration
  private let signer: FormSigner
  private let refusals = RefusalCount()
  private let logger: Logger

  init(desk: any AccessDesk, signer: FormSigner, configuration: NoticeConfiguration, logger: Logger) {
    self.desk = desk
    self.signer = signer
    self.configuration = configuration
    self.logger = logger
  }

  /// The form that belongs to a notice, empty.
  func form(for notice: Notice, _ client: ClientAddress) -> NoticeForm {
    NoticeForm(
      token: signer.token(
        for: Self.purpose(of: notice.restriction), client: client, subject: notice.restriction.serviceID,
        until: configuration.clock.now() + FormLimits.tokenLife))
  }

  // MARK: Forms

  /// - Parameter notice: what would be told of the name if no form had been sent.
  func receive(
    _ path: OwnPath, _ request: Request, about notice: Notice, from client: ClientAddress, _ reply: Reply
  ) async -> Response {
    let purpose = Self.purpose(of: notice.restriction)
    // The form of another kind of restriction than the name has, such as one that has changed meanwhile.
    guard path == (purpose == .acknowledge ? .acknowledge : .ask) else {
      return refused("changed", notice, [.outdated], FormEntries(), client, status: 403, reply)
    }
    if RequestSite.isForeign(request.head, host: .name(notice.name)) {
      report("foreign", client)
      return reply.message(\.foreignForm, status: .forbidden)
    }
    let fields: FormFields
    switch await Self.fields(of: request) {
    case .success(let read): fields = read
    case .failure(let unreadable):
      report("unreadable", client)
      return reply.message(\.badForm, status: unreadable.status)
    }
    let entries = FormEntries(fields)
    guard
      signer.accepts(
        fields[FormField.token.rawValue], for: purpose, client: client, subject: notice.restriction.serviceID,
        at: configuration.clock.now())
    else { return refused("token", notice, [.outdated], entries, client, status: 403, reply) }
    return purpose == .acknowledge
      ? await acknowledge(entries, notice, client, reply) : await ask(entries, notice, client, reply)
  }

  private func acknowledge(
    _ entries: FormEntries, _ notice: Notice, _ client: ClientAddress, _ reply: Reply
  ) async -> Response {
    let restriction = notice.restriction
    let faults = entries.nameFaults(isRequired: restriction.requiresName)
    guard faults.isEmpty else { return again(notice, faults, entries, client, status: 422, reply) }
    let outcome = await desk.acknowledge(
      AcknowledgedCaution(
        host: notice.name, client: client.text, serviceID: restriction.serviceID, ruleID: restriction.ruleID,
        name: entries.name.isEmpty ? nil : entries.name, reference: notice.reference.text))
    switch outcome {
    case .opened(let until):
      let moment = configuration.clock.moment(until)
      log("notice-acknowledged", notice, client, [("until", moment.text)])
      let page = OpenedPage(
        restriction, host: notice.name, until: moment, in: reply.language, appearance: reply.appearance)
      return reply.response(.ok, page: page.html)
    case .notCautioned: return refused("changed", notice, [.outdated], entries, client, status: 403, reply)
    case .nameRequired: return again(notice, [.nameMissing], entries, client, status: 422, reply)
    case .refused(let refusal): return refused(refusal, notice, entries, client, reply)
    }
  }

  private func ask(
    _ entries: FormEntries, _ notice: Notice, _ client: ClientAddress, _ reply: Reply
  ) async -> Response {
    let restriction = notice.restriction
    let faults = entries.faultsAsRequest
    guard faults.isEmpty else { return again(notice, faults, entries, client, status: 422, reply) }
    let outcome = await desk.ask(
      AccessRequest(
        host: notice.name, client: client.text, serviceID: restriction.serviceID, ruleID: restriction.ruleID,
        name: entries.name, reason: entries.reason, days: entries.days, reference: notice.reference.text))
    switch outcome {
    case .received(let number):
      log("notice-asked", notice, client, [("number", "\(number)"), ("days", "\(entries.days)")])
      let page = ReceiptPage(in: reply.language, appearance: reply.appearance, clock: configuration.clock).received(
        number: number, service: restriction.serviceName, reference: notice.reference, contact: notice.contact,
        address: receiptAddress(number, client))
      return reply.response(.ok, page: page)
    case .notRestricted: return reply.message(\.misdirected, status: .misdirectedRequest)
    case .refused(let refusal): return refused(refusal, notice, entries, client, reply)
    }
  }

  // MARK: Receipts

  /// What has become of request `number`, for who has the receipt's address and the client's.
  func state(of number: Int, _ token: String, for client: ClientAddress, _ reply: Reply) async -> Response {
    guard
      signer.accepts(
        token, for: .receipt, client: client, subject: "\(number)", at: configuration.clock.now()),
      let state = await desk.state(of: number, for: client.text)
    else { return reply.message(\.receipt.unknown, status: .notFound, contact: configuration.contact) }
    let page = ReceiptPage(in: reply.language, appearance: reply.appearance, clock: configuration.clock)
    return reply.response(.ok, page: page.state(state, contact: configuration.contact))
  }

  /// Under this server's own name where it has one: that is there still when the service has been opened.
  private func receiptAddress(_ number: Int, _ client: ClientAddress) -> String {
    let token = signer.token(
      for: .receipt, client: client, subject: "\(number)", until: configuration.clock.now() + FormLimits.receiptLife)
    return (configuration.ownOrigin ?? "") + OwnPath.request(number: number, token: token).text
  }

  // MARK: Refusals

  /// The page again, with what was written and what is wrong with it.
  private func again(
    _ notice: Notice, _ faults: [FormFault], _ entries: FormEntries, _ client: ClientAddress, status: Int,
    _ reply: Reply
  ) -> Response {
    var notice = notice
    notice.status = status
    var form = form(for: notice, client)
    (form.entries, form.faults) = (entries, faults)
    return reply.notice(
      notice, form: form, clientRecord: configuration.clientRecord, blockedBy: configuration.url)
  }

  private func refused(
    _ reason: String, _ notice: Notice, _ faults: [FormFault], _ entries: FormEntries, _ client: ClientAddress,
    status: Int, _ reply: Reply
  ) -> Response {
    report(reason, client)
    return again(notice, faults, entries, client, status: status, reply)
  }

  private func refused(
    _ refusal: DeskRefusal, _ notice: Notice, _ entries: FormEntries, _ client: ClientAddress, _ reply: Reply
  ) -> Response {
    switch refusal {
    case .tooMany: refused("too-many", notice, [.tooMany], entries, client, status: 429, reply)
    case .unavailable: refused("unavailable", notice, [.unavailable], entries, client, status: 503, reply)
    }
  }

  private func report(_ reason: String, _ client: ClientAddress) {
    guard let count = refusals.add() else { return }
    let whose = configuration.clientInLogs(client.text).map { " client=\($0)" } ?? ""
    logger.warning("event=notice-form-refused\(whose) reason=\(reason) count=\(count)")
  }

  /// Names and reasons that readers wrote are for the desk, never for the log.
  private func log(_ event: String, _ notice: Notice, _ client: ClientAddress, _ facts: [(String, String)]) {
    let line = notice.logLine(event, client: configuration.clientInLogs(client.text), facts)
    logger.notice("\(line)")
  }

  // MARK: Reading

  private struct Unreadable: Error {
    let status: HTTPResponse.Status
  }

  private static func fields(of request: Request) async -> Result<FormFields, Unreadable> {
    let type = (request.headers[.contentType] ?? "").prefix { $0 != ";" }.filter { $0 != " " && $0 != "\t" }
    guard type.lowercased() == "application/x-www-form-urlencoded" else {
      return .failure(Unreadable(status: .unsupportedMediaType))
    }
    // Not looked at any further when it says itself that it is too long.
    if let length = request.headers[.contentLength].flatMap({ Int($0) }), length > FormLimits.bodyOctets {
      return .failure(Unreadable(status: .contentTooLarge))
    }
    let octets: [UInt8]
    do {
      octets = Array(try await request.body.collect(upTo: FormLimits.bodyOctets).readableBytesView)
    } catch is NIOTooManyBytesError {
      return .failure(Unreadable(status: .contentTooLarge))
    } catch {
      return .failure(Unreadable(status: .badRequest))
    }
    guard let fields = FormFields(octets), fields.areAmong(FormField.names) else {
      return .failure(Unreadable(status: .badRequest))
    }
    return .success(fields)
  }

  private static func purpose(of restriction: Restriction) -> FormSigner.Purpose {
    restriction.action == .cautioned ? .acknowledge : .ask
  }
}
