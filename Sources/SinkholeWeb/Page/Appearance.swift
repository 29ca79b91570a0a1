/// What is the same in every page of a server, made once: its style, who speaks, and what a browser may do with it.
struct Appearance: Sendable {
  let stylesheet: Stylesheet
  let agency: LocalizedText?
  /// Before the agency's name, which says the same in words.
  let logo: HTML?
  /// Content-Security-Policy (Level 3). The page runs nothing and loads nothing; it sends forms to its own origin alone,
  /// and stands in no frame, where a reader could be made to press a button without seeing it. Its style is admitted by
  /// its hash, and images within the page only where it has one.
  let contentSecurityPolicy: String

  init(_ theme: Theme) {
    stylesheet = Stylesheet(accent: theme.accent)
    agency = theme.agency
    logo = theme.logo.map { logo in
      "<img class=\"logo\" alt=\"\" src=\"data:\(logo.kind.rawValue);base64,\(Base64.text(logo.octets))\"/>"
    }
    let images = theme.logo == nil ? "" : " img-src data:;"
    contentSecurityPolicy =
      "default-src 'none'; style-src '\(stylesheet.hash)';\(images) base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
  }
}
