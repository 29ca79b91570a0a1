import Foundation
import Sinkhole

/// One list, read, indexed, asked and reloaded, in a process of its own: what another list has left in the allocator
/// would be in its memory too.
struct Case {
  struct Figures: Codable {
    var names: Int
    var zones: Int
    /// Octets of the text.
    var text: Int
    /// Seconds.
    var read: Double
    /// Seconds, the median of five.
    var build: Double
    /// Octets a name, as counted.
    var arena: Double
    var table: Double
    /// Octets a name that the process has grown by.
    var residentZones: Double
    var residentTable: Double
    var lookups: [String: Lookups.Figures] = [:]
    /// The table built anew from the same zones.
    var rebuild: Reloads.Figures
    /// The text read anew too.
    var reload: Reloads.Figures
  }

  struct WrongAnswer: Error, CustomStringConvertible {
    let kind: Lookups.Kind
    var description: String { "\(kind.rawValue): a look found what is not listed, or not what is" }
  }

  let names: Int
  let zones: Int

  func run() throws -> Figures {
    let folder = URL(fileURLWithPath: NSTemporaryDirectory()).appendingPathComponent("policy-bench-\(getpid())")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let files = try ZoneFiles(names: names, zones: zones, in: folder)
    var (figures, zones) = try load(files)
    let questions = try ask(zones, &figures)
    figures.rebuild = try rebuild(zones, questions)
    // What is read anew below has the memory to itself.
    zones = []
    figures.reload = try Reloads.measure(questions, times: 1) { try Loaded(files) }
    return figures
  }

  private func load(_ files: ZoneFiles) throws -> (Figures, [PolicyZone]) {
    let before = ProcessMemory.resident
    var start = Clock.nanoseconds()
    let zones = try files.paths.map { try PolicyZoneReader.read(file: $0) }
    let read = seconds(since: start)
    let withZones = ProcessMemory.resident
    var index = try PolicyIndexBuilder.build(zones)
    let withTable = ProcessMemory.resident
    var times: [Double] = []
    for _ in 0..<5 {
      start = Clock.nanoseconds()
      index = try PolicyIndexBuilder.build(zones)
      times.append(seconds(since: start))
    }
    let none = Reloads.Figures(quiet: 0, longest: 0, peak: 0)
    let figures = Figures(
      names: names, zones: self.zones, text: files.size, read: read, build: times.sorted()[2],
      arena: each(zones.reduce(0) { $0 + $1.triggers.octets.count }), table: each(index.tableSize),
      residentZones: each(withZones - before), residentTable: each(withTable - withZones), rebuild: none, reload: none)
    return (figures, zones)
  }

  /// Measures looks, and gives questions for the measurements that follow: one in ten is listed.
  private func ask(_ zones: [PolicyZone], _ figures: inout Figures) throws -> [Question] {
    var lookups = Lookups(try PolicyIndexBuilder.build(zones), names: names)
    for kind in Lookups.Kind.allCases {
      guard let measured = lookups.measure(kind) else { throw WrongAnswer(kind: kind) }
      figures.lookups[kind.rawValue] = measured
    }
    var questions = (0..<1024).map { lookups.question($0 % 10 == 0 ? .hit : .miss) }
    for place in questions.indices { questions[place].hash() }
    return questions
  }

  private func rebuild(_ zones: [PolicyZone], _ questions: [Question]) throws -> Reloads.Figures {
    try Reloads.measure(questions, times: 5) { try Loaded(zones) }
  }

  private func each(_ octets: Int) -> Double { Double(octets) / Double(names) }

  private func seconds(since start: UInt64) -> Double { Double(Clock.nanoseconds() - start) / 1e9 }
}
