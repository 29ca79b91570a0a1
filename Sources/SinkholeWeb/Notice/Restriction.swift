/// Why a name is restricted for one client: the facts the notice tells. They come from the verdict
/// that the resolver gave, so that page, log and `dig` never tell different stories.
///
/// All text is untrusted here: it is escaped where it is written into a page or a document.
package struct Restriction: Sendable {
  /// Who decided. The status code follows from it.
  package enum Action: Sendable {
    /// The operator's own policy: 403 Forbidden.
    case blocked
    /// A demand from outside that the operator has to follow: 451 Unavailable For Legal Reasons
    /// (RFC 7725).
    case ordered
    /// A caution has to be read first: 200 with the caution and its form for a person's browser, 403 for all else.
    case cautioned
  }

  /// Who stands behind the rule.
  package struct Authority: Sendable {
    package let name: LocalizedText
    /// An `http:` or `https:` URL about the authority; anything else is shown as no link.
    package let url: String?

    package init(name: LocalizedText, url: String? = nil) {
      self.name = name
      self.url = url
    }
  }

  /// The service's id, such as `deepseek`.
  package var serviceID: String
  package var serviceName: LocalizedText
  package var vendor: String
  /// The catalogue's word, such as `chat`. The page translates the ones it knows.
  package var category: String
  package var ruleID: String
  /// The list entry that matched, such as `*.example.org`.
  package var trigger: String
  /// The policy zone the entry stands in, and its serial where it has one.
  package var zone: String
  package var serial: UInt32?
  package var action: Action
  /// Nil says a default sentence in the reader's language.
  package var reason: LocalizedText?
  package var authority: Authority?
  /// The paper the rule rests on, such as `Directive 2026-14`.
  package var document: String?
  /// When the rule is looked at again: an ISO 8601 date.
  package var review: String?
  /// Whom to ask about this rule; nil means the server's own contact.
  package var contact: String?
  /// The code to quote when asking; nil draws one for each notice.
  package var reference: String?
  /// Whether who acknowledges the caution has to give a name: where many people share one address.
  package var requiresName: Bool
  /// Whether a desk can open it: an entry of a list, which belongs to no service, it cannot.
  package var isService: Bool

  package init(
    serviceID: String, serviceName: LocalizedText, vendor: String, category: String,
    ruleID: String, trigger: String, zone: String, serial: UInt32? = nil, action: Action = .blocked,
    reason: LocalizedText? = nil, authority: Authority? = nil, document: String? = nil,
    review: String? = nil, contact: String? = nil, reference: String? = nil, requiresName: Bool = false,
    isService: Bool = true
  ) {
    self.serviceID = serviceID
    self.serviceName = serviceName
    self.vendor = vendor
    self.category = category
    self.ruleID = ruleID
    self.trigger = trigger
    self.zone = zone
    self.serial = serial
    self.action = action
    self.reason = reason
    self.authority = authority
    self.document = document
    self.review = review
    self.contact = contact
    self.reference = reference
    self.requiresName = requiresName
    self.isService = isService
  }
}

/// Where the notice server learns what is restricted: the resolver's policy, seen through a slit.
package protocol RestrictionSource: Sendable {
  /// The restriction of `host` for `client`, or nil when that client may reach it.
  ///
  /// Called once per request on an event loop: it must not wait.
  /// - Parameters:
  ///   - host: A DNS name in presentation form: lower case, ASCII, 1 to 253 octets, no trailing dot,
  ///     every label of 1 to 63 octets out of `a-z 0-9 - _`.
  ///   - client: The client's address as text, IPv4 or IPv6 without zone; an IPv4-mapped address
  ///     arrives as IPv4.
  func restriction(of host: String, for client: String) -> Restriction?

  /// All that is restricted for `client`, for the page about this server. As above: it must not wait.
  func overview(for client: String) -> RestrictionOverview
}
