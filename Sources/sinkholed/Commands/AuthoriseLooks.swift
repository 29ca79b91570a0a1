import ArgumentParser
import SinkholeWeb

/// `sinkholed authorise list`
struct AuthoriseList: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "list", abstract: "Print requests and authorisations, the newest first.")

  @OptionGroup var access: AccessOption
  @Option(name: .long, help: "States, parted by commas, or all; by default those that are not final.")
  var state: String?
  @Option(name: .long, help: "Lines at most, 1 to 1000.") var most = 100
  @Option(name: .long, help: "Numbers below this one.") var before: Int?

  func validate() throws {
    guard (1...1000).contains(most) else { throw ValidationError("--most takes 1 to 1000.") }
    if let state, !state.allSatisfy({ $0.isASCII && $0.isLetter || $0 == "," }) {
      throw ValidationError("--state takes words parted by commas.")
    }
  }

  func run() async throws {
    var query = "most=\(most)"
    if let state { query += "&state=\(state)" }
    if let before { query += "&before=\(before)" }
    try await access.ask("/v1/authorisations?\(query)") { value in
      let list = value["authorisations"]?.list ?? []
      return list.isEmpty ? ["there is none"] : list.map(AuthorisationText.line)
    }
  }
}

/// `sinkholed authorise show NUMBER`
struct AuthoriseShow: AsyncParsableCommand {
  static let configuration = CommandConfiguration(commandName: "show", abstract: "Print all about one.")

  @OptionGroup var access: AccessOption
  @Argument(help: "Its number, as list prints it.") var number: Int

  func run() async throws {
    try await access.ask("/v1/authorisations/\(number)") { AuthorisationText.all($0) }
  }
}

/// `sinkholed authorise acknowledged`
struct AuthoriseAcknowledged: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "acknowledged", abstract: "Print the acknowledgements of cautions that hold.")

  @OptionGroup var access: AccessOption

  func run() async throws {
    try await access.ask("/v1/acknowledgements") { value in
      let list = value["acknowledgements"]?.list ?? []
      return list.isEmpty ? ["there is none"] : list.map(AuthorisationText.acknowledgement)
    }
  }
}

/// `sinkholed authorise audit`
struct AuthoriseAudit: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "audit", abstract: "Print the audit, the oldest first, or check that nobody has changed it.")

  @OptionGroup var access: AccessOption
  @Option(name: .long, help: "Entries behind this number.") var after = 0
  @Option(name: .long, help: "Entries at most, 1 to 1000.") var most = 100
  @Flag(name: .long, help: "Recompute every hash; exits 1 when one is wrong.") var check = false

  func validate() throws {
    guard (1...1000).contains(most), after >= 0 else {
      throw ValidationError("--most takes 1 to 1000, --after 0 or more.")
    }
  }

  func run() async throws {
    guard check else {
      try await access.ask("/v1/audit?after=\(after)&most=\(most)") { value in
        (value["audit"]?.list ?? []).map(AuthorisationText.audit)
      }
      return
    }
    let finding = try await access.ask("/v1/audit/check") { value in
      guard value["whole"] == .boolean(true) else {
        return ["the audit is not what was written, from entry \(value["broken_at"]?.integer ?? 0) on"]
      }
      let (entries, last) = (value["entries"]?.integer ?? 0, value["last"]?.integer ?? 0)
      return ["the audit is whole: \(entries) entries, the last \(last) with hash \(value["hash"]?.text ?? "")"]
    }
    guard finding["whole"] == .boolean(true) else { throw ExitCode.failure }
  }
}
