/// How long responses are kept, in seconds.
package struct CacheLimits: Sendable, Hashable {
  /// Shorter TTLs count as this long, 0 included; and are sent so from the cache.
  package var minimumTTL: UInt32 = 0
  package var maximumTTL: UInt32 = 86_400
  /// RFC 2308 section 5 suggests one to three hours.
  package var maximumNegativeTTL: UInt32 = 3600
  /// What has expired may still be used for so long when no upstream answers (RFC 8767 section 5.5 names one to three
  /// days); 0: not at all.
  package var staleFor: UInt32 = 86_400

  package init() {}

  /// TTL of stale data (RFC 8767 section 4).
  package static let staleTTL: UInt32 = 30
}
