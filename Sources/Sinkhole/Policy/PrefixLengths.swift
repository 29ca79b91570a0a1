import Synchronization

/// The lengths of the blocks that exceptions are held for: a client is looked for once for each of them, and not at all
/// while there is none.
final class PrefixLengths: Sendable {
  /// Blocks of each length, 1 to 64, of one family.
  private struct Family: ~Copyable, Sendable {
    /// Bit `length - 1` is set when there is one.
    let used = Atomic<UInt64>(0)
    let counts = Mutex<[Int]>([Int](repeating: 0, count: 65))
  }

  private let v4 = Family()
  private let v6 = Family()

  @inline(__always)
  func used(_ family: IPAddress.Family) -> UInt64 {
    switch family {
    case .v4: v4.used.load(ordering: .acquiring)
    case .v6: v6.used.load(ordering: .acquiring)
    }
  }

  func add(_ prefix: IPPrefix) { change(prefix, by: 1) }
  func remove(_ prefix: IPPrefix) { change(prefix, by: -1) }

  private func change(_ prefix: IPPrefix, by amount: Int) {
    switch prefix.address.family {
    case .v4: PrefixLengths.change(v4, prefix.length, by: amount)
    case .v6: PrefixLengths.change(v6, prefix.length, by: amount)
    }
  }

  private static func change(_ family: borrowing Family, _ length: Int, by amount: Int) {
    // A block of everyone, or of less than clients count by, is looked for by nobody.
    guard (1...64).contains(length) else { return }
    family.counts.withLock { counts in
      counts[length] += amount
      let bit: UInt64 = 1 << UInt64(length - 1)
      let used = family.used.load(ordering: .relaxed)
      family.used.store(counts[length] > 0 ? used | bit : used & ~bit, ordering: .releasing)
    }
  }
}
