/// The forms that a policy source may have.
package enum SourceFormat: String, Sendable, CaseIterable {
  /// A response policy zone, as zone text.
  case rpz
  /// `0.0.0.0 NAME...`
  case hosts
  /// A name a line.
  case domains
  /// `||NAME^`
  case adblock

  /// By the name that configuration has for it.
  package init?(_ name: String) { self.init(rawValue: name) }

  /// By how the name of a file ends.
  package init?(file: String) {
    guard let format = SourceFormat.allCases.first(where: { $0.suffixes.contains(where: file.hasSuffix) }) else {
      return nil
    }
    self = format
  }

  /// How names of such files end.
  package var suffixes: [String] {
    switch self {
    case .rpz: [".zone", ".rpz"]
    case .hosts: [".hosts"]
    case .domains: [".domains"]
    case .adblock: [".adblock"]
    }
  }
}
