/// The code that a reader quotes when asking about a restriction, such as `7K3M-9QXT`: the same on the notice page, in the
/// explain name and in the record, for one client, rule and service (else trigger), as long as the process runs.
///
/// 40 bits of a hash with a key drawn at start, as eight characters of Crockford's base 32: it has no I, L, O or U, so a
/// code survives being read out over the telephone, and without the key nothing can be told from it.
package struct ReferenceCode: Hashable, Sendable, CustomStringConvertible {
  package let description: String

  /// - Parameter client: as it may be written; nil makes one code of all clients.
  package init(_ explanation: Explanation, client: String?) {
    var hasher = Hasher()
    hasher.combine(client)
    hasher.combine(explanation.policy)
    hasher.combine(explanation.effect?.rule.id)
    hasher.combine(explanation.effect?.service?.id ?? explanation.trigger)
    let bits = UInt64(truncatingIfNeeded: hasher.finalize())
    let characters = (0..<8).map { ReferenceCode.alphabet[Int(truncatingIfNeeded: bits >> UInt64(35 - 5 * $0) & 31)] }
    description = String(characters[..<4]) + "-" + String(characters[4...])
  }

  private static let alphabet = Array("0123456789ABCDEFGHJKMNPQRSTVWXYZ")
}
