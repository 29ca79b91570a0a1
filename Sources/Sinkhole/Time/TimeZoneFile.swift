/// What a TZif file says, RFC 9636: the offsets of a zone and when each begins. Designations, and whether an offset is
/// called daylight saving time, are passed over. Nothing in the octets is believed before it has been checked.
struct TimeZoneFile {
  /// Why octets are no such file, in words that follow the file's name.
  struct Malformed: Error {
    let reason: String
    init(_ reason: String) { self.reason = reason }
  }

  /// Unix seconds, ascending.
  private(set) var transitions: [Int64] = []
  /// Seconds east of UTC from the transition of the same place on.
  private(set) var offsets: [Int32] = []
  /// Seconds east of UTC before the first transition.
  private(set) var firstOffset: Int32 = 0
  /// What holds after the last transition; nil where the file is of version 1 or leaves it open.
  private(set) var footer: PosixTimeZone?

  init(_ octets: [UInt8]) throws(Malformed) {
    let header = try Header(octets.span, at: 0)
    guard header.version > 1 else {
      try readBlock(octets.span, header, at: Header.size, timeSize: 4)
      return
    }
    // The first block repeats for old readers what fits into 32 bits; the second is the whole.
    let start = Header.size + header.blockSize(timeSize: 4)
    let second = try Header(octets.span, at: start)
    try readBlock(octets.span, second, at: start + Header.size, timeSize: 8)
    try readFooter(octets, at: start + Header.size + second.blockSize(timeSize: 8))
  }

  /// Section 3.2: transition times, the type of each, the types (offset, daylight saving, designation), and what we
  /// need none of.
  private mutating func readBlock(
    _ octets: Span<UInt8>, _ header: Header, at start: Int, timeSize: Int
  ) throws(Malformed) {
    guard header.blockSize(timeSize: timeSize) <= octets.count - start else { throw Malformed("it is cut short") }
    guard header.leapSeconds == 0 else { throw Malformed("it counts leap seconds, which Unix time does not") }
    guard header.types > 0 else { throw Malformed("it has no offset") }
    let typeIndexes = start + header.times * timeSize
    let types = typeIndexes + header.times
    var typeOffsets: [Int32] = []
    for type in 0..<header.types {
      let offset = Int32(bitPattern: octets.uint32(at: types + type * Header.typeSize))
      guard abs(Int64(offset)) <= TimeZoneRules.maximumOffset else {
        throw Malformed("it has an offset of \(offset) seconds, expected less than 26 hours")
      }
      typeOffsets.append(offset)
    }
    firstOffset = typeOffsets[0]
    for index in 0..<header.times {
      let place = start + index * timeSize
      let high = octets.uint32(at: place)
      let time =
        timeSize == 4
        ? Int64(Int32(bitPattern: high))
        : Int64(bitPattern: UInt64(high) << 32 | UInt64(octets.uint32(at: place + 4)))
      guard transitions.last.map({ $0 < time }) ?? true else { throw Malformed("its transitions do not ascend") }
      let type = Int(octets[typeIndexes + index])
      guard type < typeOffsets.count else { throw Malformed("a transition is to offset \(type), which it has not") }
      transitions.append(time)
      offsets.append(typeOffsets[type])
    }
  }

  /// Section 3.3: a TZ string between two line feeds; empty when the file does not say.
  private mutating func readFooter(_ octets: [UInt8], at start: Int) throws(Malformed) {
    guard start < octets.count, octets[start] == UInt8(ascii: "\n"),
      let end = octets[(start + 1)...].firstIndex(of: UInt8(ascii: "\n"))
    else { throw Malformed("its footer is cut short") }
    let text = String(decoding: octets[(start + 1)..<end], as: UTF8.self)
    guard !text.isEmpty else { return }
    footer = PosixTimeZone(text)
    guard footer != nil else { throw Malformed("its footer \"\(text.prefix(40))\" is no TZ string") }
  }
}

extension TimeZoneFile {
  /// Section 3.1: `TZif`, version, 15 octets of nothing, six counts.
  private struct Header {
    static let size = 44
    static let typeSize = 6

    /// 1...4
    let version: Int
    let times: Int
    let types: Int
    let leapSeconds: Int
    /// Octets of designations, and of the flags behind them: one for each standard and each UT indicator.
    private let rest: Int

    init(_ octets: Span<UInt8>, at start: Int) throws(Malformed) {
      guard start <= octets.count - Header.size else {
        throw Malformed(start == 0 ? "it is no TZif file" : "it is cut short")
      }
      guard octets.uint32(at: start) == 0x545A_6966 else { throw Malformed("it is no TZif file") }
      switch octets[start + 4] {
      case 0: version = 1
      case UInt8(ascii: "2")...UInt8(ascii: "4"): version = Int(octets[start + 4] - UInt8(ascii: "0"))
      default: throw Malformed("its version is unknown, expected 1 to 4")
      }
      func count(_ index: Int) -> Int { Int(octets.uint32(at: start + 20 + index * 4)) }
      rest = count(0) + count(1) + count(5)
      leapSeconds = count(2)
      times = count(3)
      types = count(4)
    }

    /// Octets of the block behind the header. Counts have 32 bits, so the sum stays far below 64.
    func blockSize(timeSize: Int) -> Int {
      times * (timeSize + 1) + types * Header.typeSize + leapSeconds * (timeSize + 4) + rest
    }
  }
}
