import Synchronization

/// What the record counts. The text is the name in `sinkholed status` and in docs/operations.md.
package enum RecordCounter: Int, CaseIterable, Sendable {
  case written
  case folded
  case foldsEarly
  case dropped
  case failures
  case rotated
  case deleted

  package var name: String {
    switch self {
    case .written: "record.written"
    case .folded: "record.folded"
    case .foldsEarly: "record.folds_early"
    case .dropped: "record.dropped"
    case .failures: "record.failures"
    case .rotated: "record.rotated"
    case .deleted: "record.deleted"
    }
  }
}

/// The counters of the record: written by the thread that keeps it, read by any.
package final class RecordCounters: Sendable {
  private let values = InlineArray<8, Atomic<UInt64>> { _ in Atomic(0) }

  package init() {
    precondition(RecordCounter.allCases.count <= 8)
  }

  func add(_ counter: RecordCounter, _ amount: Int = 1) {
    values[counter.rawValue].wrappingAdd(UInt64(amount), ordering: .relaxed)
  }

  package func value(_ counter: RecordCounter) -> UInt64 {
    values[counter.rawValue].load(ordering: .relaxed)
  }
}
