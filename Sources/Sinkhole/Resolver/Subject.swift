/// One question of one client under one policy: what all steps of its judgement need.
struct Subject {
  let head: QueryHead
  let type: RecordType
  let asker: Asker
  let snapshot: Snapshot
  let present: Present
  let overlay: Overlay

  func judge(_ ruling: Ruling) -> Judgement {
    Judgement(ruling, for: asker, of: snapshot.policy, overlay, present)
  }

  /// Writes what the policy has to say instead of the truth about `name`; nil when the truth is told.
  @inline(__always)
  func answer(
    _ judgement: Judgement, on name: borrowing Name, _ hashes: borrowing SuffixHashes,
    after links: [ChainLink] = [], ownsTrigger: Bool = true, in message: inout MutableSpan<UInt8>
  ) -> SinkholeAnswer.Outcome? {
    guard judgement.restricts, let verdict = judgement.verdict else { return nil }
    let stage = SinkholeAnswer.Stage(
      links: links, name: copy name, suffixOffset: ownsTrigger ? Subject.suffixOffset(verdict, hashes) : 0,
      family: asker.client.family)
    let outcome = snapshot.sinkhole.write(
      verdict, of: snapshot.policy, to: head, type: type, at: stage, in: &message)
    if case .open = outcome { return nil }
    return outcome
  }

  /// Where the trigger's name begins in the name that it fits: stubs accept an SOA only from an ancestor. A trigger that is
  /// no name gives the whole.
  private static func suffixOffset(_ verdict: Verdict, _ hashes: borrowing SuffixHashes) -> Int {
    guard case .name(let labels, _, _) = verdict.trigger else { return 0 }
    return hashes.offset(labels: labels)
  }

  /// Whether a response with `traits` holds anything that the policy could have something to say about, or lives too long.
  @inline(__always)
  func mustReview(_ traits: MessageWalk.Traits, after judgement: Judgement) -> Bool {
    if judgement.ttlLimit != .max { return true }
    if judgement.isSettled { return false }
    return traits.contains(.targets) && snapshot.policy.index.nameCount > 0
      || traits.contains(.addresses) && snapshot.policy.hasAddressTriggers
  }

  /// What is told of `name`, in one line: for the explain name, which is asked by people.
  func explanation(of name: Name, _ told: Resolver.Told) -> String {
    let explanation = Explanation(
      name, told.verdict ?? told.observed, for: asker, policy: snapshot.policy, lift: told.lift,
      isObserved: told.verdict == nil && told.observed != nil)
    // Who asks may know who they are; the reference is made of what the log may say of them.
    let reference = ReferenceCode(explanation, client: snapshot.privacy.text(of: asker.client))
    let isTimed = told.isTarget
      ? snapshot.policy.hasHours : snapshot.policy.ruling(on: name, for: asker, present.activity).isTimed
    return explanation.line(
      client: "\(asker.client)", judged: isTimed ? Instant(unixSeconds: present.instant) : nil, reference: reference)
  }

  /// Who asks, and what that makes of them.
  var description: String {
    let group = snapshot.policy.group(of: asker)
    let name = group.name.map { " group=\($0)" } ?? ""
    return "client=\(asker.client)\(name) policy=\(snapshot.policy.plans[group.plan].name)"
  }
}
