/// What a cached response answers: name, type, and the DO and CD bits that it was asked with (RFC 4035
/// section 3.2.1). Class IN always; never a client's subnet.
package struct CacheKey: BitwiseCopyable, Sendable, Equatable {
  package let hash: UInt64
  package let type: RecordType
  /// DO in bit 0, CD in bit 1.
  package let flags: UInt8

  /// - Parameter view: whose answers these are: of upstreams that only some are sent to; 0 for the common ones.
  @inline(__always)
  package init(_ query: borrowing Query, view: UInt64 = 0) {
    type = query.type
    flags = (query.head.dnssecOK ? 1 : 0) | (query.head.checkingDisabled ? 2 : 0)
    hash = SuffixHashes.mix(query.hashes.whole ^ UInt64(type.rawValue) << 8 ^ UInt64(flags) ^ view)
  }
}
