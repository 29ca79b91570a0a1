/// The first look at a message from a stub, before any library: bounded in time whatever it holds.
///
/// Called once per message by `Query.read`. It reads the header, walks the question's name and the
/// records behind it by their lengths, and refuses the shapes that ldns 1.8.3 lets through: pointers in
/// the question, octets behind the message, a second OPT, a second or early TSIG.
/// It never follows a pointer and never reads past the end.
package struct Gate {
  package enum Verdict: Equatable {
    /// No reply: too short to carry an ID, or itself a response (two servers would answer each other for ever).
    case drop
    /// The header alone goes back with this RCODE (RFC 8906 section 3.1.4: nothing is parroted).
    case reject(ResponseCode)
    case accept
  }

  /// Records behind the question that a query may carry: OPT, TSIG or SIG(0), IXFR's SOA, and some
  /// that nobody needs. More is no query.
  package static let maximumRecords = 8

  /// The offset of the octet after QCLASS, once accepted; after the header where there is no question.
  package private(set) var questionEnd = 0
  /// The offset of the OPT record's TYPE field, 0 without an OPT.
  package private(set) var optOffset = 0

  package init() {}

  /// One condition an `if`, in the order in which a field can be trusted.
  package mutating func examine(_ message: Span<UInt8>) -> Verdict {
    if message.count < Header.length { return .drop }
    if message[2] & Header.response != 0 { return .drop }
    // RFC 3425 section 3, RFC 8906 section 3.1.4: the header alone must do, the body is not looked at.
    if Header.opcode(message) != Opcode.query { return .reject(.notImplemented) }
    // RFC 9619 section 4.
    let questions = message.uint16(at: Header.questionCount)
    if questions > 1 { return .reject(.formatError) }
    if message.uint16(at: Header.answerCount) != 0 { return .reject(.formatError) }
    questionEnd = Header.length
    if questions == 1 {
      guard let nameEnd = Name.end(of: message, from: Header.length) else { return .reject(.formatError) }
      if nameEnd + 4 > message.count { return .reject(.formatError) }
      questionEnd = nameEnd + 4
    }
    optOffset = 0
    let records = Int(message.uint16(at: Header.authorityCount)) + Int(message.uint16(at: Header.additionalCount))
    // No question asks for a cookie (RFC 7873 section 5.4), in an OPT.
    if records == 0, questions == 0 { return .reject(.formatError) }
    if records == 0 { return questionEnd == message.count ? .accept : .reject(.formatError) }
    if records > Gate.maximumRecords { return .reject(.formatError) }
    return walk(message, records: records)
  }

  private mutating func walk(_ message: Span<UInt8>, records: Int) -> Verdict {
    var offset = questionEnd
    let authority = Int(message.uint16(at: Header.authorityCount))
    for index in 0..<records {
      let owner = offset
      guard let fields = MessageWalk.skipName(message, from: offset), fields + 10 <= message.count else {
        return .reject(.formatError)
      }
      let end = fields + 10 + Int(message.uint16(at: fields + 8))
      if end > message.count { return .reject(.formatError) }
      switch RecordType(rawValue: message.uint16(at: fields)) {
      case .opt:
        // RFC 6891 section 6.1.1: one at most, in the additional section, owned by the root.
        if optOffset != 0 { return .reject(.formatError) }
        if index < authority { return .reject(.formatError) }
        if message[owner] != 0 { return .reject(.formatError) }
        optOffset = fields
      case .tsig:
        // RFC 8945 section 5.1: one at most, and last.
        if index != records - 1 { return .reject(.formatError) }
      default:
        break
      }
      offset = end
    }
    return offset == message.count ? .accept : .reject(.formatError)
  }
}
