import Sinkhole
import Support
import Testing

@Suite("Folding of repeats")
struct RecordFolderTests {
  /// A folder, and what it wrote: each line as `NAME COUNT FIRST..LAST`, in milliseconds after the start.
  private struct Play {
    let counters = RecordCounters()
    var folder: RecordFolder
    var lines: [String] = []
    var queries = 0

    init(window: UInt64 = 60_000, capacity: Int = 100) {
      folder = RecordFolder(window: window, capacity: capacity, counters: counters)
    }

    mutating func add(_ record: RestrictedRecord, client: String? = "192.0.2.7", at now: Int64) {
      var record = record
      record.time = RestrictedRecord.start + now
      collect { $0.add(record, client: client, now: UInt64(now), write: $1) }
    }

    mutating func expire(at now: UInt64) { collect { $0.expire(now: now, write: $1) } }
    mutating func finish() { collect { $0.finish(write: $1) } }

    private mutating func collect(_ body: (inout RecordFolder, RecordFolder.Writer) -> Void) {
      var written: [RestrictedRecord] = []
      body(&folder) { record, _ in written.append(record) }
      for record in written {
        queries += record.count
        let first = record.time - RestrictedRecord.start
        let last = record.last.map { "..\($0 - RestrictedRecord.start)" } ?? ""
        lines.append("\(record.name) \(record.count) \(first)\(last)")
      }
    }
  }

  @Test("the first is written at once, what repeats it within the window as one line at its end")
  func folds() {
    var play = Play()
    play.add(.example("a.example"), at: 0)
    #expect(play.lines == ["a.example 1 0"])
    for now: Int64 in [10, 59_999] { play.add(.example("a.example"), at: now) }
    play.expire(at: 59_999)
    #expect(play.lines.count == 1)
    play.expire(at: 60_000)
    #expect(play.lines == ["a.example 1 0", "a.example 2 10..59999"])
    #expect(play.counters.value(.folded) == 2)
    #expect(play.folder.count == 0)
  }

  @Test("an event that nothing repeats gets no second line")
  func alone() {
    var play = Play()
    play.add(.example("a.example"), at: 0)
    play.expire(at: 60_000)
    play.finish()
    #expect(play.lines == ["a.example 1 0"])
  }

  @Test("after the window the next is a first again, and another event ends a window that is over")
  func again() {
    var play = Play()
    for now: Int64 in [0, 1, 60_000] { play.add(.example("a.example"), at: now) }
    #expect(play.lines == ["a.example 1 0", "a.example 1 1..1", "a.example 1 60000"])
    play.add(.example("a.example"), at: 60_001)
    play.add(.example("b.example"), at: 120_000)
    #expect(play.lines.dropFirst(3) == ["a.example 1 60001..60001", "b.example 1 120000"])
  }

  @Test(
    "what differs in client, group, name, type, rule or verdict is no repeat",
    arguments: [
      (.example(group: "guests"), "192.0.2.7"), (.example("deepseek.com"), "192.0.2.7"),
      (.example(type: .aaaa), "192.0.2.7"), (.example(verdict: "observed"), "192.0.2.7"),
      (.example(rule: "other"), "192.0.2.7"), (.example(), "192.0.2.8"), (.example(), nil),
    ] as [(RestrictedRecord, String?)])
  func differs(_ other: RestrictedRecord, _ client: String?) {
    var play = Play()
    play.add(.example(), at: 0)
    play.add(other, client: client, at: 1)
    #expect(play.lines.count == 2)
    play.finish()
    #expect(play.lines.count == 2)
  }

  @Test("what differs only in time, transport or reference is a repeat, and keeps the first's")
  func same() {
    var folder = RecordFolder(window: 60_000, capacity: 10, counters: RecordCounters())
    var written: [RestrictedRecord] = []
    folder.add(.example(), client: nil, now: 0) { record, _ in written.append(record) }
    var other = RestrictedRecord.example(after: 5)
    (other.transport, other.reference) = ("tcp", "zzzzzzzzzz")
    folder.add(other, client: nil, now: 5) { record, _ in written.append(record) }
    folder.finish { record, _ in written.append(record) }
    #expect(written.map(\.reference) == ["abcdefghij", "abcdefghij"])
    #expect(written.map(\.transport) == ["udp", "udp"])
    #expect(written.map(\.count) == [1, 1])
  }

  @Test("a window of 0 folds nothing")
  func off() {
    var play = Play(window: 0)
    for now: Int64 in [0, 0, 1] { play.add(.example("a.example"), at: now) }
    play.finish()
    #expect(play.lines == ["a.example 1 0", "a.example 1 0", "a.example 1 1"])
    #expect(play.counters.value(.folded) == 0)
  }

  @Test("when the table is full the oldest window ends early: its line is written, and that is counted")
  func full() {
    var play = Play(capacity: 2)
    play.add(.example("a.example"), at: 0)
    play.add(.example("a.example"), at: 1)
    play.add(.example("b.example"), at: 2)
    #expect(play.counters.value(.foldsEarly) == 0)
    play.add(.example("c.example"), at: 3)
    #expect(play.lines == ["a.example 1 0", "b.example 1 2", "c.example 1 3", "a.example 1 1..1"])
    #expect(play.counters.value(.foldsEarly) == 1)
    #expect(play.folder.count == 2)
    // What went is a first again.
    play.add(.example("a.example"), at: 4)
    #expect(play.lines.last == "a.example 1 4")
  }

  @Test(
    "the counts of all lines add up to the queries, whatever comes in which order",
    arguments: 1...8 as ClosedRange<UInt64>)
  func sums(_ seed: UInt64) {
    var random = SeededRandom(seed: seed)
    let capacity = Int.random(in: 1...40, using: &random)
    var play = Play(window: .random(in: 1...50, using: &random), capacity: capacity)
    var now: Int64 = 0
    for _ in 0..<5000 {
      now += .random(in: 0...3, using: &random)
      play.add(.example("n\(Int.random(in: 0..<60, using: &random)).example"), at: now)
      #expect(play.folder.count <= capacity)
    }
    play.finish()
    #expect(play.queries == 5000)
    #expect(play.lines.count == 5000 - Int(play.counters.value(.folded)) + play.lines.count { $0.contains("..") })
    #expect(play.folder.count == 0)
  }
}
