/// The page of the server's own name: what is restricted for whoever asks, by rule and category.
struct OverviewPage {
  private let overview: RestrictionOverview
  private let contact: String?
  private let language: Language
  private let clock: NoticeClock
  private let frame: PageFrame

  init(
    _ overview: RestrictionOverview, contact: String?, in language: Language, appearance: Appearance, clock: NoticeClock
  ) {
    self.overview = overview
    self.contact = contact
    self.language = language
    self.clock = clock
    frame = PageFrame(language: language, title: language.overview.title, appearance: appearance)
  }

  var html: HTML {
    var facts = FactList()
    facts.add(language.labels.contact, contact.map(ContactText.html))
    var rules: HTML = ""
    for (position, rule) in overview.rules.enumerated() { rules += section(rule, id: "rule-\(position + 1)") }
    if overview.rules.isEmpty { rules += "<p><strong>\(language.overview.nothing)</strong></p>\n" }
    if overview.omitted > 0 { rules += "<p>\(language.overview.omitted(overview.omitted))</p>\n" }
    return frame.html(
      .information,
      main: """
        <p class="lead">\(language.overview.lead)</p>
        \(facts.html)
        \(rules)
        """)
  }

  private func section(_ rule: RestrictionOverview.Rule, id: String) -> HTML {
    var facts = FactList()
    facts.add(language.labels.rule, code: rule.id)
    facts.add(language.labels.authority, rule.authority.map { HTML.passage($0, in: language) })
    facts.add(language.labels.document, rule.document)
    facts.add(language.labels.review, rule.review.map(HTML.date))
    facts.add(language.labels.contact, rule.contact.map(ContactText.html))
    var lists: HTML?
    if !rule.lists.isEmpty {
      var items: HTML = ""
      for list in rule.lists { items += " <code translate=\"no\">\(list)</code>" }
      lists = "<p>\(language.overview.lists):\(items)</p>\n"
    }
    return """
      <section aria-labelledby="\(id)">
      <h2 id="\(id)">\(heading(of: rule.action))</h2>
      <p>\(rule.reason.map { HTML.passage($0, in: language) } ?? HTML(escaping: defaultReason(of: rule.action)))</p>
      \(facts.html)
      \(categories(rule))\(lists)
      </section>

      """
  }

  /// A category each, closed: some rules have hundreds of services.
  private func categories(_ rule: RestrictionOverview.Rule) -> HTML {
    var order: [String] = []
    var members: [String: [RestrictionOverview.Service]] = [:]
    for service in rule.services {
      if members[service.category] == nil { order.append(service.category) }
      members[service.category, default: []].append(service)
    }
    var html: HTML = ""
    for category in order {
      let services = members[category] ?? []
      let title = category.isEmpty ? language.overview.otherCategory : language.category(category)
      var items: HTML = ""
      for service in services { items += item(service) }
      html += """
        <details class="category">
        <summary>\(title) <span class="count">\(language.overview.services(services.count))</span></summary>
        <ul class="services">
        \(items)</ul>
        </details>

        """
    }
    return html
  }

  private func item(_ service: RestrictionOverview.Service) -> HTML {
    let name = HTML.passage(service.name, in: language)
    let isOwnVendor = service.vendor.isEmpty || service.vendor == service.name.standard
    let vendor: HTML? = isOwnVendor ? nil : " <span class=\"vendor\">\(service.vendor)</span>"
    let open: HTML? = service.openUntil.map {
      " <span class=\"opened\">\(language.overview.open(clock.moment($0).readableToMinute))</span>"
    }
    return "<li>\(name)\(vendor)\(open)</li>\n"
  }

  private func heading(of action: Restriction.Action) -> String {
    switch action {
    case .blocked: language.overview.blocked
    case .ordered: language.overview.ordered
    case .cautioned: language.overview.cautioned
    }
  }

  private func defaultReason(of action: Restriction.Action) -> String {
    switch action {
    case .blocked: language.defaultBlockedReason
    case .ordered: language.defaultOrderedReason
    case .cautioned: language.defaultCautionedReason
    }
  }
}
