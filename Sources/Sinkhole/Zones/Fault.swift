/// Something wrong in a file that a person wrote, and where: `file:line:column: what. Remedy.`
package struct Fault: Error, Hashable, Sendable, CustomStringConvertible {
  package let file: String
  /// From 1; 0 when the fault is the file's as a whole.
  package let line: Int
  /// From 1, in octets; 0 when it is the line's as a whole.
  package let column: Int
  /// What is wrong, and what was expected.
  package let problem: String
  /// What to do about it.
  package let remedy: String

  package init(file: String, line: Int = 0, column: Int = 0, _ problem: String, remedy: String) {
    self.file = file
    self.line = line
    self.column = column
    self.problem = problem
    self.remedy = remedy
  }

  package var description: String {
    var place = file
    if line > 0 { place += ":\(line)" }
    if line > 0, column > 0 { place += ":\(column)" }
    return "\(place): \(problem). \(remedy)"
  }
}

/// All the faults of one load, so that they can be mended at once.
package struct Faults: Error, Sendable, CustomStringConvertible {
  package let list: [Fault]
  package init(_ list: [Fault]) { self.list = list }
  package var description: String { list.map(\.description).joined(separator: "\n") }
}
