import ArgumentParser

/// What the cache keeps, what it costs, and what a day does to it.
@main
struct CacheBench: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "cache-bench",
    abstract: "Measures the cache: hit rates beside other rules of replacement, nanoseconds, and 24 simulated hours.")

  @Option(help: "Questions of each trace.")
  var questions = 4_000_000

  @Option(help: "Names that are asked for, by Zipf's law.")
  var names = 1_000_000

  @Flag(help: "Leave out the hit rates.") var noReplacement = false
  @Flag(help: "Leave out the speed.") var noSpeed = false
  @Flag(help: "Leave out the day.") var noDay = false

  func validate() throws {
    guard (10_000...1_000_000_000).contains(questions), (1000...10_000_000).contains(names) else {
      throw ValidationError("Give 10000 to 1000000000 questions, and 1000 to 10000000 names.")
    }
  }

  func run() throws {
    if !noReplacement { Replacement(questions: questions, names: names).run() }
    if !noSpeed { Speed().run() }
    if !noDay { try Day(names: names).run() }
  }
}
