/// How much room the rest of a file will take in the arena, told from its first part: made at once, it costs no copies.
struct ArenaEstimate {
  /// Octets of the file that are told from.
  private static let sample = 192 << 10

  private let size: Int
  private let before: Int
  private var isDone: Bool

  init(_ size: Int, _ arena: borrowing TriggerArena) {
    self.size = size
    before = arena.octets.count
    isDone = size < ArenaEstimate.sample * 2
  }

  /// Octets that the arena will have, once the sample is read; nil before and after.
  @inline(__always)
  mutating func octets(after consumed: Int, _ arena: borrowing TriggerArena) -> Int? {
    guard !isDone, consumed >= ArenaEstimate.sample else { return nil }
    isDone = true
    let sampled = arena.octets.count - before
    return before + sampled * (size / 1024) / (consumed / 1024) * 17 / 16 + 4096
  }
}
