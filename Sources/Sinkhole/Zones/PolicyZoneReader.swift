/// Reads one policy zone (draft-vixie-dnsop-dns-rpz) and the files that it includes.
///
/// Zone text with a fault in it refuses the whole zone with every fault named; rules that are zone text but cannot be
/// acted on, or would shut out half the world, are left out, counted, and shown by `check`.
///
/// Lines of the plain form go from the file's octets straight into the arena; every other goes through `ZoneText` and
/// ldns. Both end in `ZoneRules`, and mean the same.
package struct PolicyZoneReader {
  /// Services live below this name; so do our own answers about them.
  package static let serviceSuffix = Name("service.sinkhole.internal") ?? Name()
  package static let ownSuffix = Name("sinkhole.internal") ?? Name()
  /// A zone that does not say its origin is called so below this name.
  private static let zoneSuffix = "rpz.sinkhole.internal"
  /// Files that include each other, the first counted.
  static let maximumDepth = 8

  private struct File {
    let path: String
    let number: UInt16
    let identity: FileIdentity?
  }

  private let mayInclude: Bool
  private let scansPlainLines: Bool
  private var rules: ZoneRules
  private var text: ZoneText
  private var faults = FaultLog()
  private var plain = PlainOwners()
  private var targets = PlainTargets()
  private var owner = PlainName()
  /// `owner` is the last record's.
  private var isOwnerLast = false
  /// Octets of all files so far.
  private var size = 0

  /// - Parameters:
  ///   - title: what the operator calls the zone; nil to have the first label of its origin. It also names the zone whose
  ///     text has no `$ORIGIN`.
  ///   - guard: keeps triggers out that would shut out too much.
  ///   - mayInclude: false for a source from elsewhere, which could name files of ours.
  ///   - audience: who is told of every record; nil for nobody.
  /// - Throws: all faults: unreadable, no text, not zone text, no SOA, records outside the origin.
  package static func read(
    file: String, title: String? = nil, guard nameGuard: NameGuard = .basic, mayInclude: Bool = true,
    audience: SourceAudience? = nil
  ) throws(Faults) -> PolicyZone {
    let reader = PolicyZoneReader(
      file: file, title: title, nameGuard: nameGuard, mayInclude: mayInclude, scansPlainLines: true, audience: audience)
    return try reader.read(file) { () throws(Fault) in try SourceLines(file: file) }
  }

  /// Reads text already in memory.
  ///
  /// - Parameter scansPlainLines: false to have ldns read the plain lines too, which must come to the same.
  /// - Throws: as above.
  package static func read(
    text: [UInt8], file: String, title: String? = nil, guard nameGuard: NameGuard = .basic, mayInclude: Bool = true,
    scansPlainLines: Bool = true
  ) throws(Faults) -> PolicyZone {
    let reader = PolicyZoneReader(
      file: file, title: title, nameGuard: nameGuard, mayInclude: mayInclude, scansPlainLines: scansPlainLines,
      audience: nil)
    return try reader.read(file) { () throws(Fault) in try SourceLines(text: text, file: file) }
  }

  private consuming func read(
    _ file: String, _ open: () throws(Fault) -> SourceLines
  ) throws(Faults) -> PolicyZone {
    var reader = self
    do throws(Fault) {
      let lines = try open()
      let identity = lines.identity
      try reader.read(lines, [File(path: file, number: 0, identity: identity)])
    } catch {
      // Nothing after it was read, so nothing else can be told.
      reader.faults.report(error)
      throw reader.faults.closed(for: file)
    }
    guard let zone = reader.rules.finish(&reader.faults) else { throw reader.faults.closed(for: file) }
    return zone
  }

  private init(
    file: String, title: String?, nameGuard: NameGuard, mayInclude: Bool, scansPlainLines: Bool, audience: SourceAudience?
  ) {
    rules = ZoneRules(file: file, title: title, nameGuard: nameGuard, audience: audience)
    let label = SourceTitle.label(title ?? SourceTitle.stem(of: file))
    text = ZoneText(origin: Name("\(label).\(PolicyZoneReader.zoneSuffix)") ?? Name())
    self.mayInclude = mayInclude
    self.scansPlainLines = scansPlainLines
  }

  // MARK: Lines

  /// - Parameter chain: the files from the first to this one, the last.
  private mutating func read(_ source: consuming SourceLines, _ chain: [File]) throws(Fault) {
    guard let file = chain.last else { return }
    size += source.size
    guard size <= SourceLines.maximumSize else { throw SourceLines.tooLarge(file.path) }
    var cutter = ZoneEntryCutter()
    var estimate = ArenaEstimate(source.size, rules.builder.zone.triggers)
    while let range = try source.next() {
      if let octets = estimate.octets(after: source.consumed, rules.builder.zone.triggers) {
        rules.reserve(arenaOctets: octets)
      }
      let line = source.octets.extracting(range)
      if scansPlainLines, !cutter.isOpen, takePlain(line, source.line, file) { continue }
      switch cutter.add(line, number: source.line) {
      case .nothing, .more: break
      case .complete: try take(cutter.entry, chain)
      case .tooLong:
        throw Fault(
          file: file.path, line: cutter.entry.start.line, column: cutter.entry.start.column,
          "a record of more than \(SourceLines.maximumLineLength) octets: its \"(\" is not closed",
          remedy: "Close it, or part the record.")
      }
    }
    if case .complete = cutter.finish() { try take(cutter.entry, chain) }
  }

  private mutating func take(_ entry: ZoneEntry, _ chain: [File]) throws(Fault) {
    guard let file = chain.last else { return }
    let first = entry.startsBlank ? nil : entry.text.first
    settleOwner(isNeeded: !(first.map { PlainName.isPlain($0) || $0 == UInt8(ascii: "*") } ?? false))
    switch text.read(entry, file: file.path, &faults) {
    case .record(let record): rules.take(record, file: file.number, &faults)
    case .include(let path, let origin): try include(path, origin, entry, chain)
    case .nothing: break
    }
    plain = rules.origin.map { PlainOwners(zone: $0, origin: text.origin) } ?? PlainOwners()
  }

  // MARK: Plain lines

  /// Takes a line of the plain form; false for any other, with nothing done.
  @inline(__always)
  private mutating func takePlain(_ line: Span<UInt8>, _ number: Int, _ file: File) -> Bool {
    if line.count == 0 || line[0] == UInt8(ascii: ";") { return true }
    guard plain.areTriggers, let parts = PlainLine(line, owner: &owner), plain.complete(&owner) else { return false }
    let place = ZoneRules.Place(file: file.number, line: number, column: 1)
    guard let action = action(line.extracting(parts.target), place) else { return false }
    if let ttl = parts.ttl { text.noteTTL(ttl) }
    isOwnerLast = true
    let skip = owner.isWildcard ? 2 : 0
    do throws(Fault) {
      try rules.addRule(
        owner.wire.extracting(skip..<owner.length), isWildcard: owner.isWildcard, action: action, place)
    } catch {
      faults.report(error)
    }
    return true
  }

  /// The action of a target at `owner`; nil when it is relative or a fault, for the other path to tell.
  @inline(__always)
  private mutating func action(_ target: Span<UInt8>, _ place: ZoneRules.Place) -> RuleAction? {
    if let known = targets.action(target, at: owner.wire) { return known }
    return newAction(target, place)
  }

  private mutating func newAction(_ target: Span<UInt8>, _ place: ZoneRules.Place) -> RuleAction? {
    var name = PlainName()
    let isRoot = target.count == 1 && target[0] == UInt8(ascii: ".")
    if !isRoot {
      guard let end = name.read(target, from: 0), end == target.count, name.isAbsolute else { return nil }
    }
    let wire = [UInt8](copying: name.wire)
    let isSelf = !wire.isEmpty && owner.wire.equals(wire)
    let octets = isSelf ? wire : []
    guard let found = try? rules.action(for: wire + [0], owner: octets, place) else { return nil }
    if !isSelf { targets.add(PlainTargets.Target(action: found, wire: wire), target) }
    return found
  }

  /// Tells the other path what the last owner was.
  ///
  /// - Parameter isNeeded: false for a line that began with a name: the plain scanner has overwritten the last one, but
  ///   the line has its own.
  private mutating func settleOwner(isNeeded: Bool) {
    guard isOwnerLast, let zone = rules.origin else { return }
    isOwnerLast = false
    text.lastOwner = isNeeded ? .name([UInt8](copying: owner.wire) + [UInt8](copying: zone.wire)) : .lost
  }

  // MARK: Includes

  /// Reads the file of an `$INCLUDE` (RFC 1035 section 5.1). Its origin and owners end with it; its `$TTL` goes on.
  private mutating func include(
    _ path: String, _ origin: [UInt8]?, _ entry: ZoneEntry, _ chain: [File]
  ) throws(Fault) {
    guard let file = chain.last else { return }
    let included = path.hasPrefix("/") ? path : SourceTitle.folder(of: file.path) + path
    guard let lines = open(included, entry, chain) else { return }
    guard let number = rules.addFile(included) else {
      return refuse("more than 65,535 files in a zone", "Join some of them.", entry, file)
    }
    let (outerOrigin, outerOwner) = (text.origin, text.lastOwner)
    if let origin { text.origin = origin }
    plain = rules.origin.map { PlainOwners(zone: $0, origin: text.origin) } ?? PlainOwners()
    let identity = lines.identity
    try read(lines, chain + [File(path: included, number: number, identity: identity)])
    (text.origin, text.lastOwner) = (outerOrigin, outerOwner)
    isOwnerLast = false
  }

  /// Nil when the file was refused, and the fault reported where the `$INCLUDE` stands.
  private mutating func open(_ included: String, _ entry: ZoneEntry, _ chain: [File]) -> SourceLines? {
    guard let file = chain.last else { return nil }
    do throws(Fault) {
      guard mayInclude else {
        throw Fault(
          file: "", "$INCLUDE in a source from elsewhere is not followed",
          remedy: "Have its author write the records out.")
      }
      guard chain.count < PolicyZoneReader.maximumDepth else {
        throw Fault(
          file: "", "$INCLUDE goes deeper than \(PolicyZoneReader.maximumDepth) files",
          remedy: "Include from the first file.")
      }
      let lines = try SourceLines(file: included)
      guard !chain.contains(where: { $0.identity == lines.identity || $0.path == included }) else {
        let names = chain.map(\.path) + [included]
        throw Fault(
          file: "", "files include each other: \(names.joined(separator: " includes "))", remedy: "Take one $INCLUDE out.")
      }
      return lines
    } catch {
      let problem = error.file.isEmpty ? error.problem : "\"\(included)\" \(error.problem)"
      refuse(problem, error.remedy, entry, file)
      return nil
    }
  }

  private mutating func refuse(_ problem: String, _ remedy: String, _ entry: ZoneEntry, _ file: File) {
    faults.report(
      Fault(file: file.path, line: entry.start.line, column: entry.start.column, problem, remedy: remedy))
  }

  // MARK: Services

  /// `deepseek` of `deepseek.service.sinkhole.internal`; nil for any other name, and for an id that is no plain word.
  package static func serviceID(of name: Name) -> String? {
    guard name.isAtOrBelow(serviceSuffix), name.labelCount == serviceSuffix.labelCount + 1 else { return nil }
    let label = [UInt8](copying: name.wire.extracting(1..<(1 + Int(name.wire[0]))))
    guard label.allSatisfy(PlainName.isPlain) else { return nil }
    return String(decoding: label, as: UTF8.self)
  }
}
