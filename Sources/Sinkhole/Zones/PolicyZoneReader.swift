import Glibc
import Ldns

/// Reads one policy zone file (draft-vixie-dnsop-dns-rpz). Valid zone text with a fault in it refuses
/// the whole file with every fault named; rules that are well written but cannot be acted on, or would
/// shut out half the world, are left out, counted, and shown by `check`.
package struct PolicyZoneReader {
  /// Services live below this name; so do our own answers about them.
  package static let serviceSuffix = Name("service.sinkhole.internal")!
  package static let ownSuffix = Name("sinkhole.internal")!
  /// Kinds of action that one zone may hold: services and the standard ones.
  static let maximumActions = Int(UInt16.max)
  /// Octets that a zone file may have.
  static let maximumSize = 1 << 30

  private var builder: PolicyZoneBuilder
  private var origin = Name()
  private var hasSOA = false
  private var faults: [Fault] = []

  /// - Throws: all faults of `file`: unreadable, not zone text, no SOA, records outside the origin.
  package static func read(file: String) throws(Faults) -> PolicyZone {
    let octets: [UInt8]
    do throws(SystemError) {
      octets = try FileContents.read(file, limit: maximumSize)
    } catch {
      throw Faults([Fault(file: file, "cannot be read: \(error)", remedy: "Check the path and its permissions.")])
    }
    return try read(text: octets, file: file)
  }

  /// - Throws: as above, for text already in memory.
  package static func read(text octets: [UInt8], file: String) throws(Faults) -> PolicyZone {
    var reader = PolicyZoneReader(file: file)
    var text = ZoneText(file: file)
    text.read(octets) { placed in reader.take(placed) }
    var faults = (text.faults + reader.faults).sorted { $0.line < $1.line }
    if !reader.hasSOA {
      faults.append(
        Fault(file: file, "no SOA record at the zone's origin", remedy: "Start with $ORIGIN, an SOA and NS localhost."))
    }
    guard faults.isEmpty else { throw Faults(faults) }
    return reader.builder.finish()
  }

  private init(file: String) { builder = PolicyZoneBuilder(file: file, title: file, form: .zone) }

  private mutating func take(_ placed: ZoneText.PlacedRecord) {
    let record = placed.record
    guard let owner = Name(wire: record.owner.span) else { return }
    let type = RecordType(rawValue: record.type)
    if type == .soa, !hasSOA {
      hasSOA = true
      origin = owner
      builder.identify(
        origin: owner, serial: PolicyZoneReader.serial(record.rdata),
        title: String(owner.description.prefix(while: { $0 != "." })))
      return
    }
    guard hasSOA else { return fault(placed, "a record before the SOA", "Put the SOA first.") }
    guard owner.isAtOrBelow(origin) else {
      return fault(
        placed, "\"\(owner)\" lies outside the zone \"\(origin)\"",
        "End the owner without a dot, or correct $ORIGIN.")
    }
    if owner == origin { return }
    let relative = PolicyZoneReader.relative(owner, to: origin)
    guard let trigger = Name(wire: relative.span) else { return }
    if let kind = PolicyZoneReader.specialKind(of: trigger) {
      return skip(.inexpressible, "\(kind) triggers are not acted on", placed)
    }
    if trigger.isAtOrBelow(PolicyZoneReader.ownSuffix) {
      return takeMetadata(trigger, record, placed)
    }
    guard type == .cname else { return skip(.inexpressible, "local data of type \(type) is not acted on", placed) }
    takeTrigger(trigger, record, placed)
  }

  // MARK: Triggers

  private mutating func takeTrigger(
    _ owner: Name, _ record: ResourceRecord, _ placed: ZoneText.PlacedRecord
  ) {
    let isWildcard = owner.wire[0] == 1 && owner.wire[1] == UInt8(ascii: "*")
    let name = isWildcard ? owner.parent ?? owner : owner
    // A rule for the root or a whole TLD in a list of services is a slip that would shut out half the world.
    guard name.labelCount > 1 else {
      return skip(.guarded, "a rule for the root or a top-level domain", placed)
    }
    guard name.labelCount <= SuffixHashes.maximumDepth else {
      return skip(.inexpressible, "a rule for a name of more than \(SuffixHashes.maximumDepth) labels", placed)
    }
    guard let target = Name(wire: record.rdata.span) else {
      return fault(placed, "a CNAME without a name", "Name its target.")
    }
    guard let action = action(for: target, trigger: owner) else {
      return skip(.inexpressible, "the target \(target) is no action known here", placed)
    }
    guard let index = builder.index(of: action) else {
      return fault(placed, "more than 65,535 services in a zone", "Part the zone.")
    }
    let wire = name.wire
    let isIn = builder.add(
      wire.extracting(0..<(name.length - 1)), isWildcard: isWildcard, action: index, line: placed.line)
    if !isIn { fault(placed, "more than 4 GiB of names in a zone", "Part the zone.") }
  }

  private func action(for target: Name, trigger: Name) -> PolicyZone.Action? {
    if target.isRoot { return .nxdomain }
    if target == trigger { return .passthru }
    switch target.description {
    case "*": return .nodata
    case "rpz-passthru": return .passthru
    case "rpz-drop": return .drop
    case "rpz-tcp-only": return .tcpOnly
    default: break
    }
    guard let id = PolicyZoneReader.serviceID(of: target) else { return nil }
    return .service(id)
  }

  // MARK: Services

  private mutating func takeMetadata(
    _ owner: Name, _ record: ResourceRecord, _ placed: ZoneText.PlacedRecord
  ) {
    guard let id = PolicyZoneReader.serviceID(of: owner), RecordType(rawValue: record.type) == .txt else {
      return skip(.guarded, "a rule for our own names", placed)
    }
    var facts: [String: String] = [:]
    for string in PolicyZoneReader.strings(of: record.rdata) {
      guard let equals = string.firstIndex(of: "=") else {
        return fault(
          placed, "\"\(string)\" is no KEY=VALUE, expected name=, vendor=, jurisdiction=, category=", "Correct it.")
      }
      facts[String(string[..<equals])] = String(string[string.index(after: equals)...])
    }
    if !builder.describe(PolicyZone.Service(id: id, facts: facts)) {
      fault(placed, "service \"\(id)\" is described twice", "Keep one TXT record for it.")
    }
  }

  /// `deepseek` of `deepseek.service.sinkhole.internal`; nil for any other name.
  package static func serviceID(of name: Name) -> String? {
    guard name.isAtOrBelow(serviceSuffix), name.labelCount == serviceSuffix.labelCount + 1 else { return nil }
    return String(name.description.prefix(while: { $0 != "." }))
  }

  private static func strings(of rdata: [UInt8]) -> [String] {
    var strings: [String] = []
    var offset = 0
    while offset < rdata.count {
      let end = min(offset + 1 + Int(rdata[offset]), rdata.count)
      strings.append(String(decoding: rdata[(offset + 1)..<end], as: UTF8.self))
      offset = end
    }
    return strings
  }

  // MARK: Parts

  private mutating func fault(_ placed: ZoneText.PlacedRecord, _ problem: String, _ remedy: String) {
    faults.append(Fault(file: builder.zone.file, line: placed.line, column: placed.column, problem, remedy: remedy))
  }

  private mutating func skip(
    _ cause: PolicyZone.Skip.Cause, _ reason: String, _ placed: ZoneText.PlacedRecord
  ) {
    builder.skip(cause, reason, line: placed.line)
  }

  /// The other four trigger kinds are told by the label that ends the owner (sections 4.1, 4.3 - 4.5).
  private static func specialKind(of trigger: Name) -> String? {
    var last = trigger
    while let parent = last.parent, !parent.isRoot { last = parent }
    let label = last.description
    return label.hasPrefix("rpz-") ? label : nil
  }

  private static func relative(_ owner: Name, to origin: Name) -> [UInt8] {
    var octets: [UInt8] = []
    for index in 0..<(owner.length - origin.length) { octets.append(owner.wire[index]) }
    octets.append(0)
    return octets
  }

  /// The five numbers close an SOA's RDATA; the serial is the first.
  private static func serial(_ rdata: [UInt8]) -> UInt32 {
    guard rdata.count >= 22 else { return 0 }
    return rdata[(rdata.count - 20)..<(rdata.count - 16)].reduce(0) { $0 << 8 | UInt32($1) }
  }
}
