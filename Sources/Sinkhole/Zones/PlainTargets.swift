/// The actions of targets met before, by their text: absolute plain names, as `PlainLine` finds them.
struct PlainTargets {
  struct Target {
    let action: RuleAction
    /// Canonical wire octets without the root label: the trigger of this very name is passed through.
    let wire: [UInt8]
  }

  /// Texts that are kept: as many as a zone has actions.
  private static let maximumCount = Int(UInt16.max)

  private var lastText: [UInt8] = []
  private var last = Target(action: RuleAction(number: 0, isPassthru: false), wire: [])
  private var known: [[UInt8]: Target] = [:]

  /// The action of `text` at the trigger `owner`, canonical wire octets without the root label. Nil when it is not known,
  /// or the owner itself.
  ///
  /// Zones are sorted by service as a rule, so the last target is mostly the next: a comparison of octets.
  @inline(__always)
  mutating func action(_ text: Span<UInt8>, at owner: Span<UInt8>) -> RuleAction? {
    guard text.equals(lastText) || find(text), last.wire.isEmpty || !owner.equals(last.wire) else { return nil }
    return last.action
  }

  mutating func add(_ target: Target, _ text: Span<UInt8>) {
    lastText = [UInt8](copying: text)
    last = target
    if known.count < PlainTargets.maximumCount { known[lastText] = target }
  }

  private mutating func find(_ text: Span<UInt8>) -> Bool {
    let key = [UInt8](copying: text)
    guard let target = known[key] else { return false }
    (lastText, last) = (key, target)
    return true
  }
}
