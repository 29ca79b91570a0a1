import ArgumentParser
import Sinkhole

/// `sinkholed cache`
struct CacheCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "cache", abstract: "Look into the running server's cache, or have it forget.",
    subcommands: [CacheShow.self, CacheFlush.self])
}

/// `sinkholed cache show NAME`
struct CacheShow: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "show", abstract: "Print what is held for a name: one line a type, stale responses included.")

  @OptionGroup var control: ControlOption
  @Argument(help: "The name.") var name: String
  @Flag(name: .long, help: "Print one JSON object.") var json = false

  func validate() throws { try CacheName.check(name) }

  func run() async throws { try await control.send("cache \(json ? "show-json" : "show") \(name)") }
}

/// `sinkholed cache flush NAME`
struct CacheFlush: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "flush", abstract: "Have the server forget a name, and ask for it again.",
    discussion: "Stubs keep what they were told until its TTL ends.")

  @OptionGroup var control: ControlOption
  @Argument(help: "The name, of all types.") var name: String?
  @Flag(name: .long, help: "All names below it, too.") var below = false
  @Flag(name: .long, help: "Everything.") var all = false

  func validate() throws {
    guard (name == nil) == all, !(all && below) else {
      throw ValidationError("Give a name, with --below or without, or --all.")
    }
    if let name { try CacheName.check(name) }
  }

  func run() async throws {
    guard let name else { return try await control.send("cache flush-all") }
    try await control.send("cache \(below ? "flush-below" : "flush") \(name)")
  }
}

private enum CacheName {
  /// The request is one line of words.
  static func check(_ name: String) throws {
    guard Name(name) != nil, !name.contains(where: \.isWhitespace) else {
      throw ValidationError("\"\(name)\" is no domain name. Give one as www.example.org, a blank in it as \\032.")
    }
  }
}
