import Yams

/// `cookies` and `rate_limit`: what stubs have to prove, and how much they are sent.
extension ConfigurationReader {
  mutating func readCookies(_ node: Node) {
    if node.string == "off" {
      configuration.cookies = .off
      return
    }
    readMapping(node, "cookies") { reader, key, value in
      guard key == "secret_file" else { return false }
      if let text = reader.text(value, key) { reader.configuration.cookies = .file(reader.path(text)) }
      return true
    }
  }

  mutating func readRateLimit(_ node: Node) {
    readMapping(node, "rate_limit") { reader, key, value in
      switch key {
      case "responses_per_second":
        if value.string == "off" {
          reader.configuration.server.rateLimit.responsesPerSecond = 0
        } else if let count = reader.integer(value, key, 1...1_000_000) {
          reader.configuration.server.rateLimit.responsesPerSecond = count
        }
      case "slip":
        if let count = reader.integer(value, key, 0...100) { reader.configuration.server.rateLimit.slip = count }
      case "v4_prefix":
        if let bits = reader.integer(value, key, 8...32) { reader.configuration.server.rateLimit.prefixV4 = bits }
      case "v6_prefix":
        if let bits = reader.integer(value, key, 16...64) { reader.configuration.server.rateLimit.prefixV6 = bits }
      case "window":
        if let time = reader.milliseconds(value, key, 100...60_000) {
          reader.configuration.server.rateLimit.window = time
        }
      case "exempt":
        reader.configuration.server.rateLimit.exempt = reader.list(value, key) {
          $0.prefixes($1, "rate_limit.exempt")
        }.flatMap(\.self)
      default: return false
      }
      return true
    }
  }
}
