import Yams

/// Values of the configuration, each read from one node: what does not fit is reported with its place, and left out.
extension ConfigurationReader {
  /// Calls `body` with each key of a mapping; false from it means that the key is unknown.
  mutating func readMapping(
    _ node: Node, _ name: String, _ body: (inout ConfigurationReader, String, Node) -> Bool
  ) {
    guard let mapping = node.mapping else {
      return report(node, "\(name) holds \(YAMLFault.kind(node)), expected keys with values", "Write KEY: VALUE lines.")
    }
    for (key, value) in mapping where !body(&self, key.string ?? "", value) {
      let known = ConfigurationKeys.known(in: name).joined(separator: ", ")
      report(key, "unknown key \"\(key.string ?? "?")\" in \(name), expected one of: \(known)", "Correct or delete it.")
    }
  }

  /// The entries of a mapping whose keys are the operator's own; nil, and a fault, when it is none or has more than `limit`.
  ///
  /// - Parameters:
  ///   - form: of an entry, for the message.
  ///   - things: what they are, and `remedy` what to do about too many.
  mutating func entries(
    _ node: Node, _ name: String, form: String, limit: Int, things: String, remedy: String
  ) -> Node.Mapping? {
    guard let mapping = node.mapping else {
      report(node, "\(name) holds \(YAMLFault.kind(node)), expected \(form)", "Write such lines.")
      return nil
    }
    guard mapping.count <= limit else {
      report(node, "\(mapping.count) \(things), expected at most \(limit)", remedy)
      return nil
    }
    return mapping
  }

  /// A sequence, or one value for a sequence of one. Values that are none are reported and left out.
  mutating func list<Value>(
    _ node: Node, _ name: String, _ body: (inout ConfigurationReader, Node) -> Value?
  ) -> [Value] {
    if let sequence = node.sequence { return sequence.compactMap { body(&self, $0) } }
    return body(&self, node).map { [$0] } ?? []
  }

  mutating func text(_ node: Node, _ name: String) -> String? {
    guard let text = node.scalar?.string, !text.isEmpty else {
      report(node, "\(name) holds \(YAMLFault.kind(node)), expected a text", "Write one value.")
      return nil
    }
    return text
  }

  mutating func boolean(_ node: Node, _ name: String) -> Bool? {
    if let value = node.bool { return value }
    report(node, "\(name) is \"\(node.string ?? "?")\", expected true or false", "Write one of the two.")
    return nil
  }

  mutating func integer(_ node: Node, _ name: String, _ range: ClosedRange<Int>) -> Int? {
    if let value = node.int, range.contains(value) { return value }
    let expected = "a whole number from \(range.lowerBound) to \(range.upperBound)"
    report(node, "\(name) is \"\(node.string ?? "?")\", expected \(expected)", "Write such a number.")
    return nil
  }

  mutating func milliseconds(_ node: Node, _ name: String, _ range: ClosedRange<Int>) -> Int? {
    if let value = Quantity.milliseconds(node.string ?? ""), range.contains(value) { return value }
    let expected =
      "a time from \(Quantity.text(milliseconds: range.lowerBound)) to \(Quantity.text(milliseconds: range.upperBound))"
    report(node, "\(name) is \"\(node.string ?? "?")\", expected \(expected)", "Write a number with ms, s, m, h or d.")
    return nil
  }

  mutating func octets(_ node: Node, _ name: String, _ range: ClosedRange<Int>) -> Int? {
    if let value = Quantity.octets(node.string ?? ""), range.contains(value) { return value }
    let expected =
      "a size from \(Quantity.text(octets: range.lowerBound)) to \(Quantity.text(octets: range.upperBound))"
    report(node, "\(name) is \"\(node.string ?? "?")\", expected \(expected)", "Write a number with KiB, MiB or GiB.")
    return nil
  }

  mutating func socketAddress(_ node: Node, _ name: String, port: UInt16) -> SocketAddress? {
    if let address = SocketAddress(node.string ?? "", defaultPort: port) { return address }
    report(
      node, "\(name) has \"\(node.string ?? "?")\", expected ADDRESS:PORT or [ADDRESS]:PORT",
      "Write \"127.0.0.1:\(port)\" or \"[::1]:\(port)\", in quotes.")
    return nil
  }

  mutating func address(_ node: Node, _ family: IPAddress.Family) -> IPAddress? {
    if let address = IPAddress(node.string ?? ""), address.family == family, !address.isUnspecified { return address }
    let kind = family == .v4 ? "an IPv4 address" : "an IPv6 address"
    report(node, "\"\(node.string ?? "?")\", expected \(kind) of the notice page", "Write one that clients can reach.")
    return nil
  }

  mutating func prefixes(_ node: Node, _ name: String) -> [IPPrefix]? {
    switch node.string {
    case "loopback": return IPPrefix.loopback
    case "private": return IPPrefix.privateUse
    case "all": return ["0.0.0.0/0", "::/0"].compactMap(IPPrefix.init)
    default: break
    }
    if let prefix = IPPrefix(node.string ?? "") { return [prefix] }
    report(
      node, "\(name) has \"\(node.string ?? "?")\", expected loopback, private, all or a prefix",
      "Write 192.0.2.0/24 or \"2001:db8::/32\", with no bit set beyond the length.")
    return nil
  }

  /// A name for a thing of the operator's: it stands in answers and log lines, so it is one plain word.
  mutating func identifier(_ node: Node, _ name: String) -> String? {
    guard let text = text(node, name) else { return nil }
    if ConfigurationReader.isIdentifier(text) { return text }
    report(node, "\(name) is \"\(text)\", expected 1 to 64 letters, digits, dots, hyphens or underscores", "Correct it.")
    return nil
  }

  static func isIdentifier(_ text: String) -> Bool {
    (1...64).contains(text.utf8.count)
      && text.utf8.allSatisfy {
        (0x30...0x39).contains($0) || (0x61...0x7A).contains($0 | 0x20) || $0 == 0x2D || $0 == 0x2E || $0 == 0x5F
      }
  }

  /// A text for people: one line of at most 1,000 characters.
  mutating func sentence(_ node: Node, _ name: String) -> String? {
    guard let text = text(node, name) else { return nil }
    let isPlain = text.unicodeScalars.allSatisfy { $0.value >= 0x20 && $0.value != 0x7F }
    if isPlain, text.count <= 1000 { return text }
    report(node, "\(name) is no line of at most 1,000 characters", "Shorten it, without line breaks and control characters.")
    return nil
  }

  /// Names, each for itself and all below it, or, written `*.`, for what lies below alone.
  mutating func names(_ node: Node, _ name: String) -> [RuleName] {
    list(node, name) { reader, node in
      guard let text = reader.text(node, name) else { return nil }
      let isWildcard = text.hasPrefix("*.")
      if let parsed = Name(isWildcard ? String(text.dropFirst(2)) : text), !parsed.isRoot {
        let (labels, most) = (parsed.labelCount, SuffixHashes.maximumDepth)
        if labels <= most { return RuleName(parsed, isWildcard: isWildcard, line: node.mark?.line ?? 0) }
        reader.report(node, "\(name) has a name of \(labels) labels, expected at most \(most)", "Name one above it.")
        return nil
      }
      reader.report(
        node, "\(name) has \"\(text)\", expected a domain name", "Write example.org, or \"*.example.org\" for what lies below.")
      return nil
    }
  }

  mutating func timeZone(_ node: Node) -> TimeZoneRules? {
    guard let text = text(node, "time_zone") else { return nil }
    do throws(TimeZoneError) {
      return try TimeZoneRules.read(text)
    } catch {
      report(node, error.problem, error.remedy)
      return nil
    }
  }

  /// Relative to the folder of the file.
  func path(_ text: String) -> String {
    guard !text.hasPrefix("/"), let slash = file.lastIndex(of: "/") else { return text }
    return file[...slash] + text
  }

  mutating func report(_ node: Node, _ problem: String, _ remedy: String) {
    faults.append(
      Fault(file: file, line: node.mark?.line ?? 0, column: node.mark?.column ?? 0, problem, remedy: remedy))
  }
}
