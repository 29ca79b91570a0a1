/// The page a person meets in place of a restricted service.
///
/// In the order of a reader's questions: what happened and is it my fault; why; what can I do; then
/// the details that whoever is asked will want to know.
struct NoticePage {
  private let notice: Notice
  private let restriction: Restriction
  private let language: Language
  private let frame: PageFrame

  init(_ notice: Notice, in language: Language, operatorName: LocalizedText?) {
    self.notice = notice
    self.language = language
    restriction = notice.restriction
    frame = PageFrame(
      language: language,
      title: language.title(notice.restriction.serviceName.text(in: language.tag)),
      operatorName: operatorName)
  }

  var html: HTML {
    frame.html(
      main: """
        <h1>\(frame.title)</h1>
        <p class="lead">\(language.lead(of: restriction.action))</p>
        \(restriction.action == .cautioned ? cautions : nil)
        <p>\(language.nothingSent)</p>
        \(why)
        \(help)
        \(details)
        """,
      footer: "<footer>\n<p>\(language.privacy)</p>\n</footer>")
  }

  private var cautions: HTML {
    var points: HTML = ""
    for caution in language.cautions { points += "<li>\(caution)</li>\n" }
    return "<ul>\n\(points)</ul>"
  }

  private var why: HTML {
    let reason = restriction.reason.map { HTML.passage($0, in: language) }
    var facts = FactList()
    facts.add(language.labels.authority, authority)
    facts.add(language.labels.document, restriction.document)
    facts.add(language.labels.review, restriction.review.map { "<time datetime=\"\($0)\">\($0)</time>" as HTML })
    let hasFacts = restriction.authority != nil || restriction.document != nil || restriction.review != nil
    return """
      <section aria-labelledby="why">
      <h2 id="why">\(language.reasonHeading)</h2>
      <p>\(reason ?? HTML(escaping: language.reason(of: restriction)))</p>
      \(hasFacts ? facts.html : nil)
      </section>
      """
  }

  private var authority: HTML? {
    guard let authority = restriction.authority else { return nil }
    let name = HTML.passage(authority.name, in: language)
    guard let link = authority.url.flatMap(WebLink.init) else { return name }
    return "<a href=\"\(link.url)\" rel=\"external\">\(name)</a>"
  }

  private var help: HTML {
    var facts = FactList()
    facts.add(language.labels.contact, notice.contact.map(ContactText.html))
    facts.add(
      language.labels.reference, "<code class=\"reference\" translate=\"no\">\(notice.reference.text)</code>" as HTML)
    return """
      <section class="help" aria-labelledby="help">
      <h2 id="help">\(language.helpHeading)</h2>
      <p>\(notice.contact == nil ? language.helpWithoutContact : language.help)</p>
      \(facts.html)
      </section>
      """
  }

  private var details: HTML {
    let labels = language.labels
    var facts = FactList()
    facts.add(labels.name, code: notice.name)
    facts.add(labels.service, HTML.passage(restriction.serviceName, in: language))
    facts.add(labels.vendor, restriction.vendor.isEmpty ? nil : restriction.vendor)
    let category = language.categories[restriction.category] ?? restriction.category
    facts.add(labels.category, category.isEmpty ? nil : category)
    facts.add(labels.rule, code: restriction.ruleID)
    facts.add(labels.trigger, code: restriction.trigger)
    facts.add(labels.policy, code: notice.policy)
    facts.add(labels.client, code: notice.client)
    facts.add(labels.time, "<time datetime=\"\(notice.moment.text)\">\(notice.moment.readable)</time>" as HTML)
    return """
      <section aria-labelledby="details">
      <h2 id="details">\(language.detailsHeading)</h2>
      \(facts.html)
      </section>
      """
  }
}

/// A short page: a heading and a sentence, and whom to ask where that helps.
struct MessagePage {
  let html: HTML

  init(_ message: Language.Message, in language: Language, operatorName: LocalizedText?, contact: String?) {
    var facts = FactList()
    facts.add(language.labels.contact, contact.map(ContactText.html))
    html = PageFrame(language: language, title: message.title, operatorName: operatorName).html(
      main: """
        <h1>\(message.title)</h1>
        <p>\(message.body)</p>
        \(contact == nil ? nil : facts.html)
        """)
  }
}
