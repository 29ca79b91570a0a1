import Yams

/// What Yams says is wrong, as our faults.
enum YAMLFault {
  /// - Parameter text: what was read, for the place of what Yams only names.
  static func fault(_ error: YamlError, file: String, text: String) -> Fault {
    switch error {
    case .scanner(_, let problem, let mark, _), .parser(_, let problem, let mark, _),
      .composer(_, let problem, let mark, _):
      return Fault(
        file: file, line: mark.line, column: mark.column, "not YAML: \(problem)",
        remedy: "Correct the line; addresses with a colon take quotes.")
    case .duplicatedKeysInMapping(let keys, let context):
      let line = secondLine(of: keys, after: context.mark, in: text) ?? context.mark.line
      return Fault(
        file: file, line: line, column: context.mark.column,
        "key written twice: \(keys.sorted().joined(separator: ", "))", remedy: "Keep one.")
    default:
      return Fault(file: file, "not YAML: \(error)", remedy: "Correct the file.")
    }
  }

  /// The line where one of `keys` stands for the second time, below the first at `start`; nil when they are not
  /// written in lines of their own.
  private static func secondLine(of keys: [String], after start: Mark, in text: String) -> Int? {
    var seen: Set<String> = []
    let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
    for (index, line) in lines.enumerated() where index + 1 >= start.line {
      let indent = line.prefix { $0 == " " }.count
      guard indent + 1 == start.column, let key = keys.first(where: { line.dropFirst(indent).hasPrefix($0 + ":") })
      else { continue }
      if !seen.insert(key).inserted { return index + 1 }
    }
    return nil
  }

  /// What a node is, in words.
  static func kind(_ node: Node) -> String {
    switch node {
    case .scalar: "one value"
    case .mapping: "keys"
    case .sequence: "a list"
    case .alias: "an alias"
    }
  }
}
