import Hummingbird
import Logging

/// Decides what a request is answered. Method, Host, Accept and Accept-Language are all it looks at; a path only under
/// this server's own name, and elsewhere where it is one of ours (`OwnPath`).
///
/// | the Host is | answer |
/// |---|---|
/// | missing, twice there, not a host | 400 |
/// | this server's own (`notice.url`) or an address | 200 at `/`: what is restricted for the client; a request's state; else 404 |
/// | restricted for the client | 403 or 451 with the notice, whatever the method; 200 with a caution that can be acknowledged |
/// | the same, and a form of ours was sent to the desk | what `FormReception` says |
/// | any other name | 421 (RFC 9110 section 15.5.20), never content |
///
/// One deviation: the host of an absolute-form target does not replace Host (RFC 9112 section 3.2.2).
/// Such requests are made to proxies, and this is none.
struct NoticeResponder: HTTPResponder {
  private let configuration: NoticeConfiguration
  private let source: any RestrictionSource
  private let forms: FormReception?
  private let logger: Logger
  private let ownHost: RequestHost?
  private let appearance: Appearance

  init(
    configuration: NoticeConfiguration, source: any RestrictionSource, desk: (any AccessDesk)?, signer: FormSigner,
    logger: Logger
  ) {
    self.configuration = configuration
    self.source = source
    self.logger = logger
    forms = desk.map { FormReception(desk: $0, signer: signer, configuration: configuration, logger: logger) }
    ownHost = configuration.ownHost
    appearance = Appearance(configuration.theme)
  }

  func respond(to request: Request, context: Connection) async throws -> Response {
    let reply = Reply(to: request, appearance: appearance)
    guard let client = context.client, let host = Self.host(of: request) else {
      return reply.message(\.badRequest, status: .badRequest)
    }
    switch host {
    case .address, ownHost:
      return await ownPage(request, client, reply)
    case .name(let name):
      guard let restriction = source.restriction(of: name, for: client.text) else {
        return reply.message(\.misdirected, status: .misdirectedRequest)
      }
      return await answer(Reading(request: request, restriction: restriction, name: name, client: client), reply)
    }
  }

  /// A request for a restricted name.
  private struct Reading {
    let request: Request
    let restriction: Restriction
    let name: String
    let client: ClientAddress
  }

  private func answer(_ reading: Reading, _ reply: Reply) async -> Response {
    let (head, restriction) = (reading.request.head, reading.restriction)
    var notice = Notice(
      restriction: restriction, name: reading.name, client: reading.client.text,
      moment: configuration.clock.moment(configuration.clock.now()),
      reference: restriction.reference.map(Reference.init(text:)) ?? Reference(),
      contact: restriction.contact ?? configuration.contact, status: restriction.action == .ordered ? 451 : 403)
    if let forms, let path = OwnPath(head.path) {
      if case .request(let number, let token) = path, head.method == .get || head.method == .head {
        return await forms.state(of: number, token, for: reading.client, reply)
      }
      if OwnPath.takesBody(head), restriction.isService {
        return await forms.receive(path, reading.request, about: notice, from: reading.client, reply)
      }
    }
    let form = restriction.isService ? forms?.form(for: notice, reading.client) : nil
    if form != nil, restriction.action == .cautioned, reply.media == .page, RequestSite.isNavigation(head) {
      notice.status = 200
    }
    logger.notice("\(notice.logLine(client: configuration.clientInLogs(reading.client.text)))")
    return reply.notice(
      notice, form: form, clientRecord: configuration.clientRecord, blockedBy: configuration.url)
  }

  /// What stands under this server's own name.
  private func ownPage(_ request: Request, _ client: ClientAddress, _ reply: Reply) async -> Response {
    let path = request.head.path
    if let forms, case .request(let number, let token)? = OwnPath(path) {
      guard request.method == .get || request.method == .head else { return notAllowed(reply) }
      return await forms.state(of: number, token, for: client, reply)
    }
    guard path?.prefix(while: { $0 != "?" }) == "/" else { return reply.message(\.notFound, status: .notFound) }
    guard request.method == .get || request.method == .head else { return notAllowed(reply) }
    let page = OverviewPage(
      source.overview(for: client.text), contact: configuration.contact, in: reply.language, appearance: appearance,
      clock: configuration.clock)
    return reply.response(.ok, page: page.html)
  }

  private func notAllowed(_ reply: Reply) -> Response {
    var response = reply.message(\.methodNotAllowed, status: .methodNotAllowed, contact: configuration.contact)
    response.headers[.allow] = "GET, HEAD"
    return response
  }

  /// The Host field. RFC 9112 section 3.2: none, or more than one, is a bad request. The decoder has
  /// moved the first to `authority` and left any second where it was.
  private static func host(of request: Request) -> RequestHost? {
    guard request.headers[Self.secondHost] == nil, let field = request.head.authority else { return nil }
    return RequestHost(field)
  }

  private static let secondHost = HTTPFields.Element.Name("Host")!

  /// What is known of the connection a request came over.
  struct Connection: InitializableFromSource {
    let client: ClientAddress?

    init(source: ApplicationRequestContextSource) {
      client = ClientAddress(source.channel.remoteAddress)
    }
  }
}
