import Yams

/// Where a policy zone, or a list, comes from.
package struct ZoneSource: Sendable, Hashable {
  package enum Place: Sendable, Hashable {
    /// A file, or a folder that stands for the files in it.
    case path(String)
    /// An `https:` address, whose last good copy is kept in the state folder.
    case address(Remote)
  }

  /// How a fetched list is fetched.
  package struct Remote: Sendable, Hashable {
    package var url: String
    /// Seconds between two looks.
    package var refresh = 86_400
    /// Octets, unpacked.
    package var maximumSize = 64 << 20
    /// Seconds for all of it.
    package var timeout = 60
    /// Whether a start without any copy of it is refused.
    package var isRequired = false
    /// Certificates that are trusted instead of the system's.
    package var trustRoots: String?

    package init(url: String) { self.url = url }
  }

  package var place: Place
  /// Nil: told by the file's suffix.
  package var format: SourceFormat?
  /// What rules call it; nil: what it calls itself, or its file.
  package var name: String?
  package var line = 0

  static func isFileName(_ name: String) -> Bool {
    name.utf8.first != UInt8(ascii: "-")
      && name.utf8.allSatisfy { (0x61...0x7A).contains($0) || (0x30...0x39).contains($0) || $0 == UInt8(ascii: "-") }
  }

  package init(path: String) { place = .path(path) }
  package init(_ place: Place) { self.place = place }
}

extension ConfigurationReader {
  mutating func readZones(_ node: Node) {
    configuration.zones = list(node, "zones") { reader, node in
      if node.mapping != nil { return reader.readZone(node) }
      var source = reader.text(node, "zones").map { ZoneSource(path: reader.path($0)) }
      source?.line = node.mark?.line ?? 0
      return source
    }
  }

  private mutating func readZone(_ node: Node) -> ZoneSource? {
    var path: String?
    var remote: ZoneSource.Remote?
    var source = ZoneSource(path: "")
    source.line = node.mark?.line ?? 0
    let url = node.mapping?["url"]
    if let url, let text = text(url, "url") {
      if !text.hasPrefix("https://") {
        report(url, "\"\(text)\" is no address of a list, expected https://", "Fetch it some other way, and name the file.")
      }
      remote = ZoneSource.Remote(url: text)
    }
    readMapping(node, "a zone") { reader, key, value in
      switch key {
      case "url": break
      case "file": path = reader.text(value, key).map { reader.path($0) }
      case "format":
        source.format = value.string.flatMap { SourceFormat($0) }
        if source.format == nil {
          let known = SourceFormat.allCases.map(\.rawValue).joined(separator: ", ")
          reader.report(value, "format is \"\(value.string ?? "?")\", expected one of: \(known)", "Write one of them.")
        }
      case "name": source.name = reader.identifier(value, key)
      case "refresh": if let time = reader.milliseconds(value, key, 300_000...604_800_000) { remote?.refresh = time / 1000 }
      case "max_size": if let size = reader.octets(value, key, 1024...(1 << 30)) { remote?.maximumSize = size }
      case "timeout": if let time = reader.milliseconds(value, key, 1000...600_000) { remote?.timeout = time / 1000 }
      case "required": if let isOn = reader.boolean(value, key) { remote?.isRequired = isOn }
      case "ca_file": remote?.trustRoots = reader.text(value, key).map { reader.path($0) }
      default: return false
      }
      return true
    }
    if remote == nil, let mapping = node.mapping {
      for (key, _) in mapping where ["refresh", "max_size", "timeout", "required", "ca_file"].contains(key.string) {
        report(key, "\(key.string ?? "?") goes with url alone", "Delete it.")
      }
    }
    switch (path, remote) {
    case (let path?, nil): source.place = .path(path)
    case (nil, let remote?):
      if source.name == nil || source.format == nil {
        report(node, "a fetched zone without name or format", "Write name: and format: (\(SourceFormat.allCases.map(\.rawValue).joined(separator: ", "))).")
      }
      // It is a file's name too.
      if let name = source.name, !ZoneSource.isFileName(name) {
        report(node, "name is \"\(name)\", expected a to z, 0 to 9 and - for a fetched zone", "Correct it.")
      }
      source.place = .address(remote)
    default:
      report(node, path == nil ? "a zone without file or url" : "a zone with both file and url", "Write one of the two.")
      return nil
    }
    return source
  }
}
