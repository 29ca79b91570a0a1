/// How clients may be written. `text(of:)` is the one way by which an address reaches a log, a file or a reader, so
/// that what an agency has decided holds in all of them.
package enum ClientPrivacy: Sendable {
  /// The address.
  case whole
  /// The network it lies in, `192.0.2.0/24`: so many bits of each family.
  case prefix(v4: Int, v6: Int)
  /// A name that stays the same for as long as the key does, `c-mzxw6ytboi2dkmzq`: clients can be told apart and
  /// followed, and only who has the key can tell whether an address is theirs. The function is HMAC-SHA-256 under
  /// that key, over the 4 or 16 octets of the address. (A plain hash would hide nothing: there are few addresses.)
  case pseudonym(@Sendable ([UInt8]) -> [UInt8])
  /// Nothing.
  case none

  /// What a pseudonym starts with, which no address does.
  package static let pseudonymPrefix = "c-"
  /// Octets of the HMAC that make a pseudonym: 80 bits, 16 letters.
  private static let pseudonymOctets = 10

  /// What may be written of `client`; nil when that is nothing. An IPv4 address inside an IPv6 one is the IPv4 one.
  package func text(of client: IPAddress?) -> String? {
    guard let client = client?.unmapped else { return nil }
    switch self {
    case .whole:
      return client.description
    case .prefix(let v4, let v6):
      return IPPrefix(around: client, length: client.family == .v4 ? v4 : v6).description
    case .pseudonym(let code):
      let octets = (0..<client.octetCount).map { client.octet($0) }
      return ClientPrivacy.pseudonymPrefix + Base32.text(code(octets).prefix(ClientPrivacy.pseudonymOctets))
    case .none:
      return nil
    }
  }
}
