/// What the cache keeps of a response beside its octets.
package struct CachedResponse: Sendable {
  /// The response's header octet 3: RCODE in the lower four bits.
  package let code: ResponseCode
  package let answers: Int
  package let authority: Int
  /// From the end of the question to here lie the records that are kept.
  package let questionEnd: Int
  package let end: Int
  /// Seconds it may be kept: more than 0.
  package let lifetime: UInt32
  /// Seconds that a shorter TTL of its records is raised to.
  package let minimumTTL: UInt32
  package let traits: MessageWalk.Traits
  /// The extended error that came with it: INFO-CODE and text, `maximumRemark` octets at most; empty when none did.
  package let remark: [UInt8]
  /// An upstream that is trusted for it has verified it: AD (RFC 6840 section 5.8).
  package let isAuthentic: Bool

  /// INFO-CODE and 200 octets of text.
  package static let maximumRemark = 202

  /// Nil when the response may not be kept: an error, TTL 0, a negative one without SOA (RFC 2308 section 5).
  ///
  /// - Parameter remark: INFO-CODE (two octets) and UTF-8 text of an extended error (RFC 8914), which every hit tells
  ///   again; text beyond `maximumRemark` is cut between characters.
  package init?(
    _ walk: MessageWalk, code: ResponseCode, questionEnd: Int, limits: CacheLimits = CacheLimits(),
    remark: [UInt8] = [], isAuthentic: Bool = false
  ) {
    guard code == .noError || code == .nxdomain else { return nil }
    var lifetime: UInt32
    let isNegative: Bool
    if let positive = walk.leastTTL {
      lifetime = min(positive, walk.negativeTTL ?? positive)
      isNegative = code == .nxdomain
    } else {
      guard let negative = walk.negativeTTL else { return nil }
      lifetime = negative
      isNegative = true
    }
    lifetime = min(max(lifetime, limits.minimumTTL), limits.maximumTTL)
    if isNegative { lifetime = min(lifetime, limits.maximumNegativeTTL) }
    guard lifetime > 0 else { return nil }
    self.code = code
    self.lifetime = lifetime
    self.questionEnd = questionEnd
    self.isAuthentic = isAuthentic
    self.remark = CachedResponse.bounded(remark)
    minimumTTL = limits.minimumTTL
    answers = walk.answers
    authority = walk.authority
    end = walk.end
    traits = walk.traits
  }

  private static func bounded(_ remark: [UInt8]) -> [UInt8] {
    guard remark.count >= 2 else { return [] }
    guard remark.count > maximumRemark else { return remark }
    var end = maximumRemark
    // Octets of the form 10xxxxxx go on with a character: the cut goes before its first.
    while end > 2, remark[end] & 0xC0 == 0x80 { end -= 1 }
    return Array(remark[..<end])
  }
}
