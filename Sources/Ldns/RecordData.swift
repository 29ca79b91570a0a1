import CLdns

/// RDATA from zone text, by ldns (RFC 1035 section 5.1, RFC 3597 section 5).
package enum RecordData {
  /// What ldns, or the check of what it made, says of text that is no RDATA of its type.
  package struct SyntaxError: Error, Sendable, Equatable {
    package let reason: String
  }

  /// RDATA has a length of 16 bits.
  package static let maximumLength = 65_535

  /// The uncompressed wire form of `text`, RDATA of `type` on one line without parentheses or comments.
  ///
  /// Each call costs ldns some 200 kB of allocations, freed before it returns: not for the bulk of a zone.
  ///
  /// - Parameter origin: completes relative names; wire form.
  /// - Throws: `SyntaxError` with the reason.
  package static func parse(
    _ text: Span<UInt8>, type: UInt16, origin: [UInt8]
  ) throws(SyntaxError) -> [UInt8] {
    // RFC 3597's form is read here: ldns trusts the length in it.
    if let generic = try GenericRecordData.parse(text) { return try checked(generic, type: type) }
    guard isKnown(type) else {
      throw SyntaxError(reason: "type \(PresentationFormat.text(ofRecordType: type)) is unknown, expected \\# LENGTH HEX")
    }
    var entry = Array(". 0 IN \(PresentationFormat.text(ofRecordType: type)) ".utf8)
    entry.reserveCapacity(entry.count + text.count + 1)
    for index in text.indices { entry.append(text[index]) }
    entry.append(0)
    let record = unsafe try record(entry, origin: origin)
    defer { unsafe ldns_rr_free(record) }
    return try unsafe octets(of: record)
  }

  /// A new record that the caller frees. `entry` ends in NUL.
  private static func record(
    _ entry: [UInt8], origin: [UInt8]
  ) throws(SyntaxError) -> UnsafeMutablePointer<ldns_rr> {
    let originData = unsafe origin.withUnsafeBufferPointer { octets in
      unsafe ldns_rdf_new_frm_data(LDNS_RDF_TYPE_DNAME, octets.count, octets.baseAddress)
    }
    defer { unsafe ldns_rdf_deep_free(originData) }
    var parsed: UnsafeMutablePointer<ldns_rr>?
    let status = unsafe entry.withUnsafeBytes { octets in
      // Safe: the text ends in NUL and outlives the call.
      unsafe ldns_rr_new_frm_str(
        &parsed, octets.baseAddress?.assumingMemoryBound(to: CChar.self), 0, originData, nil)
    }
    guard status == LDNS_STATUS_OK, let record = unsafe parsed else {
      throw SyntaxError(reason: unsafe String(cString: ldns_get_errorstr_by_id(status)))
    }
    return unsafe record
  }

  /// The fields of `record` one after the other, names among them no longer than names may be: ldns joins a relative
  /// name and its origin without looking.
  private static func octets(of record: UnsafeMutablePointer<ldns_rr>) throws(SyntaxError) -> [UInt8] {
    var octets: [UInt8] = []
    for index in 0..<(unsafe ldns_rr_rd_count(record)) {
      guard let field = unsafe ldns_rr_rdf(record, index) else { continue }
      let part = unsafe PresentationFormat.octets(of: field)
      if unsafe ldns_rdf_get_type(field) == LDNS_RDF_TYPE_DNAME, part.count > LDNS_MAX_DOMAINLEN {
        throw SyntaxError(reason: "a name of more than 255 octets")
      }
      octets += part
    }
    guard octets.count <= maximumLength else { throw SyntaxError(reason: "more than 65,535 octets") }
    return octets
  }

  private static func isKnown(_ type: UInt16) -> Bool {
    unsafe ldns_rr_descript(type) != nil && !PresentationFormat.text(ofRecordType: type).hasPrefix("TYPE")
  }

  /// `rdata` when it is what ldns reads as RDATA of `type`, without compression or a rest; types that ldns does not
  /// know are taken as they are.
  private static func checked(_ rdata: [UInt8], type: UInt16) throws(SyntaxError) -> [UInt8] {
    guard isKnown(type) else { return rdata }
    let wire =
      [0, UInt8(type >> 8), UInt8(truncatingIfNeeded: type), 0, 1, 0, 0, 0, 0]
      + [UInt8(rdata.count >> 8), UInt8(truncatingIfNeeded: rdata.count)] + rdata
    var parsed: UnsafeMutablePointer<ldns_rr>?
    var position = 0
    let status = unsafe wire.withUnsafeBufferPointer { octets in
      // Safe: ldns reads at most `octets.count` octets.
      unsafe ldns_wire2rr(&parsed, octets.baseAddress, octets.count, &position, LDNS_SECTION_ANSWER)
    }
    defer { unsafe ldns_rr_free(parsed) }
    guard status == LDNS_STATUS_OK, let record = unsafe parsed, try unsafe octets(of: record) == rdata else {
      throw SyntaxError(reason: "these octets are no RDATA of type \(PresentationFormat.text(ofRecordType: type))")
    }
    return rdata
  }
}
