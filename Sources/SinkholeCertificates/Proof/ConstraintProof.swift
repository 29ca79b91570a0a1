import Crypto
import SwiftASN1
import X509

/// Chains that whoever had stolen the server's key could make, to be shown to another implementation: which it takes, and
/// which it must refuse.
package struct ConstraintProof {
  package struct Case: Sendable {
    /// What a server would claim to be.
    package let claim: String
    package let isGood: Bool
    /// The leaf, and what stands between it and the root, in PEM.
    package let leaf: String
    package let intermediates: String
  }

  /// A name that nobody restricts: of the documentation.
  private static let outside = "www.example.org"

  /// - Parameter now: seconds since 1970.
  /// - Throws: `notCovered`: the authority covers nothing.
  package static func cases(_ issuer: Issuer, now: Int64) throws(CertificateError) -> [Case] {
    guard let name = issuer.coverage.covered.first else {
      throw CertificateError(
        .notCovered, "the authority covers none of the policy's names",
        remedy: "Run sinkholed ca delegate with the root.")
    }
    let good = try issuer.leaf(for: name, now: now)
    return try working("the proof cannot be made") {
      guard let parent = issuer.delegated.parts.first(where: { $0.names.covering(name) != nil })?.signer else {
        return []
      }
      let thief = Thief(delegated: Signer(certificate: parent, key: issuer.delegated.key), now: now)
      // At most one client has either; a policy that restricts example.org is not worth a proof of its own.
      let foreign = issuer.covers(outside) ? "www.example.net" : outside
      var cases = [
        Case(
          claim: "\(name), by the server's own minting", isGood: true, leaf: try pem(good.chain[0]),
          intermediates: try pem(good.chain[1]) + pem(good.chain[2])),
        try thief.claim("\(foreign), below an issuing authority for \(name)", [.dnsName(foreign)], permitted: [name]),
        try thief.claim(
          "\(foreign), below an issuing authority that permits it", [.dnsName(foreign)], permitted: [foreign]),
        try thief.claim(
          "192.0.2.1", [.ipAddress(ASN1OctetString(contentBytes: [192, 0, 2, 1]))], permitted: [name]),
        try thief.claim(
          "2001:db8::1",
          [.ipAddress(ASN1OctetString(contentBytes: [0x20, 0x01, 0x0D, 0xB8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1]))],
          permitted: [name]),
        try thief.claim(
          "somebody@example.org", [.dnsName(name), .rfc822Name("somebody@example.org")], permitted: [name]),
        try thief.claim(
          "https://example.org/", [.dnsName(name), .uniformResourceIdentifier("https://example.org/")],
          permitted: [name]),
        try thief.authority("an authority below the issuing one, for \(name)", name),
      ]
      if let own = issuer.delegated.excluded.first {
        cases.append(try thief.claim("\(own), which is excluded", [.dnsName(own)], permitted: [own]))
      }
      return cases
    }
  }

  private static func pem(_ der: [UInt8]) throws -> String {
    PEMDocument(type: "CERTIFICATE", derBytes: der).pemString + "\n"
  }

  /// Has the delegated key, and no scruples.
  private struct Thief {
    let delegated: Signer
    let now: Int64
    let end: Int64

    init(delegated: Signer, now: Int64) {
      self.delegated = delegated
      self.now = now - Lifetimes().backdate
      end = now + Lifetimes().leaf
    }

    private func issuing(_ permitted: [String]) throws -> Signer {
      try delegated.authority(
        subject: AuthorityName.subject("issuing CA", organisation: nil),
        key: Certificate.PrivateKey(P256.Signing.PrivateKey()), pathLength: 0,
        constraints: ConstraintForm.constraints(permitted: permitted, excluded: []), from: now, to: end)
    }

    func claim(_ claim: String, _ names: [GeneralName], permitted: [String]) throws -> Case {
      let issuing = try issuing(permitted)
      let leaf = try issuing.leaf(
        names: names, publicKey: Certificate.PrivateKey(P256.Signing.PrivateKey()).publicKey, from: now, to: end)
      return Case(
        claim: claim, isGood: false, leaf: try ConstraintProof.pem(leaf.der),
        intermediates: try ConstraintProof.pem(issuing.certificate.der) + ConstraintProof.pem(delegated.certificate.der)
      )
    }

    func authority(_ claim: String, _ name: String) throws -> Case {
      let issuing = try issuing([name])
      let below = try issuing.authority(
        subject: AuthorityName.subject("issuing CA", organisation: nil),
        key: Certificate.PrivateKey(P256.Signing.PrivateKey()), pathLength: 0,
        constraints: ConstraintForm.constraints(permitted: [name], excluded: []), from: now, to: end)
      let leaf = try below.leaf(
        names: [.dnsName(name)], publicKey: Certificate.PrivateKey(P256.Signing.PrivateKey()).publicKey, from: now,
        to: end)
      let chain = [below.certificate, issuing.certificate, delegated.certificate]
      return Case(
        claim: claim, isGood: false, leaf: try ConstraintProof.pem(leaf.der),
        intermediates: try chain.map { try ConstraintProof.pem($0.der) }.joined())
    }
  }
}
