/// A file of names for a tool, one a line; `#` begins a comment.
package enum NameList {
  private static let maximumSize = 256 << 20

  /// - Throws: every line that is no name.
  package static func read(file: String) throws(Faults) -> [Name] {
    let octets: [UInt8]
    do throws(SystemError) {
      octets = try FileContents.read(file, limit: maximumSize)
    } catch {
      throw Faults([Fault(file: file, "cannot be read: \(error)", remedy: "Check the path and its permissions.")])
    }
    var names: [Name] = []
    var faults: [Fault] = []
    let lines = octets.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
    for (index, line) in lines.enumerated() {
      let text = String(decoding: line.prefix { $0 != UInt8(ascii: "#") }, as: UTF8.self)
      let words = text.split(whereSeparator: { $0 == " " || $0 == "\t" || $0 == "\r" })
      guard let word = words.first else { continue }
      if words.count == 1, let name = Name(String(word)) {
        names.append(name)
      } else {
        faults.append(
          Fault(file: file, line: index + 1, "\"\(text.prefix(60))\" is no name", remedy: "Write one name a line."))
      }
    }
    guard faults.isEmpty else { throw Faults(faults) }
    return names
  }
}
