import ArgumentParser
import Sinkhole

/// `sinkholed policy`: what the rules come to.
struct PolicyCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "policy", abstract: "Show the order of rules, and what a change of them changes.",
    subcommands: [PolicyShow.self, PolicyDiff.self, PolicyAllow.self, PolicyAllowed.self, PolicyDisallow.self])
}

/// `sinkholed policy show GROUP`
struct PolicyShow: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "show", abstract: "Print the rules that a group is held to, in their order.")

  @OptionGroup var options: ConfigurationOption
  @Argument(help: "A group; without one, clients in no group.") var group: String?

  func run() async throws {
    try await failing {
      let configuration = try options.read()
      let policy = try SnapshotBuilder(configuration).build(generation: 1).policy
      guard let known = policy.groups.first(where: { $0.name == group }) else {
        let names = policy.groups.compactMap(\.name)
        let list = names.isEmpty ? "there is none" : "expected one of: \(names.joined(separator: ", "))"
        throw ValidationError("\"\(group ?? "")\" is no group, \(list).")
      }
      print(PolicyOutline(policy, group: known, definition: configuration.definition, at: .now()).text)
    }
  }
}

/// `sinkholed policy diff OLD NEW`
struct PolicyDiff: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "diff", abstract: "Say which names change for whom between two configurations.",
    discussion: "Asks both for every name that one of them lists, and for those of --names.")

  @Argument(help: "The configuration that holds.") var old: String
  @Argument(help: "The one that is to come.") var new: String
  @Option(name: .long, help: "A file of further names, one a line.") var names: String?
  @Option(name: .long, help: "Lines for each change of a group at most; 0: all.") var most = 20
  @Option(name: .long, help: "The instant that both are judged at; by default now.") var at: String?

  func validate() throws {
    guard most >= 0 else { throw ValidationError("--most takes 0 or more.") }
    if let at, Instant(at, in: .utc) == nil {
      throw ValidationError("\"\(at)\" is no instant, expected 2026-12-01T09:00+09:00 or 2026-12-01.")
    }
  }

  func run() async throws {
    try await failing {
      func snapshot(_ file: String) throws -> Snapshot {
        try SnapshotBuilder(ConfigurationReader.read(file: file)).build(generation: 1)
      }
      let (before, after) = (try snapshot(old), try snapshot(new))
      let instant = at.flatMap { Instant($0, in: after.clocks) } ?? .now()
      let further = try names.map { try NameList.read(file: $0) } ?? []
      let difference = PolicyDifference(from: before.policy, to: after.policy, names: further, at: instant)
      print(difference.text(most: most == 0 ? .max : most))
    }
  }
}
