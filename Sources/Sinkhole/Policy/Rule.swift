/// One rule of a policy, as the configuration has it: which triggers it selects, what it does about them, and the
/// words that explain it.
package struct Rule: Sendable {
  package enum Action: String, CaseIterable, Sendable {
    /// The sinkhole addresses, and the notice page behind them.
    case block
    /// The same until the reader has acknowledged a caution.
    case caution
    /// The truth, whatever later rules say.
    case allow
    /// Log what `block` would do, and go on to the next rule.
    case observe
    case nxdomain
    case nodata
    /// REFUSED.
    case refuse
    /// Silence.
    case drop
    /// The truth, over TCP alone.
    case tcpOnly = "tcp-only"
    /// An alias of another name (`to`), which is looked up.
    case redirect
    /// What the zone's own record says.
    case zone
  }

  /// Which triggers a rule selects: those that fit every part that is given.
  package struct Selector: Sendable, Hashable {
    /// Ids of services.
    package var services: Set<String>?
    package var everyService = false
    /// What metadata records say, lower case.
    package var categories: Set<String>?
    package var jurisdictions: Set<String>?
    package var vendors: Set<String>?
    /// Titles of zones, or what several begin with: `ZoneTitles`.
    package var zones: Set<String>?
    package var everyZone = false
    /// Names written in the rule itself; they stand alone, without other parts.
    package var names: [RuleName] = []

    package init() {}

    /// Whether it speaks of services, and so of nothing that is none.
    var isAboutServices: Bool {
      everyService || services != nil || categories != nil || jurisdictions != nil || vendors != nil
    }
  }

  package var id: String
  package var policy: String
  package var action: Action
  package var selector = Selector()
  /// What people are told, by language tag in lower case.
  package var reason: [String: String] = [:]
  /// Who stands behind the rule, the paper that it rests on, and whom to ask about it.
  package var authority: String?
  package var reference: String?
  package var contact: String?
  package var code = ExtendedError.blocked
  /// The rule holds within these alone; nil: always.
  package var hours: WeeklyHours?
  package var timeZone = TimeZoneRules.utc
  /// When somebody has to look at it again.
  package var review: CalendarDate?
  /// Of a caution: seconds that an acknowledgement holds.
  package var acknowledgedFor: Int64 = 8 * 3600
  /// Of a caution: the reader has to give a name, because many share an address.
  package var isNamed = false
  /// Where `redirect` leads.
  package var target: Name?
  package var file: String
  /// Where its action stands, line and column from 1; 0 for a rule that nobody wrote.
  package var line: Int
  package var column: Int

  package init(id: String, policy: String, action: Action, file: String, line: Int, column: Int = 0) {
    self.id = id
    self.policy = policy
    self.action = action
    self.file = file
    self.line = line
    self.column = column
  }
}

/// A name in a rule: itself and all below it, or, written `*.`, what lies below it alone.
package struct RuleName: Sendable, Hashable {
  package let name: Name
  package let isWildcard: Bool
  package let line: Int

  package init(_ name: Name, isWildcard: Bool, line: Int) {
    self.name = name
    self.isWildcard = isWildcard
    self.line = line
  }

  func covers(_ other: Name) -> Bool { other.isAtOrBelow(name) && !(isWildcard && other == name) }
}

extension RuleName: CustomStringConvertible {
  /// As the configuration has it.
  package var description: String {
    name.isRoot ? "everything" : (isWildcard ? "*." : "") + name.description
  }
}
