import Yams

/// Reads the configuration file: strict YAML, where a key that is not known is a fault, as is one written
/// twice. Every fault is collected with its line and column; one is enough to refuse the file.
package struct ConfigurationReader {
  static let maximumSize = 1 << 20

  let file: String
  var faults: [Fault] = []
  var configuration = Configuration.defaults

  /// - Throws: all faults of the file.
  package static func read(file: String) throws(Faults) -> Configuration {
    let octets: [UInt8]
    do throws(SystemError) {
      octets = try FileContents.read(file, limit: maximumSize)
    } catch {
      throw Faults([Fault(file: file, "cannot be read: \(error)", remedy: "Check the path and its permissions.")])
    }
    var configuration = try read(text: String(decoding: octets, as: UTF8.self), file: file)
    configuration.definition.serial = ListSerial.serial(at: FileContents.modified(file) ?? 0)
    return configuration
  }

  /// - Throws: as above, for text already in memory.
  package static func read(text: String, file: String) throws(Faults) -> Configuration {
    var reader = ConfigurationReader(file: file)
    reader.configuration.file = file
    reader.configuration.definition.file = file
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
    if let zone = node.mapping?["time_zone"].flatMap({ timeZone($0) }) { configuration.timeZone = zone }
    readMapping(node, "the file") { reader, key, value in
      switch key {
      case "listen": reader.readListen(value)
      case "workers":
        if let count = reader.integer(value, key, 1...256) { reader.configuration.server.workers = count }
      case "reply_trains":
        if let isOn = reader.boolean(value, key) { reader.configuration.server.replyTrains = isOn }
      case "upstreams": reader.readUpstreams(value)
      case "forward": reader.readForward(value)
      case "forwarding": reader.readForwarding(value)
      case "sinkhole": reader.readSinkhole(value)
      case "zones": reader.readZones(value)
      case "groups": reader.readGroups(value)
      case "policies": reader.readPolicies(value)
      case "default_policy":
        reader.configuration.definition.defaultPolicy = reader.identifier(value, key)
        reader.configuration.definition.defaultPolicyPlace = (value.mark?.line ?? 0, value.mark?.column ?? 0)
      case "never_block": reader.configuration.definition.neverBlock = reader.names(value, key)
      // Read before all else: rules count by it.
      case "time_zone": break
      case "state":
        if let text = reader.text(value, key) { reader.configuration.state = reader.path(text) }
      case "cache": reader.readCache(value)
      case "notice": reader.readNotice(value)
      case "control":
        guard let text = reader.text(value, key) else { return true }
        reader.configuration.control = text == "off" ? nil : reader.path(text)
      case "log": reader.readLog(value)
      case "access": reader.readAccess(value)
      case "identity": reader.readIdentity(value)
      case "limits": reader.readLimits(value)
      case "cookies": reader.readCookies(value)
      case "rate_limit": reader.readRateLimit(value)
      case "local": reader.readLocal(value)
      case "special_names": reader.readSpecialNames(value)
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
        reader.configuration.allowedClients = reader.list(value, key) { $0.prefixes($1, "listen.allow") }.flatMap(\.self)
      case "trusted_forwarders":
        let name = "listen.trusted_forwarders"
        reader.configuration.trustedForwarders = reader.list(value, key) { $0.prefixes($1, name) }.flatMap(\.self)
      default: return false
      }
      return true
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
}
