import SinkholeCertificates
import Testing

@Suite("certificates in time")
struct RenewalTests {
  private static let day: Int64 = 86_400

  @Test("an issuing authority is replaced three days before its end, and leaves hold a day")
  func renewal() throws {
    let site = try Site()
    let issuer = try site.issuer()
    let first = try issuer.leaf(for: "deepseek.com", now: Site.now)
    #expect(first.ends == Site.now + Self.day)
    let later = try issuer.leaf(for: "api.deepseek.com", now: Site.now + 4 * Self.day)
    #expect(later.chain[1] == first.chain[1])
    let renewed = try issuer.leaf(for: "deepseek.com", now: Site.now + 4 * Self.day + 1)
    #expect(renewed.chain[1] != first.chain[1])
    #expect(renewed.chain[2] == first.chain[2])
    #expect(issuer.authoritiesMade == 2)
    let instant = Site.now + 5 * Self.day
    #expect(try site.verify(renewed, as: "deepseek.com", at: Site.now + 4 * Self.day + 2).status == 0)
    #expect(try site.verify(first, as: "deepseek.com", at: instant).status != 0)
  }

  @Test("a client whose clock is an hour slow takes what is minted now")
  func slowClock() throws {
    let site = try Site(now: Site.now - 100 * Self.day)
    let delegated = try site.delegate(now: Site.now - 50 * Self.day)
    let leaf = try Issuer(delegated, names: NameSubtrees(Site.names)).leaf(for: "deepseek.com", now: Site.now)
    #expect(try site.verify(leaf, as: "deepseek.com", at: Site.now - 3590).status == 0)
    #expect(try site.verify(leaf, as: "deepseek.com", at: Site.now - 3700).status != 0)
  }

  @Test("nothing outlives what it rests on, and when that has ended nothing is minted")
  func end() throws {
    let site = try Site()
    let issuer = Issuer(try site.delegate(days: 2), names: NameSubtrees(Site.names))
    let end = issuer.delegated.ends
    let early = try issuer.leaf(for: "deepseek.com", now: Site.now)
    let last = try issuer.leaf(for: "deepseek.com", now: end - 10)
    #expect(last.ends == end)
    // An authority that ends with the one above it is not made anew for each leaf.
    #expect(last.chain[1] == early.chain[1])
    #expect(issuer.authoritiesMade == 1)
    #expect(throws: CertificateError.self) { try issuer.leaf(for: "deepseek.com", now: end) }
    let error = #expect(throws: CertificateError.self) {
      try issuer.leaf(for: "deepseek.com", now: Site.now - 2 * Self.day)
    }
    #expect(error?.code == .expired)
  }
}
