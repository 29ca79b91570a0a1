/// Gathers what a reader finds in a source, and closes it into a `PolicyZone`.
package struct PolicyZoneBuilder {
  package private(set) var zone: PolicyZone
  private var actionIndex: [PolicyZone.Action: UInt16] = [:]
  private var skipIndex: [String: Int] = [:]

  /// - Parameters:
  ///   - file: the source's file, number 0 of the zone's files.
  ///   - title: what the operator calls the zone.
  package init(file: String, title: String, form: PolicyZone.Form) {
    zone = PolicyZone(file: file, title: title, form: form)
  }

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

  /// Adds a QNAME trigger: `name`, canonical wire octets without the root label. False when there is no more room.
  package mutating func add(
    _ name: Span<UInt8>, isWildcard: Bool, action: UInt16, line: Int, file: UInt16 = 0
  ) -> Bool {
    guard
      zone.triggers.add(name, isWildcard: isWildcard, action: action, line: UInt32(truncatingIfNeeded: line), file: file)
        != nil
    else { return false }
    zone.triggerCount += 1
    return true
  }

  package mutating func describe(_ service: PolicyZone.Service) -> Bool {
    zone.services.updateValue(service, forKey: service.id) == nil
  }

  package mutating func skip(_ cause: PolicyZone.Skip.Cause, _ reason: String, line: Int, file: UInt16 = 0) {
    if let index = skipIndex[reason] {
      zone.skipped[index].count += 1
    } else {
      skipIndex[reason] = zone.skipped.count
      zone.skipped.append(
        PolicyZone.Skip(cause: cause, reason: reason, count: 1, file: zone.files[Int(file)], line: line))
    }
  }

  package consuming func finish() -> PolicyZone {
    if zone.form == .zone { EnclosingNames.add(to: &zone.triggers) }
    return zone
  }
}
