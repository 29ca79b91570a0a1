import Synchronization

/// Turns a contact written as plain text into HTML with links.
///
/// `Help desk, +82 2 123 4567, help@example.org` gets a `tel:` and a `mailto:` link, and a URL becomes
/// a link to itself. What looks like none of these stays as it is, so an extension such as `4567` does.
/// A telephone number has 7 digits or more, with single spaces, hyphens, dots or parentheses between.
enum ContactText {
  static func html(_ contact: String) -> HTML {
    if let known = made.withLock({ $0[contact] }) { return known }
    let html = linked(contact)
    made.withLock { made in
      if made.count >= mostMade { made = [:] }
      made[contact] = html
    }
    return html
  }

  /// Contacts stand in the configuration, so they are few; the expression takes two thirds of a page's time.
  private static let made = Mutex<[String: HTML]>([:])
  private static let mostMade = 256

  private static func linked(_ contact: String) -> HTML {
    // Made anew each time: a compiled expression cannot be shared between threads.
    let linkable = #/
        (?<url> https?://[^\s<>"',]+ )
      | (?<mail> [\w.%+\-]+@[A-Za-z0-9\-]+(?:\.[A-Za-z0-9\-]+)+ )
      | (?<tel> \+?\(?\d(?:[\ .()\-]{0,2}\d){6,14} )
      /#
    var html: HTML = ""
    var rest = contact[...]
    while let match = rest.firstMatch(of: linkable) {
      html += "\(String(rest[..<match.range.lowerBound]))"
      let text = String(match.output.0)
      if match.output.mail != nil {
        html += "<a href=\"mailto:\(text)\">\(text)</a>"
      } else if match.output.tel != nil {
        let number = String(text.filter { $0.isASCII && ($0.isNumber || $0 == "+") })
        html += "<a href=\"tel:\(number)\">\(text)</a>"
      } else if let link = WebLink(text) {
        html += "<a href=\"\(link.url)\">\(text)</a>"
      } else {
        html += "\(text)"
      }
      rest = rest[match.range.upperBound...]
    }
    html += "\(String(rest))"
    return html
  }
}
