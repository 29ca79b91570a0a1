/// What a root's key is protected with.
package struct Password: Sendable, Equatable {
  /// Shorter ones are refused when a key is made: whoever has the file may guess as fast as he can.
  package static let minimumLength = 12
  package static let maximumLength = 1024

  let octets: [UInt8]

  /// - Parameter octets: UTF-8, without the end of the line.
  /// - Throws: `outOfBounds`: longer than `maximumLength`, or empty.
  package init(_ octets: [UInt8]) throws(CertificateError) {
    guard (1...Password.maximumLength).contains(octets.count) else {
      throw CertificateError(
        .outOfBounds, "the password has \(octets.count) octets, expected 1 to \(Password.maximumLength)",
        remedy: "Give one line.")
    }
    self.octets = octets
  }

  /// - Throws: `outOfBounds`: too short to protect a new key.
  package func checkForNewKey() throws(CertificateError) {
    guard octets.count >= Password.minimumLength else {
      throw CertificateError(
        .outOfBounds, "the password has \(octets.count) octets, expected \(Password.minimumLength) at least",
        remedy: "Take a longer one: whoever copies the key file can try passwords as fast as he likes.")
    }
  }
}
