import Hummingbird

/// What the browser says of where a request came from. A token alone keeps other sites' forms out; these keep them out
/// before it is looked at.
enum RequestSite {
  /// Whether another site sent the request, by either of the fields that scripts cannot set:
  ///
  /// 1. Sec-Fetch-Site (W3C Fetch Metadata) is there and not `same-origin`.
  /// 2. Origin (RFC 6454 section 7) names another host than Host, or is no origin. `null` says nothing: browsers send it
  ///    where the page had `Referrer-Policy: no-referrer`, as ours have. Scheme and port are not compared, since a
  ///    proxy before us may have changed them.
  static func isForeign(_ head: HTTPRequest, host: RequestHost) -> Bool {
    if let site = head.headerFields[secFetchSite], site != "same-origin" { return true }
    guard let origin = head.headerFields[.origin], origin != "null" else { return false }
    guard let scheme = origin.firstRange(of: "://") else { return true }
    return RequestHost(String(origin[scheme.upperBound...])) != host
  }

  /// Whether a person's browser goes to a page, as opposed to a program, a script or an image being fetched: GET (or
  /// HEAD, which is told what GET would be), HTML accepted by name, and `navigate` where the browser says what it does.
  static func isNavigation(_ head: HTTPRequest) -> Bool {
    guard head.method == .get || head.method == .head else { return false }
    if let mode = head.headerFields[secFetchMode], mode != "navigate" { return false }
    return QualityList(head.headerFields[.accept]).elements.contains { $0.range == "text/html" && $0.quality > 0 }
  }

  private static let secFetchSite = HTTPFields.Element.Name("Sec-Fetch-Site")!
  private static let secFetchMode = HTTPFields.Element.Name("Sec-Fetch-Mode")!
}
