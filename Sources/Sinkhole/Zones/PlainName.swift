/// A domain name written in letters, digits, hyphens and underscores alone, with `*.` before it or not, read from text into
/// canonical wire octets: what nearly every line of a zone or list has, and all that is read without ldns. Reused from line
/// to line.
///
/// What only looks goes through `wire`: an element of a borrowed `InlineArray` costs a copy of them all.
struct PlainName {
  /// 256 octets, so that an index of eight bits is never outside.
  private var storage = InlineArray<256, UInt8>(repeating: 0)
  /// Octets without the root label.
  private(set) var length = 0
  /// Labels that were read, without the root.
  private(set) var labels = 0
  /// Where the length octet of the last label stands.
  private(set) var lastLabel = 0
  /// It was written with a final dot.
  private(set) var isAbsolute = false

  /// Canonical wire octets without the root label.
  var wire: Span<UInt8> {
    @_lifetime(borrow self) get { storage.span.extracting(0..<length) }
  }

  /// Whether the first label is `*` alone.
  @inline(__always)
  var isWildcard: Bool { length >= 2 && wire[0] == 1 && wire[1] == UInt8(ascii: "*") }

  /// Reads the name at `start` of `text`. Returns the offset of the octet after it, which is none that a plain name
  /// has; nil where no name stands, or one with an empty label, a label over 63 octets, or more than 255 in all.
  mutating func read(_ text: Span<UInt8>, from start: Int) -> Int? {
    var at = start
    var label = 0
    var count = 0
    if at < text.count, text[at] == UInt8(ascii: "*") {
      (storage[0], storage[1]) = (1, UInt8(ascii: "*"))
      (count, lastLabel, label) = (1, 0, 2)
      at += 1
      let isFollowed = at < text.count && text[at] == UInt8(ascii: ".")
      isAbsolute = isFollowed && (at + 1 == text.count || !PlainName.isPlain(text[at + 1]))
      if !isFollowed || isAbsolute {
        (length, labels) = (2, 1)
        return isFollowed ? at + 1 : at
      }
      at += 1
    }
    while true {
      // The root label takes the last octet.
      let stop = min(text.count, at + min(Name.maximumLabelLength, Name.maximumLength - 2 - label))
      var end = label + 1
      while at < stop {
        let octet = text[at]
        guard PlainName.isPlain(octet) else { break }
        storage[end] = Name.lowercased(octet)
        end += 1
        at += 1
      }
      let labelLength = end - label - 1
      let next = at < text.count ? text[at] : 0
      guard labelLength > 0, !PlainName.isPlain(next) else { return nil }
      storage[label] = UInt8(truncatingIfNeeded: labelLength)
      lastLabel = label
      count += 1
      label = end
      isAbsolute = next == UInt8(ascii: ".")
      if isAbsolute { at += 1 }
      if !isAbsolute || at == text.count || !PlainName.isPlain(text[at]) { break }
    }
    (length, labels) = (label, count)
    // Two dots, or one before something that is no part of a name.
    return at < text.count && (text[at] == UInt8(ascii: ".") || text[at] == UInt8(ascii: "*")) ? nil : at
  }

  /// Puts `suffix`, canonical wire octets without the root label, behind the name; false when it grows too long.
  mutating func append(_ suffix: Span<UInt8>) -> Bool {
    guard length + suffix.count < Name.maximumLength else { return false }
    for index in suffix.indices { storage[length + index] = suffix[index] }
    length += suffix.count
    return true
  }

  /// Takes `suffix` off the end; false when the name does not end in it, or is it.
  mutating func remove(_ suffix: Span<UInt8>) -> Bool {
    guard length > suffix.count else { return false }
    let rest = length - suffix.count
    var label = 0
    var last = 0
    while label < rest {
      last = label
      label += Int(storage[label]) + 1
    }
    guard label == rest else { return false }
    for index in suffix.indices where storage[rest + index] != suffix[index] { return false }
    length = rest
    lastLabel = last
    return true
  }

  /// Whether the last label begins with `rpz-`: a trigger of another kind than a name.
  @inline(__always)
  var endsSpecially: Bool {
    let last = wire.extracting(lastLabel..<length)
    return last.count >= 5 && last[1] == UInt8(ascii: "r") && last[2] == UInt8(ascii: "p")
      && last[3] == UInt8(ascii: "z") && last[4] == UInt8(ascii: "-")
  }

  /// Whether the last label is digits alone, which no top-level domain is: an IPv4 address.
  @inline(__always)
  var endsInNumber: Bool {
    let last = wire.extracting((lastLabel + 1)..<length)
    for index in last.indices where last[index] &- UInt8(ascii: "0") > 9 { return false }
    return true
  }

  /// Letters, digits, `-` and `_`.
  @inline(__always)
  static func isPlain(_ octet: UInt8) -> Bool {
    // A bit for each octet below 64, and for each from there to 127.
    let bits: UInt64 = octet & 0x40 == 0 ? 0x03FF_2000_0000_0000 : 0x07FF_FFFE_87FF_FFFE
    return octet < 0x80 && bits >> UInt64(octet & 0x3F) & 1 != 0
  }
}
