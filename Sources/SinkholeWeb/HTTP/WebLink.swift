/// A URL that may be followed: `http:` or `https:`, of visible ASCII without the characters that end
/// a URL in HTML, in a header or in running text. Everything else (`javascript:` above all) is no link.
struct WebLink: Sendable {
  let url: String

  init?(_ text: String) {
    let lower = text.lowercased()
    guard lower.hasPrefix("https://") || lower.hasPrefix("http://") else { return nil }
    let isSafe = text.utf8.allSatisfy { (0x21...0x7E).contains($0) && !#"<>"\^`{|}"#.utf8.contains($0) }
    guard isSafe else { return nil }
    url = text
  }
}
