/// Values of blocks of addresses: the longest prefix that an address lies in decides. Immutable.
///
/// Prefixes are cut into disjoint intervals beforehand, so that a look is one binary search and nothing else: seventeen
/// steps for 100,000 prefixes. An IPv4-mapped IPv6 address is an IPv6 one here; see `IPAddress.unmapped`.
package struct PrefixMap<Value: Sendable>: Sendable {
  /// One prefix twice. The first holds.
  package struct Duplicate: Sendable, Hashable {
    /// Indices into the entries that the map was made from.
    package let first: Int
    package let second: Int
  }

  private let values: [Value]
  private let v4: Intervals<UInt32>
  private let v6: Intervals<UInt128>
  /// In the order of their second entries.
  package let duplicates: [Duplicate]

  package init(_ entries: [(IPPrefix, Value)]) {
    values = entries.map(\.1)
    var v4: [Intervals<UInt32>.Block] = []
    var v6: [Intervals<UInt128>.Block] = []
    for (index, entry) in entries.enumerated() {
      let prefix = entry.0
      switch prefix.address.family {
      case .v4:
        v4.append(.init(first: PrefixMap.bits(prefix.address), length: prefix.length, owner: UInt32(index)))
      case .v6:
        v6.append(.init(first: PrefixMap.wideBits(prefix.address), length: prefix.length, owner: UInt32(index)))
      }
    }
    var duplicates: [Duplicate] = []
    self.v4 = Intervals(v4) { duplicates.append(Duplicate(first: $0, second: $1)) }
    self.v6 = Intervals(v6) { duplicates.append(Duplicate(first: $0, second: $1)) }
    self.duplicates = duplicates.sorted { $0.second < $1.second }
  }

  /// The value of the longest prefix that `address` lies in.
  package func value(for address: IPAddress) -> Value? { entry(for: address)?.value }

  /// The same, with the index of the entry that it comes from.
  @inline(__always)
  package func entry(for address: IPAddress) -> (index: Int, value: Value)? {
    let owner =
      switch address.family {
      case .v4: v4.owner(of: PrefixMap.bits(address))
      case .v6: v6.owner(of: PrefixMap.wideBits(address))
      }
    return owner.map { ($0, values[$0]) }
  }

  private static func bits(_ address: IPAddress) -> UInt32 { UInt32(truncatingIfNeeded: address.low) }
  private static func wideBits(_ address: IPAddress) -> UInt128 { UInt128(address.high) << 64 | UInt128(address.low) }
}

/// Blocks that lie in each other or apart, never across, cut so that each number belongs to the smallest around it.
private struct Intervals<Number: FixedWidthInteger & UnsignedInteger & Sendable>: Sendable {
  struct Block {
    let first: Number
    /// Bits that all its numbers share.
    let length: Int
    let owner: UInt32

    var last: Number { length == 0 ? .max : first | (.max >> Number(length)) }
  }

  private static var nobody: UInt32 { .max }

  /// Where an interval begins, ascending; the first at 0. Each ends before the next.
  private var starts: [Number] = [0]
  private var owners = [nobody]

  /// Tells `duplicate` of each block that is there already, by the owners of both.
  init(_ blocks: [Block], _ duplicate: (Int, Int) -> Void) {
    // What begins first comes first, the larger before what lies in it, and equals in their order.
    let sorted = blocks.sorted {
      ($0.first, $0.length, $0.owner) < ($1.first, $1.length, $1.owner)
    }
    var around: [Block] = []
    for block in sorted {
      close(&around, before: block.first)
      if let outer = around.last, outer.first == block.first, outer.length == block.length {
        duplicate(Int(outer.owner), Int(block.owner))
        continue
      }
      begin(at: block.first, block.owner)
      around.append(block)
    }
    close(&around, before: nil)
  }

  /// Ends the blocks whose last number is less than `number`, the innermost first; nil ends all.
  private mutating func close(_ around: inout [Block], before number: Number?) {
    while let inner = around.last {
      if let number, inner.last >= number { return }
      around.removeLast()
      guard inner.last < .max else { continue }
      begin(at: inner.last + 1, around.last?.owner ?? Intervals.nobody)
    }
  }

  private mutating func begin(at number: Number, _ owner: UInt32) {
    if starts[starts.count - 1] == number {
      owners[owners.count - 1] = owner
    } else {
      starts.append(number)
      owners.append(owner)
    }
  }

  @inline(__always)
  func owner(of number: Number) -> Int? {
    var low = 0
    var count = starts.count
    // The last start that is not beyond `number` is at `low` or in the `count` from there on.
    while count > 1 {
      let half = count / 2
      if starts[low + half] <= number { low += half }
      count -= half
    }
    return owners[low] == Intervals.nobody ? nil : Int(owners[low])
  }
}
