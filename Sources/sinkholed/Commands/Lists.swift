import ArgumentParser
import Sinkhole

/// `sinkholed lists`: the fetched lists of the running server.
struct Lists: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Print the fetched lists of the running server, or fetch one now.")

  @OptionGroup var control: ControlOption
  @Option(name: .long, help: "Fetch this list now.") var refresh: String?
  @Flag(name: .long, help: "Take it even if it has shrunk by more than half.") var acceptShrink = false

  func validate() throws {
    if acceptShrink, refresh == nil { throw ValidationError("--accept-shrink goes with --refresh NAME.") }
    if let refresh, refresh.contains(where: \.isWhitespace) { throw ValidationError("\"\(refresh)\" has blanks in it.") }
  }

  func run() async throws {
    guard let refresh else { return try await control.send("lists") }
    try await control.send("lists \(acceptShrink ? "accept" : "refresh") \(refresh)")
  }
}
