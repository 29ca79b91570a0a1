import Ldns

/// Entries of zone text as records: keeps `$ORIGIN`, `$TTL` and the last owner, and has ldns read what the plain scanner
/// does not know.
struct ZoneText {
  /// What an entry comes to.
  enum Item {
    case record(ZoneRecord)
    /// `$INCLUDE FILE [ORIGIN]`. The path is as written.
    case include(path: String, origin: [UInt8]?)
    /// A directive that was followed, or a fault that was reported.
    case nothing
  }

  enum LastOwner {
    case none
    /// Absolute wire form.
    case name([UInt8])
    /// It could not be read, which was told. Records without an owner behind it are not another name's.
    case lost
  }

  /// Absolute wire form, lower-cased.
  var origin: [UInt8]
  /// The owner that stands for one left out.
  var lastOwner = LastOwner.none
  /// `$TTL`, in seconds.
  private(set) var defaultTTL: UInt32?
  /// The TTL that the last record stated: without `$TTL`, it holds for those that state none (RFC 1035 section 5.1).
  private var statedTTL: UInt32 = 3600

  /// - Parameter origin: absolute wire form, as long as no `$ORIGIN` is given.
  init(origin: Name) {
    self.origin = [UInt8](copying: origin.wire)
  }

  /// A record read without this type stated its TTL.
  mutating func noteTTL(_ seconds: UInt32) { statedTTL = seconds }

  mutating func read(_ entry: ZoneEntry, file: String, _ faults: inout FaultLog) -> Item {
    do throws(Fault) {
      if let problem = entry.problem {
        if !entry.startsBlank, entry.text.first != UInt8(ascii: "$") { lastOwner = .lost }
        throw fault(entry, file, at: nil, problem, "Close it within the same record.")
      }
      if !entry.startsBlank, let first = entry.token(from: 0), entry.text[first.lowerBound] == UInt8(ascii: "$") {
        return try direct(entry, first, file)
      }
      let record = try record(entry, file)
      if entry.startsBlank, case .lost = lastOwner { return .nothing }
      return .record(record)
    } catch {
      faults.report(error)
      return .nothing
    }
  }

  // MARK: Records

  /// `[OWNER] [TTL] [CLASS] TYPE RDATA`, TTL and CLASS in either order.
  private mutating func record(_ entry: ZoneEntry, _ file: String) throws(Fault) -> ZoneRecord {
    var at = 0
    let owner: [UInt8]
    if entry.startsBlank {
      owner = try ownerLeftOut(entry, file)
    } else {
      lastOwner = .lost
      if let token = entry.token(from: 0) {
        owner = try name(entry, token, file, "an owner name")
        at = token.upperBound
      } else {
        owner = origin
      }
      lastOwner = .name(owner)
    }
    let header = try header(entry, from: at, file)
    if let ttl = header.ttl { statedTTL = ttl }
    var rdata: [UInt8] = []
    if !ZoneRecord.isAside(header.type) {
      rdata = try data(entry, header, file)
    }
    let ttl = header.ttl ?? defaultTTL ?? statedTTL
    return ZoneRecord(
      owner: owner, type: header.type, ttl: ttl, rdata: rdata, hasRawOctets: entry.hasRawOctets,
      line: entry.start.line, column: entry.start.column)
  }

  private func ownerLeftOut(_ entry: ZoneEntry, _ file: String) throws(Fault) -> [UInt8] {
    switch lastOwner {
    case .name(let owner): return owner
    case .lost: return origin
    case .none:
      throw fault(
        entry, file, at: nil, "the first record has no owner name",
        "Start the line with a name, or with @ for the origin.")
    }
  }

  private struct Header {
    var ttl: UInt32?
    let type: RecordType
    let typeToken: Range<Int>
  }

  private func header(_ entry: ZoneEntry, from start: Int, _ file: String) throws(Fault) -> Header {
    var ttl: UInt32?
    var recordClass: RecordClass?
    var at = start
    while let token = entry.token(from: at) {
      at = token.upperBound
      let word = entry.text[token]
      if ttl == nil, let seconds = ZoneText.seconds(word) {
        ttl = seconds
      } else if recordClass == nil, let value = ZoneText.recordClass(word) {
        recordClass = value
        guard value == .internet else {
          throw fault(entry, file, at: token, "class \(entry.excerpt(token)), expected IN", "Leave it out, or write IN.")
        }
      } else if let type = RecordType(String(decoding: word, as: UTF8.self)) {
        return Header(ttl: ttl, type: type, typeToken: token)
      } else {
        throw fault(
          entry, file, at: token,
          "\"\(entry.excerpt(token))\" is no record type, expected OWNER [TTL] [CLASS] TYPE RDATA", "Correct the record.")
      }
    }
    throw fault(
      entry, file, at: nil, "a record without a type, expected OWNER [TTL] [CLASS] TYPE RDATA", "Complete the record.")
  }

  private func data(_ entry: ZoneEntry, _ header: Header, _ file: String) throws(Fault) -> [UInt8] {
    guard let first = entry.token(from: header.typeToken.upperBound) else {
      throw fault(
        entry, file, at: header.typeToken, "a record of type \(header.type) without data", "Complete the record.")
    }
    let end = entry.text.lastIndex { !ZoneEntry.isBlank($0) }.map { $0 + 1 } ?? entry.text.count
    let rest = first.lowerBound..<max(first.upperBound, end)
    do throws(RecordData.SyntaxError) {
      return try RecordData.parse(entry.text.span.extracting(rest), type: header.type.rawValue, origin: origin)
    } catch {
      throw fault(
        entry, file, at: first, "\"\(entry.excerpt(rest))\" is no data of type \(header.type): \(error.reason)",
        "Correct the record.")
    }
  }

  /// The absolute wire form of a name in the text, completed by the origin where it has no final dot.
  private func name(
    _ entry: ZoneEntry, _ token: Range<Int>, _ file: String, _ what: String
  ) throws(Fault) -> [UInt8] {
    let word = entry.text[token]
    if word.elementsEqual([UInt8(ascii: "@")]) { return origin }
    guard let name = PresentationFormat.wireName(of: word) else {
      throw fault(entry, file, at: token, "\"\(entry.excerpt(token))\" is no domain name, expected \(what)", "Correct it.")
    }
    let absolute = ZoneText.endsInDot(word) ? name : name.dropLast() + origin
    guard absolute.count <= Name.maximumLength else {
      throw fault(
        entry, file, at: token, "\"\(entry.excerpt(token))\" is longer than 255 octets with its origin", "Shorten it.")
    }
    return absolute
  }

  /// Whether a name ends in a dot that is not escaped.
  private static func endsInDot(_ word: ArraySlice<UInt8>) -> Bool {
    guard word.last == UInt8(ascii: ".") else { return false }
    let escapes = word.dropLast().reversed().prefix { $0 == UInt8(ascii: "\\") }.count
    return escapes.isMultiple(of: 2)
  }

  // MARK: Directives

  private mutating func direct(_ entry: ZoneEntry, _ first: Range<Int>, _ file: String) throws(Fault) -> Item {
    var words: [Range<Int>] = []
    var at = first.upperBound
    while let token = entry.token(from: at) {
      words.append(token)
      at = token.upperBound
    }
    switch String(decoding: entry.text[first], as: UTF8.self).uppercased() {
    case "$ORIGIN":
      guard words.count == 1 else {
        throw fault(entry, file, at: first, "$ORIGIN takes one domain name", "Write $ORIGIN policy.example.")
      }
      origin = try lowercased(name(entry, words[0], file, "an origin"))
    case "$TTL":
      guard words.count == 1, let ttl = ZoneText.seconds(entry.text[words[0]]) else {
        throw fault(entry, file, at: first, "$TTL takes one time", "Write seconds, or a form like 1h30m.")
      }
      defaultTTL = ttl
    case "$INCLUDE":
      guard words.count == 1 || words.count == 2 else {
        throw fault(
          entry, file, at: first, "$INCLUDE takes a file and at most an origin", "Write $INCLUDE names.inc [ORIGIN].")
      }
      let origin = words.count == 2 ? try lowercased(name(entry, words[1], file, "an origin")) : nil
      return .include(path: ZoneText.path(entry.text[words[0]]), origin: origin)
    case "$GENERATE":
      throw fault(
        entry, file, at: first, "$GENERATE is not followed", "Write its records out; named-compilezone does it.")
    default:
      throw fault(
        entry, file, at: first, "unknown directive \(entry.excerpt(first)), expected $ORIGIN, $TTL or $INCLUDE",
        "Write the records out.")
    }
    return .nothing
  }

  private func lowercased(_ name: [UInt8]) -> [UInt8] { name.map(Name.lowercased) }

  /// Quotes around it and escapes in it taken away.
  private static func path(_ word: ArraySlice<UInt8>) -> String {
    var octets: [UInt8] = []
    var isEscaped = false
    for octet in word {
      if !isEscaped, octet == UInt8(ascii: "\\") {
        isEscaped = true
      } else {
        if isEscaped || octet != UInt8(ascii: "\"") { octets.append(octet) }
        isEscaped = false
      }
    }
    return String(decoding: octets, as: UTF8.self)
  }

  // MARK: Words

  /// `3600`, `1h`, `1w2d` (BIND's units), within 31 bits.
  static func seconds(_ word: ArraySlice<UInt8>) -> UInt32? {
    guard let first = word.first, first &- UInt8(ascii: "0") < 10 else { return nil }
    var total: UInt64 = 0
    var number: UInt64?
    for octet in word {
      switch Name.lowercased(octet) {
      case let digit where digit &- UInt8(ascii: "0") < 10:
        number = (number ?? 0) * 10 + UInt64(digit - UInt8(ascii: "0"))
      case let letter:
        guard let count = number, let unit = units[letter] else { return nil }
        total += count * unit
        number = nil
      }
      guard total + (number ?? 0) <= UInt64(Int32.max) else { return nil }
    }
    return UInt32(total + (number ?? 0))
  }

  private static let units: [UInt8: UInt64] = [
    UInt8(ascii: "s"): 1, UInt8(ascii: "m"): 60, UInt8(ascii: "h"): 3600, UInt8(ascii: "d"): 86_400,
    UInt8(ascii: "w"): 604_800,
  ]

  /// RFC 1035 section 3.2.4 and the `CLASSnnn` of RFC 3597.
  private static func recordClass(_ word: ArraySlice<UInt8>) -> RecordClass? {
    let text = String(decoding: word, as: UTF8.self).uppercased()
    switch text {
    case "IN": return .internet
    case "CS": return RecordClass(rawValue: 2)
    case "CH": return .chaos
    case "HS": return RecordClass(rawValue: 4)
    default:
      return text.hasPrefix("CLASS") ? UInt16(text.dropFirst(5)).map(RecordClass.init(rawValue:)) : nil
    }
  }

  /// - Parameter token: what the fault is about; nil for the entry as a whole.
  private func fault(
    _ entry: ZoneEntry, _ file: String, at token: Range<Int>?, _ problem: String, _ remedy: String
  ) -> Fault {
    let place = token.map { entry.place(of: $0.lowerBound) } ?? entry.start
    return Fault(file: file, line: place.line, column: place.column, problem, remedy: remedy)
  }
}
