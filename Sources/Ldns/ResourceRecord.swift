import CLdns

/// One resource record as plain values, from one entry of zone text.
package struct ResourceRecord: Sendable {
  /// Uncompressed wire form, letters as written.
  package let owner: [UInt8]
  package let type: UInt16
  package let recordClass: UInt16
  /// Seconds.
  package let ttl: UInt32
  /// Uncompressed wire form.
  package let rdata: [UInt8]

  /// What ldns says of an entry that it cannot read.
  package struct SyntaxError: Error, Sendable {
    package let reason: String
  }

  /// Reads one entry: `[OWNER] [TTL] [CLASS] TYPE RDATA` on one line, without parentheses or comments.
  ///
  /// - Parameters:
  ///   - origin: completes relative names; wire form.
  ///   - previousOwner: stands in for an owner left out; wire form.
  ///   - defaultTTL: seconds, for an entry without its own.
  /// - Throws: `SyntaxError` with the reason ldns gives.
  package static func parse(
    _ entry: String, origin: [UInt8], previousOwner: [UInt8]?, defaultTTL: UInt32
  ) throws(SyntaxError) -> ResourceRecord {
    let originData = unsafe rdf(ofName: origin)
    defer { unsafe ldns_rdf_deep_free(originData) }
    var previous = unsafe previousOwner.flatMap { unsafe rdf(ofName: $0) }
    defer { unsafe ldns_rdf_deep_free(previous) }
    var parsed: UnsafeMutablePointer<ldns_rr>?
    let status = unsafe ldns_rr_new_frm_str(&parsed, entry, defaultTTL, originData, &previous)
    guard status == LDNS_STATUS_OK, let record = unsafe parsed else {
      throw SyntaxError(reason: unsafe String(cString: ldns_get_errorstr_by_id(status)))
    }
    defer { unsafe ldns_rr_free(record) }
    guard let owner = unsafe ldns_rr_owner(record) else { throw SyntaxError(reason: "the entry has no owner name") }
    var rdata: [UInt8] = []
    for index in 0..<(unsafe ldns_rr_rd_count(record)) {
      if let field = unsafe ldns_rr_rdf(record, index) { unsafe rdata += PresentationFormat.octets(of: field) }
    }
    return unsafe ResourceRecord(
      owner: PresentationFormat.octets(of: owner),
      type: UInt16(truncatingIfNeeded: ldns_rr_get_type(record).rawValue),
      recordClass: UInt16(truncatingIfNeeded: ldns_rr_get_class(record).rawValue),
      ttl: ldns_rr_ttl(record),
      rdata: rdata)
  }

  /// A new rdf that the caller frees.
  private static func rdf(ofName wire: [UInt8]) -> UnsafeMutablePointer<ldns_rdf>? {
    unsafe wire.withUnsafeBufferPointer { octets in
      unsafe ldns_rdf_new_frm_data(LDNS_RDF_TYPE_DNAME, octets.count, octets.baseAddress)
    }
  }
}
