/// Why a key or a certificate cannot be had.
package struct CertificateError: Error, Sendable, CustomStringConvertible {
  package enum Code: Hashable, Sendable {
    /// There is no such file.
    case missing
    /// The system does not let it be read.
    case unreadable
    /// Others than its owner may read or replace it.
    case exposed
    /// It is not what it should be.
    case malformed
    case wrongPassword
    /// What is to be made is there already.
    case exists
    /// The system does not let it be written.
    case unwritable
    /// The name lies outside what the authority may vouch for.
    case notCovered
    /// The authority has ended, or not begun.
    case expired
    /// A value is out of its bounds.
    case outOfBounds
  }

  package let code: Code
  /// What is wrong, and with what, without a full stop.
  package let problem: String
  package let remedy: String

  package var description: String { "\(problem). \(remedy)" }

  package init(_ code: Code, _ problem: String, remedy: String) {
    self.code = code
    self.problem = problem
    self.remedy = remedy
  }
}
