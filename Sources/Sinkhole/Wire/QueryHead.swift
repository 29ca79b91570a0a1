/// What every response to a query needs of it, whether it leaves at once or waits for an upstream.
package struct QueryHead: BitwiseCopyable, Sendable {
  package enum Transport: BitwiseCopyable, Sendable { case udp, tcp }

  package private(set) var id: UInt16 = 0
  /// Octets 2 and 3 of the header as they came.
  package private(set) var flags: (UInt8, UInt8) = (0, 0)
  /// The offset of the octet after the question, in the query and in every response to it.
  package private(set) var questionEnd = Header.length
  package private(set) var transport = Transport.udp
  package internal(set) var edns: EDNS?

  init() {}

  package init(_ message: Span<UInt8>, questionEnd: Int, over transport: Transport) {
    id = message.uint16(at: 0)
    flags = (message[2], message[3])
    self.questionEnd = questionEnd
    self.transport = transport
  }

  /// For a question of ours: RD, and CD as the stub's; over TCP, so that no answer is too large.
  init(own questionEnd: Int, like other: QueryHead) {
    flags = (Header.recursionDesired, other.flags.1 & Header.checkingDisabled)
    self.questionEnd = questionEnd
    transport = .tcp
  }

  /// For a message that is rewritten: no EDNS, any size.
  init(own questionEnd: Int) {
    self.questionEnd = questionEnd
    transport = .tcp
  }

  package var recursionDesired: Bool { flags.0 & Header.recursionDesired != 0 }
  package var checkingDisabled: Bool { flags.1 & Header.checkingDisabled != 0 }
  package var dnssecOK: Bool { edns?.dnssecOK ?? false }
  /// Whether the stub looks at AD of the response: it set AD or DO (RFC 6840 sections 5.7, 5.8).
  package var readsAuthenticData: Bool { flags.1 & Header.authenticData != 0 || dnssecOK }

  /// The most octets a response may have: what the stub can take, and over UDP our own ceiling.
  package var responseLimit: Int {
    switch transport {
    case .tcp: 65_535
    case .udp: min(edns?.offeredSize ?? 512, Int(EDNS.payloadSize))
    }
  }
}
