/// Who is held to which rules, as the configuration has it: what `PolicyCompiler` makes a `Policy` of, together with
/// the zones.
package struct PolicyDefinition: Sendable {
  package static let maximumGroups = 1024
  package static let maximumPolicies = 64
  package static let maximumRules = 1000
  /// Client prefixes of all groups together.
  package static let maximumPrefixes = 65_536

  /// Clients that share a policy.
  package struct Group: Sendable {
    package let name: String
    package let clients: [IPPrefix]
    package let policy: String
    package let line: Int
    package let column: Int

    package init(name: String, clients: [IPPrefix], policy: String, line: Int, column: Int) {
      self.name = name
      self.clients = clients
      self.policy = policy
      self.line = line
      self.column = column
    }
  }

  package struct NamedPolicy: Sendable {
    package let name: String
    package var rules: [Rule]
    package let line: Int

    package init(name: String, rules: [Rule], line: Int) {
      self.name = name
      self.rules = rules
      self.line = line
    }
  }

  package var file = "configuration"
  /// Stands for the serial of the names that rules hold themselves.
  package var serial: UInt32 = 0
  package var groups: [Group] = []
  package var policies: [NamedPolicy] = []
  /// The policy of clients in no group; nil: `implicit`.
  package var defaultPolicy: String?
  /// Where that is written.
  package var defaultPolicyPlace = (line: 0, column: 0)
  /// Names that no rule and no list restricts, with all below them.
  package var neverBlock: [RuleName] = []
  /// Names of this server and its page. What lies at or below them no rule and no list restricts.
  package var ownNames: [RuleName] = []

  package init() {}

  static let implicitName = "default"
  static let neverBlockID = "never-block"
  static let ownNamesID = "own-names"

  /// What holds where nothing is configured: do what the lists say, in their order.
  static let implicit: NamedPolicy = {
    var rule = Rule(id: "all-zones", policy: implicitName, action: .zone, file: "configuration", line: 0)
    rule.selector.everyZone = true
    return NamedPolicy(name: implicitName, rules: [rule], line: 0)
  }()
}
