/// A JSON object (RFC 8259) of strings, lists of them and numbers in the order they were added: all that a problem
/// document needs.
struct JSONObject: Sendable {
  private var members: [String] = []

  /// Adds nothing for nil.
  mutating func add(_ name: String, _ value: String?) {
    if let value { members.append("\(Self.quoted(name)):\(Self.quoted(value))") }
  }

  mutating func add(_ name: String, _ value: Int?) {
    if let value { members.append("\(Self.quoted(name)):\(value)") }
  }

  mutating func add(_ name: String, _ values: [String]?) {
    if let values { members.append("\(Self.quoted(name)):[\(values.map(Self.quoted).joined(separator: ","))]") }
  }

  mutating func add(_ name: String, _ value: JSONObject?) {
    if let value { members.append("\(Self.quoted(name)):\(value.text)") }
  }

  var text: String { "{\(members.joined(separator: ","))}" }

  /// Escapes what section 7 demands, and `<`, so that a browser which guesses the type wrongly still
  /// finds no markup.
  private static func quoted(_ text: String) -> String {
    var json = "\""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"", "\\": json += "\\\(scalar)"
      case "\u{0}"..."\u{1F}", "\u{7F}", "<", "\u{2028}", "\u{2029}":
        let digits = String(scalar.value, radix: 16)
        json += "\\u" + String(repeating: "0", count: 4 - digits.utf8.count) + digits
      default: json.unicodeScalars.append(scalar)
      }
    }
    return json + "\""
  }
}
