/// A stub's query that waits for an upstream: enough to write its response with its own spelling.
package struct Waiter: BitwiseCopyable, Sendable {
  package let head: QueryHead
  package let type: RecordType
  /// For whom it is asked, as the policy knows it.
  package let client: IPAddress
  package let route: Route
  /// The question's name as the stub spelled it.
  private(set) var name = InlineArray<256, UInt8>(repeating: 0)
  private let nameLength: Int
  /// Index + 1 of the next waiter for the same response; 0: none.
  var next = 0
  /// What the policy led it to is asked about, not what the stub asked.
  var hasAlias = false

  package init(_ query: borrowing Query, client: IPAddress, message: Span<UInt8>, route: Route) {
    head = query.head
    type = query.type
    self.client = client
    self.route = route
    nameLength = query.head.questionEnd - Header.length - 4
    var target = name.mutableSpan
    target.copy(message.extracting(Header.length..<(Header.length + nameLength)), at: 0)
  }

  /// Its client, for counting.
  var clientHash: UInt64 {
    let address = route.path.peer.address
    return SuffixHashes.mix(address.low ^ SuffixHashes.mix(address.high))
  }

  /// Writes the response to this stub from `upstream`'s message, which `walk` has judged.
  func write(
    _ upstream: Span<UInt8>, _ walk: MessageWalk, alias: AliasChain?, remark: Response.Remark?, isAuthentic: Bool,
    in message: inout MutableSpan<UInt8>
  ) -> Int {
    writeQuestion(in: &message)
    if let alias { return alias.write(to: head, from: upstream, questionEnd: walk.questionEnd, in: &message) }
    var response = Response(to: head)
    let octets = walk.end - head.questionEnd
    if response.hasRoom(for: octets) {
      message.copy(upstream.extracting(head.questionEnd..<walk.end), at: head.questionEnd)
      // As from the cache.
      if walk.hasLongTTL {
        MessageWalk.limitTTLs(
          to: MessageWalk.longestTTL, ofRecords: walk.answers + walk.authority, from: head.questionEnd, in: &message)
      }
    }
    response.adopt(octets: octets, answers: walk.answers, authority: walk.authority, additional: 0, truncated: false)
    return response.finish(
      Header.responseCode(upstream), to: head, remark: remark, isAuthentic: isAuthentic, in: &message)
  }

  /// Writes a refusal to this stub; `remark` says more than the reason's own.
  package func write(
    _ reason: Refusal.Reason, remark: Response.Remark? = nil, in message: inout MutableSpan<UInt8>
  ) -> Int {
    writeQuestion(in: &message)
    return Refusal.write(reason, remark: remark, to: head, in: &message)
  }

  /// Name as the stub spelled it.
  package func writeQuestion(in message: inout MutableSpan<UInt8>) {
    let end = Header.length + nameLength
    message.copy(name.span.extracting(0..<nameLength), at: Header.length)
    message.store(type.rawValue, at: end)
    message.store(RecordClass.internet.rawValue, at: end + 2)
  }
}
