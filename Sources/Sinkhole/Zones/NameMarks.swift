/// A set of name hashes, each with up to eight marks: open addressing in one array, at most half full.
///
/// Of a hash 56 bits are kept. Two names of a million share them once in many thousand loads, and what is asked here
/// then errs on the side of caution.
struct NameMarks {
  private var slots: [UInt64]
  private(set) var count = 0

  /// - Parameter capacity: names to expect; the set grows when there are more.
  init(capacity: Int = 0) {
    slots = Array(repeating: 0, count: max(16, capacity * 2))
  }

  /// The marks of `hash`; 0 when it is not in the set.
  @inline(__always)
  subscript(_ hash: UInt64) -> UInt8 {
    let tag = NameMarks.tag(of: hash)
    var index = home(of: tag)
    while slots[index] != 0 {
      if slots[index] & ~0xFF == tag { return UInt8(truncatingIfNeeded: slots[index]) }
      index = index + 1 == slots.count ? 0 : index + 1
    }
    return 0
  }

  /// Adds `marks`, not 0, to those of `hash`. Returns the marks that it had before.
  @discardableResult
  mutating func insert(_ hash: UInt64, _ marks: UInt8 = 1) -> UInt8 {
    if (count + 1) * 2 > slots.count { grow() }
    let tag = NameMarks.tag(of: hash)
    var index = home(of: tag)
    while slots[index] != 0 {
      if slots[index] & ~0xFF == tag {
        let before = UInt8(truncatingIfNeeded: slots[index])
        slots[index] |= UInt64(marks)
        return before
      }
      index = index + 1 == slots.count ? 0 : index + 1
    }
    slots[index] = tag | UInt64(marks)
    count += 1
    return 0
  }

  private mutating func grow() {
    let old = slots
    slots = Array(repeating: 0, count: old.count * 2)
    for slot in old where slot != 0 {
      var index = home(of: slot & ~0xFF)
      while slots[index] != 0 { index = index + 1 == slots.count ? 0 : index + 1 }
      slots[index] = slot
    }
  }

  @inline(__always)
  private static func tag(of hash: UInt64) -> UInt64 { hash & ~0xFF }

  @inline(__always)
  private func home(of tag: UInt64) -> Int {
    Int(truncatingIfNeeded: ((tag >> 32) &* UInt64(truncatingIfNeeded: slots.count)) >> 32)
  }
}
