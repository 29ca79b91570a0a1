/// One notice: a restriction as it was told to one client at one moment. Page, document and log
/// line are written from this value, so they agree.
struct Notice: Sendable {
  let restriction: Restriction
  /// The name that was asked for, as `RestrictionSource` saw it.
  let name: String
  let client: String
  let moment: Moment
  let reference: Reference
  /// Whom to ask: the rule's own contact, else the server's.
  let contact: String?

  /// What it is answered with: 403, 451, or 200 where a caution can be acknowledged.
  var status: Int

  /// The policy zone with its serial, `zone@serial`, the form every explanation of ours uses.
  var policy: String { restriction.serial.map { "\(restriction.zone)@\($0)" } ?? restriction.zone }

  /// The one log line of a notice. The name is in it, the path and the query never are: they hold
  /// prompts and keys.
  ///
  /// - Parameter client: as it may be written.
  func logLine(client: String?) -> String { logLine("notice", client: client, [("status", "\(status)")]) }

  /// The same for what was done on a notice.
  func logLine(_ event: String, client: String?, _ further: [(String, String)]) -> String {
    var facts = [("event", event), ("reference", reference.text)]
    if let client { facts.append(("client", client)) }
    facts += [("name", name), ("service", restriction.serviceID), ("rule", restriction.ruleID)] + further
    return facts.map { "\($0)=\(LogValue.quoted($1))" }.joined(separator: " ")
  }
}

/// Values of `key=value` log lines.
enum LogValue {
  /// `text` as it is when it is one plain word, else in quotes. Quotes, backslashes and control
  /// characters are escaped: a value can never forge a second line or a second key.
  static func quoted(_ text: String) -> String {
    let isPlain = text.utf8.allSatisfy { $0 > 0x20 && $0 != 0x7F && $0 != 0x22 && $0 != 0x5C && $0 != 0x3D }
    if isPlain, !text.isEmpty { return text }
    var line = "\""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"", "\\": line += "\\\(scalar)"
      case _ where scalar.properties.generalCategory == .control,
        _ where scalar == "\u{2028}" || scalar == "\u{2029}":
        line += "\\u{\(String(scalar.value, radix: 16))}"
      default: line.unicodeScalars.append(scalar)
      }
    }
    return line + "\""
  }
}
