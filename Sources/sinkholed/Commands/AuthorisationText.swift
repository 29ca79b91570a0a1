import SinkholeWeb

/// The server's documents in words.
enum AuthorisationText {
  /// `7 active deepseek for client 10.20.7.31 until 2026-12-01T18:00:00Z by kim: Trial`
  static func line(_ value: JSONValue) -> String {
    var words = ["\(value["number"]?.integer ?? 0)", value["state"]?.text ?? "?", services(value), "for", whom(value)]
    if value["state"]?.text == "approved", let from = value["from"]?.text { words += ["from", from] }
    if let until = value["until"]?.text { words += ["until", until] }
    if let length = value["for"]?.text { words += ["wanted for", length] }
    if let from = value["asked_from"]?.text {
      words += ["asked by", "\"\(value["asked_by"]?.text ?? "")\"", "at", from]
    }
    let approvals = (value["approvals"]?.list ?? []).map(person)
    if !approvals.isEmpty { words += ["approved by", approvals.joined(separator: " and ")] }
    return words.joined(separator: " ") + ": " + (value["reason"]?.text ?? "")
  }

  static func all(_ value: JSONValue) -> [String] {
    var lines: [String] = []
    guard case .object(let members) = value else { return lines }
    for member in members {
      let text: String =
        switch member.value {
        case .string(let text): text
        case .number(let number): "\(number)"
        case .array(let list) where member.name == "approvals": list.map(person).joined(separator: ", ")
        case .array(let list): list.compactMap(\.text).joined(separator: ", ")
        default: "\(member.value)"
        }
      if !text.isEmpty {
        lines.append("\(member.name)\(String(repeating: " ", count: max(1, 12 - member.name.count)))\(text)")
      }
    }
    return lines
  }

  static func acknowledgement(_ value: JSONValue) -> String {
    let name = value["name"]?.text.map { " by \"\($0)\"" } ?? ""
    return
      "\(value["number"]?.integer ?? 0) \(value["service"]?.text ?? "?") for client \(value["client"]?.text ?? "?") "
      + "until \(value["until"]?.text ?? "?")\(name), rule \(value["rule"]?.text ?? "?")"
  }

  static func audit(_ value: JSONValue) -> String {
    let before = value["before"]?.text.map { "\($0) -> " } ?? ""
    return "\(value["number"]?.integer ?? 0) \(value["at"]?.text ?? "?") \(value["who"]?.text ?? "?") "
      + "\(value["what"]?.text ?? "?") \(value["subject"]?.text ?? "?"): \(before)\(value["after"]?.text ?? "")"
  }

  private static func services(_ value: JSONValue) -> String {
    (value["services"]?.list ?? []).compactMap(\.text).joined(separator: ",")
  }

  private static func whom(_ value: JSONValue) -> String {
    for kind in ["client", "prefix", "group"] {
      if let text = value[kind]?.text { return "\(kind) \(text)" }
    }
    return "?"
  }

  private static func person(_ value: JSONValue) -> String {
    let (name, account) = (value["name"]?.text ?? "?", value["account"]?.text ?? "?")
    return name == account ? name : "\(name) (through \(account))"
  }
}
