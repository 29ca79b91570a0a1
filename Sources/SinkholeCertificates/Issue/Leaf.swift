/// A server's certificate for one name, with all that a server shows.
package struct Leaf: Sendable {
  package let name: String
  /// Leaf, issuing and delegated authority in DER, as they are sent. The root is not: clients have it.
  package let chain: [[UInt8]]
  /// PrivateKeyInfo in DER.
  package let key: [UInt8]
  /// Seconds since 1970.
  package let ends: Int64
}
