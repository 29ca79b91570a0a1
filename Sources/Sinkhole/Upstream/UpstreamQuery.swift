/// The question that an upstream is asked: ours, not the stub's packet. Nothing of the stub's EDNS options, ID,
/// spelling or address goes on (RFC 6891 section 6.1.1, RFC 7871 section 11.1).
struct UpstreamQuery: Sendable {
  let name: Name
  let type: RecordType
  let dnssecOK: Bool
  let checkingDisabled: Bool

  init(name: Name, type: RecordType) {
    self.name = name
    self.type = type
    dnssecOK = false
    checkingDisabled = false
  }

  init(name: Name, type: RecordType, dnssecOK: Bool, checkingDisabled: Bool) {
    self.name = name
    self.type = type
    self.dnssecOK = dnssecOK
    self.checkingDisabled = checkingDisabled
  }

  /// The offset of the octet after the question.
  var questionEnd: Int { Header.length + name.length + 4 }

  /// Writes the message; returns its length, 287 octets at most.
  func write(id: UInt16, to message: inout MutableSpan<UInt8>) -> Int {
    message.store(id, at: 0)
    message[2] = Header.recursionDesired
    message[3] = checkingDisabled ? Header.checkingDisabled : 0
    message.store(UInt16(1), at: Header.questionCount)
    message.store(UInt32(0), at: Header.answerCount)
    message.store(UInt16(1), at: Header.additionalCount)
    message.copy(name.wire, at: Header.length)
    let fields = Header.length + name.length
    message.store(type.rawValue, at: fields)
    message.store(RecordClass.internet.rawValue, at: fields + 2)
    let opt = questionEnd
    message[opt] = 0
    message.store(RecordType.opt.rawValue, at: opt + 1)
    message.store(EDNS.payloadSize, at: opt + 3)
    message.store(dnssecOK ? UInt32(0x8000) : 0, at: opt + 5)
    message.store(UInt16(0), at: opt + 9)
    return opt + EDNS.emptyLength
  }

  /// Whether `message` is an error that parrots nothing, as servers send for what they cannot read, or will not (RFC
  /// 8906): a header alone. Port and ID are all that tie it to a query.
  static func isBareError(_ message: Span<UInt8>) -> Bool {
    guard message.count == Header.length, message[2] & Header.response != 0,
      message.uint16(at: Header.questionCount) == 0
    else { return false }
    let code = Header.responseCode(message)
    return code == .formatError || code == .notImplemented || code == .refused
  }

  /// Whether `message` is a response to this question, as far as header and question tell (RFC 5452 section 9.1).
  /// Letters may have changed case on the way.
  func isAnswered(by message: Span<UInt8>) -> Bool {
    guard message.count >= questionEnd, message[2] & Header.response != 0, Header.opcode(message) == Opcode.query,
      message.uint16(at: Header.questionCount) == 1
    else { return false }
    let wire = name.wire
    for index in 0..<name.length where Name.lowercased(message[Header.length + index]) != wire[index] { return false }
    let fields = Header.length + name.length
    return message.uint16(at: fields) == type.rawValue
      && message.uint16(at: fields + 2) == RecordClass.internet.rawValue
  }
}
