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
  @Option(name: .long, help: "The instant it is judged at, as 2026-12-01T09:00+09:00; by default now.") var at: String?
  @Flag(name: .long, help: "Print one JSON object.") var json = false

  func validate() throws {
    guard Name(name) != nil else { throw ValidationError("\"\(name)\" is no domain name.") }
    guard RecordType(type) != nil else {
      throw ValidationError("\"\(type)\" is no record type, expected A, AAAA, HTTPS, TYPE65 ...")
    }
    guard IPAddress(client) != nil else { throw ValidationError("\"\(client)\" is no IP address.") }
    if let at, Instant(at, in: .utc) == nil {
      throw ValidationError("\"\(at)\" is no instant, expected 2026-12-01T09:00+09:00 or 2026-12-01.")
    }
  }

  func run() async throws {
    try await failing {
      guard let name = Name(name), let type = RecordType(type), let client = IPAddress(client)?.unmapped else { return }
      let snapshot = try SnapshotBuilder(options.read()).build(generation: 1)
      // Without an offset the instant is by the site's own clocks.
      let instant = at.flatMap { Instant($0, in: snapshot.clocks) } ?? .now()
      let trial = Trial(name: name, type: type, client: client, snapshot: snapshot, at: instant)
      print(json ? trial.json() : trial.report())
    }
  }
}
