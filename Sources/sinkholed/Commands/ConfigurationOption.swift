import ArgumentParser
import Glibc
import Sinkhole

/// `--config FILE`, and what every command does with it.
struct ConfigurationOption: ParsableArguments {
  @Option(name: .long, help: "Configuration file; without it, safe defaults.")
  var config: String?

  func read() throws(Faults) -> Configuration {
    guard let config else { return .defaults }
    return try ConfigurationReader.read(file: config)
  }
}

/// Prints to standard error, where everything goes that is no result.
func printError(_ text: String) {
  let line = Array((text + "\n").utf8)
  _ = unsafe line.withUnsafeBytes { octets in unsafe write(STDERR_FILENO, octets.baseAddress, octets.count) }
}

/// Runs `body`; faults and refusals are printed, one a line, and the command ends with 1.
func failing<Result>(_ body: () async throws -> Result) async throws -> Result {
  do {
    return try await body()
  } catch let error as ExitCode {
    throw error
  } catch {
    printError("\(error)")
    throw ExitCode.failure
  }
}
