import ArgumentParser
import Sinkhole
import SinkholeTransports
import SinkholeWeb

/// `sinkholed authorise`: who may use what, until when, and who said so.
struct Authorise: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "authorise", abstract: "Decide about requests, authorise, revoke, and read the audit.",
    discussion: "Talks to the running server over its socket, as HTTP: docs/access.md.",
    subcommands: [
      AuthoriseList.self, AuthoriseShow.self, AuthoriseApprove.self, AuthoriseDeny.self, AuthoriseRevoke.self,
      AuthoriseAdd.self, AuthoriseAcknowledged.self, AuthoriseAudit.self,
    ])
}

/// What all of them take, and how they ask.
struct AccessOption: ParsableArguments {
  @OptionGroup var options: ConfigurationOption
  @Option(name: .long, help: "The server's socket for access; by default the configuration's.")
  var socket: String?
  @Flag(name: .long, help: "Print the server's JSON.") var json = false

  /// Asks, and prints `lines` of what came; exits 1 with the detail of a problem.
  @discardableResult
  func ask(_ path: String, _ body: JSONValue? = nil, lines: (JSONValue) -> [String]) async throws -> JSONValue {
    try await failing {
      guard let place = try socket ?? options.read().accessSocket else {
        throw ValidationError("access.socket is off in this configuration: give --socket.")
      }
      let answer = try await LocalRequest(socket: place).send(path, body.map { "\($0)" })
      let value = try JSONReader.read(answer.body)
      guard (200..<300).contains(answer.status) else {
        printError(value["detail"]?.text ?? "the server answered \(answer.status)")
        throw ExitCode.failure
      }
      var writer = ResultWriter()
      for line in json ? ["\(value)"] : lines(value) { try writer.line(line) }
      try writer.flush()
      return value
    }
  }
}

/// For whom, and until when, as `add` and `approve` take them.
struct TermsOption: ParsableArguments {
  @Option(name: .long, help: "For one client; of IPv6 its /64.") var client: String?
  @Option(name: .long, help: "For a block of addresses, such as 10.20.7.0/24.") var prefix: String?
  @Option(name: .long, help: "For a group of the configuration.") var group: String?
  @Option(name: .long, help: "From then on, such as 2026-12-01T09:00; by default now.") var from: String?
  @Option(name: .long, help: "Until then.") var until: String?
  @Option(name: .customLong("for"), help: "For so long, such as 8h or 30d.") var length: String?
  @Option(name: .customLong("as"), help: "In whose name; for front ends that sign people in themselves.")
  var name: String?

  func validate() throws {
    guard [client, prefix, group].compactMap(\.self).count <= 1 else {
      throw ValidationError("Give one of --client, --prefix and --group.")
    }
    guard until == nil || length == nil else { throw ValidationError("Give one of --until and --for.") }
  }

  func members(services: [String], reason: String? = nil) -> JSONValue {
    .members([
      "services": services.isEmpty ? nil : JSONValue(services), "client": JSONValue(client),
      "prefix": JSONValue(prefix), "group": JSONValue(group), "from": JSONValue(from), "until": JSONValue(until),
      "for": JSONValue(length), "reason": JSONValue(reason), "as": JSONValue(name),
    ])
  }
}

/// The reason that goes with a denial or a revocation.
struct NoteOption: ParsableArguments {
  @Option(name: .long, help: "Why; kept with the decision.") var reason: String?
  @Option(name: .customLong("as"), help: "In whose name; for front ends that sign people in themselves.")
  var name: String?

  var members: JSONValue { .members(["reason": JSONValue(reason), "as": JSONValue(name)]) }
}
