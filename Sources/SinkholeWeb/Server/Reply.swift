import Hummingbird

/// Builds the response to one request in the language and the form its sender prefers.
struct Reply {
  private let language: Language
  private let media: MediaChoice
  private let isHead: Bool
  private let operatorName: LocalizedText?

  init(to request: Request, operatorName: LocalizedText?) {
    language = Language.preferred(by: QualityList(request.headers[.acceptLanguage]))
    media = MediaChoice(preferredBy: QualityList(request.headers[.accept]))
    isHead = request.method == .head
    self.operatorName = operatorName
  }

  /// The notice of a restriction.
  /// - Parameter blockedBy: This site's URL. A 451 names in `Link` who carries the block out, "not any
  ///   other entity mandating it" (RFC 7725 section 4); the authority stands in page and document.
  func notice(_ notice: Notice, blockedBy url: String?) -> Response {
    let status: HTTPResponse.Status = notice.restriction.action == .ordered ? Self.unavailable : .forbidden
    var response =
      switch media {
      case .page:
        self.response(status, page: NoticePage(notice, in: language, operatorName: operatorName).html)
      case .problem:
        self.response(status, problem: ProblemDocument.notice(notice, in: language, title: status.reasonPhrase))
      }
    if notice.restriction.action == .ordered, let url, let target = WebLink(url) {
      response.headers[Self.link] = "<\(target.url)>; rel=\"blocked-by\""
    }
    return response
  }

  /// One of the short messages every language has.
  func message(
    _ message: KeyPath<Language, Language.Message>, status: HTTPResponse.Status, contact: String? = nil
  ) -> Response {
    let text = language[keyPath: message]
    // A problem document tells a problem; that all is well is told by the page (RFC 9457 section 1).
    if media == .problem, status != .ok {
      return response(
        status,
        problem: ProblemDocument.message(text.body, status: status.code, title: status.reasonPhrase))
    }
    let page = MessagePage(text, in: language, operatorName: operatorName, contact: contact)
    return response(status, page: page.html)
  }

  private func response(_ status: HTTPResponse.Status, page: HTML) -> Response {
    response(status, type: "text/html; charset=utf-8", body: page.text)
  }

  private func response(_ status: HTTPResponse.Status, problem: JSONObject) -> Response {
    response(status, type: "application/problem+json", body: problem.text)
  }

  private func response(_ status: HTTPResponse.Status, type: String, body: String) -> Response {
    let headers: HTTPFields = [
      .contentType: type,
      .contentLanguage: language.tag.rawValue,
      .vary: "Accept, Accept-Language",
      // The restriction may end tomorrow; a page kept by a cache would not.
      .cacheControl: "no-store",
      // The page runs nothing, loads nothing and sends nothing; its own style is known by its hash.
      // It may be framed: a notice in a frame tells more than the browser's own error, and there is
      // nothing in it to click on by mistake.
      .contentSecurityPolicy:
        "default-src 'none'; style-src '\(Stylesheet.hash)'; base-uri 'none'; form-action 'none'",
      Self.referrerPolicy: "no-referrer",
      .xContentTypeOptions: "nosniff",
      .connection: "close",
    ]
    let response = Response(status: status, headers: headers, body: .init(byteBuffer: ByteBuffer(string: body)))
    return isHead ? response.createHeadResponse() : response
  }

  private static let unavailable = HTTPResponse.Status(code: 451, reasonPhrase: "Unavailable For Legal Reasons")
  private static let link = HTTPFields.Element.Name("Link")!
  private static let referrerPolicy = HTTPFields.Element.Name("Referrer-Policy")!
}
