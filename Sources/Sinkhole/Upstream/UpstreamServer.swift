/// One upstream, as an operator names it.
package struct UpstreamServer: Hashable, Sendable, CustomStringConvertible {
  package enum Transport: Hashable, Sendable { case udp, tcp }

  package let address: SocketAddress
  /// UDP changes over to TCP by itself for what is truncated.
  package let transport: Transport
  /// Its AD bit is believed: it validates, and the way to it is safe (RFC 4035 section 3.2.3, RFC 6840 section 5.8).
  package var isTrusted: Bool

  package init(_ address: SocketAddress, over transport: Transport = .udp, isTrusted: Bool = false) {
    self.address = address
    self.transport = transport
    self.isTrusted = isTrusted
  }

  /// Reads `10.0.0.1`, `10.0.0.1:53`, `[2001:db8::1]:53`, each also behind `udp://` or `tcp://`; nil for all else.
  package init?(_ text: String) {
    var rest = Substring(text)
    var transport = Transport.udp
    if rest.hasPrefix("tcp://") {
      transport = .tcp
      rest = rest.dropFirst(6)
    } else if rest.hasPrefix("udp://") {
      rest = rest.dropFirst(6)
    }
    guard let address = SocketAddress(String(rest), defaultPort: 53), address.port != 0,
      !address.address.isUnspecified
    else { return nil }
    self.init(address, over: transport)
  }

  package var description: String { transport == .tcp ? "tcp://\(address)" : "\(address)" }
}
