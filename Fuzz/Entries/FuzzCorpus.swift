import Foundation

/// Inputs on disk: `Fuzz/Corpus/ENTRY/`, what a fuzzer begins with and what the tests replay.
package enum FuzzCorpus {
  package static func read(_ path: String) throws -> [UInt8] {
    Array(try Data(contentsOf: URL(fileURLWithPath: path)))
  }

  /// The files of one entry, in the order of their names.
  package static func files(of entry: FuzzEntry, root: String) throws -> [String] {
    let folder = "\(root)/Fuzz/Corpus/\(entry.rawValue)"
    return try FileManager.default.contentsOfDirectory(atPath: folder).sorted().map { "\(folder)/\($0)" }
  }
}
