/// What a program is told: a problem document (RFC 9457) with the facts of the page.
///
/// `type` is `about:blank`, so `title` is the status phrase (section 4.2.1) and what a program may
/// branch on is `status`. The facts are extension members (section 3.2); absent ones are left out.
enum ProblemDocument {
  static func notice(_ notice: Notice, in language: Language, title: String) -> JSONValue {
    let restriction = notice.restriction
    return message(language.lead(of: restriction.action), status: notice.status, title: title).adding([
      "restriction": .string(word(for: restriction.action)),
      "caution": restriction.action == .cautioned ? JSONValue(language.cautions) : nil,
      "name": .string(notice.name),
      "service": .string(restriction.serviceName.text(in: language.tag)),
      "service_id": .string(restriction.serviceID),
      "vendor": restriction.vendor.isEmpty ? nil : .string(restriction.vendor),
      "category": restriction.category.isEmpty ? nil : .string(restriction.category),
      "reason": .string(language.reason(of: restriction)),
      "authority": restriction.authority.map {
        .members(["name": .string($0.name.text(in: language.tag)), "url": JSONValue($0.url)])
      },
      "document": JSONValue(restriction.document),
      "review": JSONValue(restriction.review),
      "rule": .string(restriction.ruleID),
      "trigger": .string(restriction.trigger),
      "policy": .string(notice.policy),
      "contact": JSONValue(notice.contact),
      "client": .string(notice.client),
      "time": .string(notice.moment.text),
      "reference": .string(notice.reference.text),
    ])
  }

  /// The words of the log: what a program may tell apart without reading sentences.
  private static func word(for action: Restriction.Action) -> String {
    switch action {
    case .blocked: "blocked"
    case .ordered: "ordered"
    case .cautioned: "cautioned"
    }
  }

  static func message(_ detail: String, status: Int, title: String) -> JSONValue {
    .members([
      "type": .string("about:blank"), "title": .string(title), "status": .number(Int64(status)),
      "detail": .string(detail),
    ])
  }
}
