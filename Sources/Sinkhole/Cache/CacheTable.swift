/// Finds places by hash: open addressing with linear probing, at most 9/16 full.
///
/// A slot holds 31 bits of the hash, which tell its home too, so that closing a hole reads no entry, and a place. The
/// table is as large as it is from the start on, and its user has bounded how many places there are.
struct CacheTable: Sendable {
  /// Which queue, in the top bit, and the number in it.
  typealias Place = UInt32

  private var slots: [UInt64]

  /// - Parameter slotCount: a power of two.
  init(slotCount: Int) {
    slots = Array(repeating: 0, count: slotCount)
  }

  var slotCount: Int { slots.count }

  /// Never 0, so that a slot of 0 is an empty one. The upper eight bits of a hash have told the shard.
  @inline(__always)
  static func tag(of hash: UInt64) -> UInt32 { UInt32(truncatingIfNeeded: hash >> 24) | 0x8000_0000 }

  @inline(__always)
  func home(of tag: UInt32) -> Int { Int(tag) & (slots.count - 1) }

  @inline(__always)
  func next(_ slot: Int) -> Int { (slot + 1) & (slots.count - 1) }

  /// The tag in a slot; 0: it is empty.
  @inline(__always)
  func tag(at slot: Int) -> UInt32 { UInt32(truncatingIfNeeded: slots[slot] >> 32) }

  @inline(__always)
  func place(at slot: Int) -> Place { Place(truncatingIfNeeded: slots[slot]) }

  /// The slot that holds `place`, which was put in under `hash`.
  func slot(of place: Place, hash: UInt64) -> Int? {
    let tag = CacheTable.tag(of: hash)
    let wanted = UInt64(tag) << 32 | UInt64(place)
    var slot = home(of: tag)
    while slots[slot] != 0 {
      if slots[slot] == wanted { return slot }
      slot = next(slot)
    }
    return nil
  }

  mutating func insert(_ place: Place, hash: UInt64) {
    let tag = CacheTable.tag(of: hash)
    var slot = home(of: tag)
    while slots[slot] != 0 { slot = next(slot) }
    slots[slot] = UInt64(tag) << 32 | UInt64(place)
  }

  /// What was found at `slot` lies at another place now.
  mutating func replace(slot: Int, by place: Place) {
    slots[slot] = slots[slot] & ~0xFFFF_FFFF | UInt64(place)
  }

  /// Empties `slot` and closes the hole behind it.
  mutating func remove(slot: Int) {
    var hole = slot
    var index = next(slot)
    while slots[index] != 0 {
      let wanted = home(of: tag(at: index))
      if (index &- wanted) & (slots.count - 1) >= (index &- hole) & (slots.count - 1) {
        slots[hole] = slots[index]
        hole = index
      }
      index = next(index)
    }
    slots[hole] = 0
  }

  mutating func removeAll() {
    for index in slots.indices { slots[index] = 0 }
  }
}
