/// Looks at every name of zones together with the names around it: those of its own zone, by RFC 4592, and those of the
/// zones before it.
struct NameCheck {
  private(set) var faults = FindingLog()
  private(set) var advice = FindingLog()
  private let policy: FlatPolicy
  private let nameGuard: NameGuard

  /// A name, and what rules over it and around it.
  private struct Subject {
    let name: Name
    let zone: Int
    let offset: Int
    let flags: TriggerArena.Flags
    /// What rules over the name, and over names below it that are not listed, in each zone.
    let own: [PolicyIndex.Match]
    let below: [PolicyIndex.Match]
    let labels: Int

    var hasExact: Bool { flags.contains(.exact) }
    var hasWildcard: Bool { flags.contains(.wildcard) }
    /// What its own zone says of the very name, and in `*.` before it.
    var ownHere: PolicyIndex.Match? { own.first { $0.zone == zone && !$0.isWildcard } }
    var belowHere: PolicyIndex.Match? { below.first { $0.zone == zone && $0.labels == labels } }
    var text: String { hasExact ? "\(name)" : "*.\(name)" }
  }

  init(_ policy: FlatPolicy, guard nameGuard: NameGuard) {
    self.policy = policy
    self.nameGuard = nameGuard
  }

  mutating func check() {
    for (number, zone) in policy.zones.enumerated() {
      var offset = 0
      while offset < zone.triggers.octets.count {
        let start = offset
        offset = zone.triggers.end(ofEntryAt: start)
        let flags = zone.triggers.flags(ofEntryAt: start)
        guard !flags.isEmpty else { continue }
        let name = zone.triggers.name(ofEntryAt: start)
        check(
          Subject(
            name: name, zone: number, offset: start, flags: flags, own: policy.matches(of: name),
            below: FlatPolicy.stranger(below: name).map(policy.matches) ?? [], labels: name.labelCount))
      }
    }
  }

  private mutating func check(_ subject: Subject) {
    if isDuplicate(subject) { return }
    checkShared(subject)
    if isCovered(subject) { return }
    if policy.zones[subject.zone].form == .zone { checkNeighbours(subject) }
  }

  // MARK: The same name again

  private mutating func isDuplicate(_ subject: Subject) -> Bool {
    let here = subject.hasExact ? subject.ownHere : subject.belowHere
    guard let here, Int(here.entry) != subject.offset else { return false }
    advise(subject, "\"\(subject.text)\" stands at \(place(here)) already", "Delete one of the two.")
    return true
  }

  /// Whether zones before this one leave nothing of it.
  private mutating func isCovered(_ subject: Subject) -> Bool {
    let own = subject.hasExact ? subject.own.first { $0.zone < subject.zone } : nil
    let below = subject.hasWildcard ? subject.below.first { $0.zone < subject.zone } : nil
    guard let cover = own ?? below else { return false }
    let isSame = cover.labels == subject.labels
    let (mine, theirs) = (action(subject), policy.action(cover))
    if isSame, let mine = mine?.service, let theirs = theirs.service, mine != theirs {
      fault(
        subject, "\"\(subject.text)\" is of service \"\(mine)\" here and of \"\(theirs)\" at \(place(cover))",
        "Keep it under the one whose it is.")
      return true
    }
    let isWhole = (!subject.hasExact || own != nil) && (!subject.hasWildcard || below != nil)
    let what = isWhole ? subject.text : own == nil ? "*.\(subject.name)" : "\(subject.name)"
    let covering = cover.isWildcard ? "*." + suffix(subject.name, labels: cover.labels) : "\(subject.name)"
    advise(
      subject, "\"\(what)\" is never reached without a rule: \"\(covering)\" at \(place(cover)) comes first",
      "Delete one of the two, or load this zone before that one.")
    return isWhole
  }

  // MARK: In one zone

  private mutating func checkNeighbours(_ subject: Subject) {
    let name = subject.name
    let cover = name.parent.flatMap(FlatPolicy.stranger).map(policy.matches)?.first { $0.zone == subject.zone }
    if !subject.hasExact, subject.ownHere == nil {
      advise(
        subject, "\"*.\(name)\" without \"\(name)\", which stays open", "Write \(name) too, if it is the service's.")
    }
    if cover == nil { checkBetween(subject) }
    guard subject.hasExact, let own = subject.ownHere else { return }
    let action = policy.zones[own.zone].actions[Int(own.action)]
    guard let below = subject.belowHere else {
      guard action != .passthru else { return }
      if let cover {
        let wildcard = "*." + suffix(name, labels: cover.labels)
        advise(
          subject, "\"\(name)\" lies under \"\(wildcard)\" without a \"*.\" of its own: what lies below it stays open",
          "Write *.\(name) too, or delete it where it does what \(wildcard) does.")
      } else if action.service != nil, isDomain(name) {
        advise(
          subject, "\"\(name)\" is a domain without its \"*.\": what lies below it stays open",
          "Write *.\(name) too, if they are the service's.")
      }
      return
    }
    guard let cover, cover.action == own.action, cover.action == below.action else { return }
    advise(
      subject, "\"\(name)\" adds nothing to \"*.\(suffix(name, labels: cover.labels))\" at \(place(cover))",
      "Delete it and its \"*.\".")
  }

  /// Whether a name that merely lies between this one and a wildcard exists by this one, and is hidden from the wildcard.
  private mutating func checkBetween(_ subject: Subject) {
    guard let parent = subject.name.parent, subject.labels > 2 else { return }
    var above = parent
    while above.labelCount > 0 {
      if let wildcard = policy.triggers(of: above, isWildcard: true).first(where: { $0.zone == subject.zone }) {
        guard above != parent else { return }
        let remedy = "Write it and its \"*.\" too, or delete \(subject.name) where it does what *.\(above) does."
        return advise(
          subject,
          "\"\(subject.text)\" makes \"\(parent)\" exist, which \"*.\(above)\" at \(place(wildcard)) then leaves open",
          remedy)
      }
      if policy.triggers(of: above, isWildcard: false).contains(where: { $0.zone == subject.zone }) { return }
      guard let next = above.parent else { return }
      above = next
    }
  }

  /// Whether somebody registered it, as far as the public suffix list tells.
  private func isDomain(_ name: Name) -> Bool {
    guard let parent = name.parent, !parent.isRoot, !name.isAtOrBelow(PolicyZoneReader.ownSuffix) else { return false }
    return nameGuard.isSuffix(parent.wire.extracting(0..<(parent.length - 1)))
  }

  private mutating func checkShared(_ subject: Subject) {
    guard action(subject) != .passthru,
      let shared = SharedInfrastructure.reason(for: subject.name, isWildcard: subject.hasWildcard)
    else { return }
    let reach = shared.name == subject.name ? "is" : "takes along \"\(shared.name)\","
    fault(
      subject, "\"\(subject.text)\" \(reach) \(shared.reason), which others need too",
      "Name the service's own hosts.")
  }

  // MARK: Words

  /// Of the name itself, or of what lies below when only that has one.
  private func action(_ subject: Subject) -> PolicyZone.Action? {
    (subject.hasExact ? subject.ownHere : subject.belowHere).map(policy.action)
  }

  private func suffix(_ name: Name, labels: Int) -> String {
    var name = name
    while name.labelCount > labels, let parent = name.parent { name = parent }
    return "\(name)"
  }

  private func place(_ match: PolicyIndex.Match) -> String {
    policy.zones[match.zone].place(ofEntryAt: match.entry, isWildcard: match.isWildcard)
  }

  private mutating func advise(_ subject: Subject, _ problem: String, _ remedy: String) {
    advice.add(finding(subject, problem, remedy))
  }

  private mutating func fault(_ subject: Subject, _ problem: String, _ remedy: String) {
    faults.add(finding(subject, problem, remedy))
  }

  private func finding(_ subject: Subject, _ problem: String, _ remedy: String) -> Fault {
    let zone = policy.zones[subject.zone]
    let place = zone.triggers.place(ofEntryAt: UInt32(subject.offset), isWildcard: !subject.hasExact)
    return Fault(file: zone.files[place.file], line: place.line, column: 1, problem, remedy: remedy)
  }
}
