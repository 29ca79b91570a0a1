import Foundation
import Sinkhole
import Support
import Testing
import sinkholed

/// A record as a server leaves it, and `sinkholed log` run on it.
private final class RecordOnDisk {
  let folder: String
  var path: String { folder + "/restricted.log" }

  init() throws { folder = try Peer.folder() }

  deinit { try? FileManager.default.removeItem(atPath: folder) }

  /// 2026-12-01T09:00:00Z.
  static let start: Int64 = 1_796_115_600_000

  /// One event each, a minute apart: the first two in a rotated file.
  func write(_ privacy: ClientPrivacy = .whole, from start: Int64 = start) throws {
    let events = [
      ("chat.deepseek.com", "192.0.2.7", "staff", "blocked", "deepseek", 1),
      ("a\"\\010\u{1B}.example", "192.0.2.8", "guests", "cautioned", "other", 1),
      ("deepseek.com", "2001:db8::7", "staff", "observed", "deepseek", 12),
    ]
    for (index, event) in events.enumerated() {
      let time = start + Int64(index) * 60_000
      var record = RestrictedRecord(
        time: time, client: IPAddress(event.1), group: event.2, name: try #require(Name(event.0)), type: .a,
        transport: "udp", verdict: event.3, rule: "block-services", policy: "default", service: event.4,
        zone: "ai-chat", serial: 7, trigger: "*.deepseek.com", place: "ai-chat.zone:17", reference: "reference\(index)")
      if event.5 > 1 { (record.count, record.last) = (event.5, time + 30_000) }
      var octets: [UInt8] = []
      RecordLine.append(record, client: privacy.text(of: record.client), to: &octets)
      try append(octets, to: index < 2 ? path + ".1" : path)
    }
  }

  func append(_ octets: [UInt8], to path: String) throws {
    let before = FileManager.default.contents(atPath: path) ?? Data()
    try (before + Data(octets)).write(to: URL(fileURLWithPath: path))
  }

  func log(_ words: String...) throws -> Command.Result {
    try Command.run(
      "sh", "-c", "exec timeout 20 \(Program.executable) log --file \(path) \(words.joined(separator: " "))")
  }

  /// Which of the three events a call prints, by their references.
  func found(_ words: String) throws -> [Int] {
    let result = try log("--json", words)
    #expect(result.status == 0, "\(result.errors)")
    return result.output.split(separator: "\n").compactMap { line in
      (0...2).first { line.contains("\"reference\":\"reference\($0)\"") }
    }
  }
}

@Suite("The log command")
struct LogTests {
  @Test("records are printed in columns, the oldest first, and nothing in them reaches the terminal's controls")
  func columns() throws {
    let record = try RecordOnDisk()
    try record.write()
    let result = try record.log()
    #expect(result.status == 0)
    #expect(result.errors.isEmpty)
    let lines = result.output.split(separator: "\n")
    #expect(lines.count == 4)
    #expect(
      lines.map { $0.split(separator: " ").joined(separator: " ") } == [
        "TIME VERDICT CLIENT GROUP TYPE NAME SERVICE RULE REFERENCE COUNT",
        "2026-12-01T09:00:00.000Z blocked 192.0.2.7 staff A chat.deepseek.com deepseek block-services reference0 1",
        "2026-12-01T09:01:00.000Z cautioned 192.0.2.8 guests A a\\\"\\010\\027.example other block-services reference1 1",
        "2026-12-01T09:02:00.000Z observed 2001:db8::7 staff A deepseek.com deepseek block-services reference2 "
          + "12 until 2026-12-01T09:02:30.000Z",
      ])
    // Aligned: each name starts in the same column.
    let starts = ["NAME", "chat.", "a\\\"", "deepseek.com"].enumerated().map { index, name in
      lines[index].range(of: name).map { lines[index].distance(from: lines[index].startIndex, to: $0.lowerBound) }
    }
    #expect(Set(starts).count == 1)
    #expect(result.output.utf8.allSatisfy { $0 >= 0x20 || $0 == UInt8(ascii: "\n") })
  }

  @Test("a text that could move the cursor is shown, not obeyed")
  func controls() throws {
    let record = try RecordOnDisk()
    let line = "{\"time\":\"2026-12-01T09:00:00Z\",\"group\":\"\\u001b[2J\\u202ex\",\"name\":\"a\"}\n"
    try record.append(Array(line.utf8), to: record.path)
    let result = try record.log()
    #expect(result.output.contains(" \\u001b[2J\\u202ex "))
    let summary = try record.log("--summary")
    #expect(summary.output.contains("1  \\u001b[2J\\u202ex\n"))
  }

  @Test("JSON lines come out as they stand in the files")
  func json() throws {
    let record = try RecordOnDisk()
    try record.write()
    let result = try record.log("--json")
    #expect(
      result.output == (try String(contentsOfFile: record.path + ".1", encoding: .utf8))
        + (try String(contentsOfFile: record.path, encoding: .utf8)))
  }

  @Test(
    "options leave what meets all of them",
    arguments: [
      ("", [0, 1, 2]), ("--service deepseek", [0, 2]), ("--group guests", [1]), ("--verdict observed", [2]),
      ("--client 192.0.2.7", [0]), ("--client 192.0.2.0/24", [0, 1]), ("--client 2001:db8::/32", [2]),
      ("--client c-aaaaaaaaaaaaaaaa", []), ("--name deepseek.com", [0, 2]), ("--name chat.deepseek.com", [0]),
      ("--reference reference1", [1]), ("--since 2026-12-01T09:01:00Z", [1, 2]),
      ("--since 2026-12-01T18:02:30+09:00", [2]), ("--until 2026-12-01T09:01Z", [0]), ("--until 2026-12-01", []),
      ("--since 2026-12-01 --until 2026-12-02", [0, 1, 2]), ("--service deepseek --group guests", []),
    ])
  func filters(_ words: String, _ expected: [Int]) throws {
    let record = try RecordOnDisk()
    try record.write()
    #expect(try record.found(words) == expected)
  }

  @Test("so long ago is counted from now")
  func relative() throws {
    let record = try RecordOnDisk()
    try record.write(from: Int64(Date().timeIntervalSince1970 * 1000) - 3_600_000)
    #expect(try record.found("--since 2h") == [0, 1, 2])
    #expect(try record.found("--since 30m") == [])
    #expect(try record.found("--since 7d --until 30m") == [0, 1, 2])
  }

  @Test("a summary counts queries by service, group, verdict, client and name, for people and as JSON")
  func summary() throws {
    let record = try RecordOnDisk()
    try record.write()
    let text = try record.log("--summary")
    #expect(text.status == 0)
    let blocks = text.output.split(separator: "\n\n").map { block in
      block.split(separator: "\n").map { $0.split(separator: " ").joined(separator: " ") }
    }
    #expect(
      blocks == [
        ["14 queries in 3 lines"], ["QUERIES SERVICE", "13 deepseek", "1 other"],
        ["QUERIES GROUP", "13 staff", "1 guests"], ["QUERIES VERDICT", "12 observed", "1 blocked", "1 cautioned"],
        ["QUERIES CLIENT", "12 2001:db8::7", "1 192.0.2.7", "1 192.0.2.8"],
        ["QUERIES NAME", "12 deepseek.com", "1 a\\\"\\010\\027.example", "1 chat.deepseek.com"],
      ])
    let json = try record.log("--summary --json --group guests").output.split(separator: "\n")
    #expect(json.first == "{\"by\":\"service\",\"value\":\"other\",\"queries\":1}")
    #expect(json.last == "{\"by\":\"name\",\"value\":\"a\\\\\\\"\\\\010\\\\027.example\",\"queries\":1}")
  }

  @Test("a summary of more names than it has rows counts the others together")
  func others() throws {
    let record = try RecordOnDisk()
    let lines = (0..<25).map {
      "{\"time\":\"2026-12-01T09:00:00Z\",\"name\":\"n\($0).example\",\"count\":\(100 - $0)}\n"
    }
    try record.append(Array(lines.joined().utf8), to: record.path)
    let rows = try record.log("--summary").output.split(separator: "\n")
    #expect(rows.count { $0.contains(".example") } == 20)
    #expect(rows.last?.split(separator: " ") == ["390", "others"])
  }

  @Test("no match is no failure, and prints nothing", arguments: ["", "--json", "--summary --json"])
  func nothing(_ words: String) throws {
    let record = try RecordOnDisk()
    try record.write()
    let result = try record.log(words, "--group nobody")
    #expect(result.status == 0)
    #expect(result.output.isEmpty && result.errors.isEmpty, "\(result.output)\(result.errors)")
  }

  @Test("torn and over-long lines are passed over, and how many is said")
  func skips() throws {
    let record = try RecordOnDisk()
    try record.write()
    try record.append(Array("{\"time\":\"2026\n".utf8) + [UInt8](repeating: 120, count: 70_000) + [10], to: record.path)
    let result = try record.log("--json")
    #expect(result.status == 0)
    #expect(result.output.split(separator: "\n").count == 3)
    #expect(result.errors == "skipped 1 torn or foreign lines\nskipped 1 lines longer than 64 KiB\n")
  }

  @Test("a record that cannot be read ends with 1 and what to do")
  func unreadable() throws {
    let record = try RecordOnDisk()
    let missing = try record.log()
    #expect(missing.status == 1)
    #expect(
      missing.errors
        == "\(record.path): cannot be read: open: No such file or directory. "
        + "Give the file that the server writes its record to.\n")
    try FileManager.default.createDirectory(atPath: record.path, withIntermediateDirectories: true)
    let folder = try record.log()
    #expect(folder.status == 1)
    #expect(folder.errors.hasSuffix("Give a regular file.\n"), "\(folder.errors)")
  }

  @Test(
    "a wrong command line ends with 64",
    arguments: [
      "log --file x --since yesterday", "log --file x --until 2w", "log --file x --client host",
      "log --file x --client 192.0.2.7/24", "log --file x --name a..b", "log --file x extra",
    ])
  func usage(_ words: String) throws {
    let result = try Command.run("sh", "-c", "exec timeout 20 \(Program.executable) \(words)")
    #expect(result.status == 64)
    #expect(result.errors.contains("Usage: sinkholed log"), "\(result.errors)")
  }

  @Test("a reader that has seen enough ends it quietly")
  func brokenPipe() throws {
    let record = try RecordOnDisk()
    try record.write()
    let line = try #require(FileManager.default.contents(atPath: record.path))
    try Data((0..<5000).flatMap { _ in line }).write(to: URL(fileURLWithPath: record.path))
    let result = try Command.run(
      "sh", "-c", "timeout 20 \(Program.executable) log --json --file \(record.path) | head -n 1")
    #expect(result.output.split(separator: "\n").count == 1)
    #expect(result.errors.isEmpty, "\(result.errors)")
  }

  @Test("with the key an address is found under its pseudonym, without it is not")
  func pseudonyms() throws {
    let record = try RecordOnDisk()
    try record.write(PseudonymKey.readOrMake(in: record.folder).privacy)
    #expect(try !String(contentsOfFile: record.path, encoding: .utf8).contains("2001:db8::7"))
    #expect(try record.found("--client 2001:db8::7") == [])
    #expect(try record.found("--client 2001:db8::7 --key \(record.folder)/pseudonym.key") == [2])
    let wrong = try record.log("--client 2001:db8::7 --key \(record.folder)/none")
    #expect(wrong.status == 1)
    #expect(wrong.errors.hasPrefix("\(record.folder)/none: there is no such file. Give "), "\(wrong.errors)")
  }
}

@Suite("The key of pseudonyms")
struct PseudonymKeyTests {
  private static func folder(_ body: (String) throws -> Void) throws {
    let folder = try Peer.folder()
    defer { try? FileManager.default.removeItem(atPath: folder) }
    try body(folder)
  }

  @Test("it is made once, for its owner alone, and read from then on")
  func made() throws {
    try PseudonymKeyTests.folder { folder in
      let address = IPAddress("192.0.2.1")
      let first = try PseudonymKey.readOrMake(in: folder).privacy.text(of: address)
      #expect(try PseudonymKey.readOrMake(in: folder).privacy.text(of: address) == first)
      #expect(try PseudonymKey.read(folder + "/pseudonym.key").privacy.text(of: address) == first)
      #expect(try FileManager.default.contentsOfDirectory(atPath: folder) == ["pseudonym.key"])
      let attributes = try FileManager.default.attributesOfItem(atPath: folder + "/pseudonym.key")
      #expect(attributes[.posixPermissions] as? Int == 0o600)
      #expect(attributes[.size] as? Int == 32)
    }
    try PseudonymKeyTests.folder { folder in
      // Another key, another name: 80 bits that are equal by chance would be a wonder.
      let other = try PseudonymKey.readOrMake(in: folder).privacy.text(of: IPAddress("192.0.2.1"))
      try FileManager.default.removeItem(atPath: folder + "/pseudonym.key")
      #expect(try PseudonymKey.readOrMake(in: folder).privacy.text(of: IPAddress("192.0.2.1")) != other)
    }
  }

  @Test(
    "a pseudonym is HMAC-SHA-256 of the address, its first 80 bits in base32",
    arguments: [
      ("192.0.2.1", "c-dn72y347xbwqxpw6"), ("::ffff:192.0.2.1", "c-dn72y347xbwqxpw6"),
      ("2001:db8::1", "c-34ju2t2odcgj7f4q"),
    ])
  func known(_ address: String, _ pseudonym: String) throws {
    try PseudonymKeyTests.folder { folder in
      // Key 00 01 ... 1F; the values are those of another implementation.
      let path = folder + "/pseudonym.key"
      _ = FileManager.default.createFile(
        atPath: path, contents: Data(0..<32), attributes: [.posixPermissions: 0o600])
      let written = try PseudonymKey.readOrMake(in: folder).privacy.text(of: IPAddress(address))
      #expect(written == pseudonym)
    }
  }

  @Test(
    "a key that others may read, or that is none, is refused and left as it is",
    arguments: [
      (0o640, 32, "may be read by others"), (0o604, 32, "may be read by others"), (0o620, 32, "may be read by others"),
      (0o600, 31, "is no key of 32 octets"), (0o600, 33, "is no key of 32 octets"),
      (0o600, 0, "is no key of 32 octets"),
    ])
  func refused(_ mode: Int, _ length: Int, _ problem: String) throws {
    try PseudonymKeyTests.folder { folder in
      let path = folder + "/pseudonym.key"
      let contents = Data(repeating: 7, count: length)
      _ = FileManager.default.createFile(atPath: path, contents: contents, attributes: [.posixPermissions: mode])
      let fault = #expect(throws: Fault.self) { _ = try PseudonymKey.readOrMake(in: folder) }
      #expect(fault?.problem.hasPrefix(problem) == true, "\(fault.map(String.init) ?? "")")
      #expect(FileManager.default.contents(atPath: path) == contents)
    }
  }

  @Test("a link or a folder in its place, and no folder at all, are refused", arguments: ["link", "folder", "none"])
  func places(_ kind: String) throws {
    try PseudonymKeyTests.folder { folder in
      let path = folder + "/pseudonym.key"
      switch kind {
      case "link":
        _ = FileManager.default.createFile(
          atPath: folder + "/other", contents: Data(0..<32), attributes: [.posixPermissions: 0o600])
        try FileManager.default.createSymbolicLink(atPath: path, withDestinationPath: folder + "/other")
      case "folder": try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
      default: break
      }
      #expect(throws: Fault.self) { _ = try PseudonymKey.readOrMake(in: kind == "none" ? folder + "/none" : folder) }
    }
  }

  @Test("servers that start at once have one key")
  func race() async throws {
    let folder = try Peer.folder()
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let names = try await withThrowingTaskGroup(of: String?.self) { group in
      for _ in 0..<8 {
        group.addTask { try PseudonymKey.readOrMake(in: folder).privacy.text(of: IPAddress("192.0.2.1")) }
      }
      return try await group.reduce(into: Set<String?>()) { $0.insert($1) }
    }
    #expect(names.count == 1)
  }
}
