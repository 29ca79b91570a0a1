import Hummingbird
import Logging
import NIOCore

/// The interface for deciding about access: docs/access.md has every path with an example.
///
/// | method | path | does |
/// |---|---|---|
/// | GET | `/v1/authorisations?state=&before=&most=` | lists |
/// | POST | `/v1/authorisations` | adds one |
/// | GET | `/v1/authorisations/N` | shows one |
/// | POST | `/v1/authorisations/N/approve`, `/deny`, `/revoke` | decides |
/// | GET | `/v1/acknowledgements` | lists those that hold |
/// | GET | `/v1/audit?after=&most=`, `/v1/audit/check` | the audit, and whether it is whole |
struct AdministrationResponder: HTTPResponder {
  static let maximumBody = 16 << 10
  static let most = 1000

  let administration: any AccessAdministration
  let logger: Logger

  func respond(to request: Request, context: Connection) async throws -> Response {
    do throws(AdministrationProblem) {
      let (status, value) = try await answer(request, context)
      return response(status, "application/json", value)
    } catch {
      return response(
        HTTPResponse.Status(code: error.status, reasonPhrase: error.title), "application/problem+json", error.document)
    }
  }

  private func answer(
    _ request: Request, _ context: Connection
  ) async throws(AdministrationProblem) -> (HTTPResponse.Status, JSONValue) {
    let path = (request.head.path ?? "/").prefix { $0 != "?" }.split(separator: "/").map(String.init)
    guard path.first == "v1", path.count >= 2 else { throw .notFound }
    switch (request.method, path.count, path[1], path.last) {
    case (.get, 2, "authorisations", _):
      let query = try AdministrationQuery(request, known: ["state", "before", "most"])
      return (
        .ok,
        try await administration.list(
          states: query.words("state"), before: try query.number("before"), most: try query.most())
      )
    case (.post, 2, "authorisations", _):
      let body = try await body(of: request)
      return (.created, try await administration.add(try body.grant(), by: try await decider(body, context)))
    case (.get, 3, "authorisations", _):
      return (.ok, try await administration.show(try number(path[2])))
    case (.post, 4, "authorisations", "approve"):
      let (number, body) = (try number(path[2]), try await body(of: request))
      let decider = try await decider(body, context)
      return (.ok, try await administration.approve(number, try body.grant(), by: decider))
    case (.post, 4, "authorisations", "deny"):
      let (number, body) = (try number(path[2]), try await body(of: request))
      return (
        .ok, try await administration.deny(number, reason: try body.reason(), by: try await decider(body, context))
      )
    case (.post, 4, "authorisations", "revoke"):
      let (number, body) = (try number(path[2]), try await body(of: request))
      return (
        .ok, try await administration.revoke(number, reason: try body.reason(), by: try await decider(body, context))
      )
    case (.get, 2, "acknowledgements", _): return (.ok, try await administration.acknowledgements())
    case (.get, 2, "audit", _):
      let query = try AdministrationQuery(request, known: ["after", "most"])
      return (.ok, try await administration.audit(after: try query.number("after") ?? 0, most: try query.most()))
    case (.get, 3, "audit", "check"): return (.ok, try await administration.verifyAudit())
    case (.get, _, _, _), (.post, _, _, _): throw .notFound
    default:
      throw AdministrationProblem(405, "Method Not Allowed", code: "method", "expected GET or POST.")
    }
  }

  private func number(_ text: String) throws(AdministrationProblem) -> Int64 {
    guard let number = Int64(text), number > 0 else { throw .notFound }
    return number
  }

  private func body(of request: Request) async throws(AdministrationProblem) -> AdministrationBody {
    do {
      let octets = try await request.body.collect(upTo: AdministrationResponder.maximumBody)
      return try AdministrationBody(Array(buffer: octets))
    } catch let problem as AdministrationProblem {
      throw problem
    } catch {
      throw AdministrationProblem(
        413, "Content Too Large", code: "size",
        "expected a body of at most \(AdministrationResponder.maximumBody) octets.")
    }
  }

  /// Only who can be told is let decide.
  private func decider(_ body: AdministrationBody, _ context: Connection) async throws(AdministrationProblem) -> Decider
  {
    guard let peer = await context.peer else {
      throw AdministrationProblem(403, "Forbidden", code: "peer", "the system does not say who connected.")
    }
    return Decider(peer: peer, name: body.text("as"))
  }

  private func response(_ status: HTTPResponse.Status, _ type: String, _ value: JSONValue) -> Response {
    var headers: HTTPFields = [.contentType: type, .cacheControl: "no-store", .connection: "close"]
    if status == .created, let number = value["number"]?.integer { headers[.location] = "/v1/authorisations/\(number)" }
    if status.code == 405 { headers[.allow] = "GET, POST" }
    return Response(status: status, headers: headers, body: .init(byteBuffer: ByteBuffer(string: "\(value)\n")))
  }

  /// The connection that a request came over.
  struct Connection: InitializableFromSource {
    private let channel: any Channel

    init(source: ApplicationRequestContextSource) { channel = source.channel }

    /// SO_PEERCRED: the process that connected, whatever it says of itself.
    var peer: PeerCredentials? {
      get async { await PeerCredentials.read(of: channel) }
    }
  }
}

extension AdministrationProblem {
  static let notFound = AdministrationProblem(
    404, "Not Found", code: "path", "there is nothing here. The paths are in docs/access.md.")
}
