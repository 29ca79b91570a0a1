import Crypto
import SwiftASN1
import X509

/// A certificate with the key that it speaks for: what signs the next one below.
struct Signer {
  let certificate: Certificate
  let key: Certificate.PrivateKey

  var ends: Int64 { certificate.ends }

  private var keyIdentifier: ArraySlice<UInt8>? {
    (try? certificate.extensions.subjectKeyIdentifier)?.keyIdentifier
  }

  /// A root that signs itself.
  static func root(
    subject: DistinguishedName, key: Certificate.PrivateKey, from: Int64, to: Int64
  ) throws -> Signer {
    let certificate = try Certificate(
      version: .v3, serialNumber: Certificate.SerialNumber(), publicKey: key.publicKey,
      notValidBefore: .init(timeIntervalSince1970: Double(from)),
      notValidAfter: .init(timeIntervalSince1970: Double(to)),
      issuer: subject, subject: subject,
      extensions: try Certificate.Extensions {
        Critical(BasicConstraints.isCertificateAuthority(maxPathLength: 2))
        Critical(KeyUsage(keyCertSign: true, cRLSign: true))
        SubjectKeyIdentifier(hash: key.publicKey)
      },
      issuerPrivateKey: key)
    return Signer(certificate: certificate, key: key)
  }

  /// An authority below this one, for web servers alone, within `constraints`. It does not outlive this one.
  func authority(
    subject: DistinguishedName, key: Certificate.PrivateKey, pathLength: Int, constraints: NameConstraints,
    from: Int64, to: Int64
  ) throws -> Signer {
    let certificate = try issue(
      subject: subject, publicKey: key.publicKey, from: from, to: to,
      Certificate.Extensions {
        Critical(BasicConstraints.isCertificateAuthority(maxPathLength: pathLength))
        Critical(KeyUsage(keyCertSign: true, cRLSign: true))
        Critical(constraints)
        try ExtendedKeyUsage([.serverAuth])
        SubjectKeyIdentifier(hash: key.publicKey)
        AuthorityKeyIdentifier(keyIdentifier: keyIdentifier)
      })
    return Signer(certificate: certificate, key: key)
  }

  /// A server's certificate. The subject is empty, since a common name ends at 64 octets; so the
  /// alternative name is critical (RFC 5280 section 4.2.1.6).
  func leaf(names: [GeneralName], publicKey: Certificate.PublicKey, from: Int64, to: Int64) throws -> Certificate {
    try issue(
      subject: DistinguishedName(), publicKey: publicKey, from: from, to: to,
      Certificate.Extensions {
        Critical(BasicConstraints.notCertificateAuthority)
        Critical(KeyUsage(digitalSignature: true))
        try ExtendedKeyUsage([.serverAuth])
        Critical(SubjectAlternativeNames(names))
        AuthorityKeyIdentifier(keyIdentifier: keyIdentifier)
      })
  }

  private func issue(
    subject: DistinguishedName, publicKey: Certificate.PublicKey, from: Int64, to: Int64,
    _ extensions: Certificate.Extensions
  ) throws -> Certificate {
    try Certificate(
      version: .v3, serialNumber: Certificate.SerialNumber(), publicKey: publicKey,
      notValidBefore: .init(timeIntervalSince1970: Double(from)),
      notValidAfter: .init(timeIntervalSince1970: Double(min(to, ends))), issuer: certificate.subject, subject: subject,
      extensions: extensions, issuerPrivateKey: key)
  }
}

extension Certificate {
  /// Seconds since 1970.
  var begins: Int64 { Int64(notValidBefore.timeIntervalSince1970) }
  var ends: Int64 { Int64(notValidAfter.timeIntervalSince1970) }

  var der: [UInt8] {
    get throws {
      var serializer = DER.Serializer()
      try serializer.serialize(self)
      return serializer.serializedBytes
    }
  }
}

/// Subjects of authorities. Each has digits of its own: clients keep authorities that they have met, and one that was
/// replaced must not be taken for the one that is.
enum AuthorityName {
  static func subject(_ role: String, organisation: String?) throws -> DistinguishedName {
    let mark = String(UInt32.random(in: .min ... .max), radix: 16)
    let name = "Sinkhole \(role) " + String(repeating: "0", count: 8 - mark.count) + mark
    guard let organisation else { return try DistinguishedName { CommonName(name) } }
    return try DistinguishedName {
      OrganizationName(organisation)
      CommonName(name)
    }
  }
}
