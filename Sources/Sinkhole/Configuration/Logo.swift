extension Configuration {
  /// The image above every notice.
  package struct Logo: Sendable, Hashable {
    package enum Kind: Sendable, Hashable { case png, svg }

    /// Octets: it goes out with every page.
    package static let maximumSize = 64 << 10

    package let kind: Kind
    package let octets: [UInt8]

    /// Nil for what is neither: PNG starts with its signature (PNG, third edition, section 5.2), SVG is XML whose root
    /// is `svg`.
    package init?(_ octets: [UInt8]) {
      if octets.starts(with: [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]) {
        kind = .png
      } else if Logo.isSVG(octets) {
        kind = .svg
      } else {
        return nil
      }
      self.octets = octets
    }

    private static func isSVG(_ octets: [UInt8]) -> Bool {
      guard let text = String(validating: octets, as: UTF8.self) else { return false }
      var rest = text.drop { $0.isWhitespace || $0 == "\u{FEFF}" }
      // Before the root stand a declaration, comments and perhaps a document type.
      while rest.hasPrefix("<?") || rest.hasPrefix("<!") {
        let end = rest.hasPrefix("<!--") ? "-->" : ">"
        guard let close = rest.firstRange(of: end) else { return false }
        rest = rest[close.upperBound...].drop(while: \.isWhitespace)
      }
      return rest.hasPrefix("<svg") && !rest.dropFirst(4).prefix(1).contains { $0.isLetter || $0 == ":" }
    }
  }
}
