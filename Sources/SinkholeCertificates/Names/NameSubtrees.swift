/// Names that each stand for themselves and all that lies below them: what a dNSName constraint means (RFC 5280 section
/// 4.2.1.10). A trigger on a name, one on all below it, or both, become one such name.
package struct NameSubtrees: Sendable, Equatable {
  /// Sorted; none lies below another.
  package let names: [String]
  /// How many were left out because no certificate can bear them.
  package let unfitCount: Int
  private let set: Set<String>

  /// - Parameter names: in lower case, without a trailing dot.
  package init(_ names: some Sequence<String>) {
    var all: Set<String> = []
    var unfit = 0
    for name in names {
      if NameSubtrees.isFit(name) { all.insert(name) } else { unfit += 1 }
    }
    let set = all.filter { name in !NameSubtrees.names(above: name).contains { all.contains($0) } }
    self.set = set
    self.names = set.sorted()
    unfitCount = unfit
  }

  package var isEmpty: Bool { names.isEmpty }

  /// The one that is `name`, or lies above it.
  package func covering(_ name: String) -> String? {
    if set.contains(name) { return name }
    return NameSubtrees.names(above: name).first { set.contains($0) }
  }

  package func contains(_ name: String) -> Bool { set.contains(name) }

  /// The nearest first, the root left out.
  static func names(above name: String) -> some Sequence<String> {
    sequence(state: name[...]) { rest -> String? in
      guard let dot = rest.utf8.firstIndex(of: UInt8(ascii: ".")) else { return nil }
      rest = rest[rest.utf8.index(after: dot)...]
      return String(rest)
    }
  }

  /// Letters, digits, hyphens and underscores in labels of 1 to 63 octets, 253 in all. Everything else has no form in a
  /// certificate that every client reads alike.
  package static func isFit(_ name: String) -> Bool {
    var label = 0
    var total = 0
    for octet in name.utf8 {
      total += 1
      switch octet {
      case UInt8(ascii: "."):
        guard label > 0 else { return false }
        label = 0
        continue
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"),
        UInt8(ascii: "_"):
        label += 1
      default: return false
      }
      guard label <= 63 else { return false }
    }
    return label > 0 && total <= 253
  }
}
