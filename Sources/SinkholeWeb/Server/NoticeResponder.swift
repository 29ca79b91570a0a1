import Hummingbird
import Logging

/// Decides what a request is answered. Method, Host, Accept and Accept-Language are all it looks at;
/// only for this server's own name it also looks at the path.
///
/// | the Host is | answer |
/// |---|---|
/// | missing, twice there, not a host | 400 |
/// | this server's own (`notice.url`) or an address | 200 at `/`: what this server is; else 404 |
/// | restricted for the client | 403 or 451 with the notice, whatever the method |
/// | any other name | 421 (RFC 9110 section 15.5.20), never content |
///
/// One deviation: the host of an absolute-form target does not replace Host (RFC 9112 section 3.2.2).
/// Such requests are made to proxies, and this is none.
struct NoticeResponder: HTTPResponder {
  let configuration: NoticeConfiguration
  let source: any RestrictionSource
  let logger: Logger
  private let ownHost: RequestHost?

  init(configuration: NoticeConfiguration, source: any RestrictionSource, logger: Logger) {
    self.configuration = configuration
    self.source = source
    self.logger = logger
    ownHost = configuration.ownHost
  }

  func respond(to request: Request, context: Connection) async throws -> Response {
    let reply = Reply(to: request, operatorName: configuration.operatorName)
    guard let client = context.client, let host = Self.host(of: request) else {
      return reply.message(\.badRequest, status: .badRequest)
    }
    switch host {
    case .address, ownHost:
      return aboutThisServer(request, reply)
    case .name(let name):
      guard let restriction = source.restriction(of: name, for: client.text) else {
        return reply.message(\.misdirected, status: .misdirectedRequest)
      }
      let notice = Notice(
        restriction: restriction, name: name, client: client.text, moment: Moment(),
        reference: restriction.reference.map(Reference.init(text:)) ?? Reference(),
        contact: restriction.contact ?? configuration.contact)
      logger.notice("\(notice.logLine(client: configuration.clientInLogs(client.text)))")
      return reply.notice(notice, blockedBy: configuration.url)
    }
  }

  private func aboutThisServer(_ request: Request, _ reply: Reply) -> Response {
    guard request.head.path?.prefix(while: { $0 != "?" }) == "/" else {
      return reply.message(\.notFound, status: .notFound)
    }
    guard request.method == .get || request.method == .head else {
      var response = reply.message(\.thisServer, status: .methodNotAllowed, contact: configuration.contact)
      response.headers[.allow] = "GET, HEAD"
      return response
    }
    return reply.message(\.thisServer, status: .ok, contact: configuration.contact)
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
