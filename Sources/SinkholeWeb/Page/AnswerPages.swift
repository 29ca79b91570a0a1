/// A short page: a heading and a sentence, and whom to ask where that helps.
struct MessagePage {
  let html: HTML

  init(_ message: Language.Message, in language: Language, appearance: Appearance, contact: String?) {
    var facts = FactList()
    facts.add(language.labels.contact, contact.map(ContactText.html))
    html = PageFrame(language: language, title: message.title, appearance: appearance).html(
      .information,
      main: """
        <p class="lead">\(message.body)</p>
        \(facts.html)
        """)
  }
}

/// The page that follows an acknowledgement: the service is open.
struct OpenedPage {
  let html: HTML

  /// - Parameter host: The name that was asked for, to go back to.
  init(_ restriction: Restriction, host: String, until: Moment, in language: Language, appearance: Appearance) {
    let service = restriction.serviceName.text(in: language.tag)
    let words = language.opened
    html = PageFrame(language: language, title: words.title(service), appearance: appearance).html(
      .open,
      main: """
        <p class="lead">\(words.until(until.readableToMinute))</p>
        <p><a class="button" href="https://\(host)/" rel="noreferrer">\(words.link(service))</a></p>
        <p>\(words.oldAddress)</p>
        <section aria-labelledby="remember">
        <h2 id="remember">\(words.remember)</h2>
        \(CautionPoints(in: language).html)
        </section>
        """)
  }
}

/// A request for authorisation: just received, or looked at again.
struct ReceiptPage {
  private let language: Language
  private let appearance: Appearance
  private let clock: NoticeClock

  init(in language: Language, appearance: Appearance, clock: NoticeClock) {
    self.language = language
    self.appearance = appearance
    self.clock = clock
  }

  /// - Parameter address: where the reader can see what becomes of it.
  func received(number: Int, service: LocalizedText, reference: Reference, contact: String?, address: String) -> HTML {
    let words = language.receipt
    var facts = facts(number: number, service: service, progress: .requested)
    facts.add(language.labels.reference, code: reference.text)
    facts.add(language.labels.contact, contact.map(ContactText.html))
    return PageFrame(language: language, title: words.title, appearance: appearance).html(
      .paper,
      main: """
        <p class="lead">\(words.received)</p>
        \(facts.html)
        <section aria-labelledby="follow">
        <h2 id="follow">\(words.link)</h2>
        <p class="address"><a href="\(address)">\(address)</a></p>
        <p>\(words.keep)</p>
        </section>
        """)
  }

  func state(_ state: AccessRequestState, contact: String?) -> HTML {
    let words = language.receipt
    var facts = facts(number: state.number, service: state.service, progress: state.progress)
    if case .active(let until) = state.progress {
      let moment = clock.moment(until)
      facts.add(words.until, "<time datetime=\"\(moment.text)\">\(moment.readableToMinute)</time>" as HTML)
    }
    facts.add(words.note, state.note)
    facts.add(language.labels.contact, contact.map(ContactText.html))
    return PageFrame(language: language, title: words.stateTitle(state.number), appearance: appearance).html(
      icon(of: state.progress),
      main: """
        <p class="lead">\(words.next(state.progress))</p>
        \(facts.html)
        """)
  }

  private func facts(number: Int, service: LocalizedText, progress: AccessRequestState.Progress) -> FactList {
    var facts = FactList()
    facts.add(language.receipt.number, "<code class=\"reference\" translate=\"no\">\(number)</code>" as HTML)
    facts.add(language.receipt.state, "<strong>\(language.text(of: progress))</strong>" as HTML)
    facts.add(language.labels.service, HTML.passage(service, in: language))
    return facts
  }

  private func icon(of progress: AccessRequestState.Progress) -> Icon {
    switch progress {
    case .active, .approved: .open
    case .denied, .revoked: .stop
    case .requested, .ended: .paper
    }
  }
}
