import Foundation
import SinkholeCertificates
import SinkholeWeb
import Support
import Testing

/// Who is shown which certificate, and what it costs.
@Suite("which certificate is shown", .timeLimit(.minutes(1)))
struct MintingTests {
  private static let client = ClientAddress("192.0.2.7")

  private func refusal(_ answer: NoticeCertificates.Answer) -> TLSRefusal? {
    if case .refuse(let refusal) = answer { refusal } else { nil }
  }

  @Test("a name is minted once, however many ask for it at once")
  func once() async throws {
    let site = try SecureSite()
    let certificates = site.certificates()
    await withTaskGroup(of: TLSRefusal?.self) { group in
      for number in 0..<64 {
        group.addTask { refusal(certificates.answer(to: "chat.example.org", from: ClientAddress("192.0.2.\(number)"))) }
      }
      for await refusal in group { #expect(refusal == nil) }
    }
    #expect(certificates.value(.minted) == 1)
    #expect(certificates.value(.cached) == 63)
  }

  @Test("a client that asks for ever other names is held to its rate, and others are not")
  func clientRate() throws {
    let site = try SecureSite()
    var limits = NoticeCertificates.Limits()
    (limits.rates.clientBurst, limits.rates.clientPerSecond) = (10, 0)
    let log = LogBox()
    let certificates = site.certificates(log, source: SwitchSource(), limits: limits)
    let outcomes = (0..<1000).map { refusal(certificates.answer(to: "x\($0).example.org", from: Self.client)) }
    #expect(outcomes.prefix(10).allSatisfy { $0 == nil })
    #expect(outcomes.dropFirst(10).allSatisfy { $0 == .clientRate })
    #expect(certificates.value(.minted) == 10)
    #expect(certificates.value(.refusedClientRate) == 990)
    #expect(log.lines.count { $0.contains("reason=client-rate") } == 1)
    // What is there already is shown all the same, and to others new names as well.
    #expect(refusal(certificates.answer(to: "x3.example.org", from: Self.client)) == nil)
    #expect(refusal(certificates.answer(to: "new.example.org", from: ClientAddress("192.0.2.8"))) == nil)
    // The addresses of one IPv6 network are one client.
    for number in 0..<10 {
      #expect(
        refusal(certificates.answer(to: "y\(number).example.org", from: ClientAddress("2001:db8::\(number)"))) == nil)
    }
    #expect(refusal(certificates.answer(to: "y10.example.org", from: ClientAddress("2001:db8::a"))) == .clientRate)
  }

  @Test("all clients together are held to a rate, and the cache to its size")
  func bounds() throws {
    let site = try SecureSite()
    var limits = NoticeCertificates.Limits()
    limits.leaves = 16
    (limits.rates.totalBurst, limits.rates.totalPerSecond) = (100, 0)
    let certificates = site.certificates(source: SwitchSource(), limits: limits)
    var refused = 0
    for number in 0..<200 {
      let client = ClientAddress("198.51.100.\(number)")
      if refusal(certificates.answer(to: "x\(number).example.org", from: client)) == .totalRate { refused += 1 }
      // One that is asked for all the time.
      #expect(refusal(certificates.answer(to: "x0.example.org", from: client)) == nil)
      #expect(certificates.leafCount <= 16)
    }
    #expect(refused == 100)
    #expect(certificates.value(.minted) == 100)
    #expect(certificates.value(.evicted) == 84)
    #expect(certificates.value(.refusedTotalRate) == 100)
  }

  @Test("leaves are minted anew half a day before their end")
  func renewal() throws {
    let site = try SecureSite()
    let certificates = site.certificates()
    func ask() { #expect(refusal(certificates.answer(to: "chat.example.org", from: Self.client)) == nil) }
    ask()
    site.clock.advance(43_199)
    ask()
    #expect(certificates.value(.minted) == 1)
    site.clock.advance(1)
    ask()
    #expect(certificates.value(.minted) == 2)
    #expect(certificates.leafCount == 1)
    #expect(certificates.issuer.authoritiesMade == 1)
    // For two weeks nobody does a thing, and a certificate is there.
    for _ in 0..<14 {
      site.clock.advance(86_400)
      ask()
    }
    #expect(certificates.value(.minted) == 16)
    #expect((3...4).contains(certificates.issuer.authoritiesMade))
  }

  @Test("when the delegated authority has ended nobody is shown a certificate, and it is said")
  func ended() throws {
    let site = try SecureSite()
    let log = LogBox()
    let certificates = site.certificates(log)
    #expect(refusal(certificates.answer(to: "chat.example.org", from: Self.client)) == nil)
    site.clock.advance(398 * 86_400)
    #expect(refusal(certificates.answer(to: "chat.example.org", from: Self.client)) == .notValid)
    #expect(log.lines.contains { $0.contains("reason=authority-not-valid name=chat.example.org") })
  }

  @Test("what is cached is shown only while the name is restricted for the client")
  func lifted() throws {
    let site = try SecureSite()
    let source = SwitchSource()
    let certificates = site.certificates(source: source)
    #expect(refusal(certificates.answer(to: "chat.example.org", from: Self.client)) == nil)
    source.lift()
    #expect(refusal(certificates.answer(to: "chat.example.org", from: Self.client)) == .notRestricted)
    #expect(certificates.leafCount == 1)
  }

  @Test("another policy lets the leaves of the last one go")
  func replaced() throws {
    let site = try SecureSite()
    let certificates = site.certificates()
    #expect(refusal(certificates.answer(to: "chat.example.org", from: Self.client)) == nil)
    certificates.replace(site.issuer(["example.com"]), own: nil)
    #expect(certificates.leafCount == 0)
    #expect(refusal(certificates.answer(to: "chat.example.org", from: Self.client)) == .notCovered)
  }

  @Test("the page's own name is shown a certificate to everyone: minted where it is covered, else the site's own")
  func ownName() throws {
    let site = try SecureSite(["example.org", "notice.example.net"])
    let minted = site.certificates(source: TableSource(restrictions: [:]), policy: ["notice.example.net"])
    #expect(refusal(minted.answer(to: "notice.example.net", from: Self.client)) == nil)
    #expect(minted.value(.minted) == 1)

    let (chain, key) = (site.folder + "/own.pem", site.folder + "/own.key")
    let made = try Command.run(
      "sh", "-c",
      "umask 077; openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -subj /CN=notice.example.net -keyout \(key) -out \(chain)"
    )
    #expect(made.status == 0, "\(made.errors)")
    let own = try OwnCertificate(host: "notice.example.net", chain: chain, key: key)
    let given = site.certificates(source: TableSource(restrictions: [:]), policy: ["example.org"], own: own)
    #expect(refusal(given.answer(to: "notice.example.net", from: Self.client)) == nil)
    #expect(given.value(.minted) == 0)

    let without = site.certificates(source: TableSource(restrictions: [:]), policy: ["example.org"])
    #expect(refusal(without.answer(to: "notice.example.net", from: Self.client)) == .notCovered)

    try FileManager.default.setAttributes([.posixPermissions: 0o644], ofItemAtPath: key)
    let exposed = #expect(throws: CertificateError.self) {
      try OwnCertificate(host: "notice.example.net", chain: chain, key: key)
    }
    #expect(exposed?.code == .exposed)
    try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: key)
    let mixed = #expect(throws: CertificateError.self) {
      try OwnCertificate(host: "notice.example.net", chain: site.trust, key: key)
    }
    #expect(mixed?.code == .malformed)
  }
}
