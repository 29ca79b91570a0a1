import Foundation
import NIOSSL
import Support
import Synchronization

/// A certification authority of the tests' own, made with `openssl` when first needed, and what it issued.
struct Authority: Sendable {
  /// The authority that sources of these tests trust.
  static let trusted = Result { try Authority() }
  /// One that nobody trusts.
  static let stranger = Result { try Authority() }

  let folder: String
  /// PEM file of its own certificate.
  var file: String { folder + "/ca.pem" }

  /// `openssl ca` counts in a file; two at once would disturb each other.
  private static let turn = Mutex(())

  private static let configuration = """
    [ca]
    default_ca = own
    [own]
    database = index
    serial = serial
    new_certs_dir = .
    certificate = ca.pem
    private_key = ca.key
    default_md = sha256
    policy = any
    unique_subject = no
    copy_extensions = copy
    [any]
    commonName = supplied
    """

  private init() throws {
    folder = try Peer.folder()
    try Authority.configuration.write(toFile: folder + "/ca.cnf", atomically: true, encoding: .utf8)
    try "".write(toFile: folder + "/index", atomically: true, encoding: .utf8)
    try "01".write(toFile: folder + "/serial", atomically: true, encoding: .utf8)
    try run(
      "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout ca.key -out ca.pem "
        + "-subj '/CN=Authority of the tests' -days 2")
  }

  /// TLS of a server with a certificate for `names`, like `IP:127.0.0.1`, valid until `end` (YYYYMMDDHHMMSSZ).
  func server(_ file: String, names: String, end: String = "20490101000000Z") throws -> NIOSSLContext {
    try run(
      "openssl req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout \(file).key -out \(file).csr "
        + "-subj /CN=\(file) -addext subjectAltName=\(names)")
    try Authority.turn.withLock { _ in
      try run(
        "openssl ca -batch -config ca.cnf -in \(file).csr -out \(file).pem -notext "
          + "-startdate 20200101000000Z -enddate \(end)")
    }
    return try NIOSSLContext(
      configuration: .makeServerConfiguration(
        certificateChain: NIOSSLCertificate.fromPEMFile("\(folder)/\(file).pem").map { .certificate($0) },
        privateKey: .privateKey(NIOSSLPrivateKey(file: "\(folder)/\(file).key", format: .pem))))
  }

  private func run(_ command: String) throws {
    let result = try Command.run("sh", "-c", "cd '\(folder)' && \(command)")
    guard result.status == 0 else { throw Failure(text: result.errors) }
  }

  struct Failure: Error {
    let text: String
  }
}

/// Who a server of the tests says that it is.
enum Identity: String, Sendable, CaseIterable {
  case right
  /// Issued for another name.
  case otherName
  case expired
  /// Issued by an authority that is not trusted.
  case untrusted
  /// No TLS at all.
  case plain
  /// Takes connections and never says a word of TLS.
  case silent

  private static let ours = Result {
    try Authority.trusted.get().server("right", names: "IP:127.0.0.1,DNS:localhost")
  }

  func context() throws -> NIOSSLContext? {
    switch self {
    case .right: try Identity.ours.get()
    case .otherName: try Authority.trusted.get().server("other", names: "DNS:lists.example.org")
    case .expired: try Authority.trusted.get().server("expired", names: "IP:127.0.0.1", end: "20200102000000Z")
    case .untrusted: try Authority.stranger.get().server("untrusted", names: "IP:127.0.0.1")
    case .plain, .silent: nil
    }
  }
}
