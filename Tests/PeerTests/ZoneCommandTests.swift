import Foundation
import Support
import Testing

/// `sinkholed zone` as an operator has it: statuses, what goes where, and what becomes of bad input.
@Suite("The program's tools for zones")
final class ZoneCommandTests {
  private let folder: String

  init() throws { folder = try Peer.folder() }
  deinit { try? FileManager.default.removeItem(atPath: folder) }

  /// Runs `sinkholed zone WORDS` in the folder.
  private func zone(_ words: String) throws -> Command.Result {
    try Command.run("sh", "-c", "cd '\(folder)' && exec timeout 20 '\(Program.executable)' zone \(words)")
  }

  private func write(_ text: String, to file: String) throws {
    try text.write(toFile: "\(folder)/\(file)", atomically: true, encoding: .utf8)
  }

  @Test("the shipped zones have no fault")
  func shipped() throws {
    let result = try zone("check '\(Command.root)/zones'")
    #expect(result.status == 0, "\(result.errors)")
    #expect(result.output.contains("ok: 0 faults, "), "\(result.output)")
    #expect(result.errors.split(separator: "\n").allSatisfy { $0.hasPrefix("advice: ") }, "\(result.errors)")
  }

  @Test("advice fails a check only when it is to be strict, and a fault always")
  func statuses() throws {
    try write(Program.policy(serial: 7, "a.b.deepseek.com CNAME ."), to: "policy.zone")
    let advised = try zone("check policy.zone")
    #expect(advised.status == 0)
    #expect(advised.errors.hasPrefix("advice: policy.zone:11:1: \"a.b.deepseek.com\" makes"), "\(advised.errors)")
    #expect(try zone("check --strict policy.zone").status == 1)
    try write(Program.policy + "broken CNAME\n", to: "policy.zone")
    let broken = try zone("check policy.zone")
    #expect(broken.status == 1)
    #expect(
      broken.errors.contains("policy.zone:12:8: a record of type CNAME without data. Complete the record.\n"),
      "\(broken.errors)")
    #expect(broken.output.contains("failed: 1 faults, 0 pieces of advice"), "\(broken.output)")
  }

  @Test("find says which record rules over a name, and exits 1 when none does")
  func finds() throws {
    let found = try zone("find cdn.oaistatic.com '\(Command.root)/zones'")
    #expect(found.status == 0)
    #expect(found.output.hasPrefix("cdn.oaistatic.com: ChatGPT (openai-chatgpt)\n"), "\(found.output)")
    #expect(found.output.contains("  record    *.oaistatic.com CNAME openai-chatgpt.service.sinkhole.internal.\n"))
    #expect(found.output.contains("  why       wildcard: it lies below oaistatic.com"))
    let open = try zone("find www.example.org '\(Command.root)/zones'")
    #expect(open.status == 1)
    #expect(open.output.hasPrefix("www.example.org: not listed in "), "\(open.output)")
  }

  @Test("without sources the zones of the configuration are meant")
  func configured() throws {
    try write(Program.policy, to: "policy.zone")
    try write("zones: [policy.zone]\n", to: "sinkhole.yaml")
    let result = try zone("list --config sinkhole.yaml")
    #expect(result.status == 0)
    #expect(result.output.contains("\ndeepseek  CN            chat      DeepSeek  DeepSeek  1\n"), "\(result.output)")
  }

  @Test("diff exits 0 for the same, 1 for a difference and 2 for what cannot be compared")
  func differs() throws {
    try write(Program.policy, to: "old.zone")
    try write(Program.policy(serial: 8, "a.deepseek.com CNAME deepseek.service.sinkhole.internal."), to: "new.zone")
    #expect(try zone("diff old.zone old.zone").status == 0)
    let result = try zone("diff old.zone new.zone")
    #expect(result.status == 1)
    #expect(result.output == "deepseek (DeepSeek)\n  + a.deepseek.com\n")
    let json = try zone("diff --json old.zone new.zone")
    #expect(
      json.output == """
        {"service":"deepseek","change":"added","name":"a.deepseek.com","from":null,\
        "to":"CNAME deepseek.service.sinkhole.internal."}

        """)
    #expect(try zone("diff old.zone none.zone").status == 2)
  }

  @Test("an imported list is a zone that named-checkzone takes, and what is left out is told")
  func imports() throws {
    try write("0.0.0.0 ai.example.org\n0.0.0.0 com\n192.0.2.7 printer.example.org\n", to: "ai.hosts")
    let result = try zone("import ai.hosts --service ai --name 'A \"I\"' --vendor V --jurisdiction KR --category chat")
    #expect(result.status == 0, "\(result.errors)")
    #expect(
      result.errors == """
        not imported: 1 a rule for a top-level domain, the first at ai.hosts:2
        not imported: 1 names mapped to an address of their own, the first at ai.hosts:3

        """)
    try write(result.output, to: "ai.zone")
    let checked = try Command.run("named-checkzone", "ai.rpz.sinkhole.internal", "\(folder)/ai.zone")
    #expect(checked.status == 0, "\(checked.output)")
    let read = try zone("find x.ai.example.org ai.zone")
    #expect(read.output.hasPrefix("x.ai.example.org: A \"I\" (ai)\n"), "\(read.output)")
  }

  @Test(
    "bad input is refused with what is wrong, and nothing is written",
    arguments: [
      ("stats none.zone", 1, "none.zone: cannot be read: open: No such file or directory. "),
      ("stats empty", 1, "empty: no zone file in this folder, expected NAME.zone, "),
      ("export --format hosts --sinkhole 192.0.2.53 binary.zone", 1, "binary.zone:1:3: a NUL octet, expected text. "),
      ("import --format domains page.html", 1, "page.html:1:"),
      ("export --format hosts x.zone", 64, "hosts takes --sinkhole ADDRESS."),
      ("export --format hots --sinkhole 192.0.2.53 x.zone", 64, "Did you mean hosts?"),
      ("export --format hosts --sinkhole here x.zone", 64, "\"here\" is no IP address."),
      ("import --format domains --name X l.domains", 64, "--name goes with --service ID."),
      ("import list.txt", 64, "list.txt does not tell its format"),
      ("find a..b x.zone", 64, "\"a..b\" is no domain name."),
    ])
  func badInput(_ words: String, _ status: Int32, _ message: String) throws {
    try FileManager.default.createDirectory(atPath: "\(folder)/empty", withIntermediateDirectories: true)
    try write("ab\0c\n", to: "binary.zone")
    try write("<html><body>Not found</body></html>\n", to: "page.html")
    let result = try zone(words)
    #expect(result.status == status)
    #expect(result.errors.contains(message), "\(result.errors)")
    #expect(result.output.isEmpty, "\(result.output)")
  }

  @Test("a reader that has seen enough ends the writing")
  func closedPipe() throws {
    try write((0..<20_000).map { "host\($0).example.org\n" }.joined(), to: "l.domains")
    let result = try zone("export --format rpz --sinkhole 192.0.2.53 l.domains | head -1")
    #expect(result.status == 0)
    #expect(result.output == "; Written by sinkholed zone export from: l@\(serial()).\n", "\(result.output)")
    #expect(result.errors.isEmpty, "\(result.errors)")
  }

  /// Of a list that was written just now.
  private func serial() -> String {
    let formatter = DateFormatter()
    formatter.locale = Locale(identifier: "en_US_POSIX")
    formatter.timeZone = TimeZone(identifier: "UTC")
    formatter.dateFormat = "yyyyMMddHH"
    let modified = try? FileManager.default.attributesOfItem(atPath: "\(folder)/l.domains")[.modificationDate] as? Date
    return formatter.string(from: modified ?? Date())
  }
}
