/// What an agency's pages look like.
package struct Theme: Sendable {
  /// An image of at most 64 KiB, in every page.
  package struct Logo: Hashable, Sendable {
    package enum Kind: String, Hashable, Sendable {
      case png = "image/png"
      /// Shown by `<img>` alone: there a browser runs no script of it and loads nothing for it (SVG Integration).
      case svg = "image/svg+xml"
    }

    package let kind: Kind
    package let octets: [UInt8]

    package init(kind: Kind, octets: [UInt8]) {
      self.kind = kind
      self.octets = octets
    }
  }

  /// Who runs this network, shown above every page.
  package var agency: LocalizedText?
  /// The colour of lines, buttons and links, as `0xRRGGBB`. Its contrast to white is 4.5:1 or more (WCAG 2.2, 1.4.3):
  /// the configuration takes no other.
  package var accent: UInt32
  package var logo: Logo?

  package static let standardAccent: UInt32 = 0x14458B

  package init(agency: LocalizedText? = nil, accent: UInt32 = Theme.standardAccent, logo: Logo? = nil) {
    self.agency = agency
    self.accent = accent
    self.logo = logo
  }
}
