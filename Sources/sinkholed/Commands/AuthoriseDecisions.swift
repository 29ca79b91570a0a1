import ArgumentParser
import SinkholeWeb

/// `sinkholed authorise add`
struct AuthoriseAdd: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "add", abstract: "Authorise without a request; counts as the approval of who does it.")

  @OptionGroup var access: AccessOption
  @OptionGroup var terms: TermsOption
  @Option(name: .long, help: "The service's id; may be given several times.") var service: [String] = []
  @Option(name: .long, help: "Why; kept with the authorisation.") var reason: String

  func validate() throws {
    guard !service.isEmpty else { throw ValidationError("Give --service.") }
    guard terms.client != nil || terms.prefix != nil || terms.group != nil else {
      throw ValidationError("Give --client, --prefix or --group.")
    }
    guard terms.until != nil || terms.length != nil else { throw ValidationError("Give --until or --for.") }
  }

  func run() async throws {
    try await access.ask("/v1/authorisations", terms.members(services: service, reason: reason)) {
      [AuthorisationText.line($0)]
    }
  }
}

/// `sinkholed authorise approve NUMBER`
struct AuthoriseApprove: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "approve", abstract: "Approve a request, as it was asked for or on other terms.")

  @OptionGroup var access: AccessOption
  @OptionGroup var terms: TermsOption
  @Argument(help: "Its number, as list prints it.") var number: Int
  @Option(name: .long, help: "Other services than were asked for.") var service: [String] = []

  func run() async throws {
    try await access.ask("/v1/authorisations/\(number)/approve", terms.members(services: service)) {
      [AuthorisationText.line($0)]
    }
  }
}

/// `sinkholed authorise deny NUMBER`
struct AuthoriseDeny: AsyncParsableCommand {
  static let configuration = CommandConfiguration(commandName: "deny", abstract: "Deny a request.")

  @OptionGroup var access: AccessOption
  @OptionGroup var note: NoteOption
  @Argument(help: "Its number, as list prints it.") var number: Int

  func run() async throws {
    try await access.ask("/v1/authorisations/\(number)/deny", note.members) { [AuthorisationText.line($0)] }
  }
}

/// `sinkholed authorise revoke NUMBER`
struct AuthoriseRevoke: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "revoke", abstract: "End an authorisation before its time.")

  @OptionGroup var access: AccessOption
  @OptionGroup var note: NoteOption
  @Argument(help: "Its number, as list prints it.") var number: Int

  func run() async throws {
    try await access.ask("/v1/authorisations/\(number)/revoke", note.members) { [AuthorisationText.line($0)] }
  }
}
