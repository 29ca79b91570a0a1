import CLdns

/// Text of names and types, by ldns. Each call allocates: for configuration and tools, not for queries.
package enum PresentationFormat {
  /// The uncompressed wire form of a domain name, or nil when `text` is none. A missing final dot is
  /// taken as there.
  package static func wireName(of text: String) -> [UInt8]? {
    guard !text.isEmpty, !text.utf8.contains(0) else { return nil }
    guard let parsed = unsafe ldns_dname_new_frm_str(text) else { return nil }
    defer { unsafe ldns_rdf_deep_free(parsed) }
    return unsafe octets(of: parsed)
  }

  /// The same of octets, which need not be UTF-8.
  package static func wireName(of text: ArraySlice<UInt8>) -> [UInt8]? {
    guard !text.isEmpty, !text.contains(0) else { return nil }
    let terminated = Array(text) + [0]
    let parsed = unsafe terminated.withUnsafeBytes { octets in
      // Safe: the text ends in NUL and outlives the call.
      unsafe ldns_dname_new_frm_str(octets.baseAddress?.assumingMemoryBound(to: CChar.self))
    }
    guard let parsed = unsafe parsed else { return nil }
    defer { unsafe ldns_rdf_deep_free(parsed) }
    return unsafe octets(of: parsed)
  }

  /// The number of a record type written as a mnemonic or as `TYPEnnn`; nil when it is neither.
  package static func recordType(of text: String) -> UInt16? {
    guard !text.utf8.contains(0) else { return nil }
    // ldns reads any number behind TYPE, and what it can of what is none.
    if text.utf8.count > 4, text.prefix(4).uppercased() == "TYPE" {
      let digits = text.dropFirst(4)
      return digits.utf8.allSatisfy { $0 &- UInt8(ascii: "0") < 10 } ? UInt16(digits).flatMap { $0 == 0 ? nil : $0 } : nil
    }
    let type = unsafe ldns_get_rr_type_by_name(text)
    // ldns answers 0 for what it does not know.
    return type.rawValue == 0 ? nil : UInt16(truncatingIfNeeded: type.rawValue)
  }

  package static func text(ofRecordType type: UInt16) -> String {
    guard let text = unsafe ldns_rr_type2str(ldns_rr_type(rawValue: UInt32(type))) else { return "TYPE\(type)" }
    defer { unsafe free(text) }
    return unsafe String(cString: text)
  }

  /// A copy of what `rdf` holds.
  static func octets(of rdf: UnsafeMutablePointer<ldns_rdf>) -> [UInt8] {
    guard let data = unsafe ldns_rdf_data(rdf) else { return [] }
    return unsafe [UInt8](UnsafeBufferPointer(start: data, count: ldns_rdf_size(rdf)))
  }
}
