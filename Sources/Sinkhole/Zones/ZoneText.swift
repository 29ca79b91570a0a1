import Glibc
import Ldns

/// Zone text as records: keeps `$ORIGIN`, `$TTL` and the last owner, has ldns read each record, and
/// collects every fault of the text instead of stopping at the first.
struct ZoneText {
  struct PlacedRecord {
    let record: ResourceRecord
    let line: Int
    let column: Int
  }

  private let file: String
  private var origin: [UInt8] = [0]
  private var defaultTTL: UInt32 = 3600
  private var previousOwner: [UInt8]?
  private(set) var faults: [Fault] = []

  init(file: String) { self.file = file }

  /// Calls `body` with each record of `octets`, in order.
  mutating func read(_ octets: [UInt8], _ body: (PlacedRecord) -> Void) {
    for entry in ZoneEntries(octets) {
      if let problem = entry.problem {
        report(entry, problem, remedy: "Close it on the same record.")
      } else if entry.text.hasPrefix("$") {
        direct(entry)
      } else if let record = record(entry) {
        body(PlacedRecord(record: record, line: entry.line, column: entry.column))
      }
    }
  }

  private mutating func record(_ entry: ZoneEntries.Entry) -> ResourceRecord? {
    if entry.startsBlank, previousOwner == nil {
      report(
        entry, "the first record has no owner name", remedy: "Start the line with a name, or with @ for the origin.")
      return nil
    }
    do throws(ResourceRecord.SyntaxError) {
      let record = try ResourceRecord.parse(
        entry.text, origin: origin, previousOwner: previousOwner, defaultTTL: defaultTTL)
      previousOwner = record.owner
      return record
    } catch {
      report(
        entry, "\"\(excerpt(entry.text))\": \(error.reason); expected OWNER [TTL] [CLASS] TYPE RDATA",
        remedy: "Correct the record.")
      return nil
    }
  }

  /// `$ORIGIN` and `$TTL`. A relative origin completes with the one before it; ldns alone takes it as absolute.
  private mutating func direct(_ entry: ZoneEntries.Entry) {
    let words = entry.text.split(whereSeparator: { $0 == " " || $0 == "\t" }).map(String.init)
    switch words[0].uppercased() {
    case "$ORIGIN":
      guard words.count == 2, let name = PresentationFormat.wireName(of: words[1]) else {
        return report(entry, "$ORIGIN takes one domain name", remedy: "Write $ORIGIN policy.example.")
      }
      let absolute = words[1].hasSuffix(".") ? name : name.dropLast() + origin
      guard absolute.count <= 255 else {
        return report(entry, "the origin is longer than 255 octets", remedy: "Shorten it.")
      }
      origin = absolute
    case "$TTL":
      guard words.count == 2, let ttl = ZoneText.seconds(words[1]) else {
        return report(entry, "$TTL takes one time", remedy: "Write seconds, or a form like 1h30m.")
      }
      defaultTTL = ttl
    default:
      report(entry, "unknown directive \(words[0]), expected $ORIGIN or $TTL", remedy: "Write the records out.")
    }
  }

  /// `3600`, `1h`, `1w2d` (BIND's units), within 31 bits.
  static func seconds(_ text: String) -> UInt32? {
    var total: UInt64 = 0
    var number: UInt64?
    for character in text.lowercased().utf8 {
      switch character {
      case UInt8(ascii: "0")...UInt8(ascii: "9"):
        number = (number ?? 0) * 10 + UInt64(character - UInt8(ascii: "0"))
      default:
        guard let count = number, let unit = units[character] else { return nil }
        total += count * unit
        number = nil
      }
      guard total + (number ?? 0) <= UInt64(Int32.max) else { return nil }
    }
    guard !text.isEmpty else { return nil }
    return UInt32(total + (number ?? 0))
  }

  private static let units: [UInt8: UInt64] = [
    UInt8(ascii: "s"): 1, UInt8(ascii: "m"): 60, UInt8(ascii: "h"): 3600, UInt8(ascii: "d"): 86_400,
    UInt8(ascii: "w"): 604_800,
  ]

  private mutating func report(_ entry: ZoneEntries.Entry, _ problem: String, remedy: String) {
    faults.append(Fault(file: file, line: entry.line, column: entry.column, problem, remedy: remedy))
  }

  private func excerpt(_ text: String) -> String {
    text.count <= 60 ? text : text.prefix(57) + "..."
  }
}
