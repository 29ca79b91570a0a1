/// The form of the file that a cache is kept in. All integers are in network order.
///
///     file     magic "SNKC", version, seconds since 1970 when it was begun (8 octets), block ..., end
///     block    octets of its entries (4), checksum (8), entry ...
///     end      a block of no octets; nothing follows it
///     entry    age in seconds (4), view (8), marks (1), octets of its remark (1), of its message (4), remark, message
///     message  as DNS has it: header, question, records with the TTLs they had when they were stored
///
/// A checksum goes on from that of the block before it, so that none may be missing, and begins with the file's head.
enum CacheFileFormat {
  static let magic: UInt32 = 0x534E_4B43
  static let version: UInt32 = 1
  static let headLength = 16
  static let blockHeadLength = 12
  static let entryHeadLength = 18
  /// A block is closed when it has grown to this.
  static let blockSize = 1 << 18
  /// What one pause of the walk may have gathered beyond it is far less.
  static let maximumBlock = 1 << 20

  static func head(at instant: UInt64) -> [UInt8] {
    var octets: [UInt8] = []
    append(UInt64(magic) << 32 | UInt64(version), to: &octets)
    append(instant, to: &octets)
    return octets
  }

  /// 64-bit FNV-1a: a flipped octet always tells. Against accidents, not against an author, who could write any cache.
  static func checksum(_ octets: Span<UInt8>, from start: UInt64) -> UInt64 {
    var sum = start
    for index in octets.indices { sum = (sum ^ UInt64(octets[index])) &* 0x0000_0100_0000_01B3 }
    return sum
  }

  static let checksumStart: UInt64 = 0xCBF2_9CE4_8422_2325

  static func append(_ entry: CacheEntry, in ring: Span<UInt8>, age: UInt32, to octets: inout [UInt8]) {
    let length = Header.length + Int(entry.nameLength) + 4 + (entry.end - entry.recordsStart)
    append(UInt64(age), count: 4, to: &octets)
    append(entry.view, to: &octets)
    octets.append(entry.marks.intersection(kept).rawValue)
    octets.append(entry.remarkLength)
    append(UInt64(length), count: 4, to: &octets)
    for index in entry.remarkStart..<entry.recordsStart { octets.append(ring[index]) }
    // ID 0, then QR, and the RCODE.
    append(UInt64(Header.response) << 8 | UInt64(entry.code), count: 4, to: &octets)
    for count in [1, entry.answers, entry.authority, 0] { append(UInt64(count), count: 2, to: &octets) }
    for index in entry.nameStart..<entry.remarkStart { octets.append(ring[index]) }
    append(UInt64(entry.type.rawValue) << 16 | UInt64(RecordClass.internet.rawValue), count: 4, to: &octets)
    for index in entry.recordsStart..<entry.end { octets.append(ring[index]) }
  }

  static let kept: CacheEntry.Marks = [.dnssecOK, .checkingDisabled, .isAuthentic]

  static func append(_ value: UInt64, count: Int = 8, to octets: inout [UInt8]) {
    for index in stride(from: count - 1, through: 0, by: -1) {
      octets.append(UInt8(truncatingIfNeeded: value >> UInt64(index * 8)))
    }
  }
}

extension Span where Element == UInt8 {
  func uint64(at offset: Int) -> UInt64 { UInt64(uint32(at: offset)) << 32 | UInt64(uint32(at: offset + 4)) }
}
