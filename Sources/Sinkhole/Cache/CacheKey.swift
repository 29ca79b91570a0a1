/// What a cached response answers: name, type, and the DO and CD bits that it was asked with (RFC 4035
/// section 3.2.1). Class IN always; never a client's subnet.
package struct CacheKey: BitwiseCopyable, Sendable, Equatable {
  package let hash: UInt64
  /// Whose truth it is: 0 for what the common upstreams say, else a hash of the upstreams that a group or a forwarded
  /// domain has for itself. The same in every process, or what is saved is not found again.
  package let view: UInt64
  package let type: RecordType
  /// DO in bit 0, CD in bit 1.
  package let flags: UInt8

  package static let dnssecOK: UInt8 = 1
  package static let checkingDisabled: UInt8 = 2

  @inline(__always)
  package init(_ query: borrowing Query, view: UInt64 = 0) {
    self.init(
      nameHash: query.hashes.whole, type: query.type, dnssecOK: query.head.dnssecOK,
      checkingDisabled: query.head.checkingDisabled, view: view)
  }

  /// - Parameter nameHash: of the whole canonical name, as `SuffixHashes` makes it.
  @inline(__always)
  package init(nameHash: UInt64, type: RecordType, dnssecOK: Bool, checkingDisabled: Bool, view: UInt64 = 0) {
    self.type = type
    self.view = view
    flags = (dnssecOK ? CacheKey.dnssecOK : 0) | (checkingDisabled ? CacheKey.checkingDisabled : 0)
    hash = SuffixHashes.mix(nameHash ^ view ^ UInt64(type.rawValue) << 8 ^ UInt64(flags))
  }
}
