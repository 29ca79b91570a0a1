/// What a query's OPT record says (RFC 6891), read by a bounds-checked cursor over the options.
package struct EDNS: BitwiseCopyable, Sendable {
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

  /// For whom a forwarder between us and the stub says that it asks (RFC 7871 section 6): believed of named ones alone.
  package private(set) var clientSubnet: IPAddress?

  /// The first COOKIE option, whatever its form; those behind it are passed over.
  package internal(set) var cookie: Cookie?
  /// The stub asks which of several servers this is (RFC 5001).
  package private(set) var asksForServer = false
  /// The stub asks how long its connection is kept (RFC 7828).
  package private(set) var asksForKeepalive = false
  /// What it is told: units of 100 ms. Nil: nothing.
  package internal(set) var keepalive: UInt16?

  /// Reads the OPT whose TYPE field stands at `offset`; the gate has seen that its RDATA lies inside.
  /// Nil when an option runs past the end of it. Unknown options and flags are passed over
  /// (section 6.1.2), and nothing of the client's subnet (RFC 7871) is sent on.
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
      take(message.uint16(at: option), message.extracting((option + 4)..<(option + 4 + length)))
      option += 4 + length
    }
  }

  private mutating func take(_ code: UInt16, _ data: Span<UInt8>) {
    switch code {
    case EDNS.extendedErrorOption:
      if data.count == 2, data.uint16(at: 0) == 0 { readsStructuredErrors = true }
    case EDNS.clientSubnetOption: clientSubnet = EDNS.address(data)
    case Cookie.option: if cookie == nil { cookie = Cookie(data) }
    // RFC 5001 section 2.1 and RFC 7828 section 3.2.1: both are empty in a query.
    case EDNS.serverOption: if data.isEmpty { asksForServer = true }
    case EDNS.keepaliveOption: if data.isEmpty { asksForKeepalive = true }
    default: break
    }
  }

  /// Octets of the OPT that answers this one, an extended error not counted.
  var answerLength: Int {
    EDNS.emptyLength + (cookie?.isSettled == true ? Cookie.answerLength : 0) + (keepalive == nil ? 0 : 6)
  }

  /// FAMILY, SOURCE PREFIX-LENGTH, SCOPE PREFIX-LENGTH and as many octets of ADDRESS as the first length needs (RFC 7871
  /// section 6). Nil when it is not that, or says only part of an address: a network is nobody.
  private static func address(_ option: Span<UInt8>) -> IPAddress? {
    guard option.count >= 4 else { return nil }
    let (family, length) = (option.uint16(at: 0), option[2])
    if family == 1, length == 32, option.count == 8 { return IPAddress(v4: option.uint32(at: 4)) }
    guard family == 2, length == 128, option.count == 20 else { return nil }
    func word(_ offset: Int) -> UInt64 {
      UInt64(option.uint32(at: offset)) << 32 | UInt64(option.uint32(at: offset + 4))
    }
    return IPAddress(v6High: word(4), low: word(12)).unmapped
  }

  /// Where the data of the first option of this code lies in `options`, the RDATA of an OPT. Nil without one, or when an
  /// option before it runs past the end.
  package static func option(_ code: UInt16, in options: Span<UInt8>) -> Range<Int>? {
    var offset = 0
    while offset + 4 <= options.count {
      let data = offset + 4
      let end = data + Int(options.uint16(at: offset + 2))
      guard end <= options.count else { return nil }
      if options.uint16(at: offset) == code { return data..<end }
      offset = end
    }
    return nil
  }

  /// RFC 5001 section 2.3.
  package static let serverOption: UInt16 = 3
  /// RFC 7828 section 3.1.
  package static let keepaliveOption: UInt16 = 11
  /// RFC 7871 section 6.
  package static let clientSubnetOption: UInt16 = 8
  /// RFC 8914 section 2.
  package static let extendedErrorOption: UInt16 = 15
}
