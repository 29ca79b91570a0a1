/// DNS messages as tests write and read them: small, independent of the code under test.
package struct Message: Sendable {
  package struct Record: Sendable, Equatable, CustomStringConvertible {
    package let owner: String
    package let type: UInt16
    package let recordClass: UInt16
    package let ttl: UInt32
    /// Offsets of the RDATA in the message, for names inside it.
    package let range: Range<Int>
    package let rdata: [UInt8]

    /// `192.0.2.1`, when the record is an A.
    package var ipv4: String { rdata.map(String.init).joined(separator: ".") }
    package var description: String { "\(owner) \(ttl) TYPE\(type) \(rdata)" }
  }

  package let octets: [UInt8]
  package let questionEnd: Int
  package let answers: [Record]
  package let authority: [Record]
  package let additional: [Record]

  /// Reads a whole message; nil when it is not well formed to the last octet.
  package init?(_ octets: [UInt8]) {
    guard octets.count >= 12 else { return nil }
    self.octets = octets
    var offset = 12
    for _ in 0..<Message.uint16(octets, 4) {
      guard Message.name(octets, &offset) != nil, offset + 4 <= octets.count else { return nil }
      offset += 4
    }
    questionEnd = offset
    var sections: [[Record]] = []
    for count in [6, 8, 10] {
      var records: [Record] = []
      for _ in 0..<Message.uint16(octets, count) {
        guard let owner = Message.name(octets, &offset), offset + 10 <= octets.count else { return nil }
        let end = offset + 10 + Int(Message.uint16(octets, offset + 8))
        guard end <= octets.count else { return nil }
        records.append(
          Record(
            owner: owner, type: Message.uint16(octets, offset), recordClass: Message.uint16(octets, offset + 2),
            ttl: UInt32(Message.uint16(octets, offset + 4)) << 16 | UInt32(Message.uint16(octets, offset + 6)),
            range: (offset + 10)..<end, rdata: Array(octets[(offset + 10)..<end])))
        offset = end
      }
      sections.append(records)
    }
    guard offset == octets.count else { return nil }
    (answers, authority, additional) = (sections[0], sections[1], sections[2])
  }

  package var id: UInt16 { Message.uint16(octets, 0) }
  package var isResponse: Bool { octets[2] & 0x80 != 0 }
  package var opcode: UInt8 { octets[2] >> 3 & 15 }
  package var isAuthoritative: Bool { octets[2] & 4 != 0 }
  package var isTruncated: Bool { octets[2] & 2 != 0 }
  package var recursionDesired: Bool { octets[2] & 1 != 0 }
  package var recursionAvailable: Bool { octets[3] & 0x80 != 0 }
  package var authenticData: Bool { octets[3] & 0x20 != 0 }
  package var checkingDisabled: Bool { octets[3] & 0x10 != 0 }
  package var questionCount: UInt16 { Message.uint16(octets, 4) }
  /// The extended RCODE.
  package var rcode: Int { Int(octets[3] & 15) | Int(opt.map { $0.ttl >> 24 } ?? 0) << 4 }
  package var opt: Record? { additional.first { $0.type == 41 } }
  /// Octets of the question as they came.
  package var question: [UInt8] { Array(octets[12..<questionEnd]) }

  /// Options of the OPT by code.
  package var options: [(code: UInt16, data: [UInt8])] {
    guard let rdata = opt?.rdata else { return [] }
    var options: [(UInt16, [UInt8])] = []
    var offset = 0
    while offset + 4 <= rdata.count {
      let length = Int(Message.uint16(rdata, offset + 2))
      guard offset + 4 + length <= rdata.count else { return [] }
      options.append((Message.uint16(rdata, offset), Array(rdata[(offset + 4)..<(offset + 4 + length)])))
      offset += 4 + length
    }
    return options
  }

  /// INFO-CODE and text of the first extended error.
  package var extendedError: (code: UInt16, text: String)? {
    guard let data = options.first(where: { $0.code == 15 })?.data, data.count >= 2 else { return nil }
    return (Message.uint16(data, 0), String(decoding: data[2...], as: UTF8.self))
  }

  // MARK: Writing

  /// An EDNS record for a query.
  package struct EDNS: Sendable {
    package var size: UInt16 = 1232
    package var version: UInt8 = 0
    package var flags: UInt16 = 0
    package var options: [UInt8] = []
    package init(size: UInt16 = 1232, version: UInt8 = 0, flags: UInt16 = 0, options: [UInt8] = []) {
      self.size = size
      self.version = version
      self.flags = flags
      self.options = options
    }

    package var record: [UInt8] {
      [0, 0, 41] + be(size) + [0, version] + be(flags) + be(UInt16(options.count)) + options
    }
  }

  /// A query: RD=1 unless `flags` says otherwise.
  package static func query(
    _ name: String, _ type: UInt16 = 1, recordClass: UInt16 = 1, id: UInt16 = .random(in: 0...65_535),
    flags: UInt16 = 0x0100, edns: EDNS? = EDNS()
  ) -> [UInt8] {
    be(id) + be(flags) + be(1) + be(0) + be(0) + be(edns == nil ? 0 : 1) + wire(name) + be(type) + be(recordClass)
      + (edns?.record ?? [])
  }

  /// A response to `query` with its question: `records` go into the answer section, then authority, then an OPT
  /// when the query had one.
  package static func response(
    to query: [UInt8], rcode: UInt8 = 0, flags: UInt8 = 0, answers: [[UInt8]] = [], authority: [[UInt8]] = [],
    additional: [[UInt8]] = [], withOPT: Bool = true
  ) -> [UInt8] {
    var offset = 12
    guard name(query, &offset) != nil else { return [] }
    let question = query[12..<(offset + 4)]
    let extra = additional + (withOPT ? [EDNS().record] : [])
    return query[0..<2] + [0x80 | flags | query[2] & 1, 0x80 | rcode] + be(1) + be(UInt16(answers.count))
      + be(UInt16(authority.count)) + be(UInt16(extra.count)) + question + answers.flatMap(\.self)
      + authority.flatMap(\.self) + extra.flatMap(\.self)
  }

  /// One record; the owner is a pointer to the question unless named.
  package static func record(
    _ type: UInt16, _ rdata: [UInt8], ttl: UInt32 = 60, owner: String? = nil, recordClass: UInt16 = 1
  ) -> [UInt8] {
    (owner.map(wire) ?? [0xC0, 12]) + be(type) + be(recordClass) + be(UInt16(ttl >> 16)) + be(UInt16(ttl & 0xFFFF))
      + be(UInt16(rdata.count)) + rdata
  }

  package static func address(_ text: String, ttl: UInt32 = 60, owner: String? = nil) -> [UInt8] {
    record(1, text.split(separator: ".").compactMap { UInt8($0) }, ttl: ttl, owner: owner)
  }

  package static func soa(ttl: UInt32 = 60, minimum: UInt32 = 60, owner: String = "example.org") -> [UInt8] {
    let numbers: [UInt32] = [1, 3600, 600, 86_400, minimum]
    let fixed = numbers.flatMap { be(UInt16($0 >> 16)) + be(UInt16($0 & 0xFFFF)) }
    return record(6, wire("ns." + owner) + wire("root." + owner) + fixed, ttl: ttl, owner: owner)
  }

  // MARK: Parts

  package static func be(_ value: UInt16) -> [UInt8] { [UInt8(value >> 8), UInt8(value & 0xFF)] }

  package static func uint16(_ octets: [UInt8], _ offset: Int) -> UInt16 {
    UInt16(octets[offset]) << 8 | UInt16(octets[offset + 1])
  }

  /// Wire form of a name without escapes; case kept.
  package static func wire(_ name: String) -> [UInt8] {
    name.split(separator: ".").flatMap { [UInt8($0.utf8.count)] + Array($0.utf8) } + [0]
  }

  /// Reads a name, following pointers; moves `offset` behind it.
  package static func name(_ octets: [UInt8], _ offset: inout Int) -> String? {
    var labels: [String] = []
    var at = offset
    var end: Int?
    for _ in 0..<256 {
      guard at < octets.count else { return nil }
      let length = Int(octets[at])
      if length == 0 {
        offset = end ?? at + 1
        return labels.joined(separator: ".")
      }
      if length >= 0xC0 {
        guard at + 1 < octets.count else { return nil }
        end = end ?? at + 2
        at = (length & 0x3F) << 8 | Int(octets[at + 1])
      } else {
        guard at + 1 + length <= octets.count else { return nil }
        labels.append(String(decoding: octets[(at + 1)..<(at + 1 + length)], as: UTF8.self))
        at += 1 + length
      }
    }
    return nil
  }
}
