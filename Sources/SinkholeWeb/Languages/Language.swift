/// Everything our pages say in one language. A language is one file with one value, and one line in
/// `all`; the compiler asks for every sentence.
struct Language: Sendable {
  /// A heading and what is to be said below it.
  struct Message: Sendable {
    let title: String
    let body: String
  }

  /// The terms of the description lists.
  struct Labels: Sendable {
    let authority, document, review: String
    let contact, reference: String
    let name, service, vendor, category, rule, trigger, policy, client, time: String
  }

  /// The caution and its form.
  struct Caution: Sendable {
    /// Heading and title, from the service's name.
    let title: @Sendable (_ service: String) -> String
    let lead: String
    let nameLabel, nameHint: String
    let button: @Sendable (_ service: String) -> String
    /// What is kept of it.
    let recorded: String
    /// Where nobody can acknowledge here.
    let closedLead: String
  }

  /// What follows an acknowledgement.
  struct Opened: Sendable {
    let title: @Sendable (_ service: String) -> String
    let until: @Sendable (_ moment: String) -> String
    /// That the browser may hold the old address for up to a minute.
    let oldAddress: String
    let link: @Sendable (_ service: String) -> String
    let remember: String
  }

  /// The form that asks for authorisation.
  struct Ask: Sendable {
    let heading, intro: String
    let nameLabel, nameHint: String
    let reasonLabel, reasonHint: String
    let daysLabel: String
    let days: @Sendable (_ count: Int) -> String
    let button: String
    let recorded: String
  }

  /// A request and what has become of it.
  struct Receipt: Sendable {
    let title: String
    let received: String
    let stateTitle: @Sendable (_ number: Int) -> String
    let number, state, until, note: String
    let requested, approved, denied, active, ended, revoked: String
    /// What a state means for the reader.
    let next: @Sendable (_ progress: AccessRequestState.Progress) -> String
    let link, keep: String
    let unknown: Message
  }

  /// What is restricted for the reader.
  struct Overview: Sendable {
    let title, lead: String
    let nothing: String
    let blocked, ordered, cautioned: String
    let services: @Sendable (_ count: Int) -> String
    let omitted: @Sendable (_ count: Int) -> String
    let lists: String
    let otherCategory: String
    let open: @Sendable (_ moment: String) -> String
  }

  /// Goes into `lang` and Content-Language.
  let tag: LanguageTag
  /// What kind of page this is, beside the agency's name.
  let masthead: String
  /// Heading and title of a notice, from the service's name.
  let title: @Sendable (_ service: String) -> String
  /// What happened, in one or two plain sentences, and that the reader's computer is in order.
  let blockedLead, orderedLead: String
  /// What a caution says, a point each.
  let cautions: [String]
  /// What became of what the reader sent.
  let nothingSent: String
  let reasonHeading: String
  /// Where the rule gives no reason of its own.
  let defaultBlockedReason, defaultOrderedReason, defaultCautionedReason: String
  let helpHeading, help, helpWithoutContact: String
  let detailsHeading: String
  let labels: Labels
  /// The catalogue's categories. One that is missing here is shown as the catalogue writes it.
  let categories: [String: String]
  /// What this server writes down, and what it does not.
  let privacy: @Sendable (_ client: ClientRecord) -> String

  let caution: Caution
  let opened: Opened
  let ask: Ask
  let receipt: Receipt
  let overview: Overview

  /// Above what is wrong with a form, and before the title of its page.
  let faultsHeading, faultsTitle: String
  let fault: @Sendable (FormFault) -> String

  /// 421: the name is not restricted for the client.
  let misdirected: Message
  /// 400: no usable Host.
  let badRequest: Message
  /// 404: another path under this server's own name.
  let notFound: Message
  /// 405 at this server's own name.
  let methodNotAllowed: Message
  /// 400, 413 or 415: a form that no page of ours has sent.
  let badForm: Message
  /// 403: a form that another site has sent.
  let foreignForm: Message

  /// The first is for readers who accept none of them.
  static let all: [Language] = [
    .english,
    .korean,
  ]
}

extension Language {
  /// The language a reader prefers (RFC 9110 section 12.5.4).
  ///
  /// 1. A range covers a language that it equals, or begins with (`ko` and `ko-KR` both cover `ko`:
  ///    lookup, RFC 4647 section 3.4). Several that do: the greatest weight counts.
  /// 2. `*` covers every language that no other range covers.
  /// 3. The greatest weight wins; between equals the range that was written first, since users order
  ///    their languages so. Weight 0 is a refusal.
  static func preferred(by list: QualityList) -> Language {
    var best = (language: all[0], quality: 0, position: Int.max)
    for language in all {
      let tag = language.tag.rawValue
      let ranges = list.elements.enumerated()
      let exact = ranges.filter { $1.range == tag || $1.range.hasPrefix(tag + "-") }
      let covering = exact.isEmpty ? ranges.filter { $1.range == "*" } : exact
      for (position, element) in covering
      where (element.quality, -position) > (best.quality, -best.position) && element.quality > 0 {
        best = (language, element.quality, position)
      }
    }
    return best.language
  }

  func lead(of action: Restriction.Action) -> String {
    switch action {
    case .blocked: blockedLead
    case .ordered: orderedLead
    case .cautioned: caution.closedLead
    }
  }

  /// The rule's reason, else the language's sentence.
  func reason(of restriction: Restriction) -> String {
    if let reason = restriction.reason { return reason.text(in: tag) }
    switch restriction.action {
    case .blocked: return defaultBlockedReason
    case .ordered: return defaultOrderedReason
    case .cautioned: return defaultCautionedReason
    }
  }

  func category(_ word: String) -> String { categories[word] ?? word }

  func text(of progress: AccessRequestState.Progress) -> String {
    switch progress {
    case .requested: receipt.requested
    case .approved: receipt.approved
    case .denied: receipt.denied
    case .active: receipt.active
    case .ended: receipt.ended
    case .revoked: receipt.revoked
    }
  }
}
