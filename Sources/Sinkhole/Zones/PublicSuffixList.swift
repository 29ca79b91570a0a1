/// The ICANN section of the public suffix list (publicsuffix.org, Debian's `publicsuffix`): the names below which
/// registries register for the public, such as `co.uk` and `go.kr`.
struct PublicSuffixList {
  /// Octets that the list may have: it has a quarter of one.
  private static let maximumSize = 4 << 20

  /// Written as they are: each is a public suffix.
  private(set) var names: [Name] = []
  /// Written `*.`: each name one label below is one.
  private(set) var wildcards: [Name] = []
  /// Written `!`: names one label below such a one that are none.
  private(set) var exceptions: [Name] = []

  /// Nil when `file` cannot be read or has no ICANN section.
  init?(file: String) {
    guard let octets = try? FileContents.read(file, limit: PublicSuffixList.maximumSize) else { return nil }
    var isInside = false
    var isWhole = false
    for line in octets.split(separator: UInt8(ascii: "\n")) {
      let isComment = line.starts(with: "//".utf8)
      guard isInside || isComment else { continue }
      let text = String(decoding: line, as: UTF8.self)
      if !isComment {
        add(text)
      } else if text.contains("===BEGIN ICANN DOMAINS===") {
        isInside = true
      } else if text.contains("===END ICANN DOMAINS===") {
        isWhole = isInside
        break
      }
    }
    guard isWhole, !names.isEmpty else { return nil }
  }

  /// A rule ends at the first blank.
  private mutating func add(_ line: String) {
    let rule = line.prefix { !$0.isWhitespace }
    if rule.hasPrefix("*.") {
      if let name = PublicSuffixList.name(rule.dropFirst(2)) { wildcards.append(name) }
    } else if rule.hasPrefix("!") {
      if let name = PublicSuffixList.name(rule.dropFirst()) { exceptions.append(name) }
    } else if let name = PublicSuffixList.name(rule) {
      names.append(name)
    }
  }

  private static func name(_ rule: Substring) -> Name? {
    Name(rule.split(separator: ".").map(Punycode.label).joined(separator: "."))
  }
}
