import Yams

/// `local`, the operator's own hosts and records; `special_names`, which of them are asked upstream.
extension ConfigurationReader {
  mutating func readLocal(_ node: Node) {
    configuration.local.file = file
    // First, for it stands in the records.
    if let value = node.mapping?["ttl"], let time = milliseconds(value, "local.ttl", 1000...604_800_000) {
      configuration.localTTL = UInt32(time / 1000)
    }
    let faultsBefore = faults.count
    readMapping(node, "local") { reader, key, value in
      switch key {
      case "hosts": reader.readHosts(value)
      case "records":
        for text in reader.list(value, "local.records", { $0.placedText($1) }) {
          if let fault = reader.configuration.local.add(
            text.value, ttl: reader.configuration.localTTL, line: text.line, column: text.column)
          { reader.faults.append(fault) }
        }
      case "ttl": break
      default: return false
      }
      return true
    }
    if faults.count == faultsBefore { faults += configuration.local.contradictions() }
  }

  private mutating func readHosts(_ node: Node) {
    guard let mapping = node.mapping else {
      return report(
        node, "local.hosts holds \(YAMLFault.kind(node)), expected names with addresses", "Write NAME: [ADDRESS] lines.")
    }
    for (key, value) in mapping {
      let text = key.string ?? ""
      let isWildcard = text.hasPrefix("*.")
      guard let name = Name(isWildcard ? String(text.dropFirst(2)) : text) else {
        report(
          key, "local.hosts has \"\(text)\", expected a domain name",
          "Write printer.example.org, or \"*.example.org\" for what lies below.")
        continue
      }
      if value.sequence?.isEmpty == true {
        report(value, "\(text) has no address, expected one at least", "Write one, or delete the name.")
      }
      for (address, node) in list(value, text, { reader, node in reader.hostAddress(node, text).map { ($0, node) } }) {
        let (line, column) = (node.mark?.line ?? 0, node.mark?.column ?? 0)
        if let fault = configuration.local.add(
          address, of: name, isWildcard: isWildcard, ttl: configuration.localTTL, line: line, column: column)
        { faults.append(fault) }
      }
    }
  }

  private mutating func hostAddress(_ node: Node, _ host: String) -> IPAddress? {
    if let address = IPAddress(node.string ?? "") { return address }
    report(node, "\(host) has \"\(node.string ?? "?")\", expected an IPv4 or IPv6 address", "Write 192.0.2.1 or \"2001:db8::1\".")
    return nil
  }

  private mutating func placedText(_ node: Node) -> (value: String, line: Int, column: Int)? {
    text(node, "local.records").map { ($0, node.mark?.line ?? 0, node.mark?.column ?? 0) }
  }

  mutating func readSpecialNames(_ node: Node) {
    readMapping(node, "special_names") { reader, key, value in
      guard key == "open" else { return false }
      reader.configuration.openSpecialNames = reader.list(value, "special_names.open") { reader, node in
        let text = node.string ?? ""
        if text == "private" { return SpecialZone.all.filter(\.isPrivate).map(\.apex) }
        if let name = Name(text), SpecialZone.holds(name) { return [name] }
        reader.report(
          node, "special_names.open has \"\(text)\", which is not at or below a special-use name",
          "Write one of those in docs/answers.md, as local or 10.in-addr.arpa, or private for all reverse zones of private addresses.")
        return nil
      }.flatMap(\.self)
      return true
    }
  }
}
