import ArgumentParser
import Sinkhole

/// The commands that talk to a running server.
struct ControlOption: ParsableArguments {
  @OptionGroup var options: ConfigurationOption
  @Option(name: .long, help: "The server's control socket; by default the configuration's.")
  var control: String?

  /// Sends `request` and prints the answer; exits 1 when the server says that it failed.
  func send(_ request: String) async throws {
    try await failing {
      guard let path = try control ?? options.read().control else {
        throw ValidationError("control is off in this configuration: use SIGHUP, or --control.")
      }
      let answer = try await ControlClient.send(request, to: path)
      guard answer.isSuccess else {
        printError(answer.text)
        throw ExitCode.failure
      }
      print(answer.text)
    }
  }
}

/// `sinkholed reload`
struct Reload: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Have the running server read its configuration and zones anew; a fault leaves it as it is.")
  @OptionGroup var control: ControlOption
  func run() async throws { try await control.send("reload") }
}

/// `sinkholed status`
struct StatusCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "status", abstract: "Print the running server's counters, one a line.")
  @OptionGroup var control: ControlOption
  func run() async throws { try await control.send("status") }
}
