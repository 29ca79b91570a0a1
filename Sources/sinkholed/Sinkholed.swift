import ArgumentParser

/// The command line: one command for each thing an operator does.
@main
struct Sinkholed: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "sinkholed",
    abstract: "A DNS sinkhole resolver: restricts listed services, says so, and forwards everything else.",
    subcommands: [
      Run.self, Check.self, Explain.self, PolicyCommand.self, ZoneCommand.self, Authorise.self, Lists.self, LogCommand.self,
      CacheCommand.self, CertificateAuthority.self, Reload.self, StatusCommand.self,
    ])
}
