/// Counts records by what they say, in memory that does not grow with their number.
package struct RecordSummary {
  /// What is counted, in the order in which it is shown.
  package static let keys: [RecordKey] = [.service, .group, .verdict, .client, .name]

  package private(set) var lines = 0
  /// Queries, folded ones too.
  package private(set) var queries = 0
  private var tables: [CappedCounts]

  package init(entries: Int = RecordLimits.summaryEntries) {
    tables = RecordSummary.keys.map { _ in CappedCounts(capacity: entries) }
  }

  package mutating func add(_ record: RecordView) {
    let count = record.count
    lines += 1
    queries = queries.addingClamped(count)
    for index in RecordSummary.keys.indices {
      tables[index].add(record.text(RecordSummary.keys[index]) ?? "-", count)
    }
  }

  /// The rows for one of `keys`, the largest first, and what the others come to.
  package func rows(_ key: RecordKey) -> (rows: [(text: String, count: Int)], others: Int) {
    guard let index = RecordSummary.keys.firstIndex(of: key) else { return ([], 0) }
    let isMany = key == .name || key == .client
    return tables[index].rows(isMany ? RecordLimits.summaryTopRows : RecordLimits.summaryRows)
  }
}

/// Counts by text, a bounded number of texts at once. When there are more, the rarer half of them goes to `others`
/// and starts from nothing if it comes again: so the counts and `others` always add up to what came, and what is
/// frequent throughout keeps its place. A count of a text that was rare at first may be too low by what went.
struct CappedCounts {
  private let capacity: Int
  private var counts: [String: Int] = [:]
  private var others = 0

  init(capacity: Int) { self.capacity = max(capacity, 2) }

  mutating func add(_ text: String, _ count: Int) {
    if counts[text] == nil, counts.count == capacity { removeRarer() }
    counts[text, default: 0] = counts[text, default: 0].addingClamped(count)
  }

  func rows(_ limit: Int) -> (rows: [(text: String, count: Int)], others: Int) {
    let sorted = counts.sorted { $0.value != $1.value ? $0.value > $1.value : $0.key < $1.key }
    let rest = sorted.dropFirst(limit).reduce(others) { $0.addingClamped($1.value) }
    return (sorted.prefix(limit).map { (text: $0.key, count: $0.value) }, rest)
  }

  private mutating func removeRarer() {
    let sorted = counts.sorted { $0.value != $1.value ? $0.value > $1.value : $0.key < $1.key }
    for (text, count) in sorted.dropFirst(capacity / 2) {
      others = others.addingClamped(count)
      counts[text] = nil
    }
  }
}

extension Int {
  /// The sum, or the largest number: a file can say anything.
  fileprivate func addingClamped(_ other: Int) -> Int {
    let (sum, overflow) = addingReportingOverflow(other)
    return overflow ? .max : sum
  }
}
