/// Texts that strangers write and others read, on pages, terminals and in logs: bounded, on one line, and unable to reorder
/// what stands around them.
package enum PlainWords {
  package static let name = 80
  package static let reason = 500
  package static let reference = 64
  package static let identifier = 64

  /// `text` without blanks at its ends.
  ///
  /// - Parameter most: Unicode scalars, not characters: one character may have thousands.
  /// - Throws: it is empty, too long, or has control characters or marks that turn the direction of writing around.
  package static func checked(_ text: String, _ what: String, most: Int) throws(LedgerError) -> String {
    // What is far too long is not looked at.
    guard text.utf8.count <= most * 4 + 64 else { throw tooLong(what, most) }
    var scalars = text.unicodeScalars[...]
    while let first = scalars.first, first.properties.isWhitespace { scalars.removeFirst() }
    while let last = scalars.last, last.properties.isWhitespace { scalars.removeLast() }
    guard !scalars.isEmpty else { throw .text("\(what) is empty. Write it.") }
    guard scalars.count <= most else { throw tooLong(what, most) }
    guard scalars.allSatisfy(isPlain) else {
      throw .text("\(what) has characters that do not show as text. Write it on one line.")
    }
    return String(String.UnicodeScalarView(scalars))
  }

  package static func checked(_ text: String?, _ what: String, most: Int) throws(LedgerError) -> String? {
    guard let text, !text.allSatisfy(\.isWhitespace) else { return nil }
    return try checked(text, what, most: most) as String
  }

  private static func tooLong(_ what: String, _ most: Int) -> LedgerError {
    .text("\(what) is longer than \(most) characters. Shorten it.")
  }

  private static func isPlain(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.properties.generalCategory {
    case .control, .lineSeparator, .paragraphSeparator, .surrogate, .privateUse, .unassigned: false
    // Of the format characters, those that join letters are spelling; those that embed and override directions are not.
    case .format: scalar.value == 0x200C || scalar.value == 0x200D
    default: true
    }
  }

  /// A word of the configuration's, such as a service's id.
  static func isIdentifier(_ text: String) -> Bool {
    (1...identifier).contains(text.utf8.count)
      && text.utf8.allSatisfy {
        (0x30...0x39).contains($0) || (0x61...0x7A).contains($0 | 0x20) || $0 == 0x2D || $0 == 0x2E || $0 == 0x5F
      }
  }
}
