import ArgumentParser
import Sinkhole

/// `sinkholed policy allow SERVICE`
struct PolicyAllow: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "allow", abstract: "Open a service for one client or group of the running server, for a time.",
    discussion: "Kept in memory: a restart ends it. Nothing is compiled or reloaded.")

  @OptionGroup var control: ControlOption
  @Argument(help: "The service's id.") var service: String
  @Option(name: .long, help: "The client that it is opened for; of IPv6 its /64.") var client: String?
  @Option(name: .long, help: "The group that it is opened for.") var group: String?
  @Option(name: .customLong("for"), help: "How long, as 30m, 8h; 720h at most.") var time: String

  func validate() throws {
    guard (client == nil) != (group == nil) else { throw ValidationError("Give --client or --group.") }
    guard let milliseconds = Quantity.milliseconds(time), milliseconds >= 1000 else {
      throw ValidationError("\"\(time)\" is no time, expected a number with s, m or h.")
    }
    // The request is one line of words.
    for word in [service, client ?? "", group ?? ""] where word.contains(where: \.isWhitespace) {
      throw ValidationError("\"\(word)\" has blanks in it.")
    }
  }

  func run() async throws {
    let seconds = (Quantity.milliseconds(time) ?? 0) / 1000
    try await control.send("allow \(service) \(client == nil ? "group" : "client") \(client ?? group ?? "") \(seconds)")
  }
}

/// `sinkholed policy allowed`
struct PolicyAllowed: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "allowed", abstract: "Print the exceptions that hold in the running server.")
  @OptionGroup var control: ControlOption
  func run() async throws { try await control.send("allowed") }
}

/// `sinkholed policy disallow NUMBER`
struct PolicyDisallow: AsyncParsableCommand {
  static let configuration = CommandConfiguration(commandName: "disallow", abstract: "End an exception before its time.")
  @OptionGroup var control: ControlOption
  @Argument(help: "Its number, as allowed prints it.") var number: Int
  func run() async throws { try await control.send("disallow \(number)") }
}
