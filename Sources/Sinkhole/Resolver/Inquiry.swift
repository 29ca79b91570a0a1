/// What the policy makes of a name for one client, where the name is known to lead included: what a query for its
/// addresses would be told, from the policy and the cache alone. For the notice page and the explain name, which people
/// ask; nothing is counted and nobody is asked.
package struct Inquiry {
  private let cache: ResponseCache
  private let overlay: Overlay
  private let snapshot: Snapshot
  private let present: Present

  package init(cache: ResponseCache, overlay: Overlay, snapshot: Snapshot, present: Present) {
    self.cache = cache
    self.overlay = overlay
    self.snapshot = snapshot
    self.present = present
  }

  package func told(of name: Name, for asker: Asker) -> Resolver.Told {
    var scratch = [UInt8](repeating: 0, count: 65_536)
    var message = scratch.mutableSpan
    var told = Resolver.Told()
    // As stubs ask: most without DO and CD, validating ones with them.
    for flags in [(false, false), (true, false), (false, true), (true, true)] {
      for type in [RecordType.a, .aaaa] {
        let question = UpstreamQuery(name: name, type: type, dnssecOK: flags.0, checkingDisabled: flags.1)
        told = judge(question, asker, &message)
        if told.verdict != nil { return told }
      }
    }
    return told
  }

  private func judge(
    _ question: UpstreamQuery, _ asker: Asker, _ message: inout MutableSpan<UInt8>
  ) -> Resolver.Told {
    let length = question.write(id: 0, to: &message)
    var query = Query()
    guard query.read(message.span.extracting(0..<length), over: .tcp) == .query else { return Resolver.Told() }
    query.hashName()
    let subject = Subject(
      head: query.head, type: query.type, asker: asker, snapshot: snapshot, present: present, overlay: overlay)
    let ruling = snapshot.policy.ruling(on: query.name, query.hashes, for: asker, present.activity)
    let judgement = subject.judge(ruling)
    let told = ruling.isEmpty ? Resolver.Told() : Resolver.Told(judgement, ruling, asker)
    guard !judgement.isSettled,
      case .hit(_, let traits, _) = cache.answer(query, key: CacheKey(query), now: present.clock, in: &message),
      subject.mustReview(traits, after: judgement)
    else { return told }
    var review = ResponseReview(subject, name: query.name, limit: .max)
    _ = review.run(traits, in: &message)
    return review.told.verdict == nil ? told : review.told
  }
}
