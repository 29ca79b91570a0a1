/// The owner of a trigger on an address (draft-vixie-dnsop-dns-rpz section 4.1): `24.0.2.0.192.rpz-client-ip` is
/// 192.0.2.0/24, `48.zz.db8.2001.rpz-ip` is 2001:db8::/48.
enum AddressTriggerName {
  struct Invalid: Error, Equatable {
    let reason: String
  }

  /// Reads the labels before `rpz-client-ip` or `rpz-ip`, the first of the owner first.
  ///
  /// The draft has `zz` stand for the longest run of zero words, the last on a tie. Any spelling with one `zz` or none
  /// means one address only, so all are taken; words may have leading zeros, octets may not.
  static func prefix(_ labels: [String]) throws(Invalid) -> IPPrefix {
    guard let length = labels.first.flatMap(number), length > 0 else {
      throw Invalid(reason: "\"\(labels.first ?? "")\" is no prefix length, expected 1 to 32 or 1 to 128")
    }
    let parts = Array(labels.dropFirst().reversed())
    let address = parts.count == 4 && !parts.contains("zz") ? try v4(parts) : try v6(parts)
    guard length <= address.octetCount * 8 else {
      throw Invalid(reason: "prefix length \(length), expected 1 to \(address.octetCount * 8)")
    }
    guard let prefix = IPPrefix(address, length: length) else {
      throw Invalid(reason: "\(address) has bits beyond its \(length)")
    }
    return prefix
  }

  private static func v4(_ parts: [String]) throws(Invalid) -> IPAddress {
    var bits: UInt32 = 0
    for part in parts {
      guard let octet = number(part), octet <= 255 else {
        throw Invalid(reason: "\"\(part)\" is no octet of an IPv4 address, expected 0 to 255")
      }
      bits = bits << 8 | UInt32(octet)
    }
    return IPAddress(v4: bits)
  }

  private static func v6(_ parts: [String]) throws(Invalid) -> IPAddress {
    let gaps = parts.filter { $0 == "zz" }.count
    guard gaps == 1 ? parts.count <= 8 : gaps == 0 && parts.count == 8 else {
      throw Invalid(
        reason: "\(parts.count) parts, expected four octets, eight words, or fewer words with one zz among them")
    }
    var words: [UInt64] = []
    for part in parts {
      if part == "zz" {
        words += Array(repeating: 0, count: 9 - parts.count)
      } else if part.utf8.count <= 4, part.utf8.allSatisfy(isHexadecimal), let word = UInt64(part, radix: 16) {
        words.append(word)
      } else {
        throw Invalid(reason: "\"\(part)\" is no word of an IPv6 address, expected 0 to ffff, or zz")
      }
    }
    let halves = [words[0..<4], words[4..<8]].map { $0.reduce(0) { $0 << 16 | $1 } }
    return IPAddress(v6High: halves[0], low: halves[1])
  }

  /// Up to three digits without leading zeros, which some read as octal.
  private static func number(_ text: String) -> Int? {
    guard text.utf8.count <= 3, text.utf8.allSatisfy({ $0 &- UInt8(ascii: "0") < 10 }) else { return nil }
    guard !text.hasPrefix("0") || text == "0" else { return nil }
    return Int(text)
  }

  private static func isHexadecimal(_ octet: UInt8) -> Bool {
    octet &- UInt8(ascii: "0") < 10 || (octet | 0x20) &- UInt8(ascii: "a") < 6
  }
}
