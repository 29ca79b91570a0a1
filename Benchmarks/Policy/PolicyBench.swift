import ArgumentParser
import Foundation
import Sinkhole

/// How long a list takes to load, what it takes in memory, and what a look at it costs.
@main
struct PolicyBench: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "policy-bench",
    abstract: "Measures the policy index over made-up lists, each in a process of its own.")

  @Option(help: "Sizes of the lists, in names.")
  var sizes = "1000,1000000,10000000"

  @Option(help: "Zones that each list is spread over: 64 at most.")
  var zones = "1,14"

  @Option(help: "Leaves out lists of more names.")
  var limit = NameList.maximumCount / 2

  @Option(help: "Writes the figures to this file.")
  var json: String?

  @Flag(help: .hidden)
  var asChild = false

  func validate() throws {
    try PolicyBench.check("sizes", sizes, upTo: NameList.maximumCount / 2)
    try PolicyBench.check("zones", zones, upTo: PolicyIndex.maximumZones)
  }

  private static func check(_ option: String, _ text: String, upTo limit: Int) throws {
    guard let numbers = numbers(text), numbers.allSatisfy({ (1...limit).contains($0) }) else {
      throw ValidationError("--\(option) is \"\(text)\", expected numbers of 1 to \(limit) with commas between.")
    }
  }

  private static func numbers(_ text: String) -> [Int]? {
    let parts = text.split(separator: ",", omittingEmptySubsequences: false).map { Int($0) }
    return parts.contains(nil) ? nil : parts.compactMap { $0 }
  }

  func run() throws {
    let sizes = (PolicyBench.numbers(self.sizes) ?? []).filter { $0 <= limit }
    let zones = PolicyBench.numbers(self.zones) ?? []
    if asChild {
      let figures = try Case(names: sizes[0], zones: zones[0]).run()
      FileHandle.standardOutput.write(try JSONEncoder().encode(figures))
      return
    }
    var all: [Case.Figures] = []
    for size in sizes {
      for zones in zones {
        let figures = try PolicyBench.child(size, zones)
        print(ResultTable.text(figures))
        all.append(figures)
      }
    }
    guard let json else { return }
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys]
    try encoder.encode(all).write(to: URL(fileURLWithPath: json))
  }

  private static func child(_ size: Int, _ zones: Int) throws -> Case.Figures {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath()
    process.arguments = ["--as-child", "--sizes", "\(size)", "--zones", "\(zones)"]
    let output = Pipe()
    process.standardOutput = output
    try process.run()
    let text = output.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    guard process.terminationStatus == 0 else { throw ExitCode(process.terminationStatus) }
    return try JSONDecoder().decode(Case.Figures.self, from: text)
  }
}
