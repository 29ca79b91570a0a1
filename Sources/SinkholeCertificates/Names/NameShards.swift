/// Cuts names into parts that fit into one certificate each.
///
/// OpenSSL refuses a chain of more than 100 KiB, which some 3,900 names fill. The parts are much smaller, because the
/// whole chain is sent in every handshake: leaf, issuing and delegated authority together stay below the 14,600 octets
/// that TCP sends before it waits (ten segments, RFC 6928).
enum NameShards {
  /// Octets of names in a delegated authority: some 350 names.
  static let delegatedOctets = 8_000
  /// Octets of names in an issuing authority: some 150 names.
  static let issuingOctets = 3_500

  /// In the order of `names`. A part holds one name at least.
  static func split(_ names: [String], octets limit: Int) -> [[String]] {
    var parts: [[String]] = []
    var part: [String] = []
    var octets = 0
    for name in names {
      let size = encodedSize(name)
      if !part.isEmpty, octets + size > limit {
        parts.append(part)
        (part, octets) = ([], 0)
      }
      part.append(name)
      octets += size
    }
    if !part.isEmpty { parts.append(part) }
    return parts
  }

  /// Octets of a GeneralSubtree with this dNSName in DER: the name, and two tags with their lengths.
  private static func encodedSize(_ name: String) -> Int {
    let length = name.utf8.count
    return length + (length < 126 ? 4 : 6)
  }
}
