/// A stub's query that waits for an upstream: enough to write its response with its own spelling.
package struct Waiter: Sendable {
  package let head: QueryHead
  package let type: RecordType
  /// For whom it is asked, as the policy knows it.
  package let client: IPAddress
  package let route: Route
  /// What the policy led it to: the upstream is asked about that. Nil: about what the stub asked.
  package private(set) var alias: AliasChain?
  /// The question's name as the stub spelled it.
  private(set) var name = InlineArray<256, UInt8>(repeating: 0)
  private let nameLength: Int
  /// Index + 1 of the next waiter for the same response; 0: none.
  var next = 0

  package init(_ query: Query, client: IPAddress, message: Span<UInt8>, route: Route) {
    head = query.head
    type = query.type
    self.client = client
    self.route = route
    nameLength = query.name.length
    for index in 0..<nameLength { name[index] = message[Header.length + index] }
  }

  /// The same stub, waiting for what `alias` leads to.
  package func following(_ alias: AliasChain) -> Waiter {
    var waiter = self
    waiter.alias = alias
    waiter.next = 0
    return waiter
  }

  /// The question that goes to an upstream for it.
  func question(asking name: Name) -> UpstreamQuery {
    UpstreamQuery(
      name: alias?.target ?? name, type: type, dnssecOK: alias == nil && head.dnssecOK,
      checkingDisabled: head.checkingDisabled)
  }

  /// Writes the response to this stub from `upstream`'s message, which `walk` has judged.
  func write(_ upstream: Span<UInt8>, _ walk: MessageWalk, in message: inout MutableSpan<UInt8>) -> Int {
    writeQuestion(in: &message)
    if let alias { return alias.write(to: head, from: upstream, questionEnd: walk.questionEnd, in: &message) }
    var response = Response(to: head)
    let octets = walk.end - head.questionEnd
    if response.hasRoom(for: octets) {
      message.copy(upstream.extracting(head.questionEnd..<walk.end), at: head.questionEnd)
      if walk.hasLongTTL { clampTTLs(walk, in: &message) }
    }
    response.adopt(
      octets: octets, answers: walk.answers, authority: walk.authority, additional: walk.additional, truncated: false)
    return response.finish(Header.responseCode(upstream), to: head, in: &message)
  }

  /// As from the cache: no TTL of more than a week.
  private func clampTTLs(_ walk: MessageWalk, in message: inout MutableSpan<UInt8>) {
    var record = head.questionEnd
    for _ in 0..<(walk.answers + walk.authority + walk.additional) {
      guard let fields = MessageWalk.skipName(message.span, from: record) else { return }
      message.store(MessageWalk.clamped(message.uint32(at: fields + 4)), at: fields + 4)
      record = fields + 10 + Int(message.uint16(at: fields + 8))
    }
  }

  /// Writes a refusal to this stub.
  package func write(_ reason: Refusal.Reason, in message: inout MutableSpan<UInt8>) -> Int {
    writeQuestion(in: &message)
    return Refusal.write(reason, to: head, in: &message)
  }

  /// Name as the stub spelled it.
  package func writeQuestion(in message: inout MutableSpan<UInt8>) {
    let end = Header.length + nameLength
    message.copy(name.span.extracting(0..<nameLength), at: Header.length)
    message.store(type.rawValue, at: end)
    message.store(RecordClass.internet.rawValue, at: end + 2)
  }
}
