import Synchronization

/// A bounded queue of plain values from one worker to the one who reads them. The worker never waits: when the ring is
/// full the event is dropped, and `add` says so for the counter.
@safe
package final class EventRing<Event: Sendable>: @unchecked Sendable {
  package static var capacity: Int { 4096 }

  // Unchecked, safe: one thread writes at `tail`, one reads at `head`; each slot between the two is
  // the reader's, every other the writer's, and the releasing store hands it over.
  private let events: UnsafeMutablePointer<Event>
  private let head = Atomic<Int>(0)
  private let tail = Atomic<Int>(0)

  package init() {
    unsafe events = .allocate(capacity: EventRing.capacity)
  }

  deinit {
    unsafe events.deallocate()
  }

  /// Called by the worker alone. False when the event was dropped.
  package func add(_ event: Event) -> Bool {
    let position = tail.load(ordering: .relaxed)
    guard position - head.load(ordering: .acquiring) < EventRing.capacity else { return false }
    unsafe (events + position % EventRing.capacity).initialize(to: event)
    tail.store(position + 1, ordering: .releasing)
    return true
  }

  /// Called by the reader alone: takes at most `limit` events, and returns how many more it might have.
  package func drain(atMost limit: Int, _ body: (Event) -> Void) -> Int {
    var position = head.load(ordering: .relaxed)
    let end = position + min(tail.load(ordering: .acquiring) - position, limit)
    let taken = end - position
    while position < end {
      // Plain values: nothing to deinitialise.
      body(unsafe events[position % EventRing.capacity])
      position += 1
      head.store(position, ordering: .releasing)
    }
    return limit - taken
  }
}

/// What the journal is told through.
package typealias JournalRing = EventRing<RestrictedQuery>
