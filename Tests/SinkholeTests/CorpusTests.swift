import FuzzEntries
import Testing

/// What fuzzing has found and what it begins with, through the same entries in an ordinary build.
@Suite("corpus")
struct CorpusTests {
  private static let root = #filePath.split(separator: "/").dropLast(3).map { "/\($0)" }.joined()

  @Test("nothing is wrong with any input of the corpus", arguments: FuzzEntry.allCases)
  func replay(_ entry: FuzzEntry) throws {
    let files = try FuzzCorpus.files(of: entry, root: CorpusTests.root)
    #expect(!files.isEmpty)
    for file in files {
      #expect(entry.problem(with: try FuzzCorpus.read(file)) == nil, "\(file)")
    }
  }
}
