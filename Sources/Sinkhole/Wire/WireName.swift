/// Names in messages, compressed as they may be, compared and read without a copy of the message.
///
/// The caller has seen with `MessageWalk` that the names are tame: they end within 255 octets and a few pointers that
/// only go back.
package enum WireName {
  /// Whether the name at `offset` of `message` is `name`, letters of either case.
  package static func isEqual(_ message: Span<UInt8>, at offset: Int, to name: borrowing Name) -> Bool {
    var at = offset
    var position = 0
    let wire = name.wire
    while at < message.count {
      let label = Int(message[at])
      if label >= 0xC0 {
        guard at + 1 < message.count else { return false }
        let target = (label & 0x3F) << 8 | Int(message[at + 1])
        guard target < at else { return false }
        at = target
        continue
      }
      guard position < name.length, Int(wire[position]) == label, at + label < message.count else { return false }
      if label == 0 { return true }
      for index in 1...label where Name.lowercased(message[at + index]) != wire[position + index] { return false }
      at += label + 1
      position += label + 1
    }
    return false
  }

  /// Whether the names at two offsets of `message` are the same, letters of either case.
  static func isEqual(_ message: Span<UInt8>, _ left: Int, _ right: Int) -> Bool {
    guard var one = label(message, left), var other = label(message, right) else { return false }
    while one != other {
      let length = Int(message[one])
      guard length == Int(message[other]) else { return false }
      if length == 0 { return true }
      for index in 1...length
      where Name.lowercased(message[one + index]) != Name.lowercased(message[other + index]) { return false }
      guard let next = label(message, one + length + 1), let beside = label(message, other + length + 1) else {
        return false
      }
      (one, other) = (next, beside)
    }
    return true
  }

  /// Where the name without its first label begins; nil for the root.
  static func parent(_ message: Span<UInt8>, of offset: Int) -> Int? {
    guard let first = label(message, offset), message[first] != 0 else { return nil }
    return first + Int(message[first]) + 1
  }

  /// Where the first label of the name at `offset` stands, pointers followed; nil when it lies outside.
  private static func label(_ message: Span<UInt8>, _ offset: Int) -> Int? {
    var at = offset
    while at < message.count {
      let length = Int(message[at])
      guard length >= 0xC0 else { return length < 0x40 && at + length < message.count ? at : nil }
      guard at + 1 < message.count else { return nil }
      let target = (length & 0x3F) << 8 | Int(message[at + 1])
      guard target < at else { return nil }
      at = target
    }
    return nil
  }

  /// Reads the name at `offset` in canonical form into `name`. False when it does not end.
  package static func read(_ message: Span<UInt8>, at offset: Int, into name: inout Name) -> Bool {
    var isWhole = false
    name.replace { target in
      var at = offset
      var length = 0
      while at < message.count {
        let label = Int(message[at])
        if label >= 0xC0 {
          guard at + 1 < message.count else { break }
          let pointer = (label & 0x3F) << 8 | Int(message[at + 1])
          guard pointer < at else { break }
          at = pointer
          continue
        }
        guard label < 0x40, length + label + 1 <= Name.maximumLength, at + label < message.count else { break }
        for index in 0...label { target[length + index] = Name.lowercased(message[at + index]) }
        length += label + 1
        if label == 0 {
          isWhole = true
          return length
        }
        at += label + 1
      }
      target[0] = 0
      return 1
    }
    return isWhole
  }
}
