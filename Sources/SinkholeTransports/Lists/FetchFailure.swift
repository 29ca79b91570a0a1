/// Why a fetch brought no new list.
///
/// The text is made of what servers say and of what a system call says; it goes into one line of a log. So control
/// characters and quotes are replaced here, and what is longer than 300 characters is cut off.
package struct FetchFailure: Error, Sendable, Hashable, CustomStringConvertible {
  package enum Code: String, Sendable, Hashable {
    /// The server was not reached, or left without an answer.
    case connection
    /// TLS: nobody we trust vouches for the server, or for that name.
    case certificate
    /// The whole transfer took longer than the source allows.
    case timeout
    /// Neither 200 nor 304.
    case status
    /// To `http`, to nothing, or too often.
    case redirect
    /// Longer than the source allows, announced or arrived.
    case tooLarge = "too_large"
    /// The body ended early.
    case truncated
    /// More than `ListTransfer.maximumRatio` octets from one: a bomb.
    case overcompressed
    /// A content coding that was not offered.
    case encoding
    /// No well-formed HTTP, or no well-formed gzip or deflate.
    case malformed
    /// Nothing, nothing but white space, or a list without an entry.
    case empty
    /// Begins with `<`: a page, not a list.
    case markup
    /// Holds a NUL octet: an archive, an image, UTF-16.
    case binary
    /// Not what it should be, says the inspection.
    case inspection
    /// Less than half of the entries of the last good copy.
    case shrunk
    /// The file could not be written.
    case storage
    /// The source is being fetched already.
    case busy
    /// The fetch was given up, as at shutdown.
    case cancelled
  }

  private static let maximumText = 300

  package let code: Code
  package let description: String

  package init(_ code: Code, _ text: String) {
    self.code = code
    let plain = text.unicodeScalars.prefix(FetchFailure.maximumText).map { scalar -> Character in
      switch scalar.properties.generalCategory {
      case .control, .format, .lineSeparator, .paragraphSeparator, .surrogate, .unassigned: "\u{FFFD}"
      default: scalar == "\"" ? "'" : Character(scalar)
      }
    }
    description = String(plain)
  }
}
