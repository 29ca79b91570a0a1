import Glibc

/// A colour of the sRGB space, as an operator writes it.
package struct Colour: Sendable, Hashable {
  /// `0xRRGGBB`
  package let rgb: UInt32

  package init(rgb: UInt32) { self.rgb = rgb }

  /// `#14458b`; nil for anything else.
  package init?(_ text: String) {
    guard text.utf8.count == 7, text.hasPrefix("#"), text.utf8.dropFirst().allSatisfy(Colour.isDigit),
      let rgb = UInt32(text.dropFirst(), radix: 16)
    else { return nil }
    self.rgb = rgb
  }

  /// Contrast to white, 1 to 21 (WCAG 2.2, "contrast ratio").
  package var contrastToWhite: Double { 1.05 / (luminance + 0.05) }

  /// 0 to 1 (WCAG 2.2, "relative luminance").
  private var luminance: Double {
    func linear(_ shift: UInt32) -> Double {
      let value = Double(rgb >> shift & 255) / 255
      return value <= 0.04045 ? value / 12.92 : pow((value + 0.055) / 1.055, 2.4)
    }
    return 0.2126 * linear(16) + 0.7152 * linear(8) + 0.0722 * linear(0)
  }

  private static func isDigit(_ octet: UInt8) -> Bool {
    (0x30...0x39).contains(octet) || (0x61...0x66).contains(octet | 0x20)
  }
}
