/// Gathers what a reader finds in a source, and closes it into a `PolicyZone`.
package struct PolicyZoneBuilder {
  static let tooManyActions = "more than 65,535 actions in a zone"

  package private(set) var zone: PolicyZone
  private var actionIndex: [PolicyZone.Action: UInt16] = [:]
  private var skipIndex: [String: Int] = [:]
  /// Labels of the longest name, and of the shortest that has a wildcard.
  private var deepest = 0
  private var shallowestWildcard = Int.max
  private var wildcardCount = 0
  private let audience: SourceAudience?

  /// - Parameters:
  ///   - file: the source's file, number 0 of the zone's files.
  ///   - title: what the operator calls the zone.
  ///   - audience: who is told of all that is added; nil for nobody.
  package init(file: String, title: String, form: PolicyZone.Form, audience: SourceAudience? = nil) {
    zone = PolicyZone(file: file, title: title, form: form)
    self.audience = audience
  }

  /// Whether what is added is kept, as it is unless an audience alone wants it.
  var keepsNames: Bool { audience?.keepsNames ?? true }

  /// The number of a further file of this source, for `$INCLUDE`.
  package mutating func addFile(_ path: String) -> UInt16? {
    guard zone.files.count < Int(UInt16.max) else { return nil }
    zone.files.append(path)
    return UInt16(zone.files.count - 1)
  }

  package mutating func identify(origin: Name, serial: UInt32, title: String) {
    zone.origin = origin
    zone.serial = serial
    zone.title = title
    audience?.visitor.begin(zone)
  }

  // MARK: Triggers

  /// The number of `action` in this zone; nil when it has 65,535 others.
  package mutating func index(of action: PolicyZone.Action) -> UInt16? {
    if let known = actionIndex[action] { return known }
    guard zone.actions.count < Int(UInt16.max) else { return nil }
    let index = UInt16(zone.actions.count)
    zone.actions.append(action)
    actionIndex[action] = index
    return index
  }

  /// Has room made for so many octets of names, which may still become more.
  package mutating func reserve(arenaOctets: Int) { zone.triggers.reserve(octets: arenaOctets) }

  /// Adds a QNAME trigger: `name`, canonical wire octets without the root label. False when there is no more room.
  @inline(__always)
  package mutating func add(
    _ name: Span<UInt8>, isWildcard: Bool, action: UInt16, line: Int, file: UInt16 = 0
  ) -> Bool {
    if audience != nil, tell(name, isWildcard ? .wildcard : .exact, zone.actions[Int(action)], line, file) { return true }
    guard
      zone.triggers.add(name, isWildcard: isWildcard, action: action, line: UInt32(truncatingIfNeeded: line), file: file)
        != nil
    else { return false }
    zone.triggerCount += 1
    return true
  }

  /// Adds an entry of a list: `name` and all that lies below it. Nil when there is no more room.
  package mutating func addSubtree(_ name: Span<UInt8>, action: UInt16, line: Int) -> Bool {
    if audience != nil, tell(name, [.exact, .wildcard], zone.actions[Int(action)], line, 0) { return true }
    guard
      zone.triggers.addSubtree(name, action: action, line: UInt32(truncatingIfNeeded: line), file: 0) != nil
    else { return false }
    zone.triggerCount += 1
    return true
  }

  /// Adds a QNAME trigger whose action `close` tells. Returns its entry; nil when there is no more room.
  mutating func addOpen(_ name: Span<UInt8>, isWildcard: Bool, line: Int, file: UInt16) -> UInt32? {
    let entry = zone.triggers.add(
      name, isWildcard: isWildcard, action: 0, line: UInt32(truncatingIfNeeded: line), file: file, mayJoin: false)
    if entry != nil { zone.triggerCount += 1 }
    return entry
  }

  /// Tells the audience of a trigger; true when nobody else wants it.
  mutating func tell(
    _ name: Span<UInt8>, _ part: TriggerArena.Flags, _ action: PolicyZone.Action, _ line: Int, _ file: UInt16
  ) -> Bool {
    guard let audience else { return false }
    audience.visitor.take(name, part, action, at: place(line, file))
    if !audience.keepsNames { zone.triggerCount += 1 }
    return !audience.keepsNames
  }

  private func place(_ line: Int, _ file: UInt16) -> SourcePlace { SourcePlace(file: zone.files[Int(file)], line: line) }

  mutating func close(_ entry: UInt32, action: UInt16) { zone.triggers.replaceAction(at: entry, with: action) }

  mutating func add(_ rule: AddressRules.Rule, action: UInt16) {
    let trigger = PolicyZone.AddressTrigger(
      prefix: rule.key.prefix, action: action, file: rule.file, line: UInt32(truncatingIfNeeded: rule.line))
    audience?.visitor.takeAddress(trigger.prefix, zone.actions[Int(action)], at: place(rule.line, rule.file))
    switch rule.key.kind {
    case .client: zone.clientTriggers.append(trigger)
    case .response: zone.addressTriggers.append(trigger)
    }
    zone.triggerCount += 1
  }

  /// Notes the depth of a trigger of a zone, for the names that its wildcards enclose.
  @inline(__always)
  mutating func note(labels: Int, isWildcard: Bool) {
    if labels > deepest { deepest = labels }
    guard isWildcard, keepsNames else { return }
    wildcardCount += 1
    if labels < shallowestWildcard { shallowestWildcard = labels }
  }

  // MARK: Lists

  /// Where a list says both, of the very same name, that it is listed and that it is an exception, the exception holds.
  mutating func settleExceptions(listed: UInt16, exception: UInt16) {
    ListExceptions(zone.triggers, action: exception).settle(&zone.triggers, listed: listed)
  }

  // MARK: What else a source tells

  package mutating func describe(_ service: PolicyZone.Service, line: Int, file: UInt16) -> Bool {
    audience?.visitor.take(service, at: place(line, file))
    return zone.services.updateValue(service, forKey: service.id) == nil
  }

  /// - Parameter example: what is wrong with this entry, where `reason`, under which it is counted, does not say all.
  package mutating func skip(
    _ cause: PolicyZone.Skip.Cause, _ reason: String, example: @autoclosure () -> String? = nil, line: Int, column: Int,
    file: UInt16 = 0
  ) {
    audience?.visitor.skip(cause, reason, at: place(line, file))
    if let index = skipIndex[reason] {
      zone.skipped[index].count += 1
    } else {
      skipIndex[reason] = zone.skipped.count
      zone.skipped.append(
        PolicyZone.Skip(
          cause: cause, reason: reason, count: 1, example: example(), file: zone.files[Int(file)], line: line,
          column: column))
    }
  }

  package consuming func finish() -> PolicyZone {
    if zone.form == .zone {
      EnclosingNames.add(
        to: &zone.triggers, wildcards: wildcardCount, shallowest: shallowestWildcard, deepest: deepest)
    }
    zone.triggers.trim()
    return zone
  }
}
