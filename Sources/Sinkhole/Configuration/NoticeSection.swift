import Yams

/// `notice`: where the page listens, what it calls itself and what it looks like.
extension ConfigurationReader {
  mutating func readNotice(_ node: Node) {
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
        if let host = ConfigurationReader.host(text) {
          reader.configuration.definition.ownNames = [
            RuleName(host, isWildcard: false, line: value.mark?.line ?? 0)
          ]
        }
      case "contact": reader.configuration.notice.contact = reader.text(value, key)
      case "agency": reader.configuration.notice.agency = reader.translations(value, key)
      case "colour": reader.configuration.notice.colour = reader.colour(value)
      case "logo": reader.configuration.notice.logo = reader.logo(value)
      default: return reader.readSecureNotice(value, key)
      }
      return true
    }
    checkSecureNotice(node)
  }

  /// The domain name in a URL; nil where an address stands, or a name deeper than any trigger.
  private static func host(_ url: String) -> Name? {
    guard let scheme = url.firstRange(of: "://") else { return nil }
    let host = String(url[scheme.upperBound...].prefix { !"/?#:[".contains($0) })
    guard IPAddress(host) == nil, let name = Name(host), !name.isRoot else { return nil }
    return name.labelCount <= SuffixHashes.maximumDepth ? name : nil
  }

  /// White on it, and it on white, must be readable (WCAG 2.2, 1.4.3).
  private mutating func colour(_ node: Node) -> Colour? {
    guard let text = text(node, "notice.colour") else { return nil }
    guard let colour = Colour(text) else {
      report(
        node, "notice.colour is \"\(text)\", expected a colour of six hexadecimal digits", "Write it as \"#14458b\", in quotes.")
      return nil
    }
    guard colour.contrastToWhite >= 4.5 else {
      let tenths = Int(colour.contrastToWhite * 10)
      report(
        node, "notice.colour \"\(text)\" has a contrast to white of \(tenths / 10).\(tenths % 10):1, expected at least 4.5:1",
        "Choose a darker one, or people with weak eyes cannot read it.")
      return nil
    }
    return colour
  }

  private mutating func logo(_ node: Node) -> Configuration.Logo? {
    guard let text = text(node, "notice.logo") else { return nil }
    let file = path(text)
    do throws(SystemError) {
      let octets = try FileContents.read(file, limit: Configuration.Logo.maximumSize)
      if let logo = Configuration.Logo(octets) { return logo }
      report(node, "notice.logo \(file) is neither PNG nor SVG", "Name a file of one of the two.")
    } catch {
      report(
        node, "notice.logo \(file) cannot be read: \(error)",
        "Name a readable PNG or SVG file of at most \(Configuration.Logo.maximumSize >> 10) KiB.")
    }
    return nil
  }
}
