/// A way for octets from outside into the server, by itself: what a fuzzer feeds, and what the tests replay its corpus
/// through. Its raw value names its folder in `Fuzz/Corpus`.
package enum FuzzEntry: String, CaseIterable, Sendable {
  /// A message from a stub: gate, ldns, EDNS, decision, answer.
  case query
  /// A message from an upstream: walk, cache, and the answer made from it.
  case response
  /// A policy zone as text, read by both of its readers.
  case rpz
  case hosts
  case domains
  case adblock
  /// A configuration file.
  case configuration

  /// Feeds `input` to the entry. Returns what is wrong with what came of it; nil when nothing is. Whatever it traps or
  /// reads out of bounds, the process tells.
  package func problem(with input: [UInt8]) -> String? {
    switch self {
    case .query: PacketEntry.shared.problem(withQuery: input)
    case .response: PacketEntry.shared.problem(withResponse: input)
    case .rpz: SourceEntry.problem(withZone: input)
    case .hosts: SourceEntry.problem(with: input, .hosts)
    case .domains: SourceEntry.problem(with: input, .domains)
    case .adblock: SourceEntry.problem(with: input, .adblock)
    case .configuration: ConfigurationEntry.problem(with: input)
    }
  }
}
