/// All that is restricted for one client, by the rule that decides, in the order of rules.
package struct RestrictionOverview: Sendable {
  /// Services shown at the most. A catalogue has some hundreds; a page of thousands would be read by nobody, and cost
  /// whoever sends it.
  package static let mostServices = 500
  package static let mostRules = 100

  package struct Service: Sendable {
    package let id: String
    package let name: LocalizedText
    package let vendor: String
    /// The catalogue's word.
    package let category: String
    /// When the client's own exception ends; nil without one.
    package var openUntil: UnixSeconds?

    package init(
      id: String, name: LocalizedText, vendor: String, category: String, openUntil: UnixSeconds? = nil
    ) {
      self.id = id
      self.name = name
      self.vendor = vendor
      self.category = category
      self.openUntil = openUntil
    }
  }

  package struct Rule: Sendable {
    package let id: String
    package let action: Restriction.Action
    package let reason: LocalizedText?
    package let authority: LocalizedText?
    package let document: String?
    package let review: String?
    package let contact: String?
    package fileprivate(set) var services: [Service]
    /// Titles of lists whose names belong to no service.
    package let lists: [String]

    package init(
      id: String, action: Restriction.Action, reason: LocalizedText? = nil, authority: LocalizedText? = nil,
      document: String? = nil, review: String? = nil, contact: String? = nil, services: [Service] = [],
      lists: [String] = []
    ) {
      self.id = id
      self.action = action
      self.reason = reason
      self.authority = authority
      self.document = document
      self.review = review
      self.contact = contact
      self.services = services
      self.lists = lists
    }
  }

  package private(set) var rules: [Rule] = []
  /// Services that are restricted and not among `rules`.
  package private(set) var omitted = 0

  /// Takes the first rules and services up to the bounds, and counts the rest.
  package init(_ all: [Rule]) {
    var room = Self.mostServices
    for (position, rule) in all.enumerated() {
      let shown = position < Self.mostRules ? min(room, rule.services.count) : 0
      omitted += rule.services.count - shown
      room -= shown
      guard position < Self.mostRules, shown > 0 || !rule.lists.isEmpty else { continue }
      var rule = rule
      rule.services = Array(rule.services.prefix(shown))
      rules.append(rule)
    }
  }

  /// The same with what `change` makes of each service that is shown.
  package func mapServices(_ change: (Service) -> Service) -> RestrictionOverview {
    var other = self
    for position in other.rules.indices { other.rules[position].services = rules[position].services.map(change) }
    return other
  }
}
