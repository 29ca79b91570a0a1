import Foundation
import Support
import Testing

/// A row of a table of docs/rfc.md: reference, what is asked, what is done, where, and what shows it.
struct StandardsRow: Sendable, CustomTestStringConvertible {
  let reference: String
  let asks: String
  let here: String
  let places: [String]
  /// Names in double quotes, of tests, suites or plays.
  let tests: [String]

  var testDescription: String { "\(reference): \(asks)" }

  /// Nothing is there that a test could show.
  var isAbsent: Bool { here.hasPrefix("**not here**") || here.hasPrefix("**not applicable**") }

  /// Nil for what is no row of such a table.
  init?(_ line: Substring) {
    let cells = line.split(separator: "|", omittingEmptySubsequences: false).map {
      $0.trimmingCharacters(in: .whitespaces)
    }
    guard cells.count == 7, cells[1] != "reference", !cells[1].hasPrefix("---") else { return nil }
    (reference, asks, here) = (cells[1], cells[2], cells[3])
    places = cells[4].matches(of: /`([^`]+)`/).map { String($0.output.1) }
    tests = cells[5].matches(of: /"([^"]+)"/).map { String($0.output.1) }
  }

  static func read(_ text: String) -> [StandardsRow] {
    text.split(separator: "\n").filter { $0.hasPrefix("|") }.compactMap(StandardsRow.init)
  }

  static let all = read((try? String(contentsOfFile: Command.root + "/docs/rfc.md", encoding: .utf8)) ?? "")

  /// Names of tests, suites and plays in the texts of tests.
  static func names(in texts: [String]) -> Set<String> {
    let named = /(?:@Test|@Suite|\b[Pp]lay)\(\s*"((?:[^"\\]|\\.)+)"/
    return texts.reduce(into: []) { names, text in
      names.formUnion(text.matches(of: named).map { String($0.output.1) })
    }
  }
}

@Suite("The list of standards")
struct StandardsDocumentTests {
  private static let names: Set<String> = {
    let files = (try? SourceFile.below("Tests")) ?? []
    return StandardsRow.names(in: files.filter { !$0.path.hasSuffix("StandardsDocumentTests.swift") }.map(\.text))
  }()

  @Test("every row says what is asked and what is done, and names a place and a test that are there", arguments: StandardsRow.all)
  func holds(_ row: StandardsRow) {
    #expect(!row.reference.isEmpty && !row.asks.isEmpty && !row.here.isEmpty)
    for test in row.tests {
      #expect(StandardsDocumentTests.names.contains(test), "no test, suite or play is called \"\(test)\"")
    }
    for place in row.places {
      let candidates = ["Sources/Sinkhole/\(place)", "Sources/Sinkhole/\(place).swift", "Sources/\(place)", "Sources/\(place).swift", place]
      #expect(candidates.contains { FileManager.default.fileExists(atPath: "\(Command.root)/\($0)") }, "nothing is at \(place)")
    }
    if !row.isAbsent { #expect(!row.tests.isEmpty && !row.places.isEmpty, "nothing shows that this holds") }
  }

  @Test("every standard that is claimed has a row", arguments: [
    "1034", "1035", "2181", "2308", "3225", "3425", "3597", "4035", "4343", "4592", "4892", "5001", "5358", "5452", "5625", "6303", "6761", "6840",
    "6891", "6895", "7686", "7725", "7766", "7828", "7830", "7871", "7873", "8020", "8375", "8467", "8482", "8767", "8880", "8906", "8914", "8945",
    "9018", "9110", "9112", "9210", "9457", "9460", "9462", "9476", "9520", "9619", "9715", "RPZ", "SDE",
  ])
  func covers(_ standard: String) {
    #expect(StandardsRow.all.contains { $0.reference.split { !$0.isLetter && !$0.isNumber }.contains(Substring(standard)) })
  }

  @Test("a row without a test is found out, and one with a name that no test has")
  func reading() throws {
    let text = """
      | reference | asks | here | where | shown by |
      | --- | --- | --- | --- | --- |
      | 1 section 2 | a | b | `Wire/Gate` | "one"; "two" |
      | 3 | a | **not here**: b | | |
      """
    let rows = StandardsRow.read(text)
    #expect(rows.map(\.tests) == [["one", "two"], []])
    #expect(rows.map(\.places) == [["Wire/Gate"], []])
    #expect(rows.map(\.isAbsent) == [false, true])
    #expect(StandardsRow.names(in: ["@Test(\n \"one\", arguments: x) @Suite(\"s\") play(\n\"p\") display(\"q\")"]) == ["one", "s", "p"])
    #expect(StandardsDocumentTests.names.count > 200)
  }
}
