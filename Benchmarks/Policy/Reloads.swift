import Glibc
import Sinkhole
import Synchronization

/// What serves: the zones, which a policy keeps to explain itself, and the index over them.
struct Loaded {
  let zones: [PolicyZone]
  let index: PolicyIndex

  init(_ zones: [PolicyZone]) throws {
    self.zones = zones
    index = try PolicyIndexBuilder.build(zones)
  }

  init(_ files: ZoneFiles) throws {
    try self.init(try files.paths.map { try PolicyZoneReader.read(file: $0) })
  }
}

/// A policy is built anew and put in place while a thread looks names up without a rest, as a worker does: it sees a
/// number change, takes the new one and says so; then the old one is let go.
final class Reloads: Sendable {
  struct Figures: Codable {
    /// Milliseconds between the ends of two looks, at most: while nothing else was done, and during the reloads.
    var quiet: Double
    var longest: Double
    /// The most resident memory during the reloads, to what it was before.
    var peak: Double
  }

  private struct State {
    var loaded: Loaded
    var longest: UInt64 = 0
  }

  private let latest = Atomic(0)
  private let taken = Atomic(0)
  private let isOver = Atomic(false)
  private let state: Mutex<State>

  private init(_ loaded: Loaded) { state = Mutex(State(loaded: loaded)) }

  /// Loads once, then for as long as that took does nothing, then loads `times` times anew.
  static func measure(_ questions: [Question], times: Int, _ load: () throws -> Loaded) throws -> Figures {
    let start = Clock.nanoseconds()
    let reloads = Reloads(try load())
    let duration = Clock.nanoseconds() - start
    let thread = Thread(name: "lookups") { reloads.work(questions) }
    try thread.start()
    defer {
      reloads.isOver.store(true, ordering: .relaxed)
      thread.join()
    }
    _ = reloads.takeLongest()
    usleep(UInt32(min(duration / 1000, 5_000_000)))
    let quiet = reloads.takeLongest()
    let steady = ProcessMemory.resident
    ProcessMemory.resetPeak()
    for _ in 0..<times { reloads.publish(try load()) }
    let longest = reloads.takeLongest()
    return Figures(quiet: quiet, longest: longest, peak: Double(ProcessMemory.peak) / Double(steady))
  }

  /// Looks `questions` up until told that it is over.
  private func work(_ questions: [Question]) {
    var index = state.withLock { $0.loaded.index }
    var generation = 0
    var longest: UInt64 = 0
    var last = Clock.nanoseconds()
    while !isOver.load(ordering: .relaxed) {
      let newest = latest.load(ordering: .acquiring)
      if newest != generation {
        index = state.withLock {
          $0.longest = max($0.longest, longest)
          return $0.loaded.index
        }
        (generation, longest) = (newest, 0)
        taken.store(newest, ordering: .releasing)
      }
      for question in questions {
        _ = question.look(in: index)
        let now = Clock.nanoseconds()
        longest = max(longest, now - last)
        last = now
      }
    }
  }

  private func publish(_ loaded: Loaded) {
    let old = state.withLock { state in
      defer { state.loaded = loaded }
      return state.loaded
    }
    waitUntilTaken()
    // Only now, so that its memory is not given back by the thread that looks names up.
    withExtendedLifetime(old) {}
  }

  private func waitUntilTaken() {
    let generation = latest.add(1, ordering: .releasing).newValue
    while taken.load(ordering: .acquiring) != generation { sched_yield() }
  }

  /// Milliseconds, since it was last asked for.
  private func takeLongest() -> Double {
    waitUntilTaken()
    return state.withLock { state in
      defer { state.longest = 0 }
      return Double(state.longest) / 1e6
    }
  }
}
