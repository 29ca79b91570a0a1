/// What a reader has written into a form, in the form in which it is shown again when something is wrong with it.
struct FormEntries: Hashable, Sendable {
  var name = ""
  var reason = ""
  /// 0: none was chosen.
  var days = 0

  init() {}

  /// Surrounding blanks are cut off, and a name becomes one line.
  init(_ fields: FormFields) {
    name = fields[FormField.name.rawValue].split(whereSeparator: \.isWhitespace).joined(separator: " ")
    // A browser ends lines by CR LF, one Character.
    reason = Self.trimmed(fields[FormField.reason.rawValue].replacing("\r\n", with: "\n").replacing("\r", with: "\n"))
    let wanted = Int(fields[FormField.days.rawValue]) ?? 0
    days = FormLimits.days.contains(wanted) ? wanted : 0
  }

  /// What is wrong with them as a request for authorisation.
  var faultsAsRequest: [FormFault] {
    var faults = nameFaults(isRequired: true)
    if reason.isEmpty { faults.append(.reasonMissing) }
    if reason.count > FormLimits.reasonLength { faults.append(.reasonTooLong) }
    if days == 0 { faults.append(.daysMissing) }
    return faults
  }

  func nameFaults(isRequired: Bool) -> [FormFault] {
    if name.isEmpty { return isRequired ? [.nameMissing] : [] }
    return name.count > FormLimits.nameLength ? [.nameTooLong] : []
  }

  private static func trimmed(_ text: String) -> String {
    var text = text.drop(while: \.isWhitespace)
    while let last = text.last, last.isWhitespace { text.removeLast() }
    return String(text)
  }
}
