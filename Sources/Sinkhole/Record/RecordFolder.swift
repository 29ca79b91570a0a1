/// Folds repeats: a page that is open asks for its names again and again, and a thousand equal lines hide the one
/// that differs. The first of several equal events is written at once, so that it is seen at once. What equals it
/// within the window is counted, and when the window ends, becomes one line with `count` and `last`. Then the next
/// is a first again. Every event is counted in exactly one line: the counts add up to the queries.
///
/// Equal are events of one client (as it is written), group, name, type, rule and verdict. What else a line holds is
/// that of the first, its reference too: whoever looks for it finds both lines.
///
/// All windows are equally long, so they end in the order in which they open: a ring holds them, a dictionary finds
/// them. Times come in; nothing here looks at a clock.
package struct RecordFolder {
  /// Where lines go: the record, and its client as it is written.
  package typealias Writer = (RestrictedRecord, String?) -> Void

  private struct Key: Hashable {
    let client: String?
    let group: String
    let name: Name
    let type: RecordType
    let rule: String
    let verdict: String

    init(_ record: RestrictedRecord, client: String?) {
      self.client = client
      group = record.group
      name = record.name
      type = record.type
      rule = record.rule
      verdict = record.verdict
    }
  }

  private struct Window {
    let client: String?
    let end: UInt64
    /// The first event until there is another; then `count`, `time` and `last` are those of the ones behind it.
    var record: RestrictedRecord
  }

  private let length: UInt64
  private let capacity: Int
  private let counters: RecordCounters
  /// Windows are numbered as they open; window `n` lies at `n` modulo the ring's size, a power of two that grows as
  /// needed. Open are those from `oldest` to before `next`.
  private var ring: [Window?] = []
  private var oldest = 0
  private var next = 0
  /// The number of the window of a key.
  private var numbers: [Key: Int] = [:]

  /// - Parameters:
  ///   - window: milliseconds; 0 folds nothing.
  ///   - capacity: windows open at once, at least 1. When there are so many, the oldest ends early.
  package init(window: UInt64, capacity: Int, counters: RecordCounters) {
    length = window
    self.capacity = max(capacity, 1)
    self.counters = counters
  }

  /// Windows that are open now.
  package var count: Int { next - oldest }

  /// Takes an event that happened at `now` (milliseconds that only go forward), and writes what is due by it.
  package mutating func add(_ record: RestrictedRecord, client: String?, now: UInt64, write: Writer) {
    guard length > 0 else { return write(record, client) }
    expire(now: now, write: write)
    let key = Key(record, client: client)
    if let number = numbers[key] { return count(record, in: number & (ring.count - 1)) }
    write(record, client)
    if count == capacity {
      counters.add(.foldsEarly)
      endOldest(write)
    }
    if count == ring.count { grow() }
    let (end, overflow) = now.addingReportingOverflow(length)
    ring[next & (ring.count - 1)] = Window(client: client, end: overflow ? .max : end, record: record)
    numbers[key] = next
    next += 1
  }

  /// Writes the lines of all windows that have ended by `now`.
  package mutating func expire(now: UInt64, write: Writer) {
    while count > 0, let end = ring[oldest & (ring.count - 1)]?.end, end <= now { endOldest(write) }
  }

  /// Ends every window: nothing that was counted is lost when the server stops.
  package mutating func finish(write: Writer) {
    while count > 0 { endOldest(write) }
  }

  private mutating func count(_ record: RestrictedRecord, in place: Int) {
    counters.add(.folded, record.count)
    if ring[place]?.record.last == nil {
      ring[place]?.record.time = record.time
      ring[place]?.record.count = 0
    }
    ring[place]?.record.count += record.count
    ring[place]?.record.last = record.last ?? record.time
  }

  private mutating func endOldest(_ write: Writer) {
    let place = oldest & (ring.count - 1)
    oldest += 1
    guard let window = ring[place] else { return }
    ring[place] = nil
    numbers[Key(window.record, client: window.client)] = nil
    if window.record.last != nil { write(window.record, window.client) }
  }

  private mutating func grow() {
    var larger = [Window?](repeating: nil, count: max(ring.count * 2, 16))
    for number in oldest..<next { larger[number & (larger.count - 1)] = ring[number & (ring.count - 1)] }
    ring = larger
  }
}
