/// A piece of HTML text. Written as a string literal, it escapes every interpolated `String` and takes
/// over every interpolated `HTML`: text from outside cannot become markup by being forgotten.
///
///     let row: HTML = "<dt>\(label)</dt><dd>\(value)</dd>"
///
/// Interpolations may stand in content and in double-quoted attributes. They must not stand in a URL's
/// scheme (see `WebLink`), in a style or in an unquoted attribute.
struct HTML: Sendable, ExpressibleByStringInterpolation {
  private(set) var text: String

  init(stringLiteral value: String) { text = value }
  init(stringInterpolation: StringInterpolation) { text = stringInterpolation.text }

  init(escaping plain: String) {
    text = ""
    Self.escape(plain, into: &text)
  }

  static func += (left: inout HTML, right: HTML) { left.text += right.text }

  struct StringInterpolation: StringInterpolationProtocol {
    fileprivate var text = ""

    init(literalCapacity: Int, interpolationCount: Int) {
      text.reserveCapacity(literalCapacity + 32 * interpolationCount)
    }

    mutating func appendLiteral(_ literal: String) { text += literal }
    mutating func appendInterpolation(_ plain: String) { HTML.escape(plain, into: &text) }
    mutating func appendInterpolation(_ html: HTML) { text += html.text }
    mutating func appendInterpolation(_ number: Int) { text += "\(number)" }
    /// Nothing for nil.
    mutating func appendInterpolation(_ html: HTML?) { text += html?.text ?? "" }
  }

  private static func escape(_ plain: String, into text: inout String) {
    // Most text has nothing to escape and is ASCII.
    if plain.utf8.allSatisfy({ $0 >= 0x20 && $0 < 0x7F && !special.contains($0) }) {
      text += plain
      return
    }
    for scalar in plain.unicodeScalars {
      switch scalar {
      case "&": text += "&amp;"
      case "<": text += "&lt;"
      case ">": text += "&gt;"
      case "\"": text += "&quot;"
      case "'": text += "&#39;"
      // HTML has no other control characters (HTML Living Standard 13.2.3.5), and bidirectional
      // overrides could make one name look like another.
      case "\u{0}"..."\u{8}", "\u{B}"..."\u{1F}", "\u{7F}"..."\u{9F}",
        "\u{202A}"..."\u{202E}", "\u{2066}"..."\u{2069}", "\u{FFFE}", "\u{FFFF}":
        text += "\u{FFFD}"
      default: text.unicodeScalars.append(scalar)
      }
    }
  }

  private static let special = Array("&<>\"'".utf8)
}

extension HTML {
  /// `text` for a reader of `language`, marked when it is in another language (WCAG 2.2, 3.1.2).
  static func passage(_ text: LocalizedText, in language: Language) -> HTML {
    let words = text.text(in: language.tag)
    guard let foreign = text.foreignLanguage(for: language.tag) else { return HTML(escaping: words) }
    return "<span lang=\"\(foreign.rawValue)\">\(words)</span>"
  }
}
