import Foundation
import Logging
import SinkholeCertificates
import SinkholeWeb
import Support
import Synchronization

/// A root, what is below it, and the files that clients need, in a folder of the test's own.
final class SecureSite: Sendable {
  static let now = Int64(Date().timeIntervalSince1970)

  let folder: String
  let delegated: DelegatedAuthority
  let clock = TestClock(SecureSite.now)

  /// - Parameter names: of the delegation.
  init(_ names: [String] = ["example.org", "example.com"]) throws {
    folder = try Peer.folder()
    let root = try RootAuthority.make(organisation: nil, now: SecureSite.now)
    delegated = try root.delegate(NameSubtrees(names), excluding: [], now: SecureSite.now)
    try root.certificate.pem.write(toFile: folder + "/root.pem", atomically: true, encoding: .utf8)
  }

  deinit { try? FileManager.default.removeItem(atPath: folder) }

  var trust: String { folder + "/root.pem" }

  /// - Parameter policy: names that the policy restricts; by default those of the delegation.
  func certificates(
    _ log: LogBox = LogBox(), source: any RestrictionSource = TableSource.standard, policy: [String]? = nil,
    own: OwnCertificate? = nil, limits: NoticeCertificates.Limits = NoticeCertificates.Limits()
  ) -> NoticeCertificates {
    NoticeCertificates(
      issuer: issuer(policy), own: own, url: "https://notice.example.net/", source: source, limits: limits,
      logger: log.logger, wallClock: { [clock] in clock.now })
  }

  func issuer(_ policy: [String]? = nil) -> Issuer {
    Issuer(delegated, names: NameSubtrees(policy ?? ["example.org", "example.com"]))
  }

  /// Runs `curl` for `host`, whose address is the server's.
  func curl(_ server: Harness, _ host: String, _ options: String..., trusting: Bool = true) async throws
    -> Command.Result
  {
    let place = "\(host):\(server.port)"
    let trust = trusting ? "--cacert \(trust)" : ""
    return try await SecureSite.shell(
      "exec curl -sS -m 20 --noproxy '*' --resolve \(place):127.0.0.1 \(trust) \(options.joined(separator: " ")) 'https://\(place)/'"
    )
  }

  /// What `openssl s_client` says of a handshake.
  func handshake(_ server: Harness, _ options: String) async throws -> String {
    let result = try await SecureSite.shell(
      "exec timeout 10 openssl s_client -connect 127.0.0.1:\(server.port) -CAfile \(trust) -verify_return_error \(options) </dev/null"
    )
    return result.output + result.errors
  }

  /// On a thread of its own: the server of the test answers on those that a waiting test would hold.
  private static func shell(_ command: String) async throws -> Command.Result {
    try await withCheckedThrowingContinuation { continuation in
      Thread.detachNewThread { continuation.resume(with: Result { try Command.run("sh", "-c", command) }) }
    }
  }
}

/// Seconds since 1970, as the test has it.
final class TestClock: Sendable {
  private let seconds: Mutex<Int64>

  init(_ now: Int64) { seconds = Mutex(now) }

  var now: Int64 { seconds.withLock { $0 } }
  func advance(_ by: Int64) { seconds.withLock { $0 += by } }
}

/// Restricts every name for everyone, until told otherwise.
final class SwitchSource: RestrictionSource {
  private let isOn = Mutex(true)

  func overview(for client: String) -> RestrictionOverview { RestrictionOverview([]) }

  func restriction(of host: String, for client: String) -> Restriction? { isOn.withLock { $0 } ? .bare : nil }
  func lift() { isOn.withLock { $0 = false } }
}
