/// The stubs that wait for upstreams, and how many of each client.
struct WaitingStubs: ~Copyable {
  let places: Slab<Waiter>
  /// By client: how many wait, less one. Keys are seeded hashes: two clients that share one share a bound.
  private var counts: PlaceTable
  /// Of those that the policy led elsewhere: whereto.
  private var aliases: [Int: AliasChain] = [:]
  private let perClient: Int

  init(_ limits: Forwarder.Limits) {
    places = Slab(capacity: limits.waiters)
    counts = PlaceTable(limit: limits.waiters)
    perClient = limits.waitersPerClient
  }

  /// Whether one more of this client may wait. With three quarters of all places taken, an eighth of its share is enough:
  /// a flood from some leaves room for the others.
  func mayWait(_ client: UInt64) -> Bool {
    let isScarce = places.count * 4 >= places.capacity * 3
    return (counts.find(client).map { $0 + 1 } ?? 0) < (isScarce ? max(1, perClient / 8) : perClient)
  }

  /// Nil when all places are taken.
  mutating func add(_ waiter: Waiter, _ alias: AliasChain?, next: Int) -> Int? {
    guard let place = places.add(waiter) else { return nil }
    places[place].next = next
    places[place].hasAlias = alias != nil
    if let alias { aliases[place] = alias }
    let client = waiter.clientHash
    if let known = counts.find(client) { counts.set(client, known + 1) } else { _ = counts.insert(client, 0) }
    return place
  }

  mutating func remove(_ place: Int) {
    let client = places[place].clientHash
    if places[place].hasAlias { aliases[place] = nil }
    if let known = counts.find(client) { if known == 0 { counts.remove(client) } else { counts.set(client, known - 1) } }
    places.remove(place)
  }

  func alias(_ place: Int) -> AliasChain? { places[place].hasAlias ? aliases[place] : nil }
}
