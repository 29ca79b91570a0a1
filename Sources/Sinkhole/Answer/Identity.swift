/// What the server says of itself in CHAOS (RFC 4892). Nil answers REFUSED.
package struct Identity: Sendable, Hashable {
  /// `version.bind`, `version.server`.
  package var version: String?
  /// `id.server`, `hostname.bind`.
  package var id: String?

  package init(version: String?, id: String?) {
    self.version = version
    self.id = id
  }
}
