/// The rules of one policy, worked out for every action of every zone: which rules select it, in their order, up to the
/// first that always holds.
package struct PolicyPlan: Sendable {
  /// One rule that selects an action.
  struct Choice: Sendable {
    /// Its position in the policy.
    let rule: UInt16
    /// Index into the timed rules; -1 when it always holds.
    let timer: Int32
    let observes: Bool
    /// The last one of this action.
    var isLast: Bool
    /// Index into the policy's effects.
    let effect: UInt32
  }

  package let name: String
  package let rules: [Rule]
  /// For each action of all zones, one after the other: where its choices begin, plus 1; 0 when no rule selects it.
  let starts: [UInt32]
  let choices: [Choice]
  /// Whether a rule is ever the one that decides, and whether it selects anything at all.
  package let decides: [Bool]
  package let selects: [Bool]
}

/// Finds the first rule among the triggers that fit a name.
struct RulingSearch {
  private(set) var ruling = Ruling()
  private var rule = Int.max
  private var zone = Int.max
  private var observingRule = Int.max
  private var observingZone = Int.max
  private var timedRule = Int.max

  /// Looks at one trigger of `zone`, whose action is the `number`th of all.
  @inline(__always)
  mutating func consider(
    _ plan: borrowing PolicyPlan, _ number: Int, _ activity: borrowing Activity, zone: Int, action: UInt16,
    trigger: Verdict.Trigger
  ) {
    var at = Int(plan.starts[number]) - 1
    while at >= 0 {
      let choice = plan.choices[at]
      let position = Int(choice.rule)
      if position > rule { return }
      at = choice.isLast ? -1 : at + 1
      if choice.timer >= 0 {
        timedRule = min(timedRule, position)
        if !activity.isActive(Int(choice.timer)) { continue }
      }
      let verdict = Verdict(trigger: trigger, zone: zone, action: action, effect: Int(choice.effect))
      // Of several triggers that one rule selects the earliest zone's counts, as in RPZ.
      if choice.observes {
        if position < observingRule || position == observingRule && zone < observingZone {
          (observingRule, observingZone) = (position, zone)
          ruling.observed = verdict
        }
        continue
      }
      if position < rule || zone < self.zone {
        (rule, self.zone) = (position, zone)
        ruling.selected = verdict
      }
      return
    }
  }

  consuming func finish() -> Ruling {
    // What was seen behind the rule that decides had no part in it.
    if observingRule > rule { ruling.observed = nil }
    ruling.isTimed = timedRule <= rule && timedRule != .max
    return ruling
  }
}
