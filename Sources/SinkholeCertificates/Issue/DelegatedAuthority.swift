import Crypto
import SwiftASN1
import X509

/// What the server itself has: a key, and the root's word for it, one certificate for each part of the names. It signs
/// issuing authorities, nothing else, and can vouch for nothing outside its names whoever holds it.
///
/// Kept in one file of the certificates' folder, so that key and certificates are never of two minds: key, certificates,
/// root, in PEM.
package struct DelegatedAuthority: Sendable {
  package static let fileName = "delegated.pem"
  /// 200,000 long names.
  private static let maximumSize = 64 << 20

  struct Part: Sendable {
    let signer: Certificate
    let names: NameSubtrees
  }

  let key: Certificate.PrivateKey
  let parts: [Part]
  package let excluded: [String]
  package let root: RootCertificate

  /// - Throws: the certificates are not the root's for this key, with constraints that are critical.
  init(key: Certificate.PrivateKey, certificates: [Certificate], root: Certificate) throws {
    self.key = key
    self.root = RootCertificate(root)
    var excluded: Set<String> = []
    parts = try certificates.map { certificate in
      guard certificate.publicKey == key.publicKey else {
        throw CertificateError(.malformed, "a certificate is of another key", remedy: "Run sinkholed ca delegate.")
      }
      guard root.publicKey.isValidSignature(certificate.signature, for: certificate) else {
        throw CertificateError(.malformed, "a certificate is of another root", remedy: "Run sinkholed ca delegate.")
      }
      guard let form = certificate.extensions[oid: .X509ExtensionID.nameConstraints], form.critical,
        let constraints = try certificate.extensions.nameConstraints
      else {
        throw CertificateError(
          .malformed, "a certificate has no critical name constraints", remedy: "Run sinkholed ca delegate.")
      }
      excluded.formUnion(constraints.excludedDNSDomains)
      return Part(signer: certificate, names: NameSubtrees(constraints.permittedDNSDomains))
    }
    self.excluded = excluded.sorted()
    guard !parts.isEmpty else {
      throw CertificateError(.malformed, "there is no certificate", remedy: "Run sinkholed ca delegate.")
    }
  }

  package static func path(in folder: String) -> String { folder + "/" + fileName }

  /// - Throws: `missing`, `unreadable`, `exposed`, `malformed`.
  package static func read(in folder: String) throws(CertificateError) -> DelegatedAuthority {
    let path = path(in: folder)
    let text = String(decoding: try PrivateFile.read(path, limit: maximumSize), as: UTF8.self)
    return try reading(path) {
      var documents = try PEMDocument.parseMultiple(pemString: text)
      guard documents.count >= 3 else { throw ASN1Error.invalidPEMDocument(reason: "it is not whole") }
      let key = try Certificate.PrivateKey(pemDocument: documents.removeFirst())
      var certificates = try documents.map { try Certificate(pemDocument: $0) }
      let root = certificates.removeLast()
      return try DelegatedAuthority(key: key, certificates: certificates, root: root)
    }
  }

  /// Replaces the one in `folder`, as a whole.
  /// - Throws: `unwritable`.
  package func write(to folder: String) throws(CertificateError) {
    try PrivateFile.makeFolder(folder)
    let text = try working("the delegated authority cannot be written") {
      ([try key.serializeAsPEM().pemString] + (try parts.map { try $0.signer.serializeAsPEM().pemString }))
        .map { $0 + "\n" }.joined() + root.pem
    }
    try PrivateFile.replace(DelegatedAuthority.path(in: folder), with: Array(text.utf8))
  }

  /// When the first of its certificates ends, in seconds since 1970.
  package var ends: Int64 { parts.map(\.signer.ends).min() ?? 0 }
  package var nameCount: Int { parts.reduce(0) { $0 + $1.names.names.count } }
  package var partCount: Int { parts.count }
}
