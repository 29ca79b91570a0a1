import Foundation
import Sinkhole

/// Hit rates of the server's cache and of rules by the book with room for as many responses, over the same questions.
struct Replacement {
  let questions: Int
  let names: Int

  private static let size = 8 << 20
  private static let questionsPerSecond = 2000

  func run() {
    print("Hits of 100 questions; \(names) names, \(Replacement.questionsPerSecond) questions a second, TTLs of 30 s to a day")
    print(Table.row(["skew", "asked once", "responses", "FIFO", "CLOCK", "LRU", "S3-FIFO", "Sinkhole"]))
    for unique in [0, 0.1, 0.5] {
      for skew in [0.7, 0.9, 1.0, 1.1] {
        let trace = Trace(names: names, skew: skew, unique: unique, questionsPerSecond: Replacement.questionsPerSecond)
        let (ours, room) = subject(trace)
        let rates = [
          rate(FIFO(capacity: room), trace), rate(Clock(capacity: room), trace), rate(LRU(capacity: room), trace),
          rate(S3FIFO(capacity: room), trace), ours,
        ]
        print(Table.row(["\(skew)", "\(Int(unique * 100)) %", "\(room)"] + rates.map { Table.number($0 * 100, 2) }))
      }
    }
    print("")
  }

  /// The first fifth fills the cache and does not count.
  private func rate(_ model: some Model, _ trace: Trace) -> Double {
    var model = model
    return rate(trace) { model.ask($0.name, second: $0.second) }
  }

  private func rate(_ trace: Trace, _ ask: (Trace.Question) -> Bool) -> Double {
    var trace = trace
    for _ in 0..<(questions / 5) { _ = ask(trace.next()) }
    var hits = 0
    for _ in 0..<questions where ask(trace.next()) { hits += 1 }
    return Double(hits) / Double(questions)
  }

  private func subject(_ trace: Trace) -> (rate: Double, room: Int) {
    var subject = Subject(size: Replacement.size)
    let rate = rate(trace) { subject.ask($0.name, second: $0.second) }
    return (rate, subject.cache.statistics().entries)
  }
}

enum Table {
  static func row(_ cells: [String]) -> String {
    cells.map { $0.padding(toLength: max(11, $0.count), withPad: " ", startingAt: 0) }.joined(separator: " ")
      .trimmingCharacters(in: .whitespaces)
  }

  static func number(_ value: Double, _ places: Int) -> String { String(format: "%.\(places)f", value) }
}
