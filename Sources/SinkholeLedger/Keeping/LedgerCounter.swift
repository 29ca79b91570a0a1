import Synchronization

/// What is counted. The name is that in `sinkholed status` and in docs/operations.md.
package enum LedgerCounter: Int, CaseIterable, Sendable {
  case acknowledged
  case requested
  case decided
  case refusedFull
  case refusedRate
  case refusedInput
  case unwritten
  case trimmed

  package var name: String {
    switch self {
    case .acknowledged: "access.acknowledged"
    case .requested: "access.requested"
    case .decided: "access.decided"
    case .refusedFull: "access.refused_full"
    case .refusedRate: "access.refused_rate"
    case .refusedInput: "access.refused_input"
    case .unwritten: "access.unwritten"
    case .trimmed: "access.trimmed"
    }
  }
}

package final class LedgerCounters: Sendable {
  private let values = InlineArray<8, Atomic<UInt64>> { _ in Atomic(0) }

  package init() {}

  func add(_ counter: LedgerCounter, _ amount: UInt64 = 1) {
    values[counter.rawValue].wrappingAdd(amount, ordering: .relaxed)
  }

  package func value(_ counter: LedgerCounter) -> UInt64 { values[counter.rawValue].load(ordering: .relaxed) }
}
