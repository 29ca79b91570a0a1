/// The cookies of one upstream (RFC 7873): ours, drawn for it alone, and its own, as it gave it last. An upstream that
/// has sent them is held to them, since then a response without ours is no response of its.
struct UpstreamCookie: BitwiseCopyable, Sendable {
  /// Of a server cookie: 8 to 32 octets (section 4.2).
  private static let serverLengths = 8...32

  private var client: UInt64 = 0
  private var server = InlineArray<32, UInt8>(repeating: 0)
  private var serverLength = 0
  /// It has shown that it knows cookies.
  private(set) var isExpected = false

  /// None: for queries without the option.
  init() {}

  init(client: UInt64) { self.client = client }

  /// Writes the whole option at `offset`; returns its length, 44 octets at most.
  func write(at offset: Int, in message: inout MutableSpan<UInt8>) -> Int {
    message.store(Cookie.option, at: offset)
    message.store(UInt16(8 + serverLength), at: offset + 2)
    message.store(UInt32(truncatingIfNeeded: client >> 32), at: offset + 4)
    message.store(UInt32(truncatingIfNeeded: client), at: offset + 8)
    message.copy(server.span.extracting(0..<serverLength), at: offset + 12)
    return 12 + serverLength
  }

  enum Finding {
    /// Ours has come back, or none is known of.
    case right
    /// It always sent one, and now there is none.
    case missing
    /// Somebody else's: forged, or meant for another query (section 5.3: discarded).
    case wrong
  }

  /// Judges the COOKIE among a response's options, and keeps what the upstream gave.
  mutating func judge(_ options: Span<UInt8>) -> Finding {
    guard let cookie = EDNS.option(Cookie.option, in: options) else { return isExpected ? .missing : .right }
    guard cookie.count >= 8,
      UInt64(options.uint32(at: cookie.lowerBound)) << 32 | UInt64(options.uint32(at: cookie.lowerBound + 4)) == client
    else { return .wrong }
    let length = cookie.count - 8
    guard UpstreamCookie.serverLengths.contains(length) else { return length == 0 ? .right : .wrong }
    for index in 0..<length { server[index] = options[cookie.lowerBound + 8 + index] }
    serverLength = length
    isExpected = true
    return .right
  }

  /// It no longer knows cookies: said over TCP, where nobody else could say it.
  mutating func forget() {
    serverLength = 0
    isExpected = false
  }
}
