import Crypto
import SwiftASN1
import X509

/// The root: what clients are told to trust, kept offline under a password. It signs delegated authorities, nothing
/// else.
package struct RootAuthority {
  package static let keyFile = "root.key"
  package static let certificateFile = "root.pem"
  private static let maximumSize = 64 << 10
  /// Octets of an organisation's name (RFC 5280 appendix A, ub-organization-name).
  private static let maximumOrganisation = 64
  /// Names that a delegation may hold. More are no list of services, and would make thousands of authorities.
  package static let maximumNames = 200_000

  let signer: Signer
  private let organisation: String?

  package var certificate: RootCertificate { RootCertificate(signer.certificate) }

  /// A new one, of P-384, in memory alone.
  /// - Throws: `outOfBounds`: the organisation's name does not fit.
  package static func make(
    organisation: String?, now: Int64, days: Int = Lifetimes.rootDays
  ) throws(CertificateError) -> RootAuthority {
    if let organisation, !(1...maximumOrganisation).contains(organisation.utf8.count) {
      throw CertificateError(
        .outOfBounds,
        "the organisation's name has \(organisation.utf8.count) octets, expected 1 to \(maximumOrganisation)",
        remedy: "Shorten it.")
    }
    return try working("the root cannot be made") {
      let signer = try Signer.root(
        subject: AuthorityName.subject("root", organisation: organisation),
        key: Certificate.PrivateKey(P384.Signing.PrivateKey()), from: now - Lifetimes().backdate,
        to: now + Int64(days) * Lifetimes.day)
      return RootAuthority(signer: signer, organisation: organisation)
    }
  }

  /// Reads the key and the certificate in `folder`.
  /// - Throws: `missing`, `unreadable`, `exposed`, `malformed`, `wrongPassword`.
  package static func read(in folder: String, _ password: Password) throws(CertificateError) -> RootAuthority {
    let path = folder + "/" + keyFile
    let text = String(decoding: try PrivateFile.read(path, limit: maximumSize), as: UTF8.self)
    let certificate = try RootCertificate.read(in: folder)
    let wrong = CertificateError(
      .wrongPassword, "\(path): the password does not open it", remedy: "Give the password that it was made with.")
    let plain: [UInt8]? = try reading(path) {
      let document = try PEMDocument(pemString: text)
      guard document.discriminator == EncryptedKey.label else {
        throw ASN1Error.invalidPEMDocument(reason: "no \(EncryptedKey.label)")
      }
      return try EncryptedKey.decrypt(document.derBytes, password)
    }
    guard let plain, let key = try? Certificate.PrivateKey(derBytes: plain) else { throw wrong }
    guard key.publicKey == certificate.certificate.publicKey else {
      throw CertificateError(
        .malformed, "\(path) is not the key of \(certificateFile) beside it", remedy: "Give the folder as init made it."
      )
    }
    return RootAuthority(
      signer: Signer(certificate: certificate.certificate, key: key), organisation: certificate.organisation)
  }

  /// Writes key and certificate to `folder`, which is made when missing.
  /// - Throws: `exists`: a root is there already, which is never replaced; `unwritable`; `outOfBounds`: the password.
  package func write(to folder: String, _ password: Password) throws(CertificateError) {
    try password.checkForNewKey()
    try PrivateFile.makeFolder(folder)
    for name in [RootAuthority.keyFile, RootAuthority.certificateFile] where PrivateFile.exists("\(folder)/\(name)") {
      throw CertificateError(
        .exists, "\(folder)/\(name) is there already",
        remedy: "Name another folder: a root is never replaced by another.")
    }
    let key = try working("the root's key cannot be written") {
      let pem = try PEMDocument(pemString: signer.key.serializeAsPEM().pemString)
      return try EncryptedKey.encrypt(pem.derBytes, password).pemString + "\n"
    }
    // The certificate last: with it the folder is whole.
    try PrivateFile.replace("\(folder)/\(RootAuthority.keyFile)", with: Array(key.utf8))
    try certificate.write(to: folder)
  }

  /// A new delegated authority for `names` and what lies below them, without `excluded`: one certificate for each part.
  /// - Throws: `outOfBounds`: no name at all, too many, a top-level domain, or an excluded one that is none.
  package func delegate(
    _ names: NameSubtrees, excluding excluded: [String], now: Int64, days: Int = Lifetimes.delegatedDays
  ) throws(CertificateError) -> DelegatedAuthority {
    guard (1...RootAuthority.maximumNames).contains(names.names.count) else {
      throw CertificateError(
        .outOfBounds, "the policy restricts \(names.names.count) names, expected 1 to \(RootAuthority.maximumNames)",
        remedy: "Load the zones whose readers are to see the page over HTTPS, and no others.")
    }
    // The resolver leaves such triggers out; what bears the root's signature does not rely on that.
    if let name = names.names.first(where: { !$0.contains(".") }) {
      throw CertificateError(
        .outOfBounds, "the policy restricts \"\(name)\", a whole top-level domain", remedy: "Name what lies below it.")
    }
    for name in excluded where !NameSubtrees.isFit(name) {
      throw CertificateError(.outOfBounds, "\"\(name)\" is no name that can be excluded", remedy: "Write example.org.")
    }
    return try working("the delegated authority cannot be made") {
      let key = Certificate.PrivateKey(P256.Signing.PrivateKey())
      let certificates = try NameShards.split(names.names, octets: NameShards.delegatedOctets).map { part in
        try signer.authority(
          subject: AuthorityName.subject("delegated CA", organisation: organisation), key: key, pathLength: 1,
          constraints: ConstraintForm.constraints(permitted: part, excluded: excluded.sorted()),
          from: now - Lifetimes().backdate, to: now + Int64(days) * Lifetimes.day
        ).certificate
      }
      return try DelegatedAuthority(key: key, certificates: certificates, root: signer.certificate)
    }
  }
}

/// Runs what can fail only by our own mistake or the library's.
func working<Result>(_ problem: String, _ body: () throws -> Result) throws(CertificateError) -> Result {
  do {
    return try body()
  } catch let error as CertificateError {
    throw error
  } catch {
    throw CertificateError(.malformed, "\(problem): \(error)", remedy: "Report it, with this line.")
  }
}

/// Runs what can fail by what a file holds.
func reading<Result>(_ path: String, _ body: () throws -> Result) throws(CertificateError) -> Result {
  do {
    return try body()
  } catch let error as CertificateError {
    throw error
  } catch {
    throw CertificateError(
      .malformed, "\(path) is not what was written there: \(error)", remedy: "Restore it, or make another.")
  }
}
