import Yams

/// Reads the configuration file: strict YAML, where a key that is not known is a fault, as is one written
/// twice. Every fault is collected with its line and column; one is enough to refuse the file.
package struct ConfigurationReader {
  static let maximumSize = 1 << 20

  private let file: String
  private var faults: [Fault] = []
  private var configuration = Configuration.defaults

  /// - Throws: all faults of the file.
  package static func read(file: String) throws(Faults) -> Configuration {
    let octets: [UInt8]
    do throws(SystemError) {
      octets = try FileContents.read(file, limit: maximumSize)
    } catch {
      throw Faults([Fault(file: file, "cannot be read: \(error)", remedy: "Check the path and its permissions.")])
    }
    return try read(text: String(decoding: octets, as: UTF8.self), file: file)
  }

  /// - Throws: as above, for text already in memory.
  package static func read(text: String, file: String) throws(Faults) -> Configuration {
    var reader = ConfigurationReader(file: file)
    reader.configuration.file = file
    do {
      if let root = try Yams.compose(yaml: text) { reader.readRoot(root) }
    } catch let error as YamlError {
      reader.faults.append(YAMLFault.fault(error, file: file, text: text))
    } catch {
      reader.faults.append(Fault(file: file, "\(error)", remedy: "Correct the file."))
    }
    guard reader.faults.isEmpty else { throw Faults(reader.faults) }
    return reader.configuration
  }

  private init(file: String) { self.file = file }

  // MARK: Sections

  private mutating func readRoot(_ node: Node) {
    readMapping(node, "the file") { reader, key, value in
      switch key {
      case "listen": reader.readListen(value)
      case "workers":
        if let count = reader.integer(value, key, 1...256) { reader.configuration.server.workers = count }
      case "reply_trains":
        if let isOn = reader.boolean(value, key) { reader.configuration.server.replyTrains = isOn }
      case "upstreams": reader.readUpstreams(value)
      case "sinkhole": reader.readSinkhole(value)
      case "zones":
        let paths = reader.list(value, key) { reader, node in reader.text(node, key).map { reader.path($0) } }
        reader.configuration.zones = paths
      case "cache": reader.readCache(value)
      case "notice": reader.readNotice(value)
      case "control":
        guard let text = reader.text(value, key) else { return true }
        reader.configuration.control = text == "off" ? nil : reader.path(text)
      case "identity": reader.readIdentity(value)
      case "limits": reader.readLimits(value)
      default: return false
      }
      return true
    }
  }

  private mutating func readListen(_ node: Node) {
    readMapping(node, "listen") { reader, key, value in
      switch key {
      case "dns":
        if value.sequence?.isEmpty == true {
          reader.report(value, "listen.dns is empty, expected at least one address", "Write dns: [\"127.0.0.1:5300\"].")
        }
        reader.configuration.server.listen = reader.list(value, key) { $0.socketAddress($1, "listen.dns", port: 53) }
      case "allow":
        reader.configuration.allowedClients = reader.list(value, key) { $0.prefixes($1) }.flatMap(\.self)
      default: return false
      }
      return true
    }
  }

  private mutating func readUpstreams(_ node: Node) {
    configuration.upstreams = list(node, "upstreams") { reader, node in
      if node.string == "system" { return .system }
      return reader.socketAddress(node, "upstreams", port: 53).map { .address($0) }
    }
    if node.sequence?.isEmpty == true {
      report(node, "upstreams is empty, expected system or addresses", "Write upstreams: [system].")
    }
  }

  private mutating func readSinkhole(_ node: Node) {
    readMapping(node, "sinkhole") { reader, key, value in
      switch key {
      case "ipv4": reader.configuration.sinkhole.ipv4 = reader.list(value, key) { $0.address($1, .v4) }
      case "ipv6": reader.configuration.sinkhole.ipv6 = reader.list(value, key) { $0.address($1, .v6) }
      case "ttl":
        if let time = reader.milliseconds(value, key, 1000...86_400_000) {
          reader.configuration.sinkhole.ttl = UInt32(time / 1000)
        }
      case "explain_txt":
        if let isOn = reader.boolean(value, key) { reader.configuration.sinkhole.explainsInText = isOn }
      default: return false
      }
      return true
    }
  }

  private mutating func readCache(_ node: Node) {
    readMapping(node, "cache") { reader, key, value in
      guard key == "size" else { return false }
      if let size = reader.octets(value, "cache.size", ResponseCache.minimumSize...(64 << 30)) {
        reader.configuration.server.cacheSize = size
      }
      return true
    }
  }

  private mutating func readNotice(_ node: Node) {
    readMapping(node, "notice") { reader, key, value in
      switch key {
      case "http":
        reader.configuration.notice.http =
          value.string == "off" ? nil : reader.socketAddress(value, "notice.http", port: 80)
      case "url":
        guard let text = reader.text(value, key) else { return true }
        if !text.hasPrefix("http://"), !text.hasPrefix("https://") {
          reader.report(
            value, "\"\(text)\" is no address of a page, expected http:// or https://",
            "Write url: \"http://notice.example.org/\".")
        }
        reader.configuration.notice.url = text
      case "contact": reader.configuration.notice.contact = reader.text(value, key)
      default: return false
      }
      return true
    }
  }

  private mutating func readIdentity(_ node: Node) {
    readMapping(node, "identity") { reader, key, value in
      guard let text = reader.text(value, key) else { return true }
      switch key {
      case "version": reader.configuration.identity.version = text == "off" ? nil : text
      case "id": reader.configuration.identity.id = text == "off" ? nil : text
      default: return false
      }
      return true
    }
  }

  private mutating func readLimits(_ node: Node) {
    readMapping(node, "limits") { reader, key, value in
      let counts = 1...1_000_000
      switch key {
      case "tcp_connections":
        if let count = reader.integer(value, key, counts) { reader.configuration.server.streams.total = count }
      case "tcp_per_client":
        if let count = reader.integer(value, key, counts) { reader.configuration.server.streams.perClient = count }
      case "tcp_idle":
        if let time = reader.milliseconds(value, key, 100...600_000) {
          reader.configuration.server.streamIdle = UInt64(time)
        }
      case "in_flight":
        if let count = reader.integer(value, key, 64...1_000_000) {
          reader.configuration.server.forwards.exchanges = count
        }
      case "waiting":
        if let count = reader.integer(value, key, 64...1_000_000) {
          reader.configuration.server.forwards.waiters = count
        }
      case "waiting_per_client":
        if let count = reader.integer(value, key, counts) {
          reader.configuration.server.forwards.waitersPerClient = count
        }
      case "restricted_log_per_second":
        if let count = reader.integer(value, key, 1...100_000) { reader.configuration.restrictedLogPerSecond = count }
      default: return false
      }
      return true
    }
  }

  // MARK: Values

  /// Calls `body` with each key of a mapping; false from it means that the key is unknown.
  private mutating func readMapping(
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

  /// A sequence, or one value for a sequence of one. Values that are none are reported and left out.
  private mutating func list<Value>(
    _ node: Node, _ name: String, _ body: (inout ConfigurationReader, Node) -> Value?
  ) -> [Value] {
    if let sequence = node.sequence { return sequence.compactMap { body(&self, $0) } }
    return body(&self, node).map { [$0] } ?? []
  }

  private mutating func text(_ node: Node, _ name: String) -> String? {
    guard let text = node.scalar?.string, !text.isEmpty else {
      report(node, "\(name) holds \(YAMLFault.kind(node)), expected a text", "Write one value.")
      return nil
    }
    return text
  }

  private mutating func boolean(_ node: Node, _ name: String) -> Bool? {
    if let value = node.bool { return value }
    report(node, "\(name) is \"\(node.string ?? "?")\", expected true or false", "Write one of the two.")
    return nil
  }

  private mutating func integer(_ node: Node, _ name: String, _ range: ClosedRange<Int>) -> Int? {
    if let value = node.int, range.contains(value) { return value }
    let expected = "a whole number from \(range.lowerBound) to \(range.upperBound)"
    report(node, "\(name) is \"\(node.string ?? "?")\", expected \(expected)", "Write such a number.")
    return nil
  }

  private mutating func milliseconds(_ node: Node, _ name: String, _ range: ClosedRange<Int>) -> Int? {
    if let value = Quantity.milliseconds(node.string ?? ""), range.contains(value) { return value }
    let expected =
      "a time from \(Quantity.text(milliseconds: range.lowerBound)) to \(Quantity.text(milliseconds: range.upperBound))"
    report(node, "\(name) is \"\(node.string ?? "?")\", expected \(expected)", "Write a number with ms, s, m or h.")
    return nil
  }

  private mutating func octets(_ node: Node, _ name: String, _ range: ClosedRange<Int>) -> Int? {
    if let value = Quantity.octets(node.string ?? ""), range.contains(value) { return value }
    let expected =
      "a size from \(Quantity.text(octets: range.lowerBound)) to \(Quantity.text(octets: range.upperBound))"
    report(node, "\(name) is \"\(node.string ?? "?")\", expected \(expected)", "Write a number with KiB, MiB or GiB.")
    return nil
  }

  private mutating func socketAddress(_ node: Node, _ name: String, port: UInt16) -> SocketAddress? {
    if let address = SocketAddress(node.string ?? "", defaultPort: port) { return address }
    report(
      node, "\(name) has \"\(node.string ?? "?")\", expected ADDRESS:PORT or [ADDRESS]:PORT",
      "Write \"127.0.0.1:\(port)\" or \"[::1]:\(port)\", in quotes.")
    return nil
  }

  private mutating func address(_ node: Node, _ family: IPAddress.Family) -> IPAddress? {
    if let address = IPAddress(node.string ?? ""), address.family == family, !address.isUnspecified { return address }
    let kind = family == .v4 ? "an IPv4 address" : "an IPv6 address"
    report(node, "\"\(node.string ?? "?")\", expected \(kind) of the notice page", "Write one that clients can reach.")
    return nil
  }

  private mutating func prefixes(_ node: Node) -> [IPPrefix]? {
    switch node.string {
    case "loopback": return IPPrefix.loopback
    case "private": return IPPrefix.privateUse
    case "all": return ["0.0.0.0/0", "::/0"].compactMap(IPPrefix.init)
    default: break
    }
    if let prefix = IPPrefix(node.string ?? "") { return [prefix] }
    report(
      node, "listen.allow has \"\(node.string ?? "?")\", expected loopback, private, all or a prefix",
      "Write 192.0.2.0/24 or \"2001:db8::/32\", with no bit set beyond the length.")
    return nil
  }

  /// Relative to the folder of the file.
  private func path(_ text: String) -> String {
    guard !text.hasPrefix("/"), let slash = file.lastIndex(of: "/") else { return text }
    return file[...slash] + text
  }

  private mutating func report(_ node: Node, _ problem: String, _ remedy: String) {
    faults.append(
      Fault(file: file, line: node.mark?.line ?? 0, column: node.mark?.column ?? 0, problem, remedy: remedy))
  }
}
