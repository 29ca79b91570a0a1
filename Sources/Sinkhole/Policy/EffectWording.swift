/// The words of an effect: what the extended error says in text, and as JSON.
struct EffectWording {
  let wording: PolicyCompiler.Wording
  let rule: Rule
  /// The service's name, or the zone's title.
  let subject: String
  let serial: UInt32

  /// `<service>; rule <id>; <policy>@<serial>; see <notice.url>`; a caution says so behind the service.
  var text: String {
    let caution = rule.action == .caution ? "; caution" : ""
    let see = wording.noticeURL.map { "; see \($0)" } ?? ""
    return "\(subject)\(caution); rule \(rule.id); \(rule.policy)@\(serial)\(see)"
  }

  var remark: Response.Remark { Response.Remark(rule.code, text) }
  var structuredRemark: Response.Remark { Response.Remark(rule.code, json) }

  /// draft-ietf-dnsop-structured-dns-error section 4: contact, justification, sub-error 5 (network operator policy; it
  /// has none that goes with Censored), language of the justification.
  private var json: String {
    var members: [String] = []
    let contact = rule.contact ?? wording.contact
    if let contact = contact.flatMap(EffectWording.contactURI) {
      members.append("\"c\":[\(PlainText.quoted(contact))]")
    }
    let reason = rule.reason["en"].map { ". \($0)" } ?? ""
    members.append("\"j\":\(PlainText.quoted(text + reason))")
    if rule.code == .blocked { members.append("\"s\":5") }
    if let authority = rule.authority { members.append("\"o\":\(PlainText.quoted(authority))") }
    members.append("\"l\":\"en\"")
    return "{" + members.joined(separator: ",") + "}"
  }

  /// `mailto:` and `tel:` as they are, a lone address as the first; nil for other text, which is no URI.
  private static func contactURI(_ contact: String) -> String? {
    guard !contact.contains(where: \.isWhitespace) else { return nil }
    if contact.hasPrefix("mailto:") || contact.hasPrefix("tel:") { return contact }
    return contact.contains("@") ? "mailto:" + contact : nil
  }
}
