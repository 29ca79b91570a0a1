/// Octets as text that can be read out on a telephone: base32 in lower case without padding (RFC 4648 section 6).
package enum Base32 {
  private static let digits = Array("abcdefghijklmnopqrstuvwxyz234567".utf8)

  package static func text(_ octets: some Sequence<UInt8>) -> String {
    var text: [UInt8] = []
    var (bits, count): (UInt16, Int) = (0, 0)
    for octet in octets {
      bits = bits << 8 | UInt16(octet)
      count += 8
      while count >= 5 {
        count -= 5
        text.append(digits[Int(bits >> UInt16(count)) & 31])
      }
    }
    if count > 0 { text.append(digits[Int(bits << UInt16(5 - count)) & 31]) }
    return String(decoding: text, as: UTF8.self)
  }
}
