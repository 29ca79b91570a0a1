/// Finds a place by a key that is random already: a message ID, or a seeded hash. Open addressing, linear probing, at
/// most half full; it grows to what it was made for and then refuses.
struct PlaceTable {
  private struct Slot {
    var key: UInt64 = 0
    /// Place + 1; 0: free.
    var value: UInt32 = 0
  }

  private var slots: [Slot]
  private let limit: Int
  private(set) var count = 0

  /// - Parameter limit: keys that it holds at most.
  init(limit: Int) {
    self.limit = limit
    slots = Array(repeating: Slot(), count: 64)
  }

  var isEmpty: Bool { count == 0 }

  @inline(__always)
  func find(_ key: UInt64) -> Int? {
    let mask = slots.count - 1
    var index = Int(truncatingIfNeeded: key) & mask
    while slots[index].value != 0 {
      if slots[index].key == key { return Int(slots[index].value) - 1 }
      index = (index + 1) & mask
    }
    return nil
  }

  /// Enters `place` under a key that is not there. False when the table is full.
  @inline(__always)
  mutating func insert(_ key: UInt64, _ place: Int) -> Bool {
    guard count < limit else { return false }
    if count * 2 >= slots.count { grow() }
    let mask = slots.count - 1
    var index = Int(truncatingIfNeeded: key) & mask
    while slots[index].value != 0 { index = (index + 1) & mask }
    slots[index] = Slot(key: key, value: UInt32(place) + 1)
    count += 1
    return true
  }

  /// Changes the place of `key`, which is there.
  @inline(__always)
  mutating func set(_ key: UInt64, _ place: Int) {
    guard let index = slot(of: key) else { return }
    slots[index].value = UInt32(place) + 1
  }

  /// Takes `key` out and closes the hole behind it.
  @inline(__always)
  mutating func remove(_ key: UInt64) {
    guard var hole = slot(of: key) else { return }
    let mask = slots.count - 1
    count -= 1
    var index = (hole + 1) & mask
    while slots[index].value != 0 {
      let home = Int(truncatingIfNeeded: slots[index].key) & mask
      if (index &- home) & mask >= (index &- hole) & mask {
        slots[hole] = slots[index]
        hole = index
      }
      index = (index + 1) & mask
    }
    slots[hole].value = 0
  }

  @inline(__always)
  private func slot(of key: UInt64) -> Int? {
    let mask = slots.count - 1
    var index = Int(truncatingIfNeeded: key) & mask
    while slots[index].value != 0 {
      if slots[index].key == key { return index }
      index = (index + 1) & mask
    }
    return nil
  }

  private mutating func grow() {
    let old = slots
    slots = Array(repeating: Slot(), count: old.count * 2)
    let mask = slots.count - 1
    for slot in old where slot.value != 0 {
      var index = Int(truncatingIfNeeded: slot.key) & mask
      while slots[index].value != 0 { index = (index + 1) & mask }
      slots[index] = slot
    }
  }

  /// Calls `body` with every key and its place, as they stand at their turn.
  func forEach(_ body: (UInt64, Int) -> Void) {
    for slot in slots where slot.value != 0 { body(slot.key, Int(slot.value) - 1) }
  }
}
