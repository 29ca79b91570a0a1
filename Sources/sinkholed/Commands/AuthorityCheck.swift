import ArgumentParser
import Glibc
import Sinkhole
import SinkholeCertificates

/// `sinkholed ca check`
struct AuthorityCheck: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "check", abstract: "Have openssl prove that the authority vouches for its names and for nothing else.",
    discussion:
      "Exits 1 when a chain that must be refused is taken, or the other way round, or names have no certificate.")

  @OptionGroup var options: ConfigurationOption

  func run() async throws {
    try await failing {
      let configuration = try options.read()
      let policy = try SnapshotBuilder(configuration).build(generation: 1).policy
      let issuer = try CertificateKeeper.issuer(configuration, policy)
      print(AuthorityReport(issuer, allNames: false).text)
      let folder = try ScratchFolder()
      try folder.write(issuer.delegated.root.pem, to: "root.pem")
      var isProved = true
      for proof in try ConstraintProof.cases(issuer, now: Instant.now().unixSeconds) {
        try folder.write(proof.leaf, to: "leaf.pem")
        try folder.write(proof.intermediates, to: "intermediates.pem")
        let verdict = try OpenSSL.run([
          "verify", "-x509_strict", "-purpose", "sslserver", "-CAfile", folder.path("root.pem"), "-untrusted",
          folder.path("intermediates.pem"), folder.path("leaf.pem"),
        ])
        let isRight = (verdict.status == 0) == proof.isGood
        isProved = isProved && isRight
        print(
          "\(isRight ? "ok" : "WRONG"): \(verdict.status == 0 ? "taken" : "refused"): \(proof.claim)\(verdict.reason)")
      }
      guard isProved else {
        throw CertificateError(
          .malformed, "openssl does not hold the authority to its names",
          remedy: "Do not hand the root out; make another.")
      }
      if !issuer.coverage.missing.isEmpty { throw ExitCode.failure }
    }
  }
}

/// A folder for a moment, for this user alone.
private struct ScratchFolder: ~Copyable {
  private let folder: String
  private static let names = ["root.pem", "leaf.pem", "intermediates.pem"]

  init() throws(CertificateError) {
    let base = unsafe getenv("TMPDIR").map { unsafe String(cString: $0) } ?? "/tmp"
    var template = Array("\(base)/sinkholed-ca.XXXXXX".utf8CString)
    // Safe: six characters of the array are replaced in place.
    let made = unsafe template.withUnsafeMutableBufferPointer { buffer -> Bool in
      guard let start = buffer.baseAddress else { return false }
      return unsafe mkdtemp(start) != nil
    }
    guard made else {
      throw CertificateError(
        .unwritable, "no folder can be made in \(base): \(SystemError("mkdtemp"))", remedy: "Set TMPDIR.")
    }
    folder = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }

  deinit {
    for name in ScratchFolder.names { _ = unsafe unlink("\(folder)/\(name)") }
    _ = unsafe rmdir(folder)
  }

  borrowing func path(_ name: String) -> String { folder + "/" + name }

  borrowing func write(_ text: String, to name: String) throws(CertificateError) {
    try PrivateFile.replace(path(name), with: Array(text.utf8))
  }
}

/// Runs the `openssl` of the system: an implementation that is not ours.
private enum OpenSSL {
  struct Verdict {
    let status: Int32
    /// What it says of a chain that it refuses, in brackets.
    let reason: String
  }

  private static let maximumOutput = 1 << 16

  static func run(_ arguments: [String]) throws(CertificateError) -> Verdict {
    var ends: [Int32] = [0, 0]
    // Safe: the two descriptors are written. The child may have them: it is the only one, and ends at once.
    guard unsafe pipe(&ends) == 0 else { throw failed("pipe") }
    defer { close(ends[0]) }
    var actions = unsafe posix_spawn_file_actions_t()
    unsafe posix_spawn_file_actions_init(&actions)
    defer { unsafe posix_spawn_file_actions_destroy(&actions) }
    unsafe posix_spawn_file_actions_adddup2(&actions, ends[1], STDOUT_FILENO)
    unsafe posix_spawn_file_actions_adddup2(&actions, ends[1], STDERR_FILENO)
    unsafe posix_spawn_file_actions_addclose(&actions, ends[0])
    unsafe posix_spawn_file_actions_addclose(&actions, ends[1])
    // Safe: the copies live until the child has its own, and are freed behind it.
    let words = unsafe (["openssl"] + arguments).map { unsafe strdup($0) } + [nil]
    defer { unsafe words.forEach { unsafe free($0) } }
    var child: pid_t = 0
    let error = unsafe posix_spawnp(&child, "openssl", &actions, nil, words, environ)
    close(ends[1])
    guard error == 0 else {
      guard error == ENOENT else { throw failed("openssl", number: error) }
      throw CertificateError(
        .missing, "there is no openssl to prove it with", remedy: "Install Debian's package openssl.")
    }
    let output = text(from: ends[0])
    var status: Int32 = 0
    while unsafe waitpid(child, &status, 0) < 0, errno == EINTR {}
    let reason = output.split(separator: "\n").first { $0.hasPrefix("error ") }.map { " (\($0))" } ?? ""
    return Verdict(status: status, reason: reason)
  }

  private static func text(from descriptor: Int32) -> String {
    var octets: [UInt8] = []
    var piece = [UInt8](repeating: 0, count: 4096)
    while true {
      // Safe: at most the array's own octets are written.
      let count = unsafe piece.withUnsafeMutableBytes { unsafe read(descriptor, $0.baseAddress, $0.count) }
      if count < 0, errno == EINTR { continue }
      guard count > 0 else { break }
      if octets.count < maximumOutput { octets += piece.prefix(count) }
    }
    return String(decoding: octets, as: UTF8.self)
  }

  private static func failed(_ call: String, number: Int32 = errno) -> CertificateError {
    CertificateError(
      .unreadable, "openssl cannot be run: \(SystemError(call, number: number))", remedy: "See the system's limits.")
  }
}
