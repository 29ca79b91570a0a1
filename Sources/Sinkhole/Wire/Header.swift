/// The twelve octets that open a message (RFC 1035 section 4.1.1): where each field stands.
package enum Header {
  package static let length = 12

  // Octet 2.
  package static let response: UInt8 = 0x80
  package static let authoritative: UInt8 = 0x04
  package static let truncated: UInt8 = 0x02
  package static let recursionDesired: UInt8 = 0x01
  // Octet 3.
  package static let recursionAvailable: UInt8 = 0x80
  package static let authenticData: UInt8 = 0x20
  package static let checkingDisabled: UInt8 = 0x10

  package static let questionCount = 4
  package static let answerCount = 6
  package static let authorityCount = 8
  package static let additionalCount = 10

  @inline(__always)
  package static func opcode(_ message: Span<UInt8>) -> UInt8 { message[2] >> 3 & 0x0F }

  @inline(__always)
  package static func responseCode(_ message: Span<UInt8>) -> ResponseCode {
    ResponseCode(rawValue: UInt16(message[3] & 0x0F))
  }
}
