import Yams

/// `log`: where restricted queries are recorded, for how long, and how clients are written.
extension ConfigurationReader {
  mutating func readLog(_ node: Node) {
    readMapping(node, "log") { reader, key, value in
      switch key {
      case "file":
        if let text = reader.text(value, key) { reader.configuration.log.file = text == "off" ? nil : reader.path(text) }
      case "client":
        let known = Configuration.Log.Client.allCases.map(\.rawValue).joined(separator: ", ")
        if let client = value.string.flatMap(Configuration.Log.Client.init) {
          reader.configuration.log.client = client
        } else {
          reader.report(value, "client is \"\(value.string ?? "?")\", expected one of: \(known)", "Write one of them.")
        }
      case "client_v4": if let bits = reader.integer(value, key, 0...32) { reader.configuration.log.clientV4 = bits }
      case "client_v6": if let bits = reader.integer(value, key, 0...128) { reader.configuration.log.clientV6 = bits }
      case "fold":
        if value.string == "off" {
          reader.configuration.log.limits.foldWindow = 0
        } else if let time = reader.milliseconds(value, key, 1000...3_600_000) {
          reader.configuration.log.limits.foldWindow = UInt64(time)
        }
      case "max_size":
        if let size = reader.octets(value, key, (1 << 16)...(16 << 30)) { reader.configuration.log.limits.fileSize = size }
      case "rotate":
        if let time = reader.milliseconds(value, key, 60_000...(366 * 86_400_000)) {
          reader.configuration.log.limits.fileAge = Int64(time)
        }
      case "keep": if let count = reader.integer(value, key, 1...1000) { reader.configuration.log.limits.keep = count }
      case "max_age":
        if let time = reader.milliseconds(value, key, 3_600_000...(3660 * 86_400_000)) {
          reader.configuration.log.limits.maximumAge = Int64(time)
        }
      default: return false
      }
      return true
    }
  }
}
