import Yams

/// `access`: where acknowledgements and authorisations are kept, and who decides.
extension ConfigurationReader {
  mutating func readAccess(_ node: Node) {
    readMapping(node, "access") { reader, key, value in
      switch key {
      case "file":
        guard let text = reader.text(value, key) else { return true }
        reader.configuration.access.isOn = text != "off"
        reader.configuration.access.file = text == "off" ? nil : reader.path(text)
      case "socket":
        guard let text = reader.text(value, key) else { return true }
        reader.configuration.access.hasSocket = text != "off"
        reader.configuration.access.socket = text == "off" ? nil : reader.path(text)
      case "approvals":
        if let count = reader.integer(value, key, 1...2) { reader.configuration.access.approvals = count }
      case "longest":
        if let time = reader.milliseconds(value, key, 60_000...(3660 * 86_400_000)) {
          reader.configuration.access.longest = Int64(time / 1000)
        }
      case "requests_per_client":
        if let count = reader.integer(value, key, 1...100) { reader.configuration.access.requestsPerClient = count }
      case "keep":
        if let time = reader.milliseconds(value, key, 86_400_000...(3660 * 86_400_000)) {
          reader.configuration.access.keep = Int64(time / 1000)
        }
      case "max_size":
        if let size = reader.octets(value, key, (1 << 20)...(64 << 30)) {
          reader.configuration.access.maximumSize = size
        }
      case "front_ends":
        reader.configuration.access.frontEnds = reader.list(value, key) { $0.identifier($1, "front_ends") }
      case "webhook":
        guard let text = reader.text(value, key) else { return true }
        if !text.hasPrefix("http://"), !text.hasPrefix("https://") {
          reader.report(
            value, "webhook is \"\(text)\", expected http:// or https://",
            "Write webhook: \"https://desk.example.org/sinkhole\".")
        }
        reader.configuration.access.webhook = text
      case "webhook_ca_file":
        if let text = reader.text(value, key) { reader.configuration.access.webhookRoots = reader.path(text) }
      default: return false
      }
      return true
    }
  }
}
