import Glibc

/// A record as a table of a test writes it: `www.example.org 300 A 192.0.2.80`. The owner `*` stands for every name.
package struct RecordText: Sendable {
  package let owner: String
  package let ttl: UInt32
  package let type: UInt16
  package let rdata: [UInt8]
  /// Where a CNAME leads.
  package let target: String?

  /// - Throws: `Failure` for what is no record of a type that tables have.
  package init(_ line: String) throws {
    let words = line.split(separator: " ").map(String.init)
    guard words.count >= 4, let ttl = UInt32(words[1]), let type = RecordText.types[words[2]],
      let rdata = RecordText.rdata(type, Array(words[3...]))
    else { throw Failure(text: "no record: \(line)") }
    owner = words[0]
    self.ttl = ttl
    self.type = type
    self.rdata = rdata
    target = type == 5 ? words[3] : nil
  }

  package struct Failure: Error { package let text: String }

  package static let types: [String: UInt16] = [
    "A": 1, "NS": 2, "CNAME": 5, "SOA": 6, "PTR": 12, "HINFO": 13, "MX": 15, "TXT": 16, "AAAA": 28, "SRV": 33, "DS": 43,
    "RRSIG": 46, "SVCB": 64, "HTTPS": 65, "ANY": 255, "CAA": 257,
  ]

  package static func name(ofType type: UInt16) -> String {
    types.first { $0.value == type }?.key ?? "TYPE\(type)"
  }

  /// Octets of the record, owned by `owner` where the table says `*`.
  package func octets(ownedBy owner: String? = nil) -> [UInt8] {
    Message.record(type, rdata, ttl: ttl, owner: owner ?? self.owner)
  }

  // MARK: RDATA

  private static func rdata(_ type: UInt16, _ words: [String]) -> [UInt8]? {
    switch type {
    case 1, 28: address(words[0], isIPv6: type == 28)
    case 2, 5, 12: Message.wire(words[0])
    case 15: UInt16(words[0]).map { Message.be($0) + Message.wire(words[1]) }
    case 16: words.flatMap { string($0) }
    case 46: types[words[0]].map { Message.be($0) + signature }
    case 64, 65: service(words)
    default: nil
    }
  }

  /// What follows the type that a signature covers: of no use to a validator.
  private static let signature: [UInt8] =
    [13, 2, 0, 0, 1, 0x2C] + [UInt8](repeating: 0, count: 10) + Message.wire("example.org")
    + [UInt8](repeating: 7, count: 64)

  private static func string(_ word: String) -> [UInt8] {
    let text = word.replacing("\"", with: "")
    return [UInt8(text.utf8.count)] + Array(text.utf8)
  }

  private static func address(_ text: String, isIPv6: Bool) -> [UInt8]? {
    var octets = [UInt8](repeating: 0, count: isIPv6 ? 16 : 4)
    return inet_pton(isIPv6 ? AF_INET6 : AF_INET, text, &octets) == 1 ? octets : nil
  }

  /// `1 svc.example.net alpn=h2 ipv4hint=192.0.2.1,192.0.2.2`; the target `.` is the owner.
  private static func service(_ words: [String]) -> [UInt8]? {
    guard let priority = UInt16(words[0]) else { return nil }
    var octets = Message.be(priority) + Message.wire(words[1] == "." ? "" : words[1])
    for word in words.dropFirst(2) {
      let parts = word.split(separator: "=", maxSplits: 1).map(String.init)
      guard parts.count == 2, let key = keys[parts[0]] else { return nil }
      let values = parts[1].split(separator: ",").map(String.init)
      let data = values.flatMap { key == 1 ? string($0) : address($0, isIPv6: key == 6) ?? [] }
      octets += Message.be(key) + Message.be(UInt16(data.count)) + data
    }
    return octets
  }

  private static let keys: [String: UInt16] = ["alpn": 1, "ipv4hint": 4, "ipv6hint": 6]

  // MARK: Back to text

  /// A record of `message` in the same form.
  package static func text(of record: Message.Record, in message: Message) -> String {
    "\(record.owner) \(record.ttl) \(name(ofType: record.type)) \(data(of: record, message))"
  }

  private static func data(of record: Message.Record, _ message: Message) -> String {
    func name(_ skipped: Int) -> String {
      var offset = record.range.lowerBound + skipped
      let text = Message.name(message.octets, &offset) ?? "?"
      return text.isEmpty ? "." : text
    }
    switch record.type {
    case 1, 28: return text(ofAddress: record.rdata)
    case 2, 5, 12, 6: return name(0)
    case 15: return "\(Message.uint16(record.rdata, 0)) \(name(2))"
    case 13, 16: return strings(record.rdata).joined(separator: " ")
    case 46: return RecordText.name(ofType: Message.uint16(record.rdata, 0))
    case 64, 65:
      return (["\(Message.uint16(record.rdata, 0))", name(2)] + parameters(record.rdata)).joined(separator: " ")
    default: return record.rdata.map { String($0, radix: 16) }.joined(separator: ",")
    }
  }

  private static func text(ofAddress octets: [UInt8]) -> String {
    var text = [CChar](repeating: 0, count: Int(INET6_ADDRSTRLEN))
    guard inet_ntop(octets.count == 4 ? AF_INET : AF_INET6, octets, &text, socklen_t(text.count)) != nil else {
      return "?"
    }
    return String(decoding: text.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
  }

  private static func strings(_ rdata: [UInt8]) -> [String] {
    var strings: [String] = []
    var offset = 0
    while offset < rdata.count {
      let end = min(offset + 1 + Int(rdata[offset]), rdata.count)
      strings.append("\"" + String(decoding: rdata[(offset + 1)..<end], as: UTF8.self) + "\"")
      offset = end
    }
    return strings
  }

  private static func parameters(_ rdata: [UInt8]) -> [String] {
    var offset = 2
    while offset < rdata.count, rdata[offset] != 0 { offset += Int(rdata[offset]) + 1 }
    offset += 1
    var texts: [String] = []
    while offset + 4 <= rdata.count {
      let (key, length) = (Message.uint16(rdata, offset), Int(Message.uint16(rdata, offset + 2)))
      guard offset + 4 + length <= rdata.count else { break }
      let data = Array(rdata[(offset + 4)..<(offset + 4 + length)])
      let size = key == 4 ? 4 : key == 6 ? 16 : data.count
      let values = stride(from: 0, to: data.count, by: max(size, 1)).map { start -> String in
        key == 1 ? String(decoding: data.dropFirst(), as: UTF8.self) : text(ofAddress: Array(data[start..<(start + size)]))
      }
      texts.append("\(keys.first { $0.value == key }?.key ?? "key\(key)")=\(values.joined(separator: ","))")
      offset += 4 + length
    }
    return texts
  }
}
