/// What of a response belongs to its question: records of the name asked for and of those that its CNAMEs lead to, and in
/// authority what says where nothing is. All else is neither relayed nor kept (RFC 5452 section 6, RFC 2181 section 5.4.1):
/// nobody asked for it.
package struct AnswerChain {
  /// Names of a chain. Unbound stops at 11 CNAMEs, BIND at 16.
  private static let maximumNames = 24
  private static let dname = RecordType(rawValue: 39)

  private let answers: Int
  private let authority: Int
  private let questionEnd: Int
  /// Where the names of the chain stand in the message, the question's first.
  private var names = InlineArray<24, UInt16>(repeating: UInt16(Header.length))
  private var count = 1

  /// - Parameter walk: has judged `message`.
  package init(_ message: Span<UInt8>, _ walk: MessageWalk) {
    (answers, authority, questionEnd) = (walk.answers, walk.authority, walk.questionEnd)
    // A link may stand before the one that leads to it: as often as a name is found.
    var isGrowing = walk.traits.contains(.targets)
    while isGrowing {
      isGrowing = false
      forEachRecord(message) { record, index in
        guard index < answers, record.type == .cname, count < AnswerChain.maximumNames, contains(message, record.owner),
          !contains(message, record.rdata)
        else { return }
        names[count] = UInt16(truncatingIfNeeded: record.rdata)
        count += 1
        isGrowing = true
      }
    }
  }

  /// Whether every record belongs.
  package func isWhole(_ message: Span<UInt8>) -> Bool {
    var isWhole = true
    forEachRecord(message) { record, index in
      if isWhole { isWhole = belongs(message, record, isAnswer: index < answers) }
    }
    return isWhole
  }

  /// A message with what belongs alone, names written out: a pointer may lead into what is left out.
  package func sifted(_ message: Span<UInt8>, name: Name) -> [UInt8] {
    var octets = [UInt8](repeating: 0, count: 65_535)
    var target = octets.mutableSpan
    target.copy(message.extracting(0..<questionEnd), at: 0)
    let head = QueryHead(own: questionEnd)
    var response = Response(to: head)
    forEachRecord(message) { record, index in
      guard belongs(message, record, isAnswer: index < answers) else { return }
      _ = response.append(
        recordAt: record.owner, of: message, ownedBy: name, isAuthority: index >= answers, keepsSignatures: true,
        limit: .max, to: &target)
    }
    let length = response.finish(Header.responseCode(message), to: head, in: &target)
    return Array(octets[..<length])
  }

  private func belongs(_ message: Span<UInt8>, _ record: Answers.Record, isAnswer: Bool) -> Bool {
    if isAnswer {
      if contains(message, record.owner) { return true }
      // A DNAME stands above the names that it turns, with its signature.
      guard record.type == AnswerChain.dname || record.type.isSignature else { return false }
      return isAbove(message, record.owner)
    }
    switch record.type {
    case .soa, .ns: return isAbove(message, record.owner)
    // Proofs are owned by names beside the chain.
    default: return record.type.isSignature || record.type == .ds
    }
  }

  private func contains(_ message: Span<UInt8>, _ owner: Int) -> Bool {
    for index in 0..<count where WireName.isEqual(message, Int(names[index]), owner) { return true }
    return false
  }

  /// Whether the name at `owner` is that of the chain's names, or above one.
  private func isAbove(_ message: Span<UInt8>, _ owner: Int) -> Bool {
    for index in 0..<count {
      var at = Int(names[index])
      while true {
        if WireName.isEqual(message, at, owner) { return true }
        guard let parent = WireName.parent(message, of: at) else { break }
        at = parent
      }
    }
    return false
  }

  private func forEachRecord(_ message: Span<UInt8>, _ body: (Answers.Record, Int) -> Void) {
    var records = Answers(message, from: questionEnd, count: answers + authority)
    var index = 0
    while let record = records.next(message) {
      body(record, index)
      index += 1
    }
  }
}
