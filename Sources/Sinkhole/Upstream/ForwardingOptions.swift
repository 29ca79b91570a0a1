/// How upstreams are asked, and what of theirs is believed: an operator's switches.
package struct ForwardingOptions: Sendable, Hashable {
  /// Letters of a question in random case (0x20).
  package var randomCase = true
  /// DNS cookies (RFC 7873).
  package var cookies = true
  /// A second query once a response is later than nineteen of twenty.
  package var hedging = true
  /// Private addresses in names of the outside are withheld.
  package var protectsFromRebinding = false
  /// Names that may have private addresses all the same, with all below them.
  package var privateNames: [Name] = []

  package init() {}

  /// Whether `name` may lead to private addresses.
  func isPrivate(_ name: Name) -> Bool { privateNames.contains { name.isAtOrBelow($0) } }
}
