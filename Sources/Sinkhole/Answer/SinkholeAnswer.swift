/// What a restricted name is told (docs/answers.md has the table).
///
/// Blocked: NOERROR with the sinkhole addresses for A and AAAA; for every other type no data, so that no HTTPS
/// hint, ALPN or ECH key of the real host reaches a browser. Negative answers carry an SOA, or stubs would ask
/// for ever (RFC 2308 section 5).
package struct SinkholeAnswer: Sendable, Hashable {
  package var ipv4: [IPAddress]
  package var ipv6: [IPAddress]
  /// Seconds; short, so that an exception works at once.
  package var ttl: UInt32
  /// Whether TXT of a blocked name says which rule blocks it.
  package var explainsInText: Bool

  package init(ipv4: [IPAddress], ipv6: [IPAddress], ttl: UInt32, explainsInText: Bool) {
    self.ipv4 = ipv4
    self.ipv6 = ipv6
    self.ttl = ttl
    self.explainsInText = explainsInText
  }

  /// What came of it.
  package enum Outcome {
    /// The truth is for the upstream, or the cache, to tell.
    case open
    case silence
    /// The response is in the message, this long.
    case respond(Int)
    /// This one has to be looked up.
    case alias(AliasChain)
  }

  /// Where in a response the name stands that the policy has judged.
  package struct Stage: ~Copyable {
    /// CNAMEs that led to it; none for the name asked for.
    let links: [ChainLink]
    let name: Name
    /// Where the trigger's name begins in it, for the owner of an SOA.
    let suffixOffset: Int
    /// The family over which the client asks.
    let family: IPAddress.Family

    package init(links: [ChainLink], name: Name, suffixOffset: Int, family: IPAddress.Family) {
      self.links = links
      self.name = name
      self.suffixOffset = suffixOffset
      self.family = family
    }
  }

  /// Writes the answer that `verdict` gives to a query for `type` over it.
  package func write(
    _ verdict: Verdict, of policy: Policy, to head: QueryHead, type: RecordType, at stage: borrowing Stage,
    in message: inout MutableSpan<UInt8>
  ) -> Outcome {
    let effect = policy.effect(of: verdict)
    let remark = head.edns?.readsStructuredErrors == true ? effect.structuredRemark : effect.remark
    var response = Response(to: head)
    // The message may hold the truth already: nothing is written before it is known that it is not told.
    switch effect.kind {
    case .allow, .observe: return .open
    case .drop: return .silence
    case .refuse: return .respond(response.finish(.refused, to: head, remark: remark, in: &message))
    case .tcpOnly:
      guard head.transport == .udp else { return .open }
      return .respond(Refusal.writeTruncated(to: head, remark: remark, in: &message))
    case .alias: return alias(verdict, effect, policy, head, type, stage, remark, in: &message)
    case .block, .caution, .data, .nxdomain, .nodata: break
    }
    appendLinks(of: stage, &response, &message)
    var code = ResponseCode.noError
    var isEmpty = true
    switch effect.kind {
    case .block: isEmpty = appendSinkhole(type, remark, &response, &message)
    case .caution: isEmpty = reachable(over: stage.family).appendSinkhole(type, remark, &response, &message)
    case .data: isEmpty = appendData(policy.action(of: verdict), type, &response, &message)
    case .nxdomain: code = .nxdomain
    default: break
    }
    if isEmpty {
      let rdata = effect.negativeSOA
      response.appendSOA(ownerOffset: stage.suffixOffset, rdata: rdata.span, ttl: ttl, to: &message)
    }
    return .respond(response.finish(code, to: head, remark: remark, in: &message))
  }

  private func appendLinks(
    of stage: borrowing Stage, _ response: inout Response, _ message: inout MutableSpan<UInt8>
  ) {
    for link in stage.links {
      let target = link.target
      response.follow(target.span, ttl: min(link.ttl, ttl), to: &message)
    }
  }

  /// What a caution answers: the addresses of one family alone, so that the page sees the address that queries come from,
  /// for which an acknowledgement holds. Without a page there, both: it can be read at least.
  private func reachable(over family: IPAddress.Family) -> SinkholeAnswer {
    var answer = self
    switch family {
    case .v4 where !ipv4.isEmpty: answer.ipv6 = []
    case .v6 where !ipv6.isEmpty: answer.ipv4 = []
    default: break
    }
    return answer
  }

  /// True when there is nothing of this type.
  private func appendSinkhole(
    _ type: RecordType, _ remark: Response.Remark, _ response: inout Response, _ message: inout MutableSpan<UInt8>
  ) -> Bool {
    switch type {
    case .a:
      append(ipv4, &response, &message)
      return ipv4.isEmpty
    case .aaaa:
      append(ipv6, &response, &message)
      return ipv6.isEmpty
    case .any:
      append(ipv4, &response, &message)
      append(ipv6, &response, &message)
      return ipv4.isEmpty && ipv6.isEmpty
    case .txt where explainsInText:
      let text = remark.text
      response.appendText(text.span, ttl: ttl, to: &message)
      return false
    default: return true
    }
  }

  private func append(_ addresses: [IPAddress], _ response: inout Response, _ message: inout MutableSpan<UInt8>) {
    for address in addresses { response.append(address, ttl: ttl, to: &message) }
  }

  /// All that the name has is what the zone holds (section 3.6).
  private func appendData(
    _ action: PolicyZone.Action, _ type: RecordType, _ response: inout Response, _ message: inout MutableSpan<UInt8>
  ) -> Bool {
    guard case .data(let records) = action else { return true }
    var isEmpty = true
    for record in records where record.type == type || type == .any {
      let rdata = record.rdata
      response.append(record.type, ttl: min(record.ttl, ttl), rdata: rdata.span, to: &message)
      isEmpty = false
    }
    return isEmpty
  }

  private func alias(
    _ verdict: Verdict, _ effect: Effect, _ policy: Policy, _ head: QueryHead, _ type: RecordType,
    _ stage: borrowing Stage, _ remark: Response.Remark, in message: inout MutableSpan<UInt8>
  ) -> Outcome {
    guard let target = SinkholeAnswer.target(effect, policy.action(of: verdict), stage.name) else {
      // As BIND: the name asked for does not fit before the other.
      return .respond(Response(to: head).finish(.nameExists, to: head, remark: remark, in: &message))
    }
    // A garden inside what leads to it is itself.
    guard target != stage.name else { return .open }
    var wire: [UInt8] = []
    for index in 0..<target.length { wire.append(target.wire[index]) }
    if type == .cname || type == .any {
      var response = Response(to: head)
      appendLinks(of: stage, &response, &message)
      response.follow(wire.span, ttl: ttl, to: &message)
      return .respond(response.finish(.noError, to: head, remark: remark, in: &message))
    }
    let links = stage.links + [ChainLink(target: wire, ttl: ttl)]
    return .alias(AliasChain(links: links, target: target, remark: remark, ttl: ttl))
  }

  /// Nil when it would be longer than a name may be.
  private static func target(_ effect: Effect, _ action: PolicyZone.Action, _ name: Name) -> Name? {
    if let target = effect.rule.target { return target }
    switch action {
    case .alias(let target): return target
    case .wildcardAlias(let suffix):
      var octets: [UInt8] = []
      for index in 0..<(name.length - 1) { octets.append(name.wire[index]) }
      for index in 0..<suffix.length { octets.append(suffix.wire[index]) }
      return Name(wire: octets.span)
    default: return nil
    }
  }
}
