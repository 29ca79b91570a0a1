/// What a reader has written into a form, in the form in which it is shown again when something is wrong with it.
struct FormEntries: Hashable, Sendable {
  var name = ""
  var reason = ""
  /// 0: none was chosen.
  var days = 0

  init() {}

  /// Surrounding blanks are cut off, and a name becomes one line.
  init(_ fields: FormFields) {
    name = Self.shown(fields[FormField.name.rawValue]).split(whereSeparator: \.isWhitespace).joined(separator: " ")
    // A browser ends lines by CR LF, one Character.
    reason = Self.trimmed(
      Self.shown(fields[FormField.reason.rawValue].replacing("\r\n", with: "\n").replacing("\r", with: "\n")))
    let wanted = Int(fields[FormField.days.rawValue]) ?? 0
    days = FormLimits.days.contains(wanted) ? wanted : 0
  }

  /// What is wrong with them as a request for authorisation.
  var faultsAsRequest: [FormFault] {
    var faults = nameFaults(isRequired: true)
    if reason.isEmpty { faults.append(.reasonMissing) }
    if reason.unicodeScalars.count > FormLimits.reasonLength { faults.append(.reasonTooLong) }
    if days == 0 { faults.append(.daysMissing) }
    return faults
  }

  func nameFaults(isRequired: Bool) -> [FormFault] {
    if name.isEmpty { return isRequired ? [.nameMissing] : [] }
    return name.unicodeScalars.count > FormLimits.nameLength ? [.nameTooLong] : []
  }

  /// Without what does not show as text, or turns the direction of writing around: others read it, beside texts of ours.
  private static func shown(_ text: String) -> String {
    let scalars = text.unicodeScalars.filter { scalar in
      switch scalar.properties.generalCategory {
      case .control: scalar == "\n" || scalar == "\t"
      // Of the format characters, those that join letters are spelling.
      case .format: scalar.value == 0x200C || scalar.value == 0x200D
      case .lineSeparator, .paragraphSeparator, .privateUse, .surrogate, .unassigned: false
      default: true
      }
    }
    return String(String.UnicodeScalarView(scalars))
  }

  private static func trimmed(_ text: String) -> String {
    var text = text.drop(while: \.isWhitespace)
    while let last = text.last, last.isWhitespace { text.removeLast() }
    return String(text)
  }
}
