/// A JSON text (RFC 8259) as problem documents and the interface for approvers have it: objects whose members keep their order, whole numbers, no name twice.
package indirect enum JSONValue: Sendable, Equatable {
  case null
  case boolean(Bool)
  case number(Int64)
  case string(String)
  case array([JSONValue])
  case object([Member])

  package struct Member: Sendable, Equatable {
    package let name: String
    package let value: JSONValue

    package init(name: String, value: JSONValue) {
      self.name = name
      self.value = value
    }
  }

  /// An object without the members that have no value.
  package static func members(_ members: KeyValuePairs<String, JSONValue?>) -> JSONValue {
    .object(members.compactMap { name, value in value.map { Member(name: name, value: $0) } })
  }

  /// The same object with further members at its end; anything else as it is.
  func adding(_ members: KeyValuePairs<String, JSONValue?>) -> JSONValue {
    guard case .object(let own) = self, case .object(let others) = JSONValue.members(members) else { return self }
    return .object(own + others)
  }

  package subscript(_ name: String) -> JSONValue? {
    guard case .object(let members) = self else { return nil }
    return members.first { $0.name == name }?.value
  }

  package var text: String? {
    if case .string(let text) = self { text } else { nil }
  }

  package var integer: Int64? {
    if case .number(let number) = self { number } else { nil }
  }

  package var list: [JSONValue]? {
    if case .array(let list) = self { list } else { nil }
  }
}

extension JSONValue {
  /// Nil stays nil, so that members without a value fall out.
  package init?(_ text: String?) {
    guard let text else { return nil }
    self = .string(text)
  }

  package init?(_ number: Int64?) {
    guard let number else { return nil }
    self = .number(number)
  }

  package init(_ texts: [String]) { self = .array(texts.map { .string($0) }) }
}

extension JSONValue: CustomStringConvertible {
  /// On one line, without blanks.
  package var description: String {
    switch self {
    case .null: "null"
    case .boolean(let value): "\(value)"
    case .number(let value): "\(value)"
    case .string(let text): JSONValue.quoted(text)
    case .array(let values): "[" + values.map(\.description).joined(separator: ",") + "]"
    case .object(let members):
      "{" + members.map { "\(JSONValue.quoted($0.name)):\($0.value)" }.joined(separator: ",") + "}"
    }
  }

  /// Escapes what section 7 demands, and what would end a line.
  private static func quoted(_ text: String) -> String {
    var json = "\""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"", "\\": json += "\\\(scalar)"
      case "\u{0}"..."\u{1F}", "\u{7F}"..."\u{9F}", "\u{2028}", "\u{2029}":
        let digits = String(scalar.value, radix: 16)
        json += "\\u" + String(repeating: "0", count: 4 - digits.utf8.count) + digits
      default: json.unicodeScalars.append(scalar)
      }
    }
    return json + "\""
  }
}
