import Foundation
import SinkholeCertificates
import Support
import Testing

@Suite("keys on disk")
struct FileTests {
  @Test("the root's key is opened by openssl with its password, and with no other")
  func opensslReads() throws {
    let site = try Site()
    try site.root.write(to: site.path("root"), Password(Array(Site.password.utf8)))
    let key = site.path("root/root.key")
    let opened = try Command.run("openssl", "pkey", "-in", key, "-passin", "pass:\(Site.password)", "-pubout")
    #expect(opened.status == 0, "\(opened.errors)")
    let certified = try Command.run("openssl", "x509", "-in", site.path("root/root.pem"), "-noout", "-pubkey")
    #expect(opened.output == certified.output)
    #expect(try Command.run("openssl", "pkey", "-in", key, "-passin", "pass:wrong horse battery", "-noout").status != 0)
    let form = try Command.run("openssl", "asn1parse", "-in", key).output
    for part in ["PBES2", "PBKDF2", "hmacWithSHA256", "aes-256-cbc", "0927C0"] {
      #expect(form.contains(part), "\(part) in \(form)")
    }
  }

  @Test("a key that openssl has put under a password in this form is read")
  func readsOpenssl() throws {
    let site = try Site()
    let (folder, password) = (site.path("root"), try Password(Array(Site.password.utf8)))
    try site.root.write(to: folder, password)
    let again = try Command.run(
      "sh", "-c",
      "umask 077; cd \(folder) && openssl pkcs8 -topk8 -v2 aes-256-cbc -v2prf hmacWithSHA256 -iter 4096 -in root.key -passin 'pass:\(Site.password)' -passout 'pass:another long one' -out new.key && mv new.key root.key"
    )
    #expect(again.status == 0, "\(again.errors)")
    #expect(
      try RootAuthority.read(in: folder, Password(Array("another long one".utf8))).certificate.fingerprint
        == site.root.certificate.fingerprint)
  }

  @Test("the root comes back with its password, and not with another")
  func rootAgain() throws {
    let site = try Site()
    let folder = site.path("root")
    try site.root.write(to: folder, Password(Array(Site.password.utf8)))
    let again = try RootAuthority.read(in: folder, Password(Array(Site.password.utf8)))
    #expect(again.certificate.fingerprint == site.root.certificate.fingerprint)
    let error = #expect(throws: CertificateError.self) {
      try RootAuthority.read(in: folder, Password(Array("wrong horse battery".utf8)))
    }
    #expect(error?.code == .wrongPassword)
    let leaf = try Issuer(
      again.delegate(NameSubtrees(Site.names), excluding: [], now: Site.now), names: NameSubtrees(Site.names)
    )
    .leaf(for: "deepseek.com", now: Site.now)
    #expect(try site.verify(leaf, as: "deepseek.com").status == 0)
  }

  @Test("a root is never replaced, and a short password is refused before anything is written")
  func rootOnce() throws {
    let site = try Site()
    let folder = site.path("root")
    let short = #expect(throws: CertificateError.self) {
      try site.root.write(to: folder, Password(Array("short".utf8)))
    }
    #expect(short?.code == .outOfBounds)
    #expect(!FileManager.default.fileExists(atPath: folder))
    try site.root.write(to: folder, Password(Array(Site.password.utf8)))
    let before = try Data(contentsOf: URL(fileURLWithPath: folder + "/root.key"))
    let error = #expect(throws: CertificateError.self) {
      try RootAuthority.make(organisation: nil, now: Site.now).write(to: folder, Password(Array(Site.password.utf8)))
    }
    #expect(error?.code == .exists)
    #expect(try Data(contentsOf: URL(fileURLWithPath: folder + "/root.key")) == before)
  }

  @Test("keys are for their owner alone, and one that others may read is refused", arguments: [0o640, 0o604, 0o660])
  func modes(mode: Int) throws {
    let site = try Site()
    let folder = site.path("certificates")
    try site.delegate().write(to: folder)
    let path = DelegatedAuthority.path(in: folder)
    #expect(try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int == 0o600)
    #expect(try FileManager.default.attributesOfItem(atPath: folder)[.posixPermissions] as? Int == 0o700)
    try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: path)
    let error = #expect(throws: CertificateError.self) { try DelegatedAuthority.read(in: folder) }
    #expect(error?.code == .exposed)
    #expect(error?.description.contains("chmod 600") == true)
  }

  @Test("the delegated authority comes back as it was, and a half-written one beside it means nothing")
  func delegatedAgain() throws {
    let site = try Site()
    let folder = site.path("certificates")
    let delegated = try site.delegate(excluding: ["agency.example"])
    try delegated.write(to: folder)
    // As a kill in the middle of the next one leaves it.
    try site.write("-----BEGIN PRIV", to: "certificates/delegated.pem.new")
    let again = try DelegatedAuthority.read(in: folder)
    #expect(again.excluded == ["agency.example"])
    #expect(again.ends == delegated.ends)
    #expect(again.nameCount == Site.names.count)
    let leaf = try Issuer(again, names: NameSubtrees(Site.names)).leaf(for: "deepseek.com", now: Site.now)
    #expect(try site.verify(leaf, as: "deepseek.com").status == 0)
    try delegated.write(to: folder)
    #expect(!FileManager.default.fileExists(atPath: folder + "/delegated.pem.new"))
  }

  @Test(
    "what is no authority is refused, and nothing traps",
    arguments: [
      "", "x", "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n",
      "-----BEGIN CERTIFICATE-----\nMAA=\n-----END CERTIFICATE-----\n",
    ])
  func malformed(text: String) throws {
    let site = try Site()
    try site.write(text, to: "delegated.pem")
    chmod(site.path("delegated.pem"), 0o600)
    let error = #expect(throws: CertificateError.self) { try DelegatedAuthority.read(in: site.folder) }
    #expect(error?.code == .malformed)
  }

  @Test("an authority cut short anywhere is refused")
  func cutShort() throws {
    let site = try Site()
    try site.delegate().write(to: site.folder)
    let whole = try String(contentsOfFile: site.path("delegated.pem"), encoding: .utf8)
    for length in stride(from: 0, to: whole.utf8.count - 30, by: 97) {
      try site.write(String(whole.prefix(length)), to: "delegated.pem")
      chmod(site.path("delegated.pem"), 0o600)
      #expect(throws: CertificateError.self, "\(length)") { try DelegatedAuthority.read(in: site.folder) }
    }
  }

  @Test("certificates of another root are refused")
  func otherRoot() throws {
    let (site, other) = (try Site(), try Site())
    try site.delegate().write(to: site.folder)
    let text = try String(contentsOfFile: site.path("delegated.pem"), encoding: .utf8)
    try site.write(text.replacing(site.root.certificate.pem, with: other.root.certificate.pem), to: "delegated.pem")
    chmod(site.path("delegated.pem"), 0o600)
    let error = #expect(throws: CertificateError.self) { try DelegatedAuthority.read(in: site.folder) }
    #expect(error?.description.contains("another root") == true)
  }

  @Test("the files for clients hold the root, and other programs read them")
  func clientFiles() throws {
    let site = try Site()
    try ClientFiles(site.root.certificate).write(to: site.folder)
    let der = try Command.run(
      "openssl", "x509", "-inform", "DER", "-in", site.path("root.der"), "-noout", "-fingerprint", "-sha256")
    #expect(der.output.contains(site.root.certificate.fingerprint), "\(der.output)")
    let profile = try PropertyListSerialization.propertyList(
      from: Data(contentsOf: URL(fileURLWithPath: site.path("root.mobileconfig"))), format: nil)
    let payload = ((profile as? [String: Any])?["PayloadContent"] as? [[String: Any]])?.first
    #expect(payload?["PayloadContent"] as? Data == Data(site.root.certificate.der))
    for (file, key) in [("firefox-policies.json", "policies"), ("chromium-policy.json", "CACertificates")] {
      let object = try JSONSerialization.jsonObject(with: Data(contentsOf: URL(fileURLWithPath: site.path(file))))
      #expect((object as? [String: Any])?[key] != nil)
    }
  }

  @Test("an organisation's name ends at 64 octets, and a delegation has names")
  func bounds() throws {
    #expect(throws: CertificateError.self) {
      try RootAuthority.make(organisation: String(repeating: "x", count: 65), now: Site.now)
    }
    let site = try Site()
    #expect(throws: CertificateError.self) { try site.delegate([]) }
    let domain = #expect(throws: CertificateError.self) { try site.delegate(["example.org", "com"]) }
    #expect(domain?.description.contains("\"com\", a whole top-level domain") == true)
    #expect(throws: CertificateError.self) { try site.delegate(excluding: ["no name"]) }
  }
}
