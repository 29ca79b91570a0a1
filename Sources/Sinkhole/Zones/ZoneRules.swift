/// Takes the records of a policy zone as rules: what a record's owner triggers on, and what its data says to do
/// (draft-vixie-dnsop-dns-rpz sections 3 and 4).
///
/// What is no zone text, or contradicts itself, is a fault and refuses the zone. What is zone text and yet cannot be acted
/// on, or would shut out half the world, is left out and counted.
struct ZoneRules {
  var builder: PolicyZoneBuilder
  let nameGuard: NameGuard
  /// Of the zone, once its SOA is read.
  private(set) var origin: Name?
  private let title: String?
  private var startOfAuthority: [UInt8] = []
  private var hasSaidNoSOA = false
  private var sets = LocalDataSets()
  private var nameData = NameData()
  private var addresses = AddressRules()

  /// - Parameter title: nil to have the first label of the origin.
  init(file: String, title: String?, nameGuard: NameGuard, audience: SourceAudience? = nil) {
    builder = PolicyZoneBuilder(file: file, title: title ?? "", form: .zone, audience: audience)
    self.title = title
    self.nameGuard = nameGuard
  }

  /// Where a record stands, and what it is called in faults.
  struct Place {
    let file: UInt16
    let line: Int
    let column: Int
  }

  mutating func addFile(_ path: String) -> UInt16? { builder.addFile(path) }

  mutating func reserve(arenaOctets: Int) { builder.reserve(arenaOctets: arenaOctets) }

  // MARK: Records

  mutating func take(_ record: ZoneRecord, file: UInt16, _ faults: inout FaultLog) {
    let place = Place(file: file, line: record.line, column: record.column)
    do throws(Fault) {
      guard let owner = Name(wire: record.owner.span) else { return }
      guard let origin else { return try begin(record, owner, place) }
      guard owner.isAtOrBelow(origin) else {
        throw fault(
          place, "\"\(owner)\" lies outside the zone \"\(origin)\"", "End the owner without a dot, or correct $ORIGIN.")
      }
      let trigger = Array([UInt8](copying: owner.wire).prefix(owner.length - origin.length))
      if trigger.isEmpty { return try takeApex(record, place) }
      try take(record, trigger: trigger, place)
    } catch {
      faults.report(error)
    }
  }

  private mutating func begin(_ record: ZoneRecord, _ owner: Name, _ place: Place) throws(Fault) {
    guard record.type == .soa, record.rdata.count >= 22 else {
      if hasSaidNoSOA { return }
      hasSaidNoSOA = true
      throw fault(place, "the first record is no SOA", "Put the zone's SOA first.")
    }
    origin = owner
    startOfAuthority = record.rdata
    // The five numbers close an SOA's RDATA; the serial is the first.
    let serial = record.rdata.dropLast(16).suffix(4).reduce(0) { $0 << 8 | UInt32($1) }
    builder.identify(
      origin: owner, serial: serial, title: title ?? String(owner.description.prefix(while: { $0 != "." })))
  }

  /// The apex is the zone's own. A transfer written to a file ends in the SOA that it began with.
  private mutating func takeApex(_ record: ZoneRecord, _ place: Place) throws(Fault) {
    if record.type == .cname { return skip(.guarded, "a rule for the root", place) }
    if record.type == .soa, record.rdata != startOfAuthority {
      throw fault(place, "a second SOA, unlike the first", "Keep one of the two.")
    }
  }

  private mutating func take(_ record: ZoneRecord, trigger: [UInt8], _ place: Place) throws(Fault) {
    if ZoneRecord.isAside(record.type) || record.type == .soa || record.type == .ns {
      return skip(.inexpressible, "records of type \(record.type) are no local data", place)
    }
    if record.hasRawOctets {
      return skip(.inexpressible, "names outside ASCII, which nobody asks for: write A-labels (xn--...)", place)
    }
    let labels = ZoneRules.labels(trigger)
    if let last = labels.last, last.hasPrefix("rpz-") { return try takeSpecial(record, labels, last, place) }
    let isWildcard = labels[0] == "*"
    let name = isWildcard ? Array(trigger.dropFirst(2)) : trigger
    if let service = ZoneRules.service(of: name), record.type == .txt, !isWildcard {
      return try describe(service, record, place)
    }
    if record.type == .cname {
      let action = try action(for: record.rdata, owner: trigger, place)
      guard let action else { return skip(.inexpressible, "targets below rpz- names that are no known action", place) }
      try addRule(name.span, isWildcard: isWildcard, action: action, place)
    } else {
      try addData(name.span, isWildcard: isWildcard, local(record), place)
    }
  }

  /// Labels as text, for owners that are no plain names; `*` and address parts come out as they are.
  private static func labels(_ wire: [UInt8]) -> [String] {
    var labels: [String] = []
    var at = 0
    while at < wire.count {
      let end = at + 1 + Int(wire[at])
      labels.append(String(decoding: wire[(at + 1)..<end], as: UTF8.self))
      at = end
    }
    return labels
  }

  private func local(_ record: ZoneRecord) -> PolicyZone.LocalRecord {
    PolicyZone.LocalRecord(type: record.type, ttl: record.ttl, rdata: record.rdata)
  }

  // MARK: Names

  /// Adds the trigger `name`, canonical wire octets without the root label, or `*.` before it.
  ///
  /// - Throws: `Fault` when there is no more room. What is guarded or too deep is counted.
  mutating func addRule(
    _ name: Span<UInt8>, isWildcard: Bool, action: RuleAction, _ place: Place
  ) throws(Fault) {
    guard let labels = mayStand(name, isException: action.isPassthru, place) else { return }
    builder.note(labels: labels, isWildcard: isWildcard)
    if !builder.add(name, isWildcard: isWildcard, action: action.number, line: place.line, file: place.file) {
      throw full(place)
    }
  }

  private mutating func addData(
    _ name: Span<UInt8>, isWildcard: Bool, _ record: PolicyZone.LocalRecord, _ place: Place
  ) throws(Fault) {
    guard let labels = mayStand(name, isException: false, place) else { return }
    let part: TriggerArena.Flags = isWildcard ? .wildcard : .exact
    if builder.tell(name, part, .data([record]), place.line, place.file) { return }
    builder.note(labels: labels, isWildcard: isWildcard)
    guard let key = nameData.key(name, isWildcard: isWildcard, in: builder.zone.triggers) else { return }
    let known = nameData[key]
    guard let set = sets.adding(record, to: known) else { throw tooMuchData(place) }
    if known != nil { return nameData.set(set, for: key) }
    // Its action has a number when all its records are known.
    let entry = builder.addOpen(name, isWildcard: isWildcard, line: place.line, file: place.file)
    guard let entry else { throw full(place) }
    nameData.add(set, for: key, entry: entry)
  }

  /// The labels of `name`; nil when it was left out and counted.
  @inline(__always)
  private mutating func mayStand(_ name: Span<UInt8>, isException: Bool, _ place: Place) -> Int? {
    guard let labels = LabelStarts(name) else {
      skip(.inexpressible, "a rule for a name of more than \(SuffixHashes.maximumDepth) labels", place)
      return nil
    }
    if let reason = nameGuard.reason(for: name, labels, isException: isException) {
      skip(.guarded, reason, place)
      return nil
    }
    return labels.count
  }

  // MARK: Addresses

  /// The other four trigger kinds are told by the label that ends the owner (sections 4.1, 4.3 - 4.5).
  private mutating func takeSpecial(
    _ record: ZoneRecord, _ labels: [String], _ kind: String, _ place: Place
  ) throws(Fault) {
    switch kind {
    case "rpz-client-ip": try takeAddress(record, labels, .client, place)
    case "rpz-ip": try takeAddress(record, labels, .response, place)
    case "rpz-nsdname", "rpz-nsip":
      skip(.inexpressible, "\(kind) triggers are not acted on: a forwarder sees no delegations", place)
    default: skip(.inexpressible, "triggers below rpz- names that are no known kind", place)
    }
  }

  private mutating func takeAddress(
    _ record: ZoneRecord, _ labels: [String], _ kind: AddressRules.Kind, _ place: Place
  ) throws(Fault) {
    let prefix: IPPrefix
    do throws(AddressTriggerName.Invalid) {
      prefix = try AddressTriggerName.prefix(labels.dropLast())
    } catch {
      // Section 4.1 has a trigger that cannot be used ignored: one slip must not cost a feed all its others.
      let example = "\"\(labels.joined(separator: "."))\": \(error.reason)"
      return skip(.malformed, "triggers on what is no address", example: example, place)
    }
    let key = AddressRules.Key(kind: kind, prefix: prefix)
    let known = addresses[key]
    let value: AddressRules.Content
    if record.type == .cname {
      let action = try action(for: record.rdata, owner: [], place)
      guard let action else { return skip(.inexpressible, "targets below rpz- names that are no known action", place) }
      value = .action(action.number)
      if let known, known.value != value { throw contradiction("\(prefix)", known, place) }
    } else {
      var before: LocalDataSets.SetNumber?
      if let known {
        guard case .data(let number) = known.value else { throw contradiction("\(prefix)", known, place) }
        before = number
      }
      guard let set = sets.adding(local(record), to: before) else { throw tooMuchData(place) }
      value = .data(set)
    }
    addresses.set(value, for: key, file: place.file, line: place.line)
  }

  private func contradiction(_ trigger: String, _ other: AddressRules.Rule, _ place: Place) -> Fault {
    let file = other.file == place.file ? "" : " of \(builder.zone.files[Int(other.file)])"
    return fault(place, "\"\(trigger)\" has another action on line \(other.line)\(file)", "Keep one of the two.")
  }

  // MARK: Closing

  /// The zone; nil when something was reported.
  mutating func finish(_ faults: inout FaultLog) -> PolicyZone? {
    guard origin != nil else {
      if !hasSaidNoSOA {
        faults.report(
          Fault(
            file: builder.zone.file, "no SOA record at the zone's origin",
            remedy: "Start with $ORIGIN, an SOA and NS localhost."))
      }
      return nil
    }
    guard faults.isEmpty else { return nil }
    var actions: [LocalDataSets.SetNumber: UInt16] = [:]
    var isFull = false
    sets.forEach { number, records in
      if let action = builder.index(of: .data(records)) { actions[number] = action } else { isFull = true }
    }
    if isFull {
      faults.report(Fault(file: builder.zone.file, PolicyZoneBuilder.tooManyActions, remedy: "Part the zone."))
      return nil
    }
    nameData.forEach { entry, set in
      if let action = actions[set] { builder.close(entry, action: action) }
    }
    for rule in addresses.rules {
      let action: UInt16? =
        switch rule.value {
        case .action(let number): number
        case .data(let set): actions[set]
        }
      guard let action else { continue }
      builder.add(rule, action: action)
    }
    // The builder must be the only one to hold the arena, or closing it would copy it.
    let closing = builder
    builder = PolicyZoneBuilder(file: "", title: "", form: .zone)
    return closing.finish()
  }
}
