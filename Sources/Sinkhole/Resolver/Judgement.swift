/// One ruling taken to its end for one client: what is done, after exceptions, and how long the answer may live.
struct Judgement {
  /// Seconds that an answer may live which a clock may take back.
  static let shortest: UInt32 = 5

  /// What decides; nil when nothing does.
  let verdict: Verdict?
  let lift: Overlay.Lift?
  /// Whether the verdict, as it stands, restricts.
  let restricts: Bool
  /// Seconds; `.max` when no clock had a part in it.
  let ttlLimit: UInt32

  init(_ ruling: Ruling, for asker: Asker, of policy: Policy, _ overlay: Overlay, _ present: Present) {
    verdict = ruling.selected
    var limit = UInt32.max
    if ruling.isTimed { limit = Judgement.left(until: present.activity.until, present) }
    guard let verdict else {
      (lift, restricts, ttlLimit) = (nil, false, limit)
      return
    }
    let effect = policy.effect(of: verdict)
    lift = overlay.lift(effect, client: asker.client, group: policy.group(of: asker).key, now: present.instant)
    if let lift { limit = min(limit, Judgement.left(until: lift.until, present)) }
    restricts = effect.restricts && lift == nil
    ttlLimit = limit
  }

  /// Something has decided: where it does not answer itself, the truth is told, and nothing that the name leads to is
  /// looked at (section 5.1 of the RPZ draft).
  var isSettled: Bool { verdict != nil }

  private static func left(until: Int64, _ present: Present) -> UInt32 {
    let left = until == .max ? Int64(shortest) : until - present.instant
    return UInt32(clamping: min(Int64(shortest), max(0, left)))
  }
}
