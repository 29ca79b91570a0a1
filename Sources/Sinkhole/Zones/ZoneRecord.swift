/// A record of zone text, and where it stands.
struct ZoneRecord {
  /// Absolute, uncompressed wire form, letters as written.
  let owner: [UInt8]
  let type: RecordType
  /// Seconds.
  let ttl: UInt32
  /// Uncompressed wire form; empty for types that are never read.
  let rdata: [UInt8]
  /// An octet outside ASCII stands in it unquoted.
  let hasRawOctets: Bool
  /// Of its first token.
  let line: Int
  let column: Int

  /// What is about a zone or a message and never a name's own data (draft-vixie-dnsop-dns-rpz section 3.6): DNSSEC's
  /// types, DNAME, and the types of queries and pseudo-records (RFC 6895 section 3.1).
  static func isAside(_ type: RecordType) -> Bool {
    switch type.rawValue {
    // DNAME, DS, RRSIG, NSEC, DNSKEY, NSEC3, NSEC3PARAM, CDS, CDNSKEY; SIG, KEY and NXT before them; CSYNC, ZONEMD.
    case 39, 43, 46, 47, 48, 50, 51, 59, 60, 24, 25, 30, 62, 63: true
    case 0, 41, 128...255: true
    default: false
    }
  }
}
