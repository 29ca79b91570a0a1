/// One CNAME of a response that is written anew.
package struct ChainLink: Sendable {
  /// Wire octets of the name that it leads to.
  package let target: [UInt8]
  /// Seconds.
  package let ttl: UInt32

  package init(target: [UInt8], ttl: UInt32) {
    self.target = target
    self.ttl = ttl
  }
}

/// An answer by alias: CNAMEs from the name asked for to `target`, which has to be looked up. What it says is data of
/// the policy's or the operator's making, to which no rule applies (draft-vixie-dnsop-dns-rpz section 6).
package struct AliasChain: Sendable {
  /// The last one leads to `target`.
  package let links: [ChainLink]
  package let target: Name
  package let remark: Response.Remark?
  /// Seconds that anything in the answer may live.
  package let ttl: UInt32

  package init(links: [ChainLink], target: Name, remark: Response.Remark?, ttl: UInt32) {
    self.links = links
    self.target = target
    self.remark = remark
    self.ttl = ttl
  }

  /// This chain, and behind it what its target leads to.
  package func appending(_ further: AliasChain) -> AliasChain {
    AliasChain(links: links + further.links, target: further.target, remark: remark, ttl: min(ttl, further.ttl))
  }

  /// Writes the chain and what `source`, a whole message about `target` whose question ends at `questionEnd`, says.
  package func write(
    to head: QueryHead, from source: Span<UInt8>, questionEnd: Int, in message: inout MutableSpan<UInt8>
  ) -> Int {
    var response = Response(to: head)
    appendLinks(&response, &message)
    var offset: Int? = questionEnd
    for isAuthority in [false, true] {
      let count = source.uint16(at: isAuthority ? Header.authorityCount : Header.answerCount)
      for _ in 0..<count {
        guard let at = offset else { break }
        offset = response.append(
          recordAt: at, of: source, ownedBy: target, isAuthority: isAuthority, limit: ttl, to: &message)
      }
    }
    return response.finish(Header.responseCode(source), to: head, remark: remark, in: &message)
  }

  func appendLinks(_ response: inout Response, _ message: inout MutableSpan<UInt8>) {
    for link in links {
      let target = link.target
      response.follow(target.span, ttl: min(link.ttl, ttl), to: &message)
    }
  }
}
