import Crypto
import SwiftASN1
import X509

/// The root as everybody may know it.
package struct RootCertificate: Sendable {
  private static let maximumSize = 64 << 10

  let certificate: Certificate

  init(_ certificate: Certificate) { self.certificate = certificate }

  /// - Throws: `missing`, `unreadable`, `malformed`.
  package static func read(in folder: String) throws(CertificateError) -> RootCertificate {
    let path = folder + "/" + RootAuthority.certificateFile
    let text = String(decoding: try PrivateFile.read(path, limit: maximumSize, mayBeShared: true), as: UTF8.self)
    return try reading(path) { RootCertificate(try Certificate(pemEncoded: text)) }
  }

  package var der: [UInt8] { (try? certificate.der) ?? [] }
  package var pem: String { ((try? certificate.serializeAsPEM().pemString) ?? "") + "\n" }
  package var ends: Int64 { certificate.ends }
  package var subject: String { "\(certificate.subject)" }

  /// SHA-256 of the DER form, as browsers and `openssl x509 -fingerprint -sha256` print it.
  package var fingerprint: String {
    SHA256.hash(data: der).map {
      String($0 >> 4, radix: 16, uppercase: true) + String($0 & 15, radix: 16, uppercase: true)
    }
    .joined(separator: ":")
  }

  var organisation: String? {
    for relative in certificate.subject {
      for attribute in relative where attribute.type == .RDNAttributeType.organizationName {
        return String(attribute.value)
      }
    }
    return nil
  }

  func write(to folder: String) throws(CertificateError) {
    let path = folder + "/" + RootAuthority.certificateFile
    try PrivateFile.replace(path, with: Array(pem.utf8), mode: 0o644)
  }
}
