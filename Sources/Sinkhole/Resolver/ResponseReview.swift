/// Judges where a response leads: every name of its CNAME chain, the targets of its HTTPS and SVCB records, and its
/// addresses, hints included (draft-vixie-dnsop-dns-rpz section 5.1; hints are ours, since clients use them as addresses).
///
/// Runs on a response that is written already, from an upstream that `MessageWalk` has judged or from the cache, so that a
/// change of policy acts at once whatever is cached. The earliest name of the chain for which some rule decides settles it:
/// restricted, the chain up to there is told, and then what a restricted name is told; allowed, nothing behind it is
/// looked at.
struct ResponseReview {
  /// CNAMEs followed. Unbound stops at 11, BIND at 16.
  private static let maximumLinks = 16

  private let subject: Subject
  private let question: Name
  private(set) var told = Resolver.Told()
  /// Seconds that any record may live.
  private var limit: UInt32
  /// The current name, and where the CNAMEs that led to it have their RDATA.
  private var name: Name
  private var hashes = SuffixHashes()
  private var rdata = InlineArray<16, UInt16>(repeating: 0)
  private var linkCount = 0

  init(_ subject: Subject, name: Name, limit: UInt32) {
    self.subject = subject
    self.limit = limit
    question = name
    self.name = name
  }

  enum Finding {
    /// Nothing has been decided.
    case goOn
    /// The response stays, whatever it leads to from here.
    case openBelow
    /// This is answered instead.
    case answer(SinkholeAnswer.Outcome)
    /// The chain has no end within the bound.
    case endless
  }

  mutating func run(_ traits: MessageWalk.Traits, in message: inout MutableSpan<UInt8>) -> Finding {
    if traits.contains(.targets) {
      // Who asks for the CNAME itself does not follow it.
      if subject.type != .cname {
        while let next = link(message.span) {
          // A loop, or a chain that hides its end from us: nobody is served by it.
          guard linkCount < ResponseReview.maximumLinks, WireName.read(message.span, at: next, into: &name) else {
            return .endless
          }
          rdata[linkCount] = UInt16(truncatingIfNeeded: next)
          linkCount += 1
          let finding = judgeName(&message)
          guard case .goOn = finding else { return finding }
        }
      }
      let finding = judgeServiceTargets(&message)
      guard case .goOn = finding else { return finding }
    }
    guard traits.contains(.addresses), subject.snapshot.policy.hasAddressTriggers else { return .goOn }
    return judgeAddresses(&message)
  }

  // MARK: Names

  /// Where the RDATA of a CNAME of the current name begins; nil when it has none.
  private func link(_ message: Span<UInt8>) -> Int? {
    var answers = Answers(message, from: subject.head.questionEnd)
    while let record = answers.next(message) {
      if record.type == .cname, WireName.isEqual(message, at: record.owner, to: name) { return record.rdata }
    }
    return nil
  }

  /// Judges the current name, to which the chain has led.
  private mutating func judgeName(_ message: inout MutableSpan<UInt8>) -> Finding {
    hashes.update(name.wire)
    let policy = subject.snapshot.policy
    return settle(policy.ruling(onTarget: name, hashes, for: subject.asker, subject.present.activity), &message)
  }

  /// The targets of HTTPS and SVCB records (RFC 9460 section 2.2). The answer is about the records' owner: they are
  /// withheld when one of their targets is restricted, for their order says nothing.
  private mutating func judgeServiceTargets(_ message: inout MutableSpan<UInt8>) -> Finding {
    let owner = name
    var isOpen = false
    var answers = Answers(message.span, from: subject.head.questionEnd)
    while let record = answers.next(message.span) {
      guard record.type == .https || record.type == .svcb, record.end >= record.rdata + 3,
        let end = Name.end(of: message.span.extracting(..<record.end), from: record.rdata + 2), end > record.rdata + 3,
        WireName.read(message.span, at: record.rdata + 2, into: &name)
      else { continue }
      hashes.update(name.wire)
      let ruling = subject.snapshot.policy.ruling(
        onTarget: name, hashes, for: subject.asker, subject.present.activity)
      name = owner
      // No suffix of the owner is the trigger's name.
      hashes.update(owner.wire)
      switch settle(ruling, &message, isOwnName: false) {
      case .goOn: break
      case .openBelow: isOpen = true
      case let finding: return finding
      }
    }
    return isOpen ? .openBelow : .goOn
  }

  // MARK: Addresses

  private mutating func judgeAddresses(_ message: inout MutableSpan<UInt8>) -> Finding {
    let policy = subject.snapshot.policy
    var search = Policy.AddressSearch()
    var answers = Answers(message.span, from: subject.head.questionEnd)
    while let record = answers.next(message.span) {
      record.forEachAddress(message.span) { policy.note($0, in: &search) }
    }
    hashes.update(name.wire)
    let ruling = policy.ruling(on: search, for: subject.asker, subject.present.activity)
    return settle(ruling, &message, isOwnName: false)
  }

  // MARK: Settling

  private mutating func settle(
    _ ruling: Ruling, _ message: inout MutableSpan<UInt8>, isOwnName: Bool = true
  ) -> Finding {
    let judgement = subject.judge(ruling)
    limit = min(limit, judgement.ttlLimit)
    if !ruling.isEmpty, told.isEmpty { told = Resolver.Told(judgement, ruling, subject.asker, isTarget: true) }
    guard judgement.isSettled else { return .goOn }
    guard judgement.restricts else { return .openBelow }
    told = Resolver.Told(judgement, ruling, subject.asker, isTarget: true)
    let links = chain(message.span)
    let outcome = subject.answer(
      judgement, on: name, hashes, after: links, ownsTrigger: isOwnName, in: &message)
    return outcome.map { .answer($0) } ?? .openBelow
  }

  /// The CNAMEs up to the current name, read before the response is written over.
  private func chain(_ message: Span<UInt8>) -> [ChainLink] {
    (0..<linkCount).map { index in
      var target = Name()
      _ = WireName.read(message, at: Int(rdata[index]), into: &target)
      var octets: [UInt8] = []
      for position in 0..<target.length { octets.append(target.wire[position]) }
      // TTL stands six octets before RDATA.
      return ChainLink(target: octets, ttl: message.uint32(at: Int(rdata[index]) - 6))
    }
  }

  /// Lets no record live longer than the clock that opened it.
  func limitTTLs(in message: inout MutableSpan<UInt8>) {
    guard limit != .max else { return }
    var count = Int(message.uint16(at: Header.answerCount))
    count += Int(message.uint16(at: Header.authorityCount)) + Int(message.uint16(at: Header.additionalCount))
    MessageWalk.limitTTLs(to: limit, ofRecords: count, from: subject.head.questionEnd, in: &message)
  }
}
