import Foundation
import SinkholeCertificates
import Support
import Testing

/// What another implementation makes of our chains.
@Suite("chains, as openssl judges them")
struct ChainTests {
  @Test(
    "a leaf for a covered name is taken, for a name below one too",
    arguments: ["deepseek.com", "api.chat.example.org", "a_b.c.example.net"])
  func inside(name: String) throws {
    let site = try Site()
    let leaf = try site.issuer().leaf(for: name, now: Site.now)
    let result = try site.verify(leaf, as: name)
    #expect(result.status == 0, "\(result.errors)")
    #expect(try site.verify(leaf, as: "www.example.com").status != 0)
  }

  @Test("everything that a thief of the server's key could make outside the names is refused")
  func outside() throws {
    let site = try Site()
    let issuer = Issuer(try site.delegate(excluding: ["agency.example"]), names: NameSubtrees(Site.names))
    let cases = try ConstraintProof.cases(issuer, now: Site.now)
    #expect(cases.count == 9)
    #expect(cases.count { $0.isGood } == 1)
    for proof in cases {
      try site.write(proof.leaf, to: "leaf.pem")
      try site.write(proof.intermediates, to: "intermediates.pem")
      let result = try Command.run(
        "openssl", "verify", "-x509_strict", "-CAfile", site.path("root.pem"), "-untrusted",
        site.path("intermediates.pem"),
        site.path("leaf.pem"))
      #expect((result.status == 0) == proof.isGood, "\(proof.claim): \(result.output)\(result.errors)")
      if !proof.isGood {
        let isReason = ["permitted subtree violation", "excluded subtree violation", "path length constraint exceeded"]
          .contains { result.errors.contains($0) }
        #expect(isReason, "\(proof.claim): \(result.errors)")
      }
    }
  }

  @Test("the authorities say in critical extensions what they may do")
  func extensions() throws {
    let site = try Site()
    let leaf = try site.issuer().leaf(for: "deepseek.com", now: Site.now)
    let (issuing, delegated) = (try site.text(leaf.chain[1]), try site.text(leaf.chain[2]))
    for (text, length) in [(issuing, 0), (delegated, 1)] {
      #expect(text.contains("CA:TRUE, pathlen:\(length)\n"))
      #expect(text.contains("X509v3 Name Constraints: critical"))
      #expect(text.contains("X509v3 Basic Constraints: critical"))
      #expect(text.contains("DNS:deepseek.com"))
      #expect(text.contains("IP:0.0.0.0/0.0.0.0"))
      #expect(text.contains("email:nobody.invalid"))
      #expect(text.contains("URI:nobody.invalid"))
      #expect(text.contains("TLS Web Server Authentication"))
    }
    let own = try site.text(leaf.chain[0])
    #expect(own.contains("Subject: \n") || own.contains("Subject:\n"))
    #expect(own.contains("X509v3 Subject Alternative Name: critical"))
    #expect(own.contains("CA:FALSE"))
    #expect(own.contains("NIST CURVE: P-256"))
  }

  @Test("a name longer than a common name may be has a leaf all the same")
  func longName() throws {
    let site = try Site()
    let name = String(repeating: "a", count: 63) + "." + String(repeating: "b", count: 63) + ".example.net"
    #expect(try site.verify(try site.issuer().leaf(for: name, now: Site.now), as: name).status == 0)
  }

  @Test("many names are dealt to several authorities, and no chain is longer than TCP's first flight")
  func shards() throws {
    let site = try Site()
    let names = (0..<3000).map { "service-number-\($0).example.com" }
    let issuer = try site.issuer(names)
    #expect(issuer.delegated.partCount > 10)
    #expect(issuer.coverage.covered.count == 3000)
    #expect(issuer.coverage.missing.isEmpty)
    for name in [names[0], names[1500], names[2999]] {
      let leaf = try issuer.leaf(for: name, now: Site.now)
      #expect(leaf.chain.map(\.count).reduce(0, +) < 14_000)
      #expect(try site.verify(leaf, as: name).status == 0)
    }
    #expect(issuer.authoritiesMade <= 3)
  }

  @Test("a change of the policy makes authorities for its names, within those of the delegation")
  func policies() throws {
    let site = try Site()
    let delegated = try site.delegate(["chat.example.org", "example.net", "b.example.com"])
    let issuer = Issuer(
      delegated, names: NameSubtrees(["chat.example.org", "a.example.net", "example.com", "new.example"]))
    #expect(issuer.coverage.covered == ["a.example.net", "b.example.com", "chat.example.org"])
    // Of example.com the delegation holds a part, so it is told of as well.
    #expect(issuer.coverage.missing == ["example.com", "new.example"])
    for (name, isCovered) in [
      ("chat.example.org", true), ("x.a.example.net", true), ("x.b.example.com", true), ("example.com", false),
      ("example.net", false), ("new.example", false), ("192.0.2.1", false),
    ] {
      #expect(issuer.covers(name) == isCovered, "\(name)")
      let leaf = try? issuer.leaf(for: name, now: Site.now)
      #expect((leaf != nil) == isCovered, "\(name)")
    }
  }

  @Test("the site's own names are out of reach, whether the delegation or the configuration excludes them")
  func excluded() throws {
    let site = try Site()
    let delegated = try site.delegate(["example.net", "example.org"], excluding: ["own.example.net"])
    let issuer = Issuer(
      delegated, names: NameSubtrees(["example.net", "example.org"]), excluding: ["example.org", "a.example.net"])
    #expect(issuer.coverage.covered == ["example.net"])
    #expect(issuer.coverage.missing.isEmpty)
    #expect(issuer.covers("b.example.net"))
    for name in ["own.example.net", "www.own.example.net", "example.org", "x.a.example.net"] {
      #expect(!issuer.covers(name), "\(name)")
    }
  }
}
