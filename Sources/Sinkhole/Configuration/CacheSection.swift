import Yams

/// `cache`: how large it is, how long responses stay in it, and where it is kept over a restart.
extension ConfigurationReader {
  private static let week = 604_800_000

  mutating func readCache(_ node: Node) {
    readMapping(node, "cache") { reader, key, value in
      let name = "cache.\(key)"
      switch key {
      case "size":
        if let size = reader.octets(value, name, ResponseCache.minimumSize...(64 << 30)) {
          reader.configuration.server.cacheSize = size
        }
      case "min_ttl": reader.readSeconds(value, name, 0...3_600_000, \.minimumTTL)
      case "max_ttl": reader.readSeconds(value, name, 1000...ConfigurationReader.week, \.maximumTTL)
      case "max_negative_ttl": reader.readSeconds(value, name, 1000...86_400_000, \.maximumNegativeTTL)
      case "stale":
        if value.string == "off" {
          reader.configuration.server.cacheLimits.staleFor = 0
        } else {
          reader.readSeconds(value, name, 1000...ConfigurationReader.week, \.staleFor)
        }
      case "prefetch":
        if let isOn = reader.boolean(value, name) { reader.configuration.server.prefetches = isOn }
      case "file":
        if let text = reader.text(value, name) {
          reader.configuration.cacheFile = text == "off" ? nil : reader.path(text)
        }
      default: return false
      }
      return true
    }
    let limits = configuration.server.cacheLimits
    for (name, maximum) in [("max_ttl", limits.maximumTTL), ("max_negative_ttl", limits.maximumNegativeTTL)]
    where limits.minimumTTL > maximum {
      report(
        node, "cache.min_ttl is \(limits.minimumTTL) seconds, and cache.\(name) \(maximum), expected no more than that",
        "Lower cache.min_ttl, or raise cache.\(name).")
    }
  }

  private mutating func readSeconds(
    _ value: Node, _ name: String, _ range: ClosedRange<Int>, _ limit: WritableKeyPath<CacheLimits, UInt32>
  ) {
    guard let time = milliseconds(value, name, range) else { return }
    configuration.server.cacheLimits[keyPath: limit] = UInt32(time / 1000)
  }
}
