/// The question that an upstream is asked: ours, not the stub's packet. Nothing of the stub's EDNS options, ID,
/// spelling or address goes on (RFC 6891 section 6.1.1, RFC 7871 section 11.1).
struct UpstreamQuery: BitwiseCopyable, Sendable {
  /// How a query is put, by what its upstream has shown to understand.
  struct Form: OptionSet, Sendable {
    let rawValue: UInt8
    /// Letters in random case, which the response must repeat (draft-vixie-dnsext-dns0x20).
    static let randomCase = Form(rawValue: 1)
    static let edns = Form(rawValue: 2)
    /// With a COOKIE option (RFC 7873).
    static let cookie = Form(rawValue: 4)
  }

  /// The most that `write` writes: header, question, OPT and the longest cookie.
  static let maximumLength = Header.length + Name.maximumLength + 4 + EDNS.emptyLength + 4 + 40

  let name: Name
  let type: RecordType
  let dnssecOK: Bool
  let checkingDisabled: Bool
  /// A bit a letter: whether it is sent in upper case. From the 65th on they repeat.
  var spelling: UInt64 = 0

  init(name: Name, type: RecordType, dnssecOK: Bool = false, checkingDisabled: Bool = false) {
    self.name = name
    self.type = type
    self.dnssecOK = dnssecOK
    self.checkingDisabled = checkingDisabled
  }

  /// The offset of the octet after the question.
  var questionEnd: Int { Header.length + name.length + 4 }

  /// Writes the message; returns its length.
  func write(
    id: UInt16, as form: Form = .edns, cookie: UpstreamCookie = UpstreamCookie(),
    to message: inout MutableSpan<UInt8>
  ) -> Int {
    message.store(id, at: 0)
    message[2] = Header.recursionDesired
    message[3] = checkingDisabled ? Header.checkingDisabled : 0
    message.store(UInt16(1), at: Header.questionCount)
    message.store(UInt32(0), at: Header.answerCount)
    message.store(UInt16(form.contains(.edns) ? 1 : 0), at: Header.additionalCount)
    message.copy(name.wire, at: Header.length)
    if form.contains(.randomCase) { spell(&message) }
    let fields = Header.length + name.length
    message.store(type.rawValue, at: fields)
    message.store(RecordClass.internet.rawValue, at: fields + 2)
    guard form.contains(.edns) else { return questionEnd }
    let opt = questionEnd
    message[opt] = 0
    message.store(RecordType.opt.rawValue, at: opt + 1)
    message.store(EDNS.payloadSize, at: opt + 3)
    message.store(dnssecOK ? UInt32(0x8000) : 0, at: opt + 5)
    let options = form.contains(.cookie) ? cookie.write(at: opt + EDNS.emptyLength, in: &message) : 0
    message.store(UInt16(options), at: opt + 9)
    return opt + EDNS.emptyLength + options
  }

  private func spell(_ message: inout MutableSpan<UInt8>) {
    var bits = spelling
    for index in Header.length..<(Header.length + name.length) {
      // Label lengths are below every letter.
      let isLetter = message[index] &- 0x61 < 26
      if isLetter, bits & 1 != 0 { message[index] &= 0xDF }
      if isLetter { bits = bits >> 1 | bits << 63 }
    }
  }

  enum Match { case none, folded, exact }

  /// Whether `message` is a response to this question, as far as header and question tell (RFC 5452 section 9.1):
  /// `.exact` in the spelling it was sent in, `.folded` in
  /// another where that spelling was random.
  func match(_ message: Span<UInt8>, as form: Form) -> Match {
    guard message.count >= questionEnd, message[2] & Header.response != 0, Header.opcode(message) == Opcode.query,
      message.uint16(at: Header.questionCount) == 1
    else { return .none }
    let fields = Header.length + name.length
    guard message.uint16(at: fields) == type.rawValue,
      message.uint16(at: fields + 2) == RecordClass.internet.rawValue
    else { return .none }
    let wire = name.wire
    if !form.contains(.randomCase), message.matches(wire, at: Header.length) { return .exact }
    var bits = form.contains(.randomCase) ? spelling : 0
    var isExact = true
    for index in 0..<name.length {
      let (sent, came) = (wire[index], message[Header.length + index])
      guard sent &- 0x61 < 26 else {
        guard sent == came else { return .none }
        continue
      }
      guard came | 0x20 == sent else { return .none }
      if came != (bits & 1 != 0 ? sent & 0xDF : sent) { isExact = false }
      bits = bits >> 1 | bits << 63
    }
    return isExact || !form.contains(.randomCase) ? .exact : .folded
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
}
