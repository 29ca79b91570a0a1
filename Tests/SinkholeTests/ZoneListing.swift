import Foundation
import Sinkhole

/// What a reader made of a source, as text that a test can show.
struct ZoneListing: Equatable, CustomStringConvertible {
  /// `*.example.org nxdomain z.zone:5`, in the order of the arena; names that only exist are `(example.org)`.
  var triggers: [String] = []
  /// `client 192.0.2.0/24 drop z.zone:6`
  var addresses: [String] = []
  /// `guarded 2 a rule for the root z.zone:7:1`
  var skipped: [String] = []
  /// Sorted: `deepseek name=DeepSeek vendor=DeepSeek`
  var services: [String] = []
  var faults: [String] = []

  private init() {}

  init(_ read: () throws -> PolicyZone) {
    self.init()
    do {
      self = ZoneListing(try read())
    } catch let error as Faults {
      faults = error.list.map(\.description)
    } catch {
      faults = ["\(error)"]
    }
  }

  init(_ zone: PolicyZone) {
    var offset = 0
    while offset < zone.triggers.octets.count {
      let entry = zone.triggers.entry(at: offset)
      let name = ZoneListing.name(zone.triggers.octets[entry.nameStart..<(entry.nameStart + entry.nameLength)])
      if let action = entry.exactAction {
        let place = zone.place(ofEntryAt: UInt32(offset), isWildcard: false)
        triggers.append("\(name) \(ZoneListing.text(zone.actions[Int(action)])) \(place)")
      }
      if let action = entry.wildcardAction {
        let place = zone.place(ofEntryAt: UInt32(offset), isWildcard: true)
        triggers.append("*.\(name) \(ZoneListing.text(zone.actions[Int(action)])) \(place)")
      }
      if entry.flags.isEmpty { triggers.append("(\(name))") }
      offset = entry.end
    }
    for (kind, list) in [("client", zone.clientTriggers), ("response", zone.addressTriggers)] {
      for trigger in list {
        let action = ZoneListing.text(zone.actions[Int(trigger.action)])
        addresses.append("\(kind) \(trigger.prefix) \(action) \(zone.files[Int(trigger.file)]):\(trigger.line)")
      }
    }
    skipped = zone.skipped.map { skip in
      let example = skip.example.map { ", \($0)" } ?? ""
      return "\(skip.cause) \(skip.count) \(skip.reason)\(example) \(skip.file):\(skip.line):\(skip.column)"
    }
    services = zone.services.values.map { service in
      ([service.id] + service.facts.map { "\($0.key)=\($0.value)" }.sorted()).joined(separator: " ")
    }.sorted()
  }

  var description: String {
    (triggers + addresses + skipped + services + faults).joined(separator: "\n")
  }

  /// The triggers without their places.
  var rules: [String] { (triggers + addresses).map { $0.split(separator: " ").dropLast().joined(separator: " ") } }

  static func name(_ wire: ArraySlice<UInt8>) -> String {
    Name(wire: (Array(wire) + [0]).span).map(\.description) ?? "?"
  }

  static func text(_ action: PolicyZone.Action) -> String {
    switch action {
    case .service(let id): return "service=\(id)"
    case .listed: return "listed"
    case .nxdomain: return "nxdomain"
    case .nodata: return "nodata"
    case .passthru: return "passthru"
    case .drop: return "drop"
    case .tcpOnly: return "tcp-only"
    case .alias(let name): return "alias=\(name)"
    case .wildcardAlias(let name): return "alias=*.\(name)"
    case .named(let number): return "named \(number)"
    case .data(let records):
      return "data=" + records.map { "\($0.type)/\($0.ttl)/\($0.rdata.map(hex).joined())" }.joined(separator: "+")
    }
  }

  private static func hex(_ octet: UInt8) -> String {
    let digits = String(octet, radix: 16)
    return digits.count == 1 ? "0" + digits : digits
  }
}

/// Sources of a test, in a folder of its own that goes with it.
final class SourceFolder {
  let path: String

  init() throws {
    path = FileManager.default.temporaryDirectory.appendingPathComponent("sources-\(UUID())").path
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }

  /// Writes `octets` and gives the file's path.
  @discardableResult
  func write(_ name: String, _ octets: some Sequence<UInt8>) throws -> String {
    let file = path + "/" + name
    let folder = URL(fileURLWithPath: file).deletingLastPathComponent()
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    try Data(octets).write(to: URL(fileURLWithPath: file))
    return file
  }

  @discardableResult
  func write(_ name: String, _ text: String) throws -> String { try write(name, Array(text.utf8)) }

  /// `text` without the folder's path.
  func relative(_ text: String) -> String { text.replacing(path + "/", with: "") }
}

/// The text that zones of tests begin with: four lines.
let zoneHead = """
  $TTL 300
  $ORIGIN z.rpz.example.
  @ SOA localhost. root.localhost. 7 3600 600 86400 5
  @ NS localhost.

  """

func listing(
  _ text: String, guard nameGuard: NameGuard = .basic, head: String = zoneHead, scansPlainLines: Bool = true
) -> ZoneListing {
  ZoneListing {
    try PolicyZoneReader.read(
      text: Array((head + text).utf8), file: "z.zone", guard: nameGuard, scansPlainLines: scansPlainLines)
  }
}
