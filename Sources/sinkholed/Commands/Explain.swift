import ArgumentParser
import Sinkhole

/// `sinkholed explain`: what a query would be answered, and why, from the same policy that answers it.
struct Explain: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Say what a client would be answered for a name, and which rule says so.")

  @OptionGroup var options: ConfigurationOption
  @Argument(help: "The name asked for.") var name: String
  @Option(name: .long, help: "The type asked for.") var type: String = "A"
  @Option(name: .long, help: "The client that asks.") var client: String = "127.0.0.1"

  func validate() throws {
    guard Name(name) != nil else { throw ValidationError("\"\(name)\" is no domain name.") }
    guard RecordType(type) != nil else {
      throw ValidationError("\"\(type)\" is no record type, expected A, AAAA, HTTPS, TYPE65 ...")
    }
    guard IPAddress(client) != nil else { throw ValidationError("\"\(client)\" is no IP address.") }
  }

  func run() async throws {
    try await failing {
      guard let name = Name(name), let type = RecordType(type), let client = IPAddress(client) else { return }
      let snapshot = try SnapshotBuilder(options.read()).build(generation: 1)
      let trial = Trial(name: name, type: type, client: client, snapshot: snapshot)
      print(trial.report())
    }
  }
}
