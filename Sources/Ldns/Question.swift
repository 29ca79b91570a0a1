import CLdns

/// The question of a message, read by ldns (RFC 1035 section 4.1.2).
package struct Question {
  package let type: UInt16
  package let recordClass: UInt16
  /// Octets of the owner name written to the caller's buffer: 1...255.
  package let nameLength: Int
  /// The offset of the octet after QCLASS.
  package let end: Int

  /// Reads the first question of `message` and writes its owner name, letters as they came, to the
  /// front of `name`, which must hold 255 octets.
  ///
  /// The caller has seen to it that the name is uncompressed and at most 255 octets: ldns by itself
  /// follows 65,535 pointers. Costs three small allocations inside ldns, freed before the return.
  /// Returns nil when ldns refuses the question.
  package static func parse(_ message: Span<UInt8>, name: inout MutableSpan<UInt8>) -> Question? {
    unsafe message.withUnsafeBufferPointer { octets -> Question? in
      guard let base = octets.baseAddress, octets.count > LDNS_HEADER_SIZE else { return nil }
      var position = Int(LDNS_HEADER_SIZE)
      var parsed: UnsafeMutablePointer<ldns_rr>?
      // Safe: ldns reads at most `octets.count` octets of `base`, which outlives the call.
      let status = unsafe ldns_wire2rr(&parsed, base, octets.count, &position, LDNS_SECTION_QUESTION)
      guard status == LDNS_STATUS_OK, let record = unsafe parsed else { return nil }
      defer { unsafe ldns_rr_free(record) }
      guard let owner = unsafe ldns_rr_owner(record), let data = unsafe ldns_rdf_data(owner) else { return nil }
      let length = unsafe ldns_rdf_size(owner)
      guard length >= 1, length <= min(name.count, Int(LDNS_MAX_DOMAINLEN)) else { return nil }
      // Safe: `length` octets are the whole of the owner's data and fit the caller's buffer.
      unsafe name.withUnsafeMutableBytes { target in
        unsafe target.copyMemory(from: UnsafeRawBufferPointer(start: data, count: length))
      }
      return unsafe Question(
        type: UInt16(truncatingIfNeeded: ldns_rr_get_type(record).rawValue),
        recordClass: UInt16(truncatingIfNeeded: ldns_rr_get_class(record).rawValue),
        nameLength: length, end: position)
    }
  }
}
