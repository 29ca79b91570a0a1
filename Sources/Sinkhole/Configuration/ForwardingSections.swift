import Yams

/// `upstreams`, `forward` and `forwarding`: who is asked, about what, and how.
extension ConfigurationReader {
  static let maximumForwardedDomains = 4096

  mutating func readUpstreams(_ node: Node) {
    configuration.upstreams = upstreams(node, "upstreams")
  }

  mutating func upstreams(_ node: Node, _ name: String) -> [Configuration.Upstream] {
    if node.sequence?.isEmpty == true {
      report(node, "\(name) is empty, expected system or addresses", "Write upstreams: [system].")
    }
    return list(node, name) { reader, node in
      if node.string == "system" { return .system }
      if let server = UpstreamServer(node.string ?? "") { return .server(server) }
      reader.report(
        node, "\(name) has \"\(node.string ?? "?")\", expected system, ADDRESS, ADDRESS:PORT or tcp://ADDRESS:PORT",
        "Write \"192.0.2.1:53\", \"[2001:db8::1]:53\" or \"tcp://192.0.2.1\", in quotes.")
      return nil
    }
  }

  mutating func readForward(_ node: Node) {
    let domains = entries(
      node, "forward", form: "DOMAIN: [UPSTREAM]", limit: ConfigurationReader.maximumForwardedDomains,
      things: "domains", remedy: "Forward a domain above them.")
    guard let domains else { return }
    var seen: Set<Name> = []
    for (key, value) in domains {
      let names = forwardedNames(key)
      let servers = upstreams(value, "forward: \(key.string ?? "?")")
      for name in names {
        if !seen.insert(name).inserted { report(key, "forward has \(name) twice", "Join the two lines.") }
        configuration.forward.append(Configuration.ForwardedDomain(name: name, upstreams: servers))
      }
    }
  }

  /// A domain, or the reverse zones of a prefix: `10.0.0.0/8` stands for `10.in-addr.arpa`.
  private mutating func forwardedNames(_ key: Node) -> [Name] {
    let text = key.string ?? ""
    if text.contains("/") {
      if let prefix = IPPrefix(text), let names = ReverseName.zones(of: prefix) { return names }
      report(
        key, "forward has \"\(text)\", expected a prefix of at least 8 bits (IPv6: 16)", "Write 10.0.0.0/8, or a domain.")
      return []
    }
    if let name = Name(text), name.labelCount <= SuffixHashes.maximumDepth { return [name] }
    report(key, "forward has \"\(text)\", expected a domain or a prefix", "Write corp.example, or 10.0.0.0/8 for its reverse zone.")
    return []
  }

  mutating func readForwarding(_ node: Node) {
    readMapping(node, "forwarding") { reader, key, value in
      switch key {
      case "random_case":
        if let isOn = reader.boolean(value, key) { reader.configuration.forwarding.randomCase = isOn }
      case "cookies":
        if let isOn = reader.boolean(value, key) { reader.configuration.forwarding.cookies = isOn }
      case "hedging":
        if let isOn = reader.boolean(value, key) { reader.configuration.forwarding.hedging = isOn }
      case "rebinding_protection":
        if let isOn = reader.boolean(value, key) { reader.configuration.forwarding.protectsFromRebinding = isOn }
      case "private_names":
        reader.configuration.forwarding.privateNames = reader.list(value, key) { reader, node in
          if let name = Name(node.string ?? ""), !name.isRoot { return name }
          reader.report(node, "private_names has \"\(node.string ?? "?")\", expected a domain", "Write corp.example.")
          return nil
        }
      case "trust_ad":
        reader.configuration.trusted = reader.list(value, key) { $0.socketAddress($1, "forwarding.trust_ad", port: 53) }
      default: return false
      }
      return true
    }
  }
}
