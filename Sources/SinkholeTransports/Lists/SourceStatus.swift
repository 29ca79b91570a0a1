/// How a source stands, for people.
package struct SourceStatus: Sendable, Hashable {
  package let name: String
  package let url: String
  /// The last good copy. Nil: there is none, and nothing of this source is in force.
  package let path: String?
  /// Nil: no copy, or nobody has counted it.
  package let entries: Int?
  /// When the list came, in seconds since 1970.
  package let fetched: Int?
  /// When the server last said that it is current, in seconds since 1970.
  package let checked: Int?
  /// Seconds since `checked`.
  package let age: Int?
  /// Of the last attempt; nil when it went well or there was none since the start.
  package let failure: FetchFailure?
  /// Failed attempts in a row.
  package let failures: Int
  /// The next attempt, in seconds since 1970.
  package let due: Int
}
