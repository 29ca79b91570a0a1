/// How long each certificate holds, in seconds.
package struct Lifetimes: Sendable {
  static let day: Int64 = 86_400

  /// Ten years, renewed by hand.
  package static let rootDays = 3650
  /// Thirteen months: once a year somebody fetches the root, and looks at what it vouches for.
  package static let delegatedDays = 397
  /// The server renews it by itself.
  package var issuing = 7 * day
  /// An issuing authority is replaced when it has less than this left.
  package var issuingRest = 3 * day
  package var leaf = day
  /// A leaf is minted anew when it has less than this left: longer than a page stays open.
  package var leafRest = day / 2
  /// Each begins this long ago, for clients whose clocks are slow.
  package var backdate: Int64 = 3600

  package init() {}
}
