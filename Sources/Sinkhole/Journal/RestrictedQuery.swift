/// One query that the policy had something to say about, as a worker tells it. Plain values only: text is made by the
/// reader.
package struct RestrictedQuery: Sendable {
  /// Milliseconds on `Clock`.
  package let time: UInt64
  package let asker: Asker
  /// The name asked for.
  package let name: Name
  package let type: RecordType
  package let transport: QueryHead.Transport
  package let verdict: Verdict
  /// What lifted the restriction; nil when it stands.
  package let lift: Overlay.Lift?
  /// The rule only observes.
  package let isObserved: Bool
  /// The verdict is about a name or an address that the name asked for leads to.
  package let isTarget: Bool
  /// Which policy the verdict is of.
  package let generation: Int

  package init(
    time: UInt64, asker: Asker, name: Name, type: RecordType, transport: QueryHead.Transport, verdict: Verdict,
    lift: Overlay.Lift?, isObserved: Bool, isTarget: Bool, generation: Int
  ) {
    self.time = time
    self.asker = asker
    self.name = name
    self.type = type
    self.transport = transport
    self.verdict = verdict
    self.lift = lift
    self.isObserved = isObserved
    self.isTarget = isTarget
    self.generation = generation
  }
}
