import Foundation
import Sinkhole

/// 24 hours by a clock that is a parameter: Zipf traffic with a share of names asked once. The process grows by nothing
/// once the cache is full, and the cache's books agree with what it says when it is asked.
struct Day {
  struct Failure: Error, CustomStringConvertible {
    let description: String
  }

  let names: Int

  private static let size = 16 << 20
  private static let questionsPerSecond = 100

  func run() throws {
    print("A day: \(Day.questionsPerSecond) questions a second, a tenth of them for names that nobody asks for again")
    print(Table.row(["hour", "hits %", "responses", "let go", "resident MB"]))
    var trace = Trace(names: names, skew: 0.9, unique: 0.1, questionsPerSecond: Day.questionsPerSecond)
    var subject = Subject(size: Day.size)
    let capacity = subject.cache.statistics().capacity
    var stored = 0
    var settled = 0.0
    for hour in 1...24 {
      var hits = 0
      for _ in 0..<(3600 * Day.questionsPerSecond) {
        let question = trace.next()
        if subject.ask(question.name, second: question.second) { hits += 1 } else { stored += 1 }
      }
      let statistics = subject.cache.statistics(inspects: true)
      let resident = Day.resident()
      if hour == 4 { settled = resident }
      print(
        Table.row([
          "\(hour)", Table.number(Double(hits) / Double(36 * Day.questionsPerSecond), 1), "\(statistics.entries)",
          "\(statistics.evictions)", Table.number(resident, 1),
        ]))
      guard statistics.isConsistent else { throw Failure(description: "the books of a shard do not agree") }
      guard statistics.octets <= capacity, statistics.capacity == capacity else {
        throw Failure(description: "\(statistics.octets) octets are held, expected \(capacity) at most")
      }
      guard statistics.entries + statistics.evictions <= stored else {
        throw Failure(description: "more responses than were ever stored")
      }
      guard hour <= 4 || resident < settled + 2 else {
        throw Failure(description: "the process has grown to \(resident) MB, expected \(settled) as after four hours")
      }
    }
    print("books and bounds agree")
  }

  /// In MB.
  private static func resident() -> Double {
    let text = (try? String(contentsOfFile: "/proc/self/statm", encoding: .utf8)) ?? ""
    let pages = text.split(separator: " ").dropFirst().first.flatMap { Double($0) } ?? 0
    return pages * 4096 / 1e6
  }
}
