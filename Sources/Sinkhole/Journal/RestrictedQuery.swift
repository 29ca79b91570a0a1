/// One query that the policy answered, as a worker tells it. Plain values only: text is made by the reader.
package struct RestrictedQuery: Sendable {
  package let client: IPAddress
  package let name: Name
  package let type: RecordType
  package let transport: QueryHead.Transport
  package let verdict: Verdict
  /// Which policy the verdict is of.
  package let generation: Int

  package init(
    client: IPAddress, name: Name, type: RecordType, transport: QueryHead.Transport, verdict: Verdict,
    generation: Int
  ) {
    self.client = client
    self.name = name
    self.type = type
    self.transport = transport
    self.verdict = verdict
    self.generation = generation
  }
}
