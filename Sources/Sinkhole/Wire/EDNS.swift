/// What a query's OPT record says (RFC 6891), read by a bounds-checked cursor over the options.
package struct EDNS: Sendable {
  /// What we offer to both sides, and our own ceiling on UDP: no fragments (RFC 9715).
  package static let payloadSize: UInt16 = 1232
  /// The octets of an OPT record without options.
  package static let emptyLength = 11

  package private(set) var version: UInt8 = 0
  package private(set) var dnssecOK = false
  /// What the stub can take over UDP; below 512 counts as 512 (RFC 6891 section 6.2.3).
  package private(set) var offeredSize = 512
  /// The stub reads structured error texts (draft-ietf-dnsop-structured-dns-error): it sent an empty
  /// extended error.
  package private(set) var readsStructuredErrors = false

  /// Reads the OPT whose TYPE field stands at `offset`; the gate has seen that its RDATA lies inside.
  /// Nil when an option runs past the end of it. Unknown options and flags are passed over
  /// (section 6.1.2), and nothing of the client's subnet (RFC 7871) is kept or sent on.
  package init?(_ message: Span<UInt8>, at offset: Int) {
    offeredSize = max(512, Int(message.uint16(at: offset + 2)))
    version = message[offset + 5]
    dnssecOK = message[offset + 6] & 0x80 != 0
    // Options of another version may have another form.
    guard version == 0 else { return }
    var option = offset + 10
    let end = option + Int(message.uint16(at: offset + 8))
    while option < end {
      guard option + 4 <= end else { return nil }
      let length = Int(message.uint16(at: option + 2))
      guard option + 4 + length <= end else { return nil }
      if message.uint16(at: option) == EDNS.extendedErrorOption, length == 2, message.uint16(at: option + 4) == 0 {
        readsStructuredErrors = true
      }
      option += 4 + length
    }
  }

  /// RFC 8914 section 2.
  package static let extendedErrorOption: UInt16 = 15
}
