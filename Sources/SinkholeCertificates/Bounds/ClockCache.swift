/// A table of at most `capacity` values. When it is full the oldest goes, unless it was used since it was last looked at:
/// then it stays for another round (the CLOCK rule). So a stream of names that are asked for once does not drive out those
/// that are asked for again and again.
///
/// Not for several threads at once: its owner has a lock.
package struct ClockCache<Key: Hashable, Value> {
  private struct Slot {
    let key: Key
    var value: Value
    var wasUsed: Bool
  }

  package let capacity: Int
  private var slots: [Slot] = []
  private var places: [Key: Int] = [:]
  private var hand = 0
  /// How many values had to go for others.
  package private(set) var evictions = 0

  package init(capacity: Int) {
    precondition(capacity > 0, "an empty cache keeps nothing")
    self.capacity = capacity
  }

  package var count: Int { slots.count }

  package mutating func value(for key: Key) -> Value? {
    guard let place = places[key] else { return nil }
    slots[place].wasUsed = true
    return slots[place].value
  }

  /// Keeps `value`; one of the same key is replaced.
  package mutating func insert(_ value: Value, for key: Key) {
    if let place = places[key] {
      slots[place].value = value
      return
    }
    let slot = Slot(key: key, value: value, wasUsed: false)
    guard slots.count == capacity else {
      places[key] = slots.count
      slots.append(slot)
      return
    }
    // Ends within a round: each step takes one mark away.
    while slots[hand].wasUsed {
      slots[hand].wasUsed = false
      hand = (hand + 1) % capacity
    }
    places[slots[hand].key] = nil
    places[key] = hand
    slots[hand] = slot
    hand = (hand + 1) % capacity
    evictions += 1
  }

  package mutating func removeAll() {
    slots.removeAll(keepingCapacity: true)
    places.removeAll(keepingCapacity: true)
    hand = 0
  }
}
