/// Names that Sinkhole answers about itself: CHAOS identity, and everything below `sinkhole.internal`.
///
/// Texts are built per query here: these names are asked by people, not on the road of others.
package struct OwnNames: Sendable {
  private static let explainSuffix = name("explain.sinkhole.internal")
  private static let whoami = name("whoami.sinkhole.internal")
  private static let versions = [name("version.bind"), name("version.server")]
  private static let identities = [name("id.server"), name("hostname.bind")]
  private static let negativeSOA = StartOfAuthority(
    primary: PolicyZoneReader.ownSuffix, mailbox: name("hostmaster.sinkhole.internal"), serial: 1, minimum: 5
  ).rdata

  private static func name(_ text: String) -> Name {
    guard let name = Name(text) else { preconditionFailure("\(text) is no name") }
    return name
  }

  package let identity: Identity
  private let sinkhole: SinkholeAnswer

  package init(identity: Identity, sinkhole: SinkholeAnswer) {
    self.identity = identity
    self.sinkhole = sinkhole
  }

  /// Whether `query` is one of these: CHAOS, or at or below `sinkhole.internal` in IN. Types that are no data of a
  /// name, transfers among them, are refused as for any other.
  @inline(__always)
  package static func own(_ query: Query) -> Bool {
    guard !query.type.isMeta else { return false }
    if query.recordClass == .chaos { return true }
    return query.recordClass == .internet && query.name.isAtOrBelow(PolicyZoneReader.ownSuffix)
  }

  /// - Parameter explain: says in one line what the policy makes of a name for whoever asks, or, without a name, who that
  ///   is.
  package func write(
    to query: Query, policy: Policy, in message: inout MutableSpan<UInt8>, explaining explain: (Name?) -> String
  ) -> Int {
    let asks = query.type == .txt || query.type == .any
    if let text = text(for: query, explain) {
      var response = Response(to: query.head)
      if asks {
        append(text, query, &response, &message)
      } else if query.recordClass == .internet {
        appendSOA(query, &response, &message)
      }
      return response.finish(.noError, to: query.head, in: &message)
    }
    if query.recordClass == .chaos {
      let remark = Response.Remark(.notSupported, "CHAOS has version.bind, id.server and the explain names")
      return Response(to: query.head).finish(.refused, to: query.head, remark: remark, in: &message)
    }
    return writeService(to: query, policy: policy, in: &message)
  }

  private func append(
    _ text: String, _ query: Query, _ response: inout Response, _ message: inout MutableSpan<UInt8>
  ) {
    let octets = Array(text.utf8)
    if query.recordClass == .chaos {
      response.appendChaosText(octets.span, to: &message)
    } else {
      response.appendText(octets.span, ttl: 0, to: &message)
    }
  }

  /// The text of an explaining or identifying name; nil for any other.
  private func text(for query: Query, _ explain: (Name?) -> String) -> String? {
    let name = query.name
    if name == OwnNames.whoami { return explain(nil) }
    if name.isAtOrBelow(OwnNames.explainSuffix), let subject = OwnNames.subject(of: name) {
      return explain(subject)
    }
    guard query.recordClass == .chaos else { return nil }
    if OwnNames.versions.contains(name) { return identity.version }
    if OwnNames.identities.contains(name) { return identity.id }
    return nil
  }

  /// `deepseek.com` of `deepseek.com.explain.sinkhole.internal`.
  private static func subject(of name: Name) -> Name? {
    guard name.length > explainSuffix.length else { return nil }
    var octets: [UInt8] = []
    for index in 0..<(name.length - explainSuffix.length) { octets.append(name.wire[index]) }
    octets.append(0)
    return Name(wire: octets.span)
  }

  /// `ID.service.sinkhole.internal`: the target that policy zones redirect to, with its metadata as TXT.
  private func writeService(to query: Query, policy: Policy, in message: inout MutableSpan<UInt8>) -> Int {
    var response = Response(to: query.head)
    let service = PolicyZoneReader.serviceID(of: query.name).flatMap { policy.services[$0] }
    let isOnTheWay = PolicyZoneReader.serviceSuffix.isAtOrBelow(query.name) || query.name == OwnNames.explainSuffix
    let exists = service != nil || isOnTheWay
    if let service {
      let wants = query.type
      if wants == .a || wants == .any { append(sinkhole.ipv4, &response, &message) }
      if wants == .aaaa || wants == .any { append(sinkhole.ipv6, &response, &message) }
      if wants == .txt || wants == .any {
        for (key, value) in service.facts.sorted(by: { $0.key < $1.key }) {
          let text = Array("\(key)=\(value)".utf8)
          response.appendText(text.span, ttl: sinkhole.ttl, to: &message)
        }
      }
    }
    if response.end == query.head.questionEnd { appendSOA(query, &response, &message) }
    return response.finish(exists ? .noError : .nxdomain, to: query.head, in: &message)
  }

  private func appendSOA(_ query: Query, _ response: inout Response, _ message: inout MutableSpan<UInt8>) {
    response.appendSOA(
      ownerOffset: query.hashes.offset(labels: PolicyZoneReader.ownSuffix.labelCount),
      rdata: OwnNames.negativeSOA.span, ttl: sinkhole.ttl, to: &message)
  }

  private func append(_ addresses: [IPAddress], _ response: inout Response, _ message: inout MutableSpan<UInt8>) {
    for address in addresses { response.append(address, ttl: sinkhole.ttl, to: &message) }
  }
}
