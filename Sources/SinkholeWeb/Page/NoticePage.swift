/// The page a person meets in place of a restricted service.
///
/// In the order of a reader's questions: what happened and is it my fault; what have I to read or to do; why; whom can I
/// ask; then the details that whoever is asked will want to know.
struct NoticePage {
  private let notice: Notice
  private let restriction: Restriction
  private let form: NoticeForm?
  private let language: Language
  private let privacy: String
  private let frame: PageFrame

  /// - Parameter form: nil where there is no desk to send one to.
  init(
    _ notice: Notice, form: NoticeForm?, in language: Language, appearance: Appearance, clientRecord: ClientRecord
  ) {
    self.notice = notice
    self.form = form
    self.language = language
    restriction = notice.restriction
    privacy = language.privacy(clientRecord)
    let service = restriction.serviceName.text(in: language.tag)
    let title = form != nil && restriction.action == .cautioned ? language.caution.title(service) : language.title(service)
    frame = PageFrame(
      language: language, title: form?.faults.isEmpty == false ? "\(language.faultsTitle): \(title)" : title,
      appearance: appearance)
  }

  var html: HTML {
    let isCaution = restriction.action == .cautioned
    return frame.html(
      isCaution ? .caution : .stop,
      main: isCaution ? caution : block,
      footer: "<footer>\n<p>\(privacy)</p>\n</footer>")
  }

  private var block: HTML {
    """
    \(form.flatMap { FaultSummary($0.faults, in: language).html })
    <p class="lead">\(language.lead(of: restriction.action))</p>
    <p>\(language.nothingSent)</p>
    \(why)
    \(help)
    \(form.map { AskForm($0, in: language).html })
    \(details)
    """
  }

  private var caution: HTML {
    guard let form else {
      return """
        <p class="lead">\(language.caution.closedLead)</p>
        \(CautionPoints(in: language).html)
        <p>\(language.nothingSent)</p>
        \(why)
        \(help)
        \(details)
        """
    }
    return """
      \(FaultSummary(form.faults, in: language).html)
      <p class="lead">\(language.caution.lead)</p>
      \(CautionForm(form, for: restriction, in: language).html)
      \(why)
      \(help)
      \(details)
      """
  }

  private var why: HTML {
    let reason = restriction.reason.map { HTML.passage($0, in: language) }
    var facts = FactList()
    facts.add(language.labels.authority, authority)
    facts.add(language.labels.document, restriction.document)
    facts.add(language.labels.review, restriction.review.map(HTML.date))
    return """
      <section aria-labelledby="why">
      <h2 id="why">\(language.reasonHeading)</h2>
      <p>\(reason ?? HTML(escaping: language.reason(of: restriction)))</p>
      \(facts.html)
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
    facts.add(labels.category, restriction.category.isEmpty ? nil : language.category(restriction.category))
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

/// What a caution says, a point each.
struct CautionPoints {
  let html: HTML

  init(in language: Language) {
    var points: HTML = ""
    for caution in language.cautions { points += "<li>\(caution)</li>\n" }
    html = "<ol class=\"points\">\n\(points)</ol>"
  }
}

extension HTML {
  /// An ISO 8601 date.
  static func date(_ text: String) -> HTML { "<time datetime=\"\(text)\">\(text)</time>" }
}
