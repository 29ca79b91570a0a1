import ArgumentParser
import Sinkhole
import SinkholeCertificates
import SinkholeWeb

/// `sinkholed ca`: what the notice page's certificates rest on.
struct CertificateAuthority: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "ca", abstract: "Make, renew and prove the authorities behind the notice page over HTTPS.",
    subcommands: [AuthorityInit.self, AuthorityDelegate.self, AuthorityShow.self, AuthorityCheck.self])
}

/// What `init` and `delegate` have in common.
struct DelegationOptions: ParsableArguments {
  @OptionGroup var options: ConfigurationOption
  @Option(name: .long, help: "The folder of the root, to be kept offline.") var root: String
  @Option(
    name: .long, parsing: .singleValue,
    help: "A domain that no certificate may ever be for: your own. May be given again.")
  var exclude: [String] = []
  @Option(name: .long, help: "How long the delegated authority holds.") var days = Lifetimes.delegatedDays
  @OptionGroup var password: PasswordInput

  func validate() throws {
    guard (1...825).contains(days) else { throw ValidationError("--days takes 1 to 825: some clients refuse more.") }
  }

  /// Reads what the authority is to vouch for: before a password is asked for, and before anything is written.
  func delegation() throws -> Delegation {
    let configuration = try options.read()
    let policy = try SnapshotBuilder(configuration).build(generation: 1).policy
    let folder = CertificateKeeper.folder(of: configuration)
    // Once excluded is excluded for good, though nobody thinks of it a year later.
    let before = (try? DelegatedAuthority.read(in: folder))?.excluded ?? []
    let excluded = Set(exclude.map { $0.lowercased() } + CertificateKeeper.excluded(configuration) + before)
    let beside = NameSubtrees(excluded)
    let names = CertificateKeeper.names(configuration, policy).names.filter { beside.covering($0) == nil }
    return Delegation(names: NameSubtrees(names), excluded: excluded.sorted(), folder: folder, days: days)
  }
}

/// What a root is to sign.
struct Delegation {
  let names: NameSubtrees
  let excluded: [String]
  /// The server's certificates.
  let folder: String
  let days: Int

  /// Puts another delegated authority in its place.
  func carryOut(by root: RootAuthority) throws {
    let delegated = try root.delegate(names, excluding: excluded, now: Instant.now().unixSeconds, days: days)
    let before = (try? DelegatedAuthority.read(in: folder))?.root.fingerprint
    try delegated.write(to: folder)
    if let before, before != root.certificate.fingerprint {
      print("replaced: an authority of another root, \(before): clients need the new one")
    }
    print(
      "delegated: \(DelegatedAuthority.path(in: folder)): \(delegated.nameCount) names in \(delegated.partCount) certificate\(delegated.partCount == 1 ? "" : "s"), until \(Instant(unixSeconds: delegated.ends))"
    )
    if !excluded.isEmpty { print("excluded: \(excluded.joined(separator: ", "))") }
  }
}

/// `sinkholed ca init`
struct AuthorityInit: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "init", abstract: "Make a root and, below it, the authority that the server mints with.")

  @OptionGroup var options: DelegationOptions
  @Option(name: .long, help: "Whose root it is, as certificates will say.") var organisation: String?

  func run() async throws {
    try await failing {
      let delegation = try options.delegation()
      let root = try RootAuthority.make(organisation: organisation, now: Instant.now().unixSeconds)
      try root.write(to: options.root, try options.password.read(isNew: true))
      let certificate = root.certificate
      try ClientFiles(certificate).write(to: options.root)
      let files = ([RootAuthority.certificateFile] + ClientFiles.names).map { "\(options.root)/\($0)" }
      print("root: \(certificate.subject), until \(Instant(unixSeconds: certificate.ends))")
      print("fingerprint (SHA-256): \(certificate.fingerprint)")
      print(
        "key: \(options.root)/\(RootAuthority.keyFile), under the password; the server never needs it: take it offline")
      print("for clients: \(files.joined(separator: ", "))")
      try delegation.carryOut(by: root)
    }
  }
}

/// `sinkholed ca delegate`
struct AuthorityDelegate: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "delegate",
    abstract: "With the root, make another authority for the server: for the names of today, or before its end.")

  @OptionGroup var options: DelegationOptions

  func run() async throws {
    try await failing {
      let delegation = try options.delegation()
      let root = try RootAuthority.read(in: options.root, try options.password.read(isNew: false))
      try delegation.carryOut(by: root)
      print("next: sinkholed reload")
    }
  }
}

/// `sinkholed ca show`
struct AuthorityShow: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "show", abstract: "Say whose root it is, until when, for which names, and which have no certificate.")

  @OptionGroup var options: ConfigurationOption
  @Flag(name: .long, help: "All names, one a line, not just their number.") var names = false

  func run() async throws {
    try await failing {
      let configuration = try options.read()
      let policy = try SnapshotBuilder(configuration).build(generation: 1).policy
      let issuer = try CertificateKeeper.issuer(configuration, policy)
      print(AuthorityReport(issuer, allNames: names).text)
    }
  }
}

/// The facts of an authority, one a line.
struct AuthorityReport {
  private static let shown = 20
  let text: String

  init(_ issuer: Issuer, allNames: Bool) {
    let (delegated, coverage) = (issuer.delegated, issuer.coverage)
    var lines = [
      "root: \(delegated.root.subject), until \(Instant(unixSeconds: delegated.root.ends))",
      "fingerprint (SHA-256): \(delegated.root.fingerprint)",
      "delegated: \(delegated.nameCount) names in \(delegated.partCount) certificate\(delegated.partCount == 1 ? "" : "s"), until \(Instant(unixSeconds: delegated.ends))",
      "excluded: \(delegated.excluded.isEmpty ? "none" : delegated.excluded.joined(separator: ", "))",
      "covered: \(coverage.covered.count) names of the policy, in \(issuer.partCount) issuing authorit\(issuer.partCount == 1 ? "y" : "ies")",
    ]
    if allNames { lines += coverage.covered.map { "  \($0)" } }
    lines.append("not covered: \(coverage.missing.count) names of the policy")
    let shown = allNames ? coverage.missing[...] : coverage.missing.prefix(AuthorityReport.shown)
    lines += shown.map { "  \($0)" }
    if shown.count < coverage.missing.count {
      lines.append("  and \(coverage.missing.count - shown.count) more: --names")
    }
    if !coverage.missing.isEmpty { lines.append("remedy: sinkholed ca delegate, with the root") }
    text = lines.joined(separator: "\n")
  }
}
