/// What becomes of a query: the steps, in their order. Synchronous, and without allocation for blocked,
/// cached and refused answers; what waits is for the forwarder.
package struct Resolver: ~Copyable {
  /// How the truth is found that is not known.
  package struct Way {
    package let key: CacheKey
    /// Index into the routing's choices.
    package let choice: Int
    /// The cache holds what has expired.
    package let hasStale: Bool
  }

  package struct Decision {
    package enum Step {
      /// Silence.
      case drop
      /// The response lies in the message, this long.
      case respond(Int)
      case forward(Way)
      /// The response lies in the message, this long, and what it was made of should be asked for again.
      case respondAndRefresh(Int, Way)
      /// The target of an alias has to be looked up first.
      case follow(AliasChain, Way)
    }

    package let step: Step
    /// What the policy had to do with it.
    package let told: Told

    init(_ step: Step, _ told: Told = Told()) {
      self.step = step
      self.told = told
    }
  }

  /// What is told of a query: the verdict that made the answer, the exception that lifted it, and what a rule that only
  /// observes would have done. Empty when the policy had no part in it.
  package struct Told: Sendable {
    package let asker: Asker
    package let verdict: Verdict?
    package let lift: Overlay.Lift?
    package let observed: Verdict?
    /// CNAMEs, or an HTTPS record, between the name asked for and the one that was judged.
    package let isTarget: Bool

    init() {
      asker = Asker(client: IPAddress(v4: 0), group: 0)
      (verdict, lift, observed, isTarget) = (nil, nil, nil, false)
    }

    init(_ judgement: Judgement, _ ruling: Ruling, _ asker: Asker, isTarget: Bool = false) {
      self.asker = asker
      verdict = judgement.verdict
      lift = judgement.lift
      observed = ruling.observed
      self.isTarget = isTarget
    }

    package var isEmpty: Bool { verdict == nil && observed == nil }
  }

  let cache: ResponseCache
  let counters: Counters
  let overlay: Overlay

  package init(cache: ResponseCache, counters: Counters, overlay: Overlay) {
    self.cache = cache
    self.counters = counters
    self.overlay = overlay
  }

  /// Decides `query`, which lies in `message`, and writes the response over it when there is one.
  ///
  /// - Parameter peer: who sent it; for whom it is asked is told by the query where `peer` is trusted to say.
  package func decide(
    _ query: Query, peer: IPAddress, snapshot: Snapshot, present: Present, message: inout MutableSpan<UInt8>
  ) -> Decision {
    // 1. May this client ask at all? First, so that a stranger learns nothing, not even who we are.
    guard snapshot.allows(peer) else {
      counters.add(.refusedAccess)
      return Decision(.respond(Refusal.write(.prohibited, to: query.head, in: &message)))
    }
    let subject = Subject(
      head: query.head, type: query.type, asker: snapshot.policy.asker(snapshot.client(of: query, from: peer)),
      snapshot: snapshot, present: present, overlay: overlay)
    // 2. Names about ourselves, before the class is judged, for they live in CHAOS too, and before RD, for
    //    nothing is looked up for them.
    if OwnNames.own(query) {
      let length = snapshot.ownNames.write(to: query, policy: snapshot.policy, in: &message) { name in
        guard let name else { return subject.description }
        let inquiry = Inquiry(cache: cache, overlay: overlay, snapshot: snapshot, present: present)
        return subject.explanation(of: name, inquiry.told(of: name, for: subject.asker))
      }
      return Decision(.respond(length))
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
    // 5. The policy, above the cache: a name cached before it was restricted is restricted all the same. Exceptions
    //    are looked for only where it restricts.
    let ruling = snapshot.policy.ruling(on: query.name, query.hashes, for: subject.asker, present.activity)
    let judgement = subject.judge(ruling)
    let told = ruling.isEmpty ? Told() : Told(judgement, ruling, subject.asker)
    if let outcome = subject.answer(judgement, on: query.name, query.hashes, in: &message) {
      return Decision(step(outcome, subject, &message), told)
    }
    // 6. What is known here by itself: special-use names, the operator's own records. After the policy: a rule or zone
    //    that lists such a name decides. Before ANY, for these names have little and may tell it, and before the cache:
    //    what was asked upstream until a reload made it local is not told any more.
    if snapshot.local.mayKnow(query.hashes) {
      switch snapshot.local.answer(query, limit: judgement.ttlLimit, in: &message) {
      case .unknown: break
      case .respond(let length):
        counters.add(.local)
        return Decision(.respond(length), told)
      case .alias(let chain):
        counters.add(.local)
        return Decision(follow(chain, subject, &message), told)
      }
    }
    // 7. ANY of an open name. After the policy: a blocked name's ANY tells the sinkhole's addresses.
    if query.type == .any {
      return Decision(.respond(Refusal.writeAny(to: query.head, in: &message)), told)
    }
    // 8. What was asked before; the policy has its say about where it leads.
    let choice = snapshot.routing.choice(for: query.hashes, group: subject.asker.group)
    let key = CacheKey(query, view: snapshot.routing.choices[choice].view)
    switch cache.answer(query.name.wire, to: query.head, key: key, now: present.clock, in: &message) {
    case .hit(let length, let traits, let isDue):
      counters.add(.cacheHits)
      let decision =
        subject.mustReview(traits, after: judgement)
        ? review(query.name, subject, judgement, traits, length, told, &message) : Decision(.respond(length), told)
      guard isDue, case .respond(let length) = decision.step else { return decision }
      return Decision(.respondAndRefresh(length, Way(key: key, choice: choice, hasStale: false)), decision.told)
    // 9. All else is asked.
    case .stale: return Decision(.forward(Way(key: key, choice: choice, hasStale: true)), told)
    case .miss: return Decision(.forward(Way(key: key, choice: choice, hasStale: false)), told)
    }
  }

  /// Judges a response that was waited for, which lies in `message`, by the policy of now: it may be another than when
  /// the question went out.
  package func decide(
    _ waiter: Waiter, traits: MessageWalk.Traits, length: Int, snapshot: Snapshot, present: Present,
    message: inout MutableSpan<UInt8>
  ) -> Decision {
    let subject = Subject(
      head: waiter.head, type: waiter.type, asker: snapshot.policy.asker(waiter.client), snapshot: snapshot,
      present: present, overlay: overlay)
    var name = Name()
    guard WireName.read(message.span, at: Header.length, into: &name) else { return Decision(.respond(length)) }
    let hashes = SuffixHashes(name)
    let ruling = snapshot.policy.ruling(on: name, hashes, for: subject.asker, present.activity)
    let judgement = subject.judge(ruling)
    if let outcome = subject.answer(judgement, on: name, hashes, in: &message) {
      return Decision(step(outcome, subject, &message), Told(judgement, ruling, subject.asker))
    }
    guard subject.mustReview(traits, after: judgement) else { return Decision(.respond(length)) }
    // What was said of the name itself was told when it was asked for.
    return review(name, subject, judgement, traits, length, Told(), &message)
  }

  private func review(
    _ name: Name, _ subject: Subject, _ judgement: Judgement, _ traits: MessageWalk.Traits, _ length: Int,
    _ told: Told, _ message: inout MutableSpan<UInt8>
  ) -> Decision {
    var review = ResponseReview(subject, name: name, limit: judgement.ttlLimit)
    if !judgement.isSettled {
      switch review.run(traits, in: &message) {
      case .goOn, .openBelow: break
      case .answer(let outcome):
        return Decision(step(outcome, subject, &message), review.told)
      case .endless:
        counters.add(.serverFailures)
        return Decision(.respond(Refusal.write(.badUpstream, to: subject.head, in: &message)), told)
      }
    }
    review.limitTTLs(in: &message)
    // Of two things to be told of one query, what was lifted or observed, that about the name itself comes first.
    return Decision(.respond(length), told.isEmpty ? review.told : told)
  }

  /// What the policy answers instead of the truth, as a step.
  private func step(
    _ outcome: SinkholeAnswer.Outcome, _ subject: Subject, _ message: inout MutableSpan<UInt8>
  ) -> Decision.Step {
    counters.add(.blocked)
    switch outcome {
    case .silence, .open: return .drop
    case .respond(let length): return .respond(length)
    case .alias(let chain): return follow(chain, subject, &message)
    }
  }

  /// Answers by an alias whose target is known here or in the cache, or has it asked for.
  private func follow(
    _ chain: AliasChain, _ subject: Subject, _ message: inout MutableSpan<UInt8>
  ) -> Decision.Step {
    var scratch = [UInt8](repeating: 0, count: 65_536)
    var span = scratch.mutableSpan
    let query = Query(asking: chain.target, subject.type, like: subject.head, in: &span)
    if subject.snapshot.local.mayKnow(query.hashes) {
      switch subject.snapshot.local.answer(query, in: &span) {
      case .unknown: break
      case .respond:
        return .respond(
          chain.write(to: subject.head, from: span.span, questionEnd: query.head.questionEnd, in: &message))
      // It leads to a name that is not known here: no circle.
      case .alias(let further): return follow(chain.appending(further), subject, &message)
      }
    }
    let choice = subject.snapshot.routing.choice(for: query.hashes, group: subject.asker.group)
    let key = CacheKey(query, view: subject.snapshot.routing.choices[choice].view)
    guard case .hit = cache.answer(query.name.wire, to: query.head, key: key, now: subject.present.clock, in: &span) else {
      return .follow(chain, Way(key: key, choice: choice, hasStale: false))
    }
    counters.add(.cacheHits)
    return .respond(chain.write(to: subject.head, from: span.span, questionEnd: query.head.questionEnd, in: &message))
  }
}
