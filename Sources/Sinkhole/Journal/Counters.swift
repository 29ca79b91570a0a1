import Synchronization

/// What is counted. The raw text is the name in `sinkholed status` and in docs/operations.md.
package enum Counter: Int, CaseIterable, Sendable {
  case queriesUDP
  case queriesTCP
  case droppedShort
  case rejected
  case refusedAccess
  case cookiesProven
  case cookiesWrong
  case rateLimited
  case rateSlipped
  case rateDisplaced
  case blocked
  case local
  case lifted
  case observed
  case cacheHits
  case forwarded
  case coalesced
  case prefetched
  case staleAnswers
  case failuresRepeated
  case rebindings
  case upstreamResponses
  case upstreamUnexpected
  case upstreamMismatched
  case upstreamFolded
  case upstreamMalformed
  case upstreamSifted
  case upstreamHedges
  case upstreamProbes
  case upstreamTimeouts
  case upstreamFailovers
  case upstreamTCP
  case serverFailures
  case forwardsFull
  case forwardsFullForClient
  case waitersFull
  case cacheTooLarge
  case connectionsAccepted
  case connectionsRefused
  case connectionsRefusedAccess
  case connectionsRefusedForClient
  case connectionsIdleClosed
  case connectionsStalled
  case repliesLost
  case journalDropped

  package var name: String {
    switch self {
    case .queriesUDP: "queries.udp"
    case .queriesTCP: "queries.tcp"
    case .droppedShort: "queries.dropped"
    case .rejected: "queries.rejected"
    case .refusedAccess: "queries.refused_access"
    case .cookiesProven: "cookies.good"
    case .cookiesWrong: "cookies.bad"
    case .rateLimited: "rate_limit.limited"
    case .rateSlipped: "rate_limit.slipped"
    case .rateDisplaced: "rate_limit.displaced"
    case .blocked: "answers.policy"
    case .local: "answers.local"
    case .lifted: "policy.lifted"
    case .observed: "policy.observed"
    case .cacheHits: "answers.cache"
    case .forwarded: "forwards.started"
    case .coalesced: "forwards.coalesced"
    case .prefetched: "forwards.prefetched"
    case .staleAnswers: "answers.stale"
    case .failuresRepeated: "answers.failed_before"
    case .rebindings: "answers.rebinding"
    case .upstreamResponses: "upstream.responses"
    case .upstreamUnexpected: "upstream.unexpected"
    case .upstreamMismatched: "upstream.mismatched"
    case .upstreamFolded: "upstream.folded"
    case .upstreamMalformed: "upstream.malformed"
    case .upstreamSifted: "upstream.sifted"
    case .upstreamHedges: "upstream.hedges"
    case .upstreamProbes: "upstream.probes"
    case .upstreamTimeouts: "upstream.timeouts"
    case .upstreamFailovers: "upstream.failovers"
    case .upstreamTCP: "upstream.tcp"
    case .serverFailures: "answers.servfail"
    case .forwardsFull: "forwards.full"
    case .forwardsFullForClient: "forwards.full_for_client"
    case .waitersFull: "forwards.waiters_full"
    case .cacheTooLarge: "cache.too_large"
    case .connectionsAccepted: "tcp.accepted"
    case .connectionsRefused: "tcp.full"
    case .connectionsRefusedAccess: "tcp.refused_access"
    case .connectionsRefusedForClient: "tcp.full_for_client"
    case .connectionsIdleClosed: "tcp.closed_idle"
    case .connectionsStalled: "tcp.stalled"
    case .repliesLost: "replies.lost"
    case .journalDropped: "journal.dropped"
    }
  }
}

/// The counters of one worker: written by its thread alone, read by any.
package final class Counters: Sendable {
  private let values = InlineArray<64, Atomic<UInt64>> { _ in Atomic(0) }

  package init() {
    precondition(Counter.allCases.count <= 64)
  }

  /// One writer, so a load and a store do: no locked instruction.
  @inline(__always)
  package func add(_ counter: Counter, _ amount: UInt64 = 1) {
    let value = values[counter.rawValue].load(ordering: .relaxed)
    values[counter.rawValue].store(value &+ amount, ordering: .relaxed)
  }

  package func value(_ counter: Counter) -> UInt64 {
    values[counter.rawValue].load(ordering: .relaxed)
  }
}
