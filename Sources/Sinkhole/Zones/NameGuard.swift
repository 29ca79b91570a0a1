/// Keeps triggers out that would shut out far more than a service: the root, top-level domains, public suffixes, our own
/// names and those never to be blocked. Built once a load, and asked for every trigger.
///
/// A trigger above such a name stays, and does what it says for the others that it covers: rules before all others hold
/// the name itself open (`PolicyCompiler`).
///
/// The names that it knows are marked in one set together with the names above them, so that most questions end at the
/// top-level domain.
package struct NameGuard: Sendable {
  /// Where Debian's package `publicsuffix` puts the list.
  package static let publicSuffixFile = "/usr/share/publicsuffix/public_suffix_list.dat"
  /// Knows no more than top-level domains and our own names.
  package static let basic = NameGuard(publicSuffixFile: nil)

  private enum Mark {
    static let publicSuffix: UInt8 = 1
    /// Every name one label below is a public suffix.
    static let suffixesBelow: UInt8 = 2
    static let noSuffix: UInt8 = 4
    /// It and what lies below is never to be blocked.
    static let neverBlock: UInt8 = 8
    /// It and what lies below is ours.
    static let own: UInt8 = 16
    /// A marked name lies below.
    static let onTheWay: UInt8 = 32
  }

  /// Whether public suffixes are known; otherwise only the root and top-level domains are kept out.
  package let isComplete: Bool
  private var marks: NameMarks
  private let hashes = NameHash()

  /// - Parameters:
  ///   - publicSuffixFile: the list; nil for none.
  ///   - ownNames: names of this server and its page, with all below them, besides `sinkhole.internal`.
  ///   - neverBlock: names that stay open with all that lies below them, whatever a list says.
  package init(
    publicSuffixFile: String? = NameGuard.publicSuffixFile, ownNames: [Name] = [], neverBlock: [Name] = []
  ) {
    let list = publicSuffixFile.flatMap(PublicSuffixList.init)
    isComplete = list != nil
    marks = NameMarks(capacity: list.map { $0.names.count + $0.names.count / 4 } ?? 16)
    for name in list?.names ?? [] { mark(name, Mark.publicSuffix) }
    for name in list?.wildcards ?? [] { mark(name, Mark.publicSuffix | Mark.suffixesBelow) }
    for name in list?.exceptions ?? [] { mark(name, Mark.noSuffix) }
    for name in neverBlock { mark(name, Mark.neverBlock) }
    for name in ownNames + [PolicyZoneReader.ownSuffix] { mark(name, Mark.own) }
  }

  private mutating func mark(_ name: Name, _ mark: UInt8) {
    let wire = Array([UInt8](copying: name.wire).dropLast())
    guard let labels = LabelStarts(wire.span) else { return }
    var hash = hashes.root
    for depth in 0..<labels.count {
      if depth > 0 { marks.insert(hash, Mark.onTheWay) }
      hash = hashes.below(hash, wire.span, labels.start(depth + 1), labels.end(depth + 1, wire.count))
    }
    marks.insert(hash, mark)
  }

  /// Why a trigger is kept out; nil when it may stand.
  ///
  /// - Parameters:
  ///   - name: canonical wire octets without the root label, and without the `*` of a wildcard.
  ///   - isException: it opens names and shuts none out, so it may stand wherever it does not open a whole top-level
  ///     domain.
  package func reason(for name: Span<UInt8>, isException: Bool = false) -> String? {
    LabelStarts(name).flatMap { reason(for: name, $0, isException: isException) }
  }

  /// The same, the labels' starts being known.
  @inline(__always)
  func reason(for name: Span<UInt8>, _ labels: LabelStarts, isException: Bool) -> String? {
    if labels.count == 0 { return "a rule for the root" }
    if labels.count == 1 { return "a rule for a top-level domain" }
    if isException { return nil }
    var hash = hashes.root
    var above: UInt8 = 0
    var depth = 1
    while depth <= labels.count {
      hash = hashes.below(hash, name, labels.start(depth), labels.end(depth, name.count))
      let found = marks[hash]
      if found & Mark.neverBlock != 0 { return "a rule for a name never to be blocked" }
      if found & Mark.own != 0 { return "a rule for our own names" }
      if depth == labels.count {
        if found & Mark.noSuffix == 0, found & Mark.publicSuffix != 0 || above & Mark.suffixesBelow != 0 {
          return NameGuard.publicSuffix
        }
        return nil
      }
      // Nothing that is marked lies below; names below `suffixesBelow` are not marked themselves.
      if found & (Mark.onTheWay | Mark.suffixesBelow) == 0 { return nil }
      above = found
      depth += 1
    }
    return nil
  }

  /// Whether names directly below `name`, canonical wire octets without the root label, are registered by the public: a
  /// top-level domain, or a public suffix.
  package func isSuffix(_ name: Span<UInt8>) -> Bool {
    guard let labels = LabelStarts(name), labels.count > 0 else { return false }
    let reason = reason(for: name, labels, isException: false)
    return labels.count == 1 || reason == NameGuard.publicSuffix
  }

  private static let publicSuffix = "a rule for a public suffix"
}
