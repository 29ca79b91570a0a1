import Foundation
import Sinkhole
import Support

extension RestrictedRecord {
  /// 2026-12-01T09:00:00Z.
  static let start: Int64 = 1_796_115_600_000

  /// An event of the tests, `after` milliseconds behind `start`.
  static func example(
    _ name: String = "chat.deepseek.com", client: String? = "192.0.2.7", group: String = "staff",
    type: RecordType = .a, verdict: String = "blocked", rule: String = "block-services", after: Int64 = 0
  ) -> RestrictedRecord {
    RestrictedRecord(
      time: start + after, client: client.flatMap { IPAddress($0) }, group: group, name: Name(name) ?? Name(),
      type: type, transport: "udp", verdict: verdict, rule: rule, policy: "default", service: "deepseek",
      zone: "ai-chat", serial: 7, trigger: "*.deepseek.com", place: "ai-chat.zone:17", reference: "abcdefghij")
  }

  /// Its line, as written with whole clients.
  var line: [UInt8] {
    var octets: [UInt8] = []
    RecordLine.append(self, client: ClientPrivacy.whole.text(of: client), to: &octets)
    return octets
  }
}

/// What `body` makes of a line without its line feed; nil when the line is no record.
func reading<Result>(_ line: some Sequence<UInt8>, _ body: (RecordView) -> Result) -> Result? {
  let octets = Array(line)
  guard let record = RecordView(octets.span) else { return nil }
  return body(record)
}

func reading(_ text: String) -> Bool { reading(text.utf8) { _ in true } ?? false }

extension RecordMoment {
  /// So many milliseconds after the start of the tests' time, on both clocks.
  static func after(_ milliseconds: Int64) -> RecordMoment {
    RecordMoment(wall: RestrictedRecord.start + milliseconds, steady: UInt64(1_000_000 + milliseconds))
  }
}

/// A folder for one record, and what was warned of.
final class RecordFolderFixture {
  let folder: String
  let counters = RecordCounters()
  private(set) var warnings: [String] = []

  init() throws { folder = try Peer.folder() }

  deinit { try? FileManager.default.removeItem(atPath: folder) }

  var path: String { folder + "/restricted.log" }

  func file(_ limits: RecordLimits = RecordLimits(), path: String? = nil) -> RecordFile {
    RecordFile(path: path ?? self.path, limits: limits, counters: counters) { [unowned self] in warnings.append($0) }
  }

  func log(_ limits: RecordLimits = RecordLimits(), privacy: ClientPrivacy = .whole) -> RestrictedLog {
    RestrictedLog(path: path, limits: limits, privacy: privacy, counters: counters) { [unowned self] in
      warnings.append($0)
    }
  }

  /// The names in the folder, sorted.
  func names() throws -> [String] { try FileManager.default.contentsOfDirectory(atPath: folder).sorted() }

  func text(_ name: String = "restricted.log") throws -> String {
    try String(contentsOfFile: folder + "/" + name, encoding: .utf8)
  }

  /// The names that a reader finds in the record, in its order.
  func read() throws -> (names: [String], skipped: RecordReader.Skipped) {
    let reader = try RecordReader(path: path)
    var names: [String] = []
    try reader.read { record in
      names.append(record.text(.name) ?? "")
      return true
    }
    return (names, reader.skipped)
  }

  func value(_ counter: RecordCounter) -> UInt64 { counters.value(counter) }
}

extension RecordFile {
  /// Writes one line of its own for each name.
  func write(_ names: String..., at moment: RecordMoment) {
    let lines = names.flatMap { name in
      var record = RestrictedRecord.example(name)
      record.time = moment.wall
      return record.line
    }
    write(lines, lines: names.count, at: moment)
  }
}
