/// What a blocked name is told (docs/answers.md has the table).
///
/// NOERROR with the sinkhole addresses for A and AAAA; for every other type no data, so that no HTTPS
/// hint, ALPN or ECH key of the real host reaches a browser. Negative answers carry an SOA, or stubs
/// would ask for ever (RFC 2308 section 5).
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

  /// Writes the answer that `action` gives; nil when the action has the query go on, or gives silence.
  package func write(
    _ action: Policy.Action, _ verdict: Verdict, to query: Query, policy: Policy,
    in message: inout MutableSpan<UInt8>
  ) -> Int? {
    let remark = query.head.edns?.readsStructuredErrors == true ? action.structuredRemark : action.remark
    var response = Response(to: query.head)
    var code = ResponseCode.noError
    switch action.kind {
    case .drop, .passthru:
      return nil
    case .tcpOnly:
      guard query.head.transport == .udp else { return nil }
      response.adopt(octets: 0, answers: 0, authority: 0, additional: 0, truncated: true)
      return response.finish(.noError, to: query.head, remark: remark, in: &message)
    case .block:
      appendSinkhole(query, remark, &response, &message)
    case .nxdomain:
      code = .nxdomain
    case .nodata:
      break
    }
    if response.end == query.head.questionEnd {
      let labels = verdict.match.labels
      let rdata = policy.zones[verdict.match.zone].negativeSOA
      response.appendSOA(
        ownerOffset: query.hashes.offset(labels: labels), rdata: rdata.span, ttl: ttl, to: &message)
    }
    return response.finish(code, to: query.head, remark: remark, in: &message)
  }

  private func appendSinkhole(
    _ query: Query, _ remark: Response.Remark, _ response: inout Response,
    _ message: inout MutableSpan<UInt8>
  ) {
    switch query.type {
    case .a: append(ipv4, &response, &message)
    case .aaaa: append(ipv6, &response, &message)
    case .any:
      append(ipv4, &response, &message)
      append(ipv6, &response, &message)
    case .txt where explainsInText:
      let text = remark.text
      response.appendText(text.span, ttl: ttl, to: &message)
    default: break
    }
  }

  private func append(_ addresses: [IPAddress], _ response: inout Response, _ message: inout MutableSpan<UInt8>) {
    for address in addresses { response.append(address, ttl: ttl, to: &message) }
  }
}
