import Hummingbird

/// Builds the response to one request in the language and the form its sender prefers.
struct Reply {
  let language: Language
  let media: MediaChoice
  private let isHead: Bool
  let appearance: Appearance

  init(to request: Request, appearance: Appearance) {
    language = Language.preferred(by: QualityList(request.headers[.acceptLanguage]))
    media = MediaChoice(preferredBy: QualityList(request.headers[.accept]))
    isHead = request.method == .head
    self.appearance = appearance
  }

  /// The notice of a restriction, with the status it says.
  /// - Parameters:
  ///   - blockedBy: This site's URL. A 451 names in `Link` who carries the block out, "not any other entity mandating
  ///     it" (RFC 7725 section 4); the authority stands in page and document.
  ///   - clientRecord: How the client is recorded, for the page to tell.
  func notice(
    _ notice: Notice, form: NoticeForm? = nil, clientRecord: ClientRecord, blockedBy url: String?
  ) -> Response {
    let status = Self.status(notice.status)
    var response =
      switch media {
      case .page:
        self.response(
          status,
          page: NoticePage(notice, form: form, in: language, appearance: appearance, clientRecord: clientRecord).html)
      case .problem:
        self.response(status, problem: ProblemDocument.notice(notice, in: language, title: status.reasonPhrase))
      }
    if status.code == 451, let url, let target = WebLink(url) {
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
    return response(status, page: MessagePage(text, in: language, appearance: appearance, contact: contact).html)
  }

  func response(_ status: HTTPResponse.Status, page: HTML) -> Response {
    response(status, type: "text/html; charset=utf-8", body: page.text)
  }

  private func response(_ status: HTTPResponse.Status, problem: JSONValue) -> Response {
    // `<` stands in strings alone. Escaped, so that a browser which guesses the type wrongly still finds no markup.
    response(status, type: "application/problem+json", body: "\(problem)".replacing("<", with: "\\u003c"))
  }

  private func response(_ status: HTTPResponse.Status, type: String, body: String) -> Response {
    let headers: HTTPFields = [
      .contentType: type,
      .contentLanguage: language.tag.rawValue,
      .vary: "Accept, Accept-Language",
      // The restriction may end tomorrow; a page kept by a cache would not.
      .cacheControl: "no-store",
      .contentSecurityPolicy: appearance.contentSecurityPolicy,
      // Where a link leads must not learn which name was restricted, nor a service that has been opened whence it was.
      Self.referrerPolicy: "no-referrer",
      .xContentTypeOptions: "nosniff",
      .connection: "close",
    ]
    let response = Response(status: status, headers: headers, body: .init(byteBuffer: ByteBuffer(string: body)))
    return isHead ? response.createHeadResponse() : response
  }

  /// With its phrase, which is the title of a problem document.
  private static func status(_ code: Int) -> HTTPResponse.Status {
    switch code {
    case 200: .ok
    case 422: .unprocessableContent
    case 429: .tooManyRequests
    case 451: HTTPResponse.Status(code: 451, reasonPhrase: "Unavailable For Legal Reasons")
    case 503: .serviceUnavailable
    default: .forbidden
    }
  }

  private static let link = HTTPFields.Element.Name("Link")!
  private static let referrerPolicy = HTTPFields.Element.Name("Referrer-Policy")!
}
