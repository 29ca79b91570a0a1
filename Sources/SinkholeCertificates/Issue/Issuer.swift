import Crypto
import Synchronization
import X509

/// Mints leaves, for the names of the present policy alone.
///
/// Below the delegated authority stand issuing authorities, each for some 150 names of the policy, for a week. They are
/// made when the first leaf below them is asked for and live in memory alone: a restart makes others, a change of the
/// policy another `Issuer`, and one that nears its end is replaced by itself.
///
/// The names are dealt to parts when the issuer is made, so that minting looks up one. All of it is synchronous, for
/// event loops: a leaf takes some 0.1 ms, the first one below an authority 1 ms.
package final class Issuer: Sendable {
  /// One issuing authority's share.
  private struct Part {
    let names: [String]
    /// Index of the delegated certificate that covers them.
    let delegated: Int
  }

  private struct Authority {
    let signer: Signer
    let der: [UInt8]
    let delegated: [UInt8]
    /// Of its leaves: one key is as good as many, and lasts as long as the authority.
    let leafKey: P256.Signing.PrivateKey
  }

  private struct State {
    /// By part.
    var authorities: [Int: Authority] = [:]
    var made = 0
  }

  package let delegated: DelegatedAuthority
  package let coverage: Coverage
  private let excluded: [String]
  private let excludedSet: NameSubtrees
  private let lifetimes: Lifetimes
  private let parts: [Part]
  /// The part of each covered name.
  private let places: [String: Int]
  private let names: NameSubtrees
  private let state = Mutex(State())

  /// - Parameters:
  ///   - names: those that the policy sends to the page.
  ///   - excluded: the site's own names, which no certificate may be minted for, beside those that the delegation
  ///     excludes.
  package init(
    _ delegated: DelegatedAuthority, names: NameSubtrees, excluding excluded: [String] = [],
    lifetimes: Lifetimes = Lifetimes()
  ) {
    self.delegated = delegated
    self.lifetimes = lifetimes
    self.excluded = Set(delegated.excluded + excluded.filter(NameSubtrees.isFit)).sorted()
    excludedSet = NameSubtrees(self.excluded)
    let permitted = NameSubtrees(delegated.parts.flatMap(\.names.names))
    var owners: [String: Int] = [:]
    for (number, part) in delegated.parts.enumerated() {
      for name in part.names.names { owners[name] = number }
    }
    var shares = [[String]](repeating: [], count: delegated.parts.count)
    var missing: [String] = []
    for name in names.names where excludedSet.covering(name) == nil {
      if let owner = permitted.covering(name).flatMap({ owners[$0] }) {
        shares[owner].append(name)
      } else {
        missing.append(name)
      }
    }
    // Of a broader name of the policy the delegation may hold something below.
    for (name, owner) in owners where names.covering(name).map({ $0 != name }) ?? false {
      if excludedSet.covering(name) == nil { shares[owner].append(name) }
    }
    var parts: [Part] = []
    var places: [String: Int] = [:]
    for (delegated, share) in shares.enumerated() {
      for piece in NameShards.split(share.sorted(), octets: NameShards.issuingOctets) {
        for name in piece { places[name] = parts.count }
        parts.append(Part(names: piece, delegated: delegated))
      }
    }
    self.parts = parts
    self.places = places
    self.names = NameSubtrees(places.keys)
    coverage = Coverage(covered: self.names.names, missing: missing, unfitCount: names.unfitCount)
  }

  package var partCount: Int { parts.count }
  /// How many issuing authorities were made, replacements counted.
  package var authoritiesMade: Int { state.withLock { $0.made } }

  /// Whether a leaf for `name` could be minted.
  package func covers(_ name: String) -> Bool { place(of: name) != nil }

  private func place(of name: String) -> Int? {
    guard NameSubtrees.isFit(name), excludedSet.covering(name) == nil, let owner = names.covering(name) else {
      return nil
    }
    return places[owner]
  }

  /// Mints a leaf.
  /// - Parameters:
  ///   - name: in lower case, without a trailing dot.
  ///   - now: seconds since 1970.
  /// - Throws: `notCovered`; `expired`: the delegated authority has ended.
  package func leaf(for name: String, now: Int64) throws(CertificateError) -> Leaf {
    guard let place = place(of: name) else {
      throw CertificateError(
        .notCovered, "\(name) lies outside what the delegated authority may vouch for",
        remedy: "Run sinkholed ca delegate.")
    }
    let authority = try authority(place, now: now)
    return try working("no leaf for \(name) can be minted") {
      let certificate = try authority.signer.leaf(
        names: [.dnsName(name)], publicKey: Certificate.PublicKey(authority.leafKey.publicKey),
        from: now - lifetimes.backdate,
        to: now + lifetimes.leaf)
      return Leaf(
        name: name, chain: [try certificate.der, authority.der, authority.delegated],
        key: [UInt8](authority.leafKey.derRepresentation), ends: certificate.ends)
    }
  }

  /// The issuing authority of a part: the one there is, or another when that one nears its end.
  private func authority(_ place: Int, now: Int64) throws(CertificateError) -> Authority {
    let parent = delegated.parts[parts[place].delegated].signer
    guard parent.begins <= now, now < parent.ends else {
      throw CertificateError(
        .expired, "the delegated authority is not valid at present",
        remedy: "Run sinkholed ca delegate, or set the clock.")
    }
    // Made under the lock: two who ask at once get the same.
    return try state.withLock { state throws(CertificateError) in
      if let known = state.authorities[place], now < min(known.signer.ends, parent.ends),
        known.signer.ends - now >= lifetimes.issuingRest || known.signer.ends == parent.ends
      {
        return known
      }
      let made = try make(parts[place], below: parent, now: now)
      state.authorities[place] = made
      state.made += 1
      return made
    }
  }

  private func make(_ part: Part, below parent: Certificate, now: Int64) throws(CertificateError) -> Authority {
    try working("no issuing authority can be made") {
      let signer = try Signer(certificate: parent, key: delegated.key).authority(
        subject: AuthorityName.subject("issuing CA", organisation: delegated.root.organisation),
        key: Certificate.PrivateKey(P256.Signing.PrivateKey()), pathLength: 0,
        constraints: ConstraintForm.constraints(permitted: part.names, excluded: excluded),
        from: max(now - lifetimes.backdate, parent.begins), to: now + lifetimes.issuing)
      return Authority(
        signer: signer, der: try signer.certificate.der, delegated: try parent.der, leafKey: P256.Signing.PrivateKey())
    }
  }
}
