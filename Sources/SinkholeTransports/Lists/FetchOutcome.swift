/// What a fetch came to. Only `replaced` changes what is in force.
package enum FetchOutcome: Sendable, Hashable {
  /// A new list lies in the store.
  case replaced(entries: Int)
  /// The server has nothing new.
  case unchanged
  /// No new list; the last good copy stays.
  case kept(reason: FetchFailure)
  /// No new list, and no good copy from before either.
  case missing(reason: FetchFailure)
}

/// What the owner of a list's format says about a file.
package enum Inspection: Sendable, Hashable {
  /// A list with so many entries. None is not a list: it would switch blocking off.
  case entries(Int)
  /// No list of the expected form, and why.
  case refused(String)
}
