/// What the policy says of one name from one client: the rule that selected, and the trigger that it selected. Plain
/// numbers into the `Policy` that gave it, so that it costs no reference and may be told to another thread.
package struct Verdict: Sendable, Equatable {
  package enum Trigger: Sendable, Equatable {
    /// A QNAME trigger: labels of its name without the `*`, and where its entry lies in its zone.
    case name(labels: Int, isWildcard: Bool, entry: UInt32)
    /// Index into the zone's triggers on clients.
    case client(Int)
    /// Index into the zone's triggers on addresses, and the address in the response.
    case address(Int, IPAddress)
  }

  package let trigger: Trigger
  /// Index into the policy's zones.
  package let zone: Int
  /// Index into the zone's actions.
  package let action: UInt16
  /// Index into the policy's effects.
  package let effect: Int
}

/// All that the policy says of one name: what is done, what a rule that only observes would have done, and whether a
/// clock had a part in it.
package struct Ruling: Sendable, Equatable {
  package internal(set) var selected: Verdict?
  package internal(set) var observed: Verdict?
  /// Some rule with `hours` stands before what was selected, or is it: at the next change of hours it may be otherwise.
  package internal(set) var isTimed = false

  /// No rule had anything to say.
  package var isEmpty: Bool { selected == nil && observed == nil }
}

/// Who asks, as the policy knows it.
package struct Asker: Sendable, Equatable {
  package let client: IPAddress
  /// Index into the policy's groups.
  package let group: Int
}
