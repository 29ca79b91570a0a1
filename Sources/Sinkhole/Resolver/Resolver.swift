/// What becomes of a query: the steps, in their order. Synchronous, and without allocation for blocked,
/// cached and refused answers; what waits is for the forwarder.
package struct Resolver: ~Copyable {
  package struct Decision {
    package enum Step {
      /// Silence.
      case drop
      /// The response lies in the message, this long.
      case respond(Int)
      case forward(CacheKey)
    }

    package let step: Step
    /// The verdict that made the answer; nil when the policy had no part in it.
    package let verdict: Verdict?

    fileprivate init(_ step: Step, _ verdict: Verdict? = nil) {
      self.step = step
      self.verdict = verdict
    }
  }

  private let cache: ResponseCache
  private let counters: Counters

  package init(cache: ResponseCache, counters: Counters) {
    self.cache = cache
    self.counters = counters
  }

  /// Decides `query`, which lies in `message`, and writes the response over it when there is one.
  ///
  /// - Parameter clock: seconds, monotonic.
  package func decide(
    _ query: Query, client: IPAddress, snapshot: Snapshot, clock: UInt32, message: inout MutableSpan<UInt8>
  ) -> Decision {
    // 1. May this client ask at all? First, so that a stranger learns nothing, not even who we are.
    guard snapshot.allows(client) else {
      counters.add(.refusedAccess)
      return Decision(.respond(Refusal.write(.prohibited, to: query.head, in: &message)))
    }
    // 2. Names about ourselves, before the class is judged, for they live in CHAOS too, and before RD, for
    //    nothing is looked up for them.
    if OwnNames.own(query) {
      return Decision(
        .respond(snapshot.ownNames.write(to: query, client: client, policy: snapshot.policy, in: &message)))
    }
    // 3. What no policy and no upstream is asked about. Before the policy, or a blocked name would be
    //    told addresses in a class, or for a type, that has none.
    if query.recordClass != .internet {
      return Decision(.respond(Refusal.write(.classNotServed, to: query.head, in: &message)))
    }
    if query.type.isMeta {
      let isTransfer = query.type == .axfr || query.type == .ixfr
      return Decision(.respond(Refusal.write(isTransfer ? .transfer : .metaType, to: query.head, in: &message)))
    }
    // 4. RD=0 asks what we know by ourselves: nothing. Before the cache, so that nobody can look into it (cache
    //    snooping), and before the policy, so that RD=0 gets the same answer for every name.
    guard query.head.recursionDesired else {
      return Decision(.respond(Refusal.write(.recursionNotDesired, to: query.head, in: &message)))
    }
    // 5. The policy, above the cache: a name cached before it was restricted is restricted all the same.
    let verdict = snapshot.policy.verdict(query.name, query.hashes)
    if let verdict {
      let action = snapshot.policy.action(of: verdict)
      if action.kind == .drop {
        counters.add(.blocked)
        return Decision(.drop, verdict)
      }
      if let length = snapshot.sinkhole.write(action, verdict, to: query, policy: snapshot.policy, in: &message) {
        counters.add(.blocked)
        return Decision(.respond(length), verdict)
      }
    }
    // 6. ANY of an open name. After the policy: a blocked name's ANY tells the sinkhole's addresses.
    if query.type == .any {
      return Decision(.respond(Refusal.writeAny(to: query.head, in: &message)))
    }
    // 7. What is known already.
    let key = CacheKey(query)
    if case .hit(let length) = cache.answer(query, key: key, now: clock, in: &message) {
      counters.add(.cacheHits)
      return Decision(.respond(length))
    }
    // 8. All else is asked.
    return Decision(.forward(key))
  }
}
