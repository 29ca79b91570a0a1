import Yams

/// `notice`, as far as it is about HTTPS.
extension ConfigurationReader {
  /// False when `key` is none of these.
  mutating func readSecureNotice(_ value: Node, _ key: String) -> Bool {
    switch key {
    case "https":
      configuration.notice.https = value.string == "off" ? nil : socketAddress(value, "notice.https", port: 443)
    case "certificates":
      if let text = text(value, key) { configuration.notice.certificates = path(text) }
    case "own_certificate":
      if let text = text(value, key) { configuration.notice.ownCertificate = path(text) }
    case "own_key":
      if let text = text(value, key) { configuration.notice.ownKey = path(text) }
    default: return false
    }
    return true
  }

  /// What belongs together, once all of it is read.
  mutating func checkSecureNotice(_ node: Node) {
    let notice = configuration.notice
    if (notice.ownCertificate == nil) != (notice.ownKey == nil) {
      report(
        node, "notice has one of own_certificate and own_key, expected both or none", "Name the other file too.")
    }
    if notice.ownCertificate != nil, notice.url == nil {
      report(node, "notice.own_certificate without notice.url, whose host it is for", "Set notice.url.")
    }
  }
}
