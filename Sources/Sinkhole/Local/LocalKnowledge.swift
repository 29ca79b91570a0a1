/// What is answered from own knowledge: special-use names and locally served zones, and the operator's hosts and records.
/// Nothing of it is asked upstream, and an answer allocates nothing unless it is an alias.
///
/// The operator's records are as Unbound's `transparent` zones: a name that has data has no other data, and names beside
/// and below it, and between it and the root, are the upstreams' as before. Inside a special zone those do not exist.
package struct LocalKnowledge: Sendable {
  package enum Outcome {
    /// Nothing is known here.
    case unknown
    /// The response lies in the message, this long.
    case respond(Int)
    /// Known is an alias alone; this one has to be looked up.
    case alias(AliasChain)
  }

  /// Of negative answers about the operator's names.
  private static let primary = PolicyZoneReader.ownSuffix
  private static let mailbox = Name("hostmaster.sinkhole.internal") ?? Name()

  private let tree: LocalTree
  private let records: [PolicyZone.LocalRecord]
  private let authorities: [[UInt8]]
  private let remarks: [Response.Remark]
  private let ownAuthority: [UInt8]
  private let ownTTL: UInt32
  private let written: LocalRecords

  /// - Parameters:
  ///   - ttl: seconds that a stub may keep that one of the operator's names has nothing of a type.
  ///   - opened: names that the operator has opened: they and all below them are asked upstream.
  ///   - forwarded: domains that have upstreams of their own, likewise. The deepest of all these and of the special zones
  ///     decides about a name.
  package init(records: LocalRecords, ttl: UInt32 = 300, opened: [Name] = [], forwarded: [Name] = []) {
    var builder = LocalTreeBuilder()
    for (index, zone) in SpecialZone.all.enumerated() { builder.set(.special(index), at: zone.apex) }
    for name in opened + forwarded where !name.isRoot { builder.set(.open, at: name) }
    for entry in records.entries { builder.add(entry.record, to: entry.owner, isWildcard: entry.isWildcard) }
    LocalKnowledge.addReverse(of: records, &builder)
    // What the operator says of a type stands for what is known of it anyhow, and what is open has nothing of ours.
    for entry in SpecialZone.records where !builder.has(entry.record.type, entry.owner, isWildcard: entry.isWildcard) {
      let isOpen = (opened + forwarded).contains { SpecialZone.holds($0) && entry.owner.isAtOrBelow($0) }
      if !isOpen { builder.add(entry.record, to: entry.owner, isWildcard: entry.isWildcard) }
    }
    (tree, self.records) = builder.finish()
    authorities = SpecialZone.all.map(\.authority)
    remarks = SpecialZone.all.map(\.remark)
    ownTTL = ttl
    ownAuthority = StartOfAuthority(
      primary: LocalKnowledge.primary, mailbox: LocalKnowledge.mailbox, serial: 1, minimum: ttl).rdata
    written = records
  }

  /// The first host that has an address names it, unless a record says otherwise.
  private static func addReverse(of records: LocalRecords, _ builder: inout LocalTreeBuilder) {
    for entry in records.entries where !entry.isWildcard {
      guard let address = IPAddress(entry.record), !address.isLoopback, !address.isUnspecified else { continue }
      let name = ReverseName.name(of: address)
      guard !builder.has(.ptr, name, isWildcard: false) else { continue }
      let record = PolicyZone.LocalRecord(type: .ptr, ttl: entry.record.ttl, rdata: [UInt8](copying: entry.owner.wire))
      builder.add(record, to: name, isWildcard: false)
    }
  }

  /// False for names of which nothing is known here for certain.
  @inline(__always)
  package func mayKnow(_ hashes: borrowing SuffixHashes) -> Bool { tree.mayKnow(hashes) }

  // MARK: Answers

  /// Answers `query` over itself, where its name is known.
  ///
  /// - Parameter limit: seconds that anything in the answer may live.
  package func answer(
    _ query: Query, limit: UInt32 = .max, in message: inout MutableSpan<UInt8>
  ) -> Outcome {
    var response = Response(to: query.head)
    var links: [ChainLink] = []
    var (name, hashes) = (query.name, query.hashes)
    while true {
      let match = tree.find(name, hashes)
      switch step(match, query.type, query.head) {
      case .unknown:
        guard !links.isEmpty else { return .unknown }
        return .alias(AliasChain(links: links, target: name, remark: nil, ttl: limit))
      case .data(let range, let remark):
        for index in range where records[index].type == query.type || query.type == .any {
          let record = records[index]
          let rdata = record.rdata
          response.append(record.type, ttl: min(record.ttl, limit), rdata: rdata.span, to: &message)
        }
        return .respond(response.finish(.noError, to: query.head, remark: remark, in: &message))
      case .nothing(let code, let zone, let ownerOffset):
        let rdata = zone.map { authorities[$0] } ?? ownAuthority
        let ttl = min(zone == nil ? ownTTL : SpecialZone.ttl, limit)
        response.appendSOA(ownerOffset: ownerOffset, rdata: rdata.span, ttl: ttl, to: &message)
        return .respond(response.finish(code, to: query.head, remark: zone.map { remarks[$0] }, in: &message))
      case .alias(let index):
        let record = records[index]
        let rdata = record.rdata
        guard links.count < LocalRecords.maximumLinks, let target = Name(wire: rdata.span) else {
          return .respond(Response(to: query.head).finish(.serverFailure, to: query.head, in: &message))
        }
        response.follow(rdata.span, ttl: min(record.ttl, limit), to: &message)
        links.append(ChainLink(target: rdata, ttl: record.ttl))
        name = target
        hashes.update(name.wire)
      }
    }
  }

  private enum Step {
    case unknown
    case data(Range<Int>, Response.Remark?)
    /// An index into the records.
    case alias(Int)
    /// NODATA or NXDOMAIN, by a special zone or the operator, and where the owner of the SOA begins in the name.
    case nothing(ResponseCode, zone: Int?, ownerOffset: Int)
  }

  private func step(_ match: LocalTree.Match, _ type: RecordType, _ head: QueryHead) -> Step {
    var zone: Int?
    if case .special(let index) = match.cut { zone = index }
    if let zone, match.isExact, match.cutStart == 0, type == .ds, head.dnssecOK, SpecialZone.all[zone].hasForwardedDS {
      return .unknown
    }
    let ownerOffset = zone == nil ? match.enclosed : match.cutStart
    guard let range = match.records else {
      guard let zone else { return .unknown }
      let exists = match.isExact || SpecialZone.all[zone].holdsEveryName
      return .nothing(exists ? .noError : .nxdomain, zone: zone, ownerOffset: ownerOffset)
    }
    if type == .any { return .data(range, nil) }
    for index in range {
      if records[index].type == type { return .data(range, nil) }
      if records[index].type == .cname { return .alias(index) }
    }
    return .nothing(.noError, zone: zone, ownerOffset: ownerOffset)
  }

  // MARK: For people

  /// What says that `name` is answered here; nil when nothing does.
  package func source(of name: Name) -> String? {
    let hashes = SuffixHashes(name)
    let match = tree.find(name, hashes)
    if match.records != nil, let encloser = LocalKnowledge.suffix(of: name, from: match.enclosed) {
      let entry = written.entries.first { $0.owner == encloser && $0.isWildcard != match.isExact }
      if let entry { return "\(entry.ownerText), \(written.file):\(entry.line)" }
      let host = written.entries.first { IPAddress($0.record).map(ReverseName.name(of:)) == name }
      if let host { return "the reverse of \(host.ownerText), \(written.file):\(host.line)" }
    }
    guard case .special(let zone) = match.cut else { return nil }
    return "\(SpecialZone.all[zone].apex), \(SpecialZone.all[zone].standard)"
  }

  private static func suffix(of name: Name, from start: Int) -> Name? {
    Name(wire: name.wire.extracting(start...))
  }

  /// Whether the alias `entry` leads on over more local aliases than an answer follows.
  func isEndless(_ entry: LocalRecords.Entry) -> Bool {
    var rdata = entry.record.rdata
    for _ in 1...LocalRecords.maximumLinks {
      guard let name = Name(wire: rdata.span) else { return true }
      let hashes = SuffixHashes(name)
      let alias = tree.find(name, hashes).records?.first { records[$0].type == .cname }
      guard let alias else { return false }
      rdata = records[alias].rdata
    }
    return true
  }
}

extension IPAddress {
  /// The address of an A or AAAA record.
  fileprivate init?(_ record: PolicyZone.LocalRecord) {
    func word(_ octets: ArraySlice<UInt8>) -> UInt64 { octets.reduce(0) { $0 << 8 | UInt64($1) } }
    let rdata = record.rdata
    switch record.type {
    case .a where rdata.count == 4: self.init(v4: UInt32(word(rdata[...])))
    case .aaaa where rdata.count == 16: self.init(v6High: word(rdata[..<8]), low: word(rdata[8...]))
    default: return nil
    }
  }
}
