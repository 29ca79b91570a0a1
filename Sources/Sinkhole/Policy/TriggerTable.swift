import CNet

/// The open-addressing table beneath the policy index: lines of eight slots, each a tag of fifteen bits, a zone, and
/// where an entry lies in that zone's arena.
///
/// A line is one line of the processor's cache:
///
///     words   what
///     0, 1    eight tags of sixteen bits, 0 where the slot is free; the uppermost bit of the last says that something
///             found no room here and is in the next line or behind it
///     2...5   eight offsets of 32 bits
///     6, 7    eight marks of sixteen bits: zone << 2 | scope
///
/// Tags are compared four in a word. So a name that is not listed costs a dozen instructions a line and no branch that
/// depends on how full the line is: that would be guessed before the line has come from memory, wrongly every third time,
/// and whatever was begun behind it would wait for memory again.
struct TriggerTable: Sendable {
  /// What a slot's entry speaks for. Without any, it only makes its name exist.
  struct Scope: OptionSet, Sendable {
    let rawValue: UInt16

    /// The name itself.
    static let exact = Scope(rawValue: 1)
    /// What lies below it.
    static let below = Scope(rawValue: 2)
  }

  struct Slot {
    var scope: Scope
    /// 0..<64
    let zone: Int
    /// Of the entry in the zone's arena.
    let offset: UInt32
  }

  /// What a look at a line has found: the slots whose tag fits, to be taken out one by one, and whether the way goes on.
  struct Findings {
    /// Slots 0...3 have bits 14, 30, 46 and 62, slots 4...7 those above them; bit 0 says that the line has spilled.
    fileprivate var bits: UInt64

    /// Nothing fits and the way ends: all of it in one look, for this is what nearly all of them find.
    @inline(__always)
    var isNothing: Bool { bits == 0 }

    @inline(__always)
    var hasSpilled: Bool { bits & 1 != 0 }

    /// 0..<8
    @inline(__always)
    mutating func nextSlot() -> Int? {
      let slots = bits & ~1
      guard slots != 0 else { return nil }
      let bit = slots.trailingZeroBitCount
      bits ^= 1 &<< UInt64(truncatingIfNeeded: bit)
      return bit >> 4 | (bit & 1) << 2
    }
  }

  private static let wordsPerLine = 8
  private static let lowBits: UInt64 = 0x7FFF_7FFF_7FFF_7FFF

  private var words: [UInt64]
  /// Words before the first line, which begins at a multiple of 64 octets.
  private let start: Int
  /// Lines, 1 or more.
  let count: Int

  /// A table with room for `slots` slots. It may not be given more: a way through it ends where something is free.
  init(slots: Int) {
    // A load of 0.55: one line in twenty-five spills. At 0.6 it is one in fifteen.
    count = slots * 20 / (11 * TriggerTable.wordsPerLine) + 1
    words = Array(repeating: 0, count: (count + 1) * TriggerTable.wordsPerLine)
    // Safe: the address is only looked at.
    let address = unsafe words.withUnsafeBufferPointer { UInt(bitPattern: $0.baseAddress) }
    start = Int(truncatingIfNeeded: (0 &- address) / 8 % 8)
  }

  /// Octets in memory.
  var size: Int { words.count * MemoryLayout<UInt64>.size }

  // MARK: The way to a name

  /// The line that names of this hash begin in, by the hash's upper half.
  @inline(__always)
  func home(of hash: UInt64) -> Int {
    Int(truncatingIfNeeded: ((hash >> 32) &* UInt64(truncatingIfNeeded: count)) >> 32)
  }

  @inline(__always)
  func next(after line: Int) -> Int { line &+ 1 == count ? 0 : line &+ 1 }

  /// The tag of `hash`, in each of a word's four places: 1...0x7FFF, by bits that do not choose the line.
  @inline(__always)
  static func tag(of hash: UInt64) -> UInt64 { max(hash & 0x7FFF, 1) &* 0x0001_0001_0001_0001 }

  /// Has the home of `hash` fetched.
  @inline(__always)
  func prefetch(_ hash: UInt64) {
    unsafe words.withUnsafeBufferPointer { words in
      // Safe: the line is inside, and a prefetch reads nothing.
      if let base = words.baseAddress { unsafe cnet_prefetch(base + first(of: home(of: hash))) }
    }
  }

  // MARK: A line

  @inline(__always)
  func look(for tag: UInt64, in line: Int) -> Findings {
    let first = first(of: line)
    let high = words[first &+ 1]
    return Findings(bits: TriggerTable.zeros(words[first] ^ tag) >> 1 | TriggerTable.zeros(high ^ tag) | high >> 63)
  }

  @inline(__always)
  subscript(line: Int, slot: Int) -> Slot {
    let first = first(of: line)
    let offset = words[first &+ 2 &+ slot >> 1] >> (UInt64(truncatingIfNeeded: slot & 1) &* 32)
    let mark = words[first &+ 6 &+ slot >> 2] >> (UInt64(truncatingIfNeeded: slot & 3) &* 16)
    return Slot(
      scope: Scope(rawValue: UInt16(truncatingIfNeeded: mark & 3)), zone: Int(truncatingIfNeeded: mark >> 2 & 0x3F),
      offset: UInt32(truncatingIfNeeded: offset))
  }

  /// False when the line has no room; then it is remembered that something went on.
  mutating func add(_ slot: Slot, tag: UInt64, to line: Int) -> Bool {
    var free = look(for: 0, in: line)
    let first = first(of: line)
    guard let index = free.nextSlot() else {
      words[first + 1] |= 1 << 63
      return false
    }
    words[first + index >> 2] |= (tag & 0x7FFF) << UInt64(16 * (index & 3))
    words[first + 2 + index >> 1] |= UInt64(slot.offset) << UInt64(32 * (index & 1))
    let mark = UInt64(slot.zone << 2) | UInt64(slot.scope.rawValue)
    words[first + 6 + index >> 2] |= mark << UInt64(16 * (index & 3))
    return true
  }

  /// Takes from a slot's scope what is not in `scope`.
  mutating func narrow(_ line: Int, _ slot: Int, to scope: Scope) {
    let kept = ~UInt64(3) | UInt64(scope.rawValue)
    let shift = UInt64(16 * (slot & 3))
    words[first(of: line) + 6 + slot >> 2] &= kept << shift | ((1 << shift) - 1)
  }

  /// A bit for each of the word's four places whose lower fifteen bits are 0: its uppermost.
  @inline(__always)
  private static func zeros(_ word: UInt64) -> UInt64 {
    // The sum sets that bit in every other place, and no carry leaves a place.
    ~((word & lowBits) &+ lowBits) & ~lowBits
  }

  @inline(__always)
  private func first(of line: Int) -> Int { start &+ line &* TriggerTable.wordsPerLine }
}
