import Foundation
import SinkholeCertificates
import Support

/// A root and what is below it, in a folder of the test's own; and `openssl`, to judge what they make.
final class Site {
  static let password = "correct horse battery"
  static let names = ["chat.example.org", "deepseek.com", "example.net"]
  /// Of the tests' present.
  static let now = Int64(Date().timeIntervalSince1970)

  let folder: String
  let root: RootAuthority

  init(organisation: String? = "Office of Examples", now: Int64 = Site.now) throws {
    folder = try Peer.folder()
    root = try RootAuthority.make(organisation: organisation, now: now)
    try write(root.certificate.pem, to: "root.pem")
  }

  deinit { try? FileManager.default.removeItem(atPath: folder) }

  func path(_ name: String) -> String { "\(folder)/\(name)" }

  func write(_ text: String, to name: String) throws {
    try text.write(toFile: path(name), atomically: true, encoding: .utf8)
  }

  func write(_ der: [[UInt8]], to name: String) throws {
    let texts = der.map { octets in
      "-----BEGIN CERTIFICATE-----\n\(Data(octets).base64EncodedString(options: .lineLength64Characters))\n-----END CERTIFICATE-----\n"
    }
    try write(texts.joined(), to: name)
  }

  func delegate(
    _ names: [String] = Site.names, excluding excluded: [String] = [], now: Int64 = Site.now, days: Int = 397
  ) throws -> DelegatedAuthority {
    try root.delegate(NameSubtrees(names), excluding: excluded, now: now, days: days)
  }

  func issuer(_ names: [String] = Site.names, policy: [String]? = nil, excluding excluded: [String] = []) throws
    -> Issuer
  {
    Issuer(try delegate(names), names: NameSubtrees(policy ?? names), excluding: excluded)
  }

  /// What `openssl verify` says of a leaf as a server of `name` at an instant.
  func verify(_ leaf: Leaf, as name: String, at instant: Int64 = Site.now) throws -> Command.Result {
    try write([leaf.chain[0]], to: "leaf.pem")
    try write(Array(leaf.chain[1...]), to: "intermediates.pem")
    return try verify(name, at: instant)
  }

  func verify(_ name: String?, at instant: Int64 = Site.now) throws -> Command.Result {
    try Command.run(
      "openssl", "verify", "-x509_strict", "-purpose", "sslserver", "-attime", "\(instant)", "-CAfile",
      path("root.pem"),
      "-untrusted", path("intermediates.pem"), "-verify_hostname", name ?? "", path("leaf.pem"))
  }

  /// A certificate as `openssl x509 -text` prints it.
  func text(_ der: [UInt8]) throws -> String {
    try write([der], to: "shown.pem")
    return try Command.run("openssl", "x509", "-noout", "-text", "-in", path("shown.pem")).output
  }
}
