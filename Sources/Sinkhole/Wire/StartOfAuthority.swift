/// RDATA of an SOA that closes a negative answer of ours (RFC 2308 section 3).
package struct StartOfAuthority {
  package let rdata: [UInt8]

  /// - Parameter minimum: seconds that a stub may keep the negative answer.
  package init(primary: Name, mailbox: Name, serial: UInt32, minimum: UInt32) {
    var octets: [UInt8] = []
    for index in 0..<primary.length { octets.append(primary.wire[index]) }
    for index in 0..<mailbox.length { octets.append(mailbox.wire[index]) }
    // Refresh, retry and expire mean nothing to a stub.
    for value in [serial, 3600, 600, 86_400, minimum] {
      octets += [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: value >> $0) }
    }
    rdata = octets
  }
}
