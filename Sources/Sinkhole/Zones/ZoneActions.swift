/// An action of the zone, by its number.
struct RuleAction {
  let number: UInt16
  /// It opens names and shuts none out.
  let isPassthru: Bool
}

/// What the data of a record says to do, and what it tells of a service.
extension ZoneRules {
  /// The action of a CNAME (draft-vixie-dnsop-dns-rpz section 3) whose target is `target`, at the trigger `owner`; nil
  /// when the target lies below an `rpz-` name without a known meaning, which must not be served.
  ///
  /// - Parameters:
  ///   - target: uncompressed wire form.
  ///   - owner: canonical wire octets without the root label; empty for a trigger that is no name.
  mutating func action(for target: [UInt8], owner: [UInt8], _ place: Place) throws(Fault) -> RuleAction? {
    guard let name = Name(wire: target.span), let action = try action(for: name, owner, place) else { return nil }
    guard let number = builder.index(of: action) else {
      throw fault(place, PolicyZoneBuilder.tooManyActions, "Part the zone.")
    }
    return RuleAction(number: number, isPassthru: action == .passthru)
  }

  private func action(for target: Name, _ owner: [UInt8], _ place: Place) throws(Fault) -> PolicyZone.Action? {
    if target.isRoot { return .nxdomain }
    // The old form of passthru: to the trigger itself.
    if !owner.isEmpty, target.wire.extracting(0..<(target.length - 1)).equals(owner) { return .passthru }
    switch target.description {
    case "*": return .nodata
    case "rpz-passthru": return .passthru
    case "rpz-drop": return .drop
    case "rpz-tcp-only": return .tcpOnly
    default: break
    }
    if ZoneRules.endsSpecially(target) { return nil }
    if let origin, target.isAtOrBelow(origin) {
      throw fault(place, "the target \"\(target)\" lies inside the zone itself", "End the target with a dot.")
    }
    if target.isAtOrBelow(PolicyZoneReader.serviceSuffix) {
      guard let id = PolicyZoneReader.serviceID(of: target) else {
        throw fault(
          place, "\"\(target)\" names no service, expected ID.service.sinkhole.internal.",
          "Write letters, digits and hyphens as the ID.")
      }
      return .service(id)
    }
    if target.wire[0] == 1, target.wire[1] == UInt8(ascii: "*"), let garden = target.parent {
      return .wildcardAlias(garden)
    }
    return .alias(target)
  }

  private static func endsSpecially(_ name: Name) -> Bool {
    var last = 0
    var at = 0
    while name.wire[at] != 0 {
      last = at
      at += Int(name.wire[at]) + 1
    }
    let prefix = Array("rpz-".utf8)
    guard Int(name.wire[last]) >= prefix.count else { return false }
    return prefix.indices.allSatisfy { name.wire[last + 1 + $0] == prefix[$0] }
  }

  // MARK: Services

  /// The id, when `name`, canonical wire octets without the root label, is that of a service.
  static func service(of name: [UInt8]) -> String? {
    Name(wire: (name + [0]).span).flatMap(PolicyZoneReader.serviceID)
  }

  /// Takes the strings of a TXT record, `KEY=VALUE` each, as facts of a service.
  mutating func describe(_ id: String, _ record: ZoneRecord, _ place: Place) throws(Fault) {
    var facts: [String: String] = [:]
    for string in ZoneRules.strings(of: record.rdata) {
      guard let text = String(validating: string, as: UTF8.self) else {
        throw fault(place, "a text of service \"\(id)\" is not UTF-8", "Save the file as UTF-8.")
      }
      guard let equals = text.firstIndex(of: "="), equals > text.startIndex else {
        throw fault(
          place, "\"\(text)\" is no KEY=VALUE, expected name=, vendor=, jurisdiction=, category=", "Correct it.")
      }
      facts[String(text[..<equals])] = String(text[text.index(after: equals)...])
    }
    if !builder.describe(PolicyZone.Service(id: id, facts: facts), line: place.line, file: place.file) {
      throw fault(place, "service \"\(id)\" is described twice", "Keep one TXT record for it.")
    }
  }

  /// The character-strings of a TXT record (RFC 1035 section 3.3.14).
  private static func strings(of rdata: [UInt8]) -> [ArraySlice<UInt8>] {
    var strings: [ArraySlice<UInt8>] = []
    var offset = 0
    while offset < rdata.count {
      let end = min(offset + 1 + Int(rdata[offset]), rdata.count)
      strings.append(rdata[(offset + 1)..<end])
      offset = end
    }
    return strings
  }

  // MARK: Reporting

  mutating func skip(
    _ cause: PolicyZone.Skip.Cause, _ reason: String, example: String? = nil, _ place: Place
  ) {
    builder.skip(cause, reason, example: example, line: place.line, column: place.column, file: place.file)
  }

  func fault(_ place: Place, _ problem: String, _ remedy: String) -> Fault {
    Fault(
      file: builder.zone.files[Int(place.file)], line: place.line, column: place.column, problem, remedy: remedy)
  }

  func full(_ place: Place) -> Fault {
    fault(place, "more than 4 GiB of names in a zone", "Part the zone.")
  }

  func tooMuchData(_ place: Place) -> Fault {
    fault(
      place,
      "more than \(LocalDataSets.maximumRecords) records or \(LocalDataSets.maximumOctets) octets of local data at one name",
      "Keep what an answer can hold.")
  }
}
