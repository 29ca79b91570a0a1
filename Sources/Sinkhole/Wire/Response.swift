/// Responses written over the query that they answer: the ID and the question stay as they came, so
/// the stub finds its own spelling (0x20) and its own ID without a copy.
///
/// Records go in behind the question, then `finish` writes the OPT, the header and the counts. Every
/// response leaves through it, so an OPT is there exactly when the query had one (RFC 6891 section 7).
package struct Response {
  /// Where the next record goes.
  package internal(set) var end: Int
  var answers: UInt16 = 0
  var authority: UInt16 = 0
  private var additional: UInt16 = 0
  private var isTruncated = false
  private let limit: Int
  /// The octets that the closing OPT needs without an extended error.
  private let reserved: Int
  /// Where the name stands that records are owned by: the question's, or the last alias that it led to.
  private var nameOffset = Header.length

  /// What the answer says about itself: an extended error (RFC 8914) with its UTF-8 text.
  package struct Remark: Sendable {
    package let code: ExtendedError
    package let text: [UInt8]

    package init(_ code: ExtendedError, _ text: String) {
      self.code = code
      self.text = Array(text.utf8)
    }

    /// As the option has it: INFO-CODE and text.
    package var octets: [UInt8] {
      [UInt8(code.rawValue >> 8), UInt8(truncatingIfNeeded: code.rawValue)] + text
    }
  }

  package init(to query: QueryHead) {
    end = query.questionEnd
    limit = query.responseLimit
    reserved = query.edns?.answerLength ?? 0
  }

  /// Room for `length` more octets. Without it the response is cut to its question, TC set.
  mutating func takesRoom(for length: Int) -> Bool {
    if !isTruncated, end + length + reserved <= limit { return true }
    isTruncated = true
    return false
  }

  /// A CNAME to `target`, wire octets; what is appended from now on is owned by it.
  package mutating func follow(_ target: Span<UInt8>, ttl: UInt32, to message: inout MutableSpan<UInt8>) {
    let before = end
    append(.cname, ttl: ttl, rdata: target, to: &message)
    // A pointer reaches 16,383 octets: a chain that long is cut off long before.
    if end > before, before + 12 < 0x4000 { nameOffset = before + 12 }
  }

  /// A record owned by the current name.
  package mutating func append(
    _ type: RecordType, ttl: UInt32, rdata: Span<UInt8>, to message: inout MutableSpan<UInt8>
  ) {
    guard takesRoom(for: 12 + rdata.count) else { return }
    message.store(owner, at: end)
    writeFields(type, at: end + 2, ttl: ttl, length: rdata.count, to: &message)
    message.copy(rdata, at: end + 12)
    end += 12 + rdata.count
    answers += 1
  }

  /// A pointer to the current name.
  var owner: UInt16 { UInt16(0xC000 | nameOffset) }

  /// An address record owned by the current name.
  package mutating func append(_ address: IPAddress, ttl: UInt32, to message: inout MutableSpan<UInt8>) {
    let length = address.octetCount
    guard takesRoom(for: 12 + length) else { return }
    message.store(owner, at: end)
    writeFields(address.family == .v4 ? .a : .aaaa, at: end + 2, ttl: ttl, length: length, to: &message)
    for index in 0..<length { message[end + 12 + index] = address.octet(index) }
    end += 12 + length
    answers += 1
  }

  /// An SOA in authority, so that stubs may keep a negative answer (RFC 2308 section 3). Its owner is
  /// the suffix of the current name that starts `ownerOffset` octets into it.
  package mutating func appendSOA(
    ownerOffset: Int, rdata: Span<UInt8>, ttl: UInt32, to message: inout MutableSpan<UInt8>
  ) {
    guard takesRoom(for: 12 + rdata.count) else { return }
    message.store(UInt16(0xC000 | (nameOffset + ownerOffset)), at: end)
    writeFields(.soa, at: end + 2, ttl: ttl, length: rdata.count, to: &message)
    message.copy(rdata, at: end + 12)
    end += 12 + rdata.count
    authority += 1
  }

  private func writeFields(
    _ type: RecordType, at offset: Int, recordClass: RecordClass = .internet, ttl: UInt32, length: Int,
    to message: inout MutableSpan<UInt8>
  ) {
    message.store(type.rawValue, at: offset)
    message.store(recordClass.rawValue, at: offset + 2)
    message.store(ttl, at: offset + 4)
    message.store(UInt16(length), at: offset + 8)
  }

  /// Takes octets that were copied behind the question as they are, with their section counts; cut to
  /// the question, with TC, when they do not fit.
  package mutating func adopt(octets: Int, answers: Int, authority: Int, additional: Int, truncated: Bool) {
    if truncated { isTruncated = true }
    guard takesRoom(for: octets) else { return }
    end += octets
    self.answers = UInt16(answers)
    self.authority = UInt16(authority)
    self.additional = UInt16(additional)
  }

  /// Whether nothing has been appended yet to the answer section.
  package var hasNoAnswer: Bool { answers == 0 }

  /// Whether `octets` more would fit.
  package func hasRoom(for octets: Int) -> Bool { !isTruncated && end + octets + reserved <= limit }

  /// Makes the records of CHAOS answers say so: their class stands where `append` wrote IN.
  package mutating func appendChaosText(_ text: Span<UInt8>, to message: inout MutableSpan<UInt8>) {
    let start = end
    appendText(text, ttl: 0, to: &message)
    if end > start { message.store(RecordClass.chaos.rawValue, at: start + 4) }
  }

  /// One TXT record of as many 255-octet strings as `text` needs (RFC 1035 section 3.3.14).
  package mutating func appendText(_ text: Span<UInt8>, ttl: UInt32, to message: inout MutableSpan<UInt8>) {
    let strings = max(1, (text.count + 254) / 255)
    let length = text.count + strings
    guard takesRoom(for: 12 + length) else { return }
    message.store(owner, at: end)
    writeFields(.txt, at: end + 2, ttl: ttl, length: length, to: &message)
    end += 12
    var taken = 0
    for _ in 0..<strings {
      let size = min(255, text.count - taken)
      message[end] = UInt8(size)
      message.copy(text.extracting(taken..<(taken + size)), at: end + 1)
      end += 1 + size
      taken += size
    }
    answers += 1
  }

  /// Writes OPT, header and counts; returns the length of the whole response.
  ///
  /// An extended error that does not fit loses its text first, then itself: the rest of the answer
  /// matters more (RFC 8914 section 3).
  ///
  /// - Parameter isAuthentic: somebody trusted has verified the data: AD, where the stub reads it (RFC 6840 sections 5.7, 5.8).
  package consuming func finish(
    _ code: ResponseCode, to query: QueryHead, remark: Remark? = nil, isAuthentic: Bool = false,
    in message: inout MutableSpan<UInt8>
  ) -> Int {
    let text = remark?.text ?? []
    return finish(
      code, to: query, infoCode: remark?.code.rawValue, text: text.span, isAuthentic: isAuthentic, in: &message)
  }

  /// The same with an extended error whose octets lie somewhere already.
  consuming func finish(
    _ code: ResponseCode, to query: QueryHead, infoCode: UInt16?, text: Span<UInt8>, isAuthentic: Bool,
    in message: inout MutableSpan<UInt8>
  ) -> Int {
    if isTruncated {
      end = query.questionEnd
      answers = 0
      authority = 0
      additional = 0
    }
    if let edns = query.edns {
      writeOPT(code, edns, infoCode: infoCode, text: text, to: &message)
    }
    message.store(query.id, at: 0)
    let desired = query.flags.0 & Header.recursionDesired
    message[2] = Header.response | desired | (isTruncated ? Header.truncated : 0)
    let checking = query.flags.1 & Header.checkingDisabled
    let authentic = isAuthentic && !isTruncated && query.readsAuthenticData ? Header.authenticData : 0
    message[3] = Header.recursionAvailable | checking | authentic | UInt8(truncatingIfNeeded: code.rawValue & 0x0F)
    // None came with a query for a cookie alone (RFC 7873 section 5.4).
    message.store(UInt16(query.questionEnd > Header.length ? 1 : 0), at: Header.questionCount)
    message.store(answers, at: Header.answerCount)
    message.store(authority, at: Header.authorityCount)
    message.store(additional, at: Header.additionalCount)
    return end
  }

  private mutating func writeOPT(
    _ code: ResponseCode, _ edns: borrowing EDNS, infoCode: UInt16?, text: Span<UInt8>, to message: inout MutableSpan<UInt8>
  ) {
    let start = end
    message[start] = 0
    message.store(RecordType.opt.rawValue, at: start + 1)
    message.store(EDNS.payloadSize, at: start + 3)
    message[start + 5] = UInt8(truncatingIfNeeded: code.rawValue >> 4)
    message[start + 6] = 0
    message.store(edns.dnssecOK ? UInt16(0x8000) : 0, at: start + 7)
    end += EDNS.emptyLength
    if let cookie = edns.cookie, cookie.isSettled {
      cookie.write(to: &message, at: end)
      end += Cookie.answerLength
    }
    if let keepalive = edns.keepalive {
      message.store(EDNS.keepaliveOption, at: end)
      message.store(UInt16(2), at: end + 2)
      message.store(keepalive, at: end + 4)
      end += 6
    }
    if let infoCode {
      let room = limit - end
      if room >= 6 {
        let length = room >= 6 + text.count ? text.count : 0
        message.store(EDNS.extendedErrorOption, at: end)
        message.store(UInt16(2 + length), at: end + 2)
        message.store(infoCode, at: end + 4)
        if length > 0 { message.copy(text, at: end + 6) }
        end += 6 + length
      }
    }
    message.store(UInt16(end - start - EDNS.emptyLength), at: start + 9)
    additional += 1
  }

  /// Header only: for what the gate refuses. Counts are zero, nothing of the body goes back.
  package static func headerOnly(_ code: ResponseCode, in message: inout MutableSpan<UInt8>) -> Int {
    message[2] = Header.response | (message[2] & 0x79)
    message[3] = Header.recursionAvailable | (message[3] & Header.checkingDisabled) | UInt8(code.rawValue & 0x0F)
    for offset in Header.questionCount..<Header.length { message[offset] = 0 }
    return Header.length
  }
}
