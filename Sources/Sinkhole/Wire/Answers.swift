/// The records of an answer section, and of those behind it where asked for, one after the other. The message has been walked before: what does not fit ends it.
package struct Answers {
  package struct Record {
    package let owner: Int
    package let type: RecordType
    package let rdata: Int
    /// Behind its RDATA.
    package let end: Int
  }

  private var offset: Int
  private var left: Int

  package init(_ message: Span<UInt8>, from questionEnd: Int) {
    self.init(message, from: questionEnd, count: Int(message.uint16(at: Header.answerCount)))
  }

  /// The first `count` records, whatever their section.
  init(_ message: Span<UInt8>, from questionEnd: Int, count: Int) {
    offset = questionEnd
    left = count
  }

  package mutating func next(_ message: Span<UInt8>) -> Record? {
    guard left > 0, let fields = MessageWalk.skipName(message, from: offset), fields + 10 <= message.count else {
      return nil
    }
    let end = fields + 10 + Int(message.uint16(at: fields + 8))
    guard end <= message.count else { return nil }
    left -= 1
    defer { offset = end }
    return Record(
      owner: offset, type: RecordType(rawValue: message.uint16(at: fields)), rdata: fields + 10, end: end)
  }
}

extension Answers.Record {
  /// Calls `body` with the address of an A or AAAA record, and with every hint of an HTTPS or SVCB record (RFC 9460 section
  /// 7.3).
  package func forEachAddress(_ message: Span<UInt8>, _ body: (IPAddress) -> Void) {
    switch type {
    case .a where end - rdata == 4: body(IPAddress(v4: message.uint32(at: rdata)))
    case .aaaa where end - rdata == 16: body(Answers.Record.v6(message, rdata))
    case .https, .svcb:
      guard end >= rdata + 3, var at = Name.end(of: message.extracting(..<end), from: rdata + 2) else { return }
      while at + 4 <= end {
        let (key, length) = (message.uint16(at: at), Int(message.uint16(at: at + 2)))
        at += 4
        guard at + length <= end else { return }
        let size = key == 4 ? 4 : key == 6 ? 16 : 0
        if size > 0 {
          for hint in stride(from: at, through: at + length - size, by: size) {
            body(size == 4 ? IPAddress(v4: message.uint32(at: hint)) : Answers.Record.v6(message, hint))
          }
        }
        at += length
      }
    default: break
    }
  }

  private static func v6(_ message: Span<UInt8>, _ offset: Int) -> IPAddress {
    func word(_ at: Int) -> UInt64 { UInt64(message.uint32(at: at)) << 32 | UInt64(message.uint32(at: at + 4)) }
    return IPAddress(v6High: word(offset), low: word(offset + 8)).unmapped
  }
}
