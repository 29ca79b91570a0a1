/// One line of the record as it is read: where its values are, decoded when they are asked for.
///
/// Taken is what `RecordLine` writes, strictly: one flat JSON object of strings and numbers in well-formed UTF-8,
/// with nothing before or behind it. Keys may come in any order, unknown ones are passed over.
package struct RecordView: ~Escapable {
  /// Where a value lies in the line, without its quotes. Absent: an end of 0, which no value has.
  private struct Place {
    var start: UInt32 = 0
    var end: UInt32 = 0
    var isEscaped = false
    var isNumber = false
  }

  package let line: Span<UInt8>
  private var places = InlineArray<17, Place>(repeating: Place())

  /// Nil for a line that is no record: torn, or something else's.
  @_lifetime(copy line)
  package init?(_ line: Span<UInt8>) {
    self.line = line
    guard line.count <= RecordLimits.readLine else { return nil }
    var scanner = FlatObjectScanner(line)
    var expected = 0
    while true {
      switch scanner.next() {
      case .member(let member):
        guard let key = RecordView.key(member, in: line, expected: expected) else { continue }
        expected = key + 1
        places[key] = Place(
          start: UInt32(member.value.lowerBound), end: UInt32(member.value.upperBound),
          isEscaped: member.isEscaped, isNumber: member.isNumber)
      case .end:
        guard time != nil else { return nil }
        return
      case .fault:
        return nil
      }
    }
  }

  /// Milliseconds since 1970.
  package var time: Int64? { time(.time) }

  /// The last query that the line stands for; `time` when it stands for one.
  package var last: Int64? { time(.last) ?? time }

  /// Queries that the line stands for, at least 1.
  package var count: Int { max(number(.count) ?? 1, 1) }

  /// A string's text; nil when the line has none of that key.
  package func text(_ key: RecordKey) -> String? {
    let place = places[key.rawValue]
    guard place.end > 0, !place.isNumber else { return nil }
    let octets = line.extracting(Int(place.start)..<Int(place.end))
    if place.isEscaped { return RecordView.unescaped(octets) }
    guard let text = try? UTF8Span(validating: octets) else { return nil }
    return String(copying: text)
  }

  /// Whether `key` is a string that reads `text`.
  package func has(_ key: RecordKey, _ text: String) -> Bool {
    let place = places[key.rawValue]
    guard place.end > 0, !place.isNumber else { return false }
    if place.isEscaped { return self.text(key) == text }
    let wanted = text.utf8.span
    guard wanted.count == Int(place.end - place.start) else { return false }
    for index in 0..<wanted.count where wanted[index] != line[Int(place.start) + index] { return false }
    return true
  }

  /// A whole number that fits; nil for others.
  package func number(_ key: RecordKey) -> Int? {
    let place = places[key.rawValue]
    guard place.end > 0, place.isNumber else { return nil }
    var value = 0
    for index in Int(place.start)..<Int(place.end) {
      let digit = Int(line[index]) - Int(UInt8(ascii: "0"))
      guard (0..<10).contains(digit), value < Int.max / 10 - 1 else { return nil }
      value = value * 10 + digit
    }
    return value
  }

  private func time(_ key: RecordKey) -> Int64? {
    let place = places[key.rawValue]
    guard place.end > 0, !place.isNumber else { return nil }
    return RecordTime.milliseconds(line.extracting(Int(place.start)..<Int(place.end)))
  }

  private static let keys = RecordKey.allCases.map { Array($0.text.utf8) }

  /// Which key a member has: tried first is the one that follows the last, as our own lines have it.
  private static func key(_ member: FlatObjectScanner.Member, in line: Span<UInt8>, expected: Int) -> Int? {
    for step in 0..<keys.count {
      let key = (expected + step) % keys.count
      guard keys[key].count == member.key.count else { continue }
      if (0..<keys[key].count).allSatisfy({ keys[key][$0] == line[member.key.lowerBound + $0] }) { return key }
    }
    return nil
  }

  /// The scanner has checked the escapes.
  private static func unescaped(_ octets: Span<UInt8>) -> String {
    var units: [UInt8] = []
    units.reserveCapacity(octets.count)
    var offset = 0
    while offset < octets.count {
      guard octets[offset] == UInt8(ascii: "\\") else {
        units.append(octets[offset])
        offset += 1
        continue
      }
      let (scalar, length) = FlatObjectScanner.escape(in: octets, at: offset) ?? ("\u{FFFD}", 1)
      if let encoded = UTF8.encode(scalar) { units.append(contentsOf: encoded) }
      offset += length
    }
    return String(decoding: units, as: UTF8.self)
  }
}
