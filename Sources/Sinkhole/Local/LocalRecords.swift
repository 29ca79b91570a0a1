/// Hosts and records that the operator gives, as they were read: what stands in an answer, and where it was written.
package struct LocalRecords: Sendable, Hashable {
  package struct Entry: Sendable, Hashable {
    let owner: Name
    /// For what lies below `owner` and is not there itself (RFC 4592).
    let isWildcard: Bool
    let record: PolicyZone.LocalRecord
    /// Both from 1; 0 for what nobody wrote.
    let line: Int
    let column: Int

    var ownerText: String { (isWildcard ? "*." : "") + "\(owner)" }
  }

  /// Records of one name: more would fit no answer.
  package static let maximumRecords = 256
  /// Octets of RDATA of one name.
  package static let maximumOctets = 32_768
  /// CNAMEs that lead from one local name to the next.
  package static let maximumLinks = 16

  package private(set) var entries: [Entry] = []
  /// The file that they stand in.
  package var file = ""

  package init() {}

  /// An address of a host.
  /// - Returns: what is wrong with it, and what to do about it; nil when it was added.
  package mutating func add(
    _ address: IPAddress, of host: Name, isWildcard: Bool, ttl: UInt32, line: Int, column: Int
  ) -> Fault? {
    let octets = (0..<address.octetCount).map { address.octet($0) }
    let record = PolicyZone.LocalRecord(type: address.family == .v4 ? .a : .aaaa, ttl: ttl, rdata: octets)
    return add(Entry(owner: host, isWildcard: isWildcard, record: record, line: line, column: column))
  }

  /// A record in presentation form; names in it are absolute, with or without the final dot.
  package mutating func add(_ text: String, ttl: UInt32, line: Int, column: Int) -> Fault? {
    func fault(_ problem: String, _ remedy: String) -> Fault {
      Fault(file: file, line: line, column: column, problem, remedy: remedy)
    }
    let form = "Write OWNER [TTL] TYPE DATA."
    let octets = Array(text.utf8)
    guard octets.count <= SourceLines.maximumLineLength else {
      return fault("a record of \(octets.count) octets, expected \(SourceLines.maximumLineLength) at most", "Shorten it.")
    }
    var cutter = ZoneEntryCutter()
    guard case .complete = cutter.add(octets.span, number: 1), !octets.contains(UInt8(ascii: "\n")) else {
      return fault("\"\(text.prefix(60))\" is no record on one line", form)
    }
    guard !cutter.entry.startsBlank, octets.first != UInt8(ascii: "$") else {
      return fault("\"\(text.prefix(60))\" does not begin with a name", form)
    }
    var reader = ZoneText(origin: Name())
    reader.noteTTL(ttl)
    var log = FaultLog()
    guard case .record(let record) = reader.read(cutter.entry, file: file, &log) else {
      return log.faults.first.map { fault($0.problem, $0.remedy) }
    }
    let isWildcard = record.owner.count > 2 && record.owner[0] == 1 && record.owner[1] == UInt8(ascii: "*")
    let wire = isWildcard ? Array(record.owner.dropFirst(2)) : record.owner
    guard !ZoneRecord.isAside(record.type), let owner = Name(wire: wire.span) else {
      return fault(
        "type \(record.type) is about a zone or a message, expected data of a name", "Have it in the zone itself.")
    }
    let data = PolicyZone.LocalRecord(type: record.type, ttl: record.ttl, rdata: record.rdata)
    return add(Entry(owner: owner, isWildcard: isWildcard, record: data, line: line, column: column))
  }

  private mutating func add(_ entry: Entry) -> Fault? {
    func fault(_ problem: String, _ remedy: String) -> Fault {
      Fault(file: file, line: entry.line, column: entry.column, problem, remedy: remedy)
    }
    if entry.owner.isRoot { return fault("the root is no local name", "Name a host or a domain.") }
    if entry.owner.isAtOrBelow(PolicyZoneReader.ownSuffix) {
      return fault("\(entry.ownerText) is one of Sinkhole's own names", "Take another name.")
    }
    if entry.owner.isAtOrBelow(SpecialZone.localhost.apex) {
      return fault("\(entry.ownerText) is the asking machine itself (RFC 6761 section 6.3)", "Take another name.")
    }
    if entry.record.type == .cname, Name(wire: entry.record.rdata.span)?.isAtOrBelow(PolicyZoneReader.ownSuffix) == true {
      return fault("\(entry.ownerText) leads to one of Sinkhole's own names", "Point it to another name.")
    }
    entries.append(entry)
    return nil
  }
}

// MARK: What does not fit together

extension LocalRecords {
  private struct Owner: Hashable {
    let name: Name
    let isWildcard: Bool
  }

  /// Records that are each right and together wrong, in the order of the file.
  package func contradictions() -> [Fault] {
    let owners = Dictionary(grouping: entries) { Owner(name: $0.owner, isWildcard: $0.isWildcard) }
    var faults: [Fault] = []
    for entries in owners.values { faults += LocalRecords.contradictions(of: entries, file) }
    let order = { (fault: Fault) in (fault.line, fault.column) }
    faults.sort { order($0) < order($1) }
    return faults.isEmpty ? circles() : faults
  }

  private static func contradictions(of entries: [Entry], _ file: String) -> [Fault] {
    var faults: [Fault] = []
    func report(_ entry: Entry, _ problem: String, _ remedy: String) {
      faults.append(Fault(file: file, line: entry.line, column: entry.column, problem, remedy: remedy))
    }
    var known: [RecordData: Entry] = [:]
    let alias = entries.first { $0.record.type == .cname }
    var octets = 0
    for (index, entry) in entries.enumerated() {
      let data = RecordData(type: entry.record.type, rdata: entry.record.rdata)
      if let other = known[data] {
        report(
          entry, "\(entry.ownerText) has this \(entry.record.type) record already, in line \(other.line)", "Delete one.")
      } else if let alias, entry != alias {
        // RFC 2181 section 10.1.
        report(
          entry, "\(entry.ownerText) is an alias by line \(alias.line), and an alias has no other record",
          "Delete this \(entry.record.type) record or the CNAME.")
      }
      known[data] = known[data] ?? entry
      octets += entry.record.rdata.count
      if index == maximumRecords || index < maximumRecords && octets > maximumOctets {
        report(
          entry, "\(entry.ownerText) has more than \(maximumRecords) records or \(maximumOctets) octets of data", "Give fewer.")
        break
      }
    }
    return faults
  }

  private struct RecordData: Hashable {
    let type: RecordType
    let rdata: [UInt8]
  }

  /// Local aliases that lead back to themselves, or on and on.
  private func circles() -> [Fault] {
    let knowledge = LocalKnowledge(records: self)
    return entries.filter { $0.record.type == .cname && knowledge.isEndless($0) }.map { entry in
      Fault(
        file: file, line: entry.line, column: entry.column,
        "\(entry.ownerText) is an alias that leads in a circle, or over more than \(LocalRecords.maximumLinks) aliases",
        remedy: "Point it to a name with data.")
    }
  }
}
