import Yams

/// `groups` and `policies`: who is held to which rules.
extension ConfigurationReader {
  mutating func readGroups(_ node: Node) {
    let groups = entries(
      node, "groups", form: "NAME: {clients, policy}", limit: PolicyDefinition.maximumGroups, things: "groups",
      remedy: "Join those that share a policy.")
    guard let groups else { return }
    var prefixes = 0
    for (key, value) in groups {
      guard let name = identifier(key, "the name of a group") else { continue }
      var clients: [IPPrefix]?
      var policy: String?
      readMapping(value, "a group") { reader, key, value in
        switch key {
        case "clients": clients = reader.list(value, key) { $0.prefixes($1, "clients") }.flatMap(\.self)
        case "policy": policy = reader.identifier(value, key)
        case "upstreams": reader.configuration.groupUpstreams[name] = reader.upstreams(value, "upstreams of group \(name)")
        default: return false
        }
        return true
      }
      guard let clients, let policy else {
        if value.mapping != nil, value.mapping?["policy"] == nil || value.mapping?["clients"] == nil {
          let missing = value.mapping?["policy"] == nil ? "policy" : "clients"
          report(key, "group \(name) has no \(missing)", "Write \(missing): in it.")
        }
        continue
      }
      prefixes += clients.count
      configuration.definition.groups.append(
        PolicyDefinition.Group(
          name: name, clients: clients, policy: policy, line: key.mark?.line ?? 0, column: key.mark?.column ?? 0))
    }
    if prefixes > PolicyDefinition.maximumPrefixes {
      report(node, "\(prefixes) client prefixes, expected at most \(PolicyDefinition.maximumPrefixes)", "Use shorter ones.")
    }
  }

  mutating func readPolicies(_ node: Node) {
    let policies = entries(
      node, "policies", form: "NAME: and a list of rules", limit: PolicyDefinition.maximumPolicies, things: "policies",
      remedy: "Join some of them.")
    guard let policies else { return }
    for (key, value) in policies {
      guard let name = identifier(key, "the name of a policy") else { continue }
      guard let sequence = value.sequence else {
        report(value, "policy \(name) holds \(YAMLFault.kind(value)), expected a list of rules", "Write - block: ... lines.")
        continue
      }
      guard sequence.count <= PolicyDefinition.maximumRules else {
        let problem = "policy \(name) has \(sequence.count) rules, expected at most \(PolicyDefinition.maximumRules)"
        report(value, problem, "Select by category or jurisdiction, or put the names into a list.")
        continue
      }
      var ids: Set<String> = []
      let rules = sequence.enumerated().compactMap { index, node -> Rule? in
        guard let rule = readRule(node, policy: name, number: index + 1) else { return nil }
        if !ids.insert(rule.id).inserted {
          report(node, "policy \(name) has two rules with the id \"\(rule.id)\"", "Give each an id of its own.")
        }
        return rule
      }
      configuration.definition.policies.append(
        PolicyDefinition.NamedPolicy(name: name, rules: rules, line: key.mark?.line ?? 0))
    }
  }
}
