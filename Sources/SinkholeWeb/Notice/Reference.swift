/// The code a reader quotes when asking about a notice, such as `7K3M-9QXT`: it finds the log line.
///
/// 40 random bits as eight characters of Crockford's base 32, in two groups of four. The alphabet has
/// no I, L, O or U, so a code survives being read out over the telephone. Random and not counted:
/// a code tells nothing about other readers. Two of ten thousand notices share one with a
/// probability of 1 in 20,000, and the log line also holds time and client.
struct Reference: Hashable, Sendable {
  let text: String

  /// One that the source of the restriction has given.
  init(text: String) { self.text = text }

  init() {
    var generator = SystemRandomNumberGenerator()
    self.init(bits: generator.next())
  }

  /// The lowest 40 of `bits`.
  init(bits: UInt64) {
    let characters = (0..<8).map { Self.alphabet[Int(truncatingIfNeeded: bits >> (35 - 5 * $0)) & 31] }
    text = String(characters[..<4]) + "-" + String(characters[4...])
  }

  private static let alphabet = Array("0123456789ABCDEFGHJKMNPQRSTVWXYZ")
}
