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
