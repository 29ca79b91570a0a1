import ArgumentParser
import Sinkhole

/// `sinkholed check`: everything that `run` would refuse, and what it would warn of.
struct Check: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Check the configuration and every zone; exits 1 with all faults.")

  @OptionGroup var options: ConfigurationOption
  @Flag(name: .long, help: "Exit 1 for warnings too, and for triggers that a guard has left out.") var strict = false

  func run() async throws {
    try await failing {
      let configuration = try options.read()
      let builder = SnapshotBuilder(configuration)
      let snapshot = try builder.build(generation: 1)
      for zone in snapshot.policy.zones {
        print("zone \(zone.title) serial \(zone.serial) triggers \(zone.source.triggerCount) file \(zone.source.file)")
      }
      for line in snapshot.routing.lines { print("upstream \(line)") }
      let warnings =
        try builder.allWarnings(snapshot) + ZoneSerials(keptIn: configuration.state).warnings(for: snapshot.policy)
        + CertificateKeeper.warnings(configuration, snapshot.policy)
      for warning in warnings { printError("warning: \(warning)") }
      print("ok: \(snapshot.policy.services.count) services, \(snapshot.policy.index.nameCount) names")
      if strict, !warnings.isEmpty { throw ExitCode.failure }
    }
  }
}
