import Yams

/// What Yams says is wrong, as our faults.
enum YAMLFault {
  static func fault(_ error: YamlError, file: String) -> Fault {
    switch error {
    case .scanner(_, let problem, let mark, _), .parser(_, let problem, let mark, _),
      .composer(_, let problem, let mark, _):
      return Fault(
        file: file, line: mark.line, column: mark.column, "not YAML: \(problem)",
        remedy: "Correct the line; addresses with a colon take quotes.")
    case .duplicatedKeysInMapping(let keys, let context):
      return Fault(
        file: file, line: context.mark.line, column: context.mark.column,
        "key written twice: \(keys.sorted().joined(separator: ", "))", remedy: "Keep one.")
    default:
      return Fault(file: file, "not YAML: \(error)", remedy: "Correct the file.")
    }
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
