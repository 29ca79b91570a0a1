import Ldns

/// A query as the road carries it: the gate has passed it, ldns has read its question.
///
/// Plain values without heap storage; one lives per slot of a batch and is read anew each time.
/// It is large (a name lies inside): pass it `borrowing` or `inout`.
package struct Query {
  package enum Reading: Equatable {
    case query
    /// No question, and an OPT with a cookie: that is what is asked for (RFC 7873 section 5.4).
    case cookie
    case drop
    /// Header only, this RCODE.
    case reject(ResponseCode)
    /// Question and OPT go back, with this RCODE: BADVERS.
    case refuse(ResponseCode)
  }

  package private(set) var head = QueryHead()
  package private(set) var name = Name()
  package private(set) var type = RecordType(rawValue: 0)
  package private(set) var recordClass = RecordClass(rawValue: 0)
  /// Hashes of the name's suffixes, for the policy and the cache.
  package private(set) var hashes = SuffixHashes()

  package init() {}

  /// A question of our own on behalf of `head`'s stub, for `name`: written to the front of `message`, which it may be
  /// answered in whatever its size.
  package init(asking name: Name, _ type: RecordType, like head: QueryHead, in message: inout MutableSpan<UInt8>) {
    self.name = name
    self.type = type
    recordClass = .internet
    message.copy(name.wire, at: Header.length)
    let fields = Header.length + name.length
    message.store(type.rawValue, at: fields)
    message.store(RecordClass.internet.rawValue, at: fields + 2)
    self.head = QueryHead(own: fields + 4, like: head)
    hashName()
  }

  /// Reads `message`. Anything but `.query` leaves only what a refusal needs.
  package mutating func read(_ message: Span<UInt8>, over transport: QueryHead.Transport) -> Reading {
    var gate = Gate()
    switch gate.examine(message) {
    case .drop: return .drop
    case .reject(let code): return .reject(code)
    case .accept: break
    }
    guard gate.questionEnd > Header.length else { return readCookie(message, gate, over: transport) }
    var question: Question?
    name.replace { target in
      question = Question.parse(message, name: &target)
      guard let question else {
        target[0] = 0
        return 1
      }
      for index in 0..<question.nameLength { target[index] = Name.lowercased(target[index]) }
      return question.nameLength
    }
    // ldns and the gate must see the same question.
    guard let question, question.end == gate.questionEnd else { return .reject(.formatError) }
    type = RecordType(rawValue: question.type)
    recordClass = RecordClass(rawValue: question.recordClass)
    head = QueryHead(message, questionEnd: gate.questionEnd, over: transport)
    guard gate.optOffset != 0 else { return .query }
    guard let edns = EDNS(message, at: gate.optOffset) else { return .reject(.formatError) }
    head.edns = edns
    return edns.version == 0 ? .query : .refuse(.badVersion)
  }

  private mutating func readCookie(
    _ message: Span<UInt8>, _ gate: Gate, over transport: QueryHead.Transport
  ) -> Reading {
    guard gate.optOffset != 0, let edns = EDNS(message, at: gate.optOffset) else { return .reject(.formatError) }
    head = QueryHead(message, questionEnd: gate.questionEnd, over: transport)
    head.edns = edns
    if edns.version != 0 { return .refuse(.badVersion) }
    return edns.cookie == nil ? .reject(.formatError) : .cookie
  }

  /// Judges the cookie that came and makes the one that goes back.
  mutating func settleCookie(_ keys: CookieKeys, address: IPAddress, now: UInt32) {
    head.edns?.cookie?.settle(keys, address: address, now: now)
  }

  /// Has the answer tell how long the connection is kept, in units of 100 ms.
  mutating func tellKeepalive(_ time: UInt16) { head.edns?.keepalive = time }

  /// Hashes the name: the second half of reading, for what goes on to be decided.
  package mutating func hashName() { hashes.update(name.wire) }
}
