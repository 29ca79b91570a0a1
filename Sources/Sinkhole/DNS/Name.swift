/// A domain name in canonical wire form: length-prefixed labels, ASCII letters lower-cased, the root
/// label last (RFC 1035 section 3.1, RFC 4343).
///
/// A name is 1 to 255 octets, 128 labels at most counting the root. Labels are binary: NUL, `.`
/// and 0xFF may stand in them (RFC 2181 section 11). The octets lie inside the value, so that a
/// name on the road of a query costs no allocation; pass it `borrowing` or `inout` there.
package struct Name: BitwiseCopyable, Sendable {
  /// RFC 1035 section 2.3.4.
  package static let maximumLength = 255
  package static let maximumLabelLength = 63

  private var storage: InlineArray<256, UInt8>
  /// Octets in use, the root label included: 1...255.
  package private(set) var length: Int

  /// The root.
  package init() {
    storage = InlineArray(repeating: 0)
    length = 1
  }

  /// Reads canonical octets from the front of `wire`: labels without compression, ended by the root.
  /// Returns nil where a label is longer than 63 octets, the name longer than 255, or the end is missing.
  package init?(wire: Span<UInt8>) {
    self.init()
    guard let end = Name.end(of: wire, from: 0) else { return nil }
    for index in 0..<end {
      storage[index] = Name.lowercased(wire[index])
    }
    length = end
  }

  /// The octets, root label included.
  package var wire: Span<UInt8> {
    @_lifetime(borrow self) get { storage.span.extracting(0..<length) }
  }

  /// Replaces the name by what `fill` writes: canonical octets, of which it returns the count.
  /// The caller has checked them: this is the road's way in, used with a question that passed the gate.
  package mutating func replace(_ fill: (inout MutableSpan<UInt8>) -> Int) {
    var target = storage.mutableSpan
    length = fill(&target)
  }

  package var isRoot: Bool { length == 1 }

  /// Labels without the root: 0 for the root, 3 for `www.example.org.`
  package var labelCount: Int {
    var count = 0
    var offset = 0
    while storage[offset] != 0 {
      count += 1
      offset += Int(storage[offset]) + 1
    }
    return count
  }

  /// The name without its first label; the root has no parent.
  package var parent: Name? {
    guard !isRoot else { return nil }
    let start = Int(storage[0]) + 1
    var shorter = Name()
    for index in start..<length { shorter.storage[index - start] = storage[index] }
    shorter.length = length - start
    return shorter
  }

  /// Whether this is `ancestor` itself or lies below it.
  package func isAtOrBelow(_ ancestor: Name) -> Bool {
    guard length >= ancestor.length else { return false }
    var offset = 0
    while length - offset > ancestor.length { offset += Int(storage[offset]) + 1 }
    guard length - offset == ancestor.length else { return false }
    for index in 0..<ancestor.length where storage[offset + index] != ancestor.storage[index] { return false }
    return true
  }

  /// Where the name that starts at `start` ends (the offset after its root label), or nil when it is
  /// compressed, over-long or cut.
  package static func end(of wire: Span<UInt8>, from start: Int) -> Int? {
    var offset = start
    while offset < wire.count {
      let label = Int(wire[offset])
      if label == 0 { return offset + 1 - start <= maximumLength ? offset + 1 : nil }
      guard label <= maximumLabelLength else { return nil }
      offset += label + 1
      guard offset - start < maximumLength else { return nil }
    }
    return nil
  }

  /// ASCII only (RFC 4343 section 3). Label lengths are below `A`, so whole names may be folded blindly.
  @inline(__always)
  package static func lowercased(_ octet: UInt8) -> UInt8 {
    octet &- 0x41 < 26 ? octet | 0x20 : octet
  }
}

extension Name: Hashable {
  package static func == (left: Name, right: Name) -> Bool {
    guard left.length == right.length else { return false }
    let (one, other) = (left.wire, right.wire)
    for index in one.indices where one[index] != other[index] { return false }
    return true
  }

  package func hash(into hasher: inout Hasher) {
    for index in 0..<length { hasher.combine(storage[index]) }
  }
}
