import Foundation
import Sinkhole
import SinkholeLedger
import SinkholeWeb
import Support
import Testing

/// A source file, and its text without comments and string literals.
struct SourceFile: Sendable {
  let path: String
  let text: String
  let code: String

  init(path: String, text: String) {
    self.path = path
    self.text = text
    code = SourceFile.bare(text)
  }

  /// The Swift files below a folder of the package.
  static func below(_ folder: String) throws -> [SourceFile] {
    let root = Command.root + "/" + folder
    let paths = (FileManager.default.enumerator(atPath: root)?.allObjects as? [String] ?? []).sorted()
    return try paths.filter { $0.hasSuffix(".swift") }.map { path in
      let text = try String(contentsOfFile: "\(root)/\(path)", encoding: .utf8)
      return SourceFile(path: "\(folder)/\(path)", text: text)
    }
  }

  private static func bare(_ text: String) -> String {
    text.replacing(/\/\/[^\n]*/, with: "").replacing(/"(?:\\.|[^"\\\n])*"/, with: "\"\"")
  }

  /// Types declared at the outermost level.
  var declared: Set<String> {
    Set(matches(/(?m)^(?:[@a-z()]+ )*(?:struct|class|enum|actor|protocol|typealias) ([A-Z]\w*)/))
  }

  /// Types declared inside others.
  var nested: Set<String> {
    Set(matches(/(?m)^ +(?:[@a-z()]+ )*(?:struct|class|enum|actor|protocol|typealias) ([A-Z]\w*)/))
  }

  var imports: Set<String> {
    Set(matches(/(?m)^ *(?:[@a-z()]+ )*import (\w+)/))
  }

  /// Every capitalised word: `Later.value` has one, which Unicode's own word boundaries would not part.
  var words: Set<String> { Set(matches(/\b([A-Z]\w*)/.wordBoundaryKind(.simple))) }

  private func matches(_ regex: Regex<(Substring, Substring)>) -> [String] {
    code.matches(of: regex).map { String($0.output.1) }
  }
}

@Suite("The house's own rules")
struct HouseTests {
  static let rooms = [
    "DNS", "Net", "Time", "Wire", "Zones", "Policy", "Catalogue", "Answer", "Local", "Cache", "Journal", "Record", "Upstream", "Resolver",
    "Server", "Configuration",
  ]

  @Test("Sources/Sinkhole has the rooms that are known here, and no other")
  func known() throws {
    let found = try FileManager.default.contentsOfDirectory(atPath: Command.root + "/Sources/Sinkhole")
    #expect(Set(found) == Set(HouseTests.rooms))
  }

  @Test("a room uses only the rooms before it", arguments: HouseTests.rooms)
  func order(_ room: String) throws {
    let index = try #require(HouseTests.rooms.firstIndex(of: room))
    let own = try SourceFile.below("Sources/Sinkhole/\(room)")
    #expect(!own.isEmpty)
    let ours = own.reduce(into: Set<String>()) { $0.formUnion($1.declared.union($1.nested)) }
    for later in HouseTests.rooms[(index + 1)...] {
      let theirs = try SourceFile.below("Sources/Sinkhole/\(later)").reduce(into: Set<String>()) {
        $0.formUnion($1.declared)
      }
      #expect(!theirs.isEmpty, "\(later)")
      for file in own {
        let used = file.words.intersection(theirs).subtracting(ours)
        #expect(used.isEmpty, "\(file.path) uses \(used.sorted()) of the later room \(later)")
      }
    }
  }

  @Test("the reading of the sources finds types, words and imports, and not those in comments and texts")
  func reading() throws {
    let file = SourceFile(
      path: "",
      text: """
        import Glibc
        package final class Outer { // Commented
          private struct Inner: ~Copyable {}
          let text = "Quoted \\"Again\\"", used = Later.value
        }
        """)
    #expect(file.declared == ["Outer"])
    #expect(file.nested == ["Inner"])
    #expect(file.imports == ["Glibc"])
    #expect(file.words == ["Glibc", "Outer", "Inner", "Copyable", "Later"])
  }

  @Test("only Sources/Ldns imports CLdns")
  func ldns() throws {
    for file in try SourceFile.below("Sources") where !file.path.hasPrefix("Sources/Ldns/") {
      #expect(!file.imports.contains("CLdns"), "\(file.path)")
    }
    #expect(try SourceFile.below("Sources/Ldns").contains { $0.imports.contains("CLdns") })
  }

  @Test("the resolver imports no framework: no Foundation, NIO, Hummingbird or Logging")
  func imports() throws {
    let allowed: Set<String> = ["CNet", "Glibc", "Ldns", "Synchronization", "Yams"]
    for file in try SourceFile.below("Sources/Sinkhole") {
      #expect(file.imports.isSubset(of: allowed), "\(file.path): \(file.imports.subtracting(allowed))")
    }
  }

  static let certificateRooms = ["Names", "Keys", "Store", "Bounds", "Issue", "Proof", "Distribution"]

  @Test("certificates know no DNS and no HTTP, and each of their rooms uses only those before it")
  func certificates() throws {
    let allowed: Set<String> = ["Crypto", "CryptoExtras", "Glibc", "SwiftASN1", "Synchronization", "X509"]
    let all = try SourceFile.below("Sources/SinkholeCertificates")
    for file in all { #expect(file.imports.isSubset(of: allowed), "\(file.path): \(file.imports.subtracting(allowed))") }
    let found = Set(all.map { String($0.path.split(separator: "/")[2]) }.filter { !$0.hasSuffix(".swift") })
    #expect(found == Set(HouseTests.certificateRooms))
    for (index, room) in HouseTests.certificateRooms.enumerated() {
      for later in HouseTests.certificateRooms[(index + 1)...] {
        let theirs = all.filter { $0.path.contains("/\(later)/") }.reduce(into: Set<String>()) { $0.formUnion($1.declared) }
        #expect(!theirs.isEmpty, "\(later)")
        for file in all where file.path.contains("/\(room)/") {
          let used = file.words.intersection(theirs).subtracting(file.declared.union(file.nested))
          #expect(used.isEmpty, "\(file.path) uses \(used.sorted()) of the later room \(later)")
        }
      }
    }
  }

  @Test("no file is longer than 400 lines")
  func length() throws {
    for file in try SourceFile.below("Sources") {
      let count = file.text.split(separator: "\n", omittingEmptySubsequences: false).count - 1
      #expect(count <= 400, "\(file.path) has \(count) lines")
    }
  }
}

@Suite("The documents and the program")
struct DocumentTests {
  private static let documents: [String] = {
    let root = Command.root
    let docs = ((try? FileManager.default.contentsOfDirectory(atPath: root + "/docs")) ?? []).sorted()
    return (docs.map { "docs/\($0)" } + ["README.md"]).filter {
      $0.hasSuffix(".md") && FileManager.default.fileExists(atPath: "\(root)/\($0)")
    }
  }()

  private static func read(_ document: String) throws -> String {
    try String(contentsOfFile: "\(Command.root)/\(document)", encoding: .utf8)
  }

  @Test("every configuration in a document is one that the program takes", arguments: documents)
  func configurations(_ document: String) throws {
    let text = try DocumentTests.read(document)
    for match in text.matches(of: /(?m)^( *)```ya?ml\n((?s:.*?))^ *```/) {
      // A block in a list is indented with it.
      let indent = match.output.1.count
      let lines = match.output.2.split(separator: "\n", omittingEmptySubsequences: false)
      let block = lines.map { $0.prefix(indent).allSatisfy { $0 == " " } ? $0.dropFirst(indent) : $0 }
      do throws(Faults) {
        _ = try ConfigurationReader.read(text: block.joined(separator: "\n"), file: document)
      } catch {
        Issue.record("\(document): \(error)\n\(match.output.2)")
      }
    }
  }

  @Test("there are documents, and configurations in them")
  func some() throws {
    #expect(DocumentTests.documents.contains("README.md"))
    let blocks = try DocumentTests.documents.map { try DocumentTests.read($0).matches(of: /```ya?ml\n/).count }
    #expect(blocks.reduce(0, +) > 0)
  }

  @Test(
    "every key of the configuration stands in docs/configuration.md", arguments: ConfigurationKeys.sections.map(\.name))
  func keys(_ section: String) throws {
    let text = try DocumentTests.read("docs/configuration.md")
    let keys = try #require(ConfigurationKeys.sections.first { $0.name == section }).keys
    for key in keys {
      let wanted = section == "the file" ? ["`\(key)`", "\n\(key):"] : ["`\(section).\(key)`", "`\(key)`"]
      #expect(wanted.contains { text.contains($0) }, "\(section): \(key)")
    }
  }

  @Test("every counter stands in docs/operations.md", arguments: Counter.allCases)
  func counters(_ counter: Counter) throws {
    #expect(try DocumentTests.read("docs/operations.md").contains("`\(counter.name)`"), "\(counter.name)")
  }

  @Test("every counter of the page's TLS stands in docs/operations.md", arguments: TLSCounter.allCases)
  func secureCounters(_ counter: TLSCounter) throws {
    #expect(try DocumentTests.read("docs/operations.md").contains("`\(counter.name)`"), "\(counter.name)")
  }

  @Test("every counter of the record stands in docs/operations.md", arguments: RecordCounter.allCases)
  func recordCounters(_ counter: RecordCounter) throws {
    #expect(try DocumentTests.read("docs/operations.md").contains("`\(counter.name)`"), "\(counter.name)")
  }

  @Test("every counter of the ledger stands in docs/operations.md", arguments: LedgerCounter.allCases)
  func ledgerCounters(_ counter: LedgerCounter) throws {
    #expect(try DocumentTests.read("docs/operations.md").contains("`\(counter.name)`"), "\(counter.name)")
  }
}
