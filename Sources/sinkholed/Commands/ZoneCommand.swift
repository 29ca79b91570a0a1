import ArgumentParser
import Sinkhole

/// `sinkholed zone`: tools for zones and lists, which need no running server.
struct ZoneCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "zone", abstract: "Check, search, count, compare and convert policy zones and lists.",
    subcommands: [
      ZoneCheck.self, ZoneList.self, ZoneFind.self, ZoneStats.self, ZoneExportCommand.self, ZoneImport.self,
      ZoneDiff.self,
    ])
}

/// `[--config FILE] [SOURCE...]`: which zones a tool is about.
struct ZoneSources: ParsableArguments {
  @OptionGroup var options: ConfigurationOption
  @Argument(help: "Zones and lists, or folders of them; by default those of the configuration.")
  var sources: [String] = []

  func files(guard nameGuard: NameGuard = NameGuard()) throws(Faults) -> CatalogueFiles {
    guard sources.isEmpty else { return try CatalogueFiles(sources, guard: nameGuard) }
    return try SourceLoader.catalogueFiles(of: options.read(), guard: nameGuard)
  }
}

extension ResultWriter {
  /// Has `body` write lines, and then writes what is left of them.
  static func lines(_ body: (_ line: @escaping (String) throws(SystemError) -> Void) throws(SystemError) -> Void)
    throws(SystemError)
  {
    var writer = ResultWriter()
    try withoutActuallyEscaping({ (text: String) throws(SystemError) in try writer.line(text) }) {
      line throws(SystemError) in
      try body(line)
    }
    try writer.flush()
  }
}

/// `sinkholed zone check [SOURCE...]`
struct ZoneCheck: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "check",
    abstract: "Say what is wrong in zones, and what is probably not meant; exits 1 for what is wrong.",
    discussion: "The first source is the strongest, as in zones of the configuration.")

  @OptionGroup var zones: ZoneSources
  @Flag(name: .long, help: "Exit 1 for advice too.") var strict = false

  func run() async throws {
    try await failing {
      let nameGuard = NameGuard()
      let check = CatalogueCheck(try zones.files(guard: nameGuard), guard: nameGuard)
      for line in check.faults.lines { printError(line) }
      for line in check.advice.lines { printError("advice: \(line)") }
      for zone in check.zones {
        print("zone \(zone.title) serial \(zone.serial) triggers \(zone.triggerCount) file \(zone.file)")
      }
      let isFailed = check.faults.count > 0 || strict && check.advice.count > 0
      print("\(isFailed ? "failed" : "ok"): \(check.faults.count) faults, \(check.advice.count) pieces of advice")
      if isFailed { throw ExitCode.failure }
    }
  }
}

/// `sinkholed zone find NAME [SOURCE...]`
struct ZoneFind: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "find", abstract: "Say which record of which zone rules over a name, and why; exits 1 when none does.")

  @Argument(help: "The name.") var name: String
  @OptionGroup var zones: ZoneSources

  func validate() throws {
    guard Name(name) != nil else { throw ValidationError("\"\(name)\" is no domain name.") }
  }

  func run() async throws {
    try await failing {
      guard let name = Name(name) else { return }
      let finder = NameFinder(name)
      try zones.files().visit(finder) { finder.end(of: $0) }
      try ResultWriter.lines { line throws(SystemError) in
        for text in finder.report { try line(text) }
      }
      if finder.answers.isEmpty { throw ExitCode.failure }
    }
  }
}
