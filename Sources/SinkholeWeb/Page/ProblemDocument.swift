/// What a program is told: a problem document (RFC 9457) with the facts of the page.
///
/// `type` is `about:blank`, so `title` is the status phrase (section 4.2.1) and what a program may
/// branch on is `status`. The facts are extension members (section 3.2); absent ones are left out.
enum ProblemDocument {
  static func notice(_ notice: Notice, in language: Language, title: String) -> JSONObject {
    let restriction = notice.restriction
    var document = message(language.lead(of: restriction.action), status: notice.status, title: title)
    document.add("restriction", word(for: restriction.action))
    document.add("caution", restriction.action == .cautioned ? language.cautions : nil)
    document.add("name", notice.name)
    document.add("service", restriction.serviceName.text(in: language.tag))
    document.add("service_id", restriction.serviceID)
    document.add("vendor", restriction.vendor.isEmpty ? nil : restriction.vendor)
    document.add("category", restriction.category.isEmpty ? nil : restriction.category)
    document.add("reason", language.reason(of: restriction))
    document.add(
      "authority",
      restriction.authority.map { authority in
        var object = JSONObject()
        object.add("name", authority.name.text(in: language.tag))
        object.add("url", authority.url)
        return object
      })
    document.add("document", restriction.document)
    document.add("review", restriction.review)
    document.add("rule", restriction.ruleID)
    document.add("trigger", restriction.trigger)
    document.add("policy", notice.policy)
    document.add("contact", notice.contact)
    document.add("client", notice.client)
    document.add("time", notice.moment.text)
    document.add("reference", notice.reference.text)
    return document
  }

  /// The words of the log: what a program may tell apart without reading sentences.
  private static func word(for action: Restriction.Action) -> String {
    switch action {
    case .blocked: "blocked"
    case .ordered: "ordered"
    case .cautioned: "cautioned"
    }
  }

  static func message(_ detail: String, status: Int, title: String) -> JSONObject {
    var document = JSONObject()
    document.add("type", "about:blank")
    document.add("title", title)
    document.add("status", status)
    document.add("detail", detail)
    return document
  }
}
