import Sinkhole
import Support
import Testing

/// Zones as plain as can be, to hold the policy index against: a dictionary a zone, names as text, and every name that
/// exists written down.
struct PolicyModel {
  struct Key: Hashable {
    let name: String
    let isWildcard: Bool
  }

  struct Match: Hashable {
    let zone: Int
    let action: PolicyZone.Action
    let labels: Int
    let isWildcard: Bool
  }

  struct Zone {
    let form: PolicyZone.Form
    private(set) var actions: [Key: PolicyZone.Action] = [:]
    /// Lines that say so.
    private(set) var lines: [Key: [PolicyZone.Action: Set<Int>]] = [:]
    private(set) var existing: Set<String> = []

    init(_ form: PolicyZone.Form) { self.form = form }

    mutating func add(_ key: Key, _ action: PolicyZone.Action, line: Int) {
      if actions[key] != .passthru { actions[key] = action }
      lines[key, default: [:]][action, default: []].insert(line)
      for ancestor in PolicyModel.ancestors(of: key.name) { existing.insert(ancestor) }
    }

    /// RFC 4592 section 3.3.1 in a zone; in a list the closest that says something.
    func match(_ name: String) -> (key: Key, action: PolicyZone.Action)? {
      for ancestor in PolicyModel.ancestors(of: name) {
        let key = Key(name: ancestor, isWildcard: ancestor != name)
        if let action = actions[key] { return (key, action) }
        if form == .zone, existing.contains(ancestor) { return nil }
      }
      return nil
    }
  }

  var zones: [Zone] = []

  /// `a.b`, `b` and the root, which is "".
  static func ancestors(of name: String) -> [String] {
    var rest = name.split(separator: ".")
    var ancestors = [name]
    while !rest.isEmpty {
      rest.removeFirst()
      ancestors.append(rest.joined(separator: "."))
    }
    return ancestors
  }

  static func labels(of name: String) -> Int { name.split(separator: ".").count }

  func matches(_ name: String) -> Set<Match> {
    var found: Set<Match> = []
    for (number, zone) in zones.enumerated() {
      guard let (key, action) = zone.match(name) else { continue }
      found.insert(
        Match(zone: number, action: action, labels: PolicyModel.labels(of: key.name), isWildcard: key.isWildcard))
    }
    return found
  }
}

extension PolicyIndex {
  /// Its matches for a name written as text, "" for the root.
  func matches(_ text: String) -> [Match] {
    guard let name = Name(text.isEmpty ? "." : text) else { return [] }
    let hashes = SuffixHashes(name)
    prefetch(hashes)
    var found: [Match] = []
    forEachMatch(name, hashes) { found.append($0) }
    return found
  }
}

extension PolicyZoneBuilder {
  /// Adds a trigger whose name is written as text, "" for the root.
  mutating func put(
    _ text: String, isWildcard: Bool, _ action: PolicyZone.Action, line: Int, file: UInt16 = 0
  ) throws {
    let name = try #require(Name(text.isEmpty ? "." : text))
    let number = index(of: action)
    let wire = name.wire
    let isIn = add(
      wire.extracting(0..<(name.length - 1)), isWildcard: isWildcard, action: try #require(number), line: line,
      file: file)
    try #require(isIn)
  }
}
