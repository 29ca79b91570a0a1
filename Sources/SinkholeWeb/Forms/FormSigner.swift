import Crypto

/// Makes and checks the tokens that show that a form came from a page of ours, made for the same client and purpose a
/// short while ago. Whoever cannot read such a page cannot have one, so another site cannot send our forms through a
/// reader's browser (OWASP: "signed double-submit" without its cookie).
///
/// A token is `EXPIRY.CODE`: Unix seconds, and HMAC-SHA-256 over purpose, client and subject, in hexadecimal. The key is
/// drawn when the process starts: nothing has to be kept, and a restart makes old forms outdated, which their readers are
/// told in so many words.
package struct FormSigner: Sendable {
  enum Purpose: String, Sendable {
    case acknowledge, ask, receipt
  }

  private let key = SymmetricKey(size: .bits256)

  package init() {}

  /// - Parameters:
  ///   - client: an IPv6 client counts by its /64 (`ClientAddress.site`): hosts change addresses within it.
  ///   - subject: the service's id, or the number of a request.
  func token(for purpose: Purpose, client: ClientAddress, subject: String, until expiry: UnixSeconds) -> String {
    let code = HMAC<SHA256>.authenticationCode(for: Self.message(purpose, client, subject, "\(expiry)"), using: key)
    return "\(expiry)." + Hexadecimal.text(code)
  }

  /// Whether `token` was made by this signer for the same purpose, client and subject, and has not expired. The codes
  /// are compared in constant time.
  func accepts(
    _ token: String, for purpose: Purpose, client: ClientAddress, subject: String, at now: UnixSeconds
  ) -> Bool {
    let parts = token.split(separator: ".", omittingEmptySubsequences: false)
    // The longest of ours has 84 octets.
    guard token.utf8.count <= 96, parts.count == 2, let expiry = UnixSeconds(parts[0]), expiry > now,
      let code = Hexadecimal.octets(parts[1])
    else { return false }
    // Over the expiry as it is written: `+1` and `01` are the number 1 and none of ours.
    return HMAC<SHA256>.isValidAuthenticationCode(
      code, authenticating: Self.message(purpose, client, subject, parts[0]), using: key)
  }

  /// The parts with a zero octet between: none of them can hold one, so two messages are equal only part by part.
  private static func message(
    _ purpose: Purpose, _ client: ClientAddress, _ subject: String, _ expiry: Substring
  ) -> [UInt8] {
    Array([purpose.rawValue, client.site, subject, String(expiry)].joined(separator: "\0").utf8)
  }
}

/// Octets as lower-case hexadecimal digits.
enum Hexadecimal {
  private static let digits = Array("0123456789abcdef".utf8)

  static func text(_ octets: some Sequence<UInt8>) -> String {
    var text: [UInt8] = []
    for octet in octets { text += [digits[Int(octet >> 4)], digits[Int(octet & 15)]] }
    return String(decoding: text, as: UTF8.self)
  }

  /// Nil unless all of `text` are pairs of such digits.
  static func octets(_ text: Substring) -> [UInt8]? {
    let values = text.utf8.map { octet in digits.firstIndex(of: octet).map { UInt8($0) } }
    guard values.count % 2 == 0 else { return nil }
    var octets: [UInt8] = []
    for at in stride(from: 0, to: values.count, by: 2) {
      guard let high = values[at], let low = values[at + 1] else { return nil }
      octets.append(high << 4 | low)
    }
    return octets
  }
}
