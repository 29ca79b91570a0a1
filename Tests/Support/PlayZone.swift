import Foundation
import Sinkhole

/// A source of policy as a test writes it. Its title is its file's name without the suffix.
package struct PlayZone: Sendable {
  package let file: String
  package let text: String
  package let format: String?

  /// An RPZ zone, serial 7; `lines` are its rules, the first on line 5.
  package static func zone(_ title: String, _ lines: String) -> PlayZone {
    let head = """
      $TTL 3600
      $ORIGIN \(title).rpz.test.
      @ SOA localhost. root.localhost. 7 3600 600 86400 5
      @ NS localhost.

      """
    return PlayZone(file: "\(title).zone", text: head + lines + "\n", format: nil)
  }

  /// A list of domains, one a line.
  package static func list(_ title: String, _ lines: String) -> PlayZone {
    PlayZone(file: "\(title).txt", text: lines + "\n", format: "domains")
  }

  private var title: String { String(file.prefix { $0 != "." }) }
  private var entry: String { format.map { "{file: \(file), format: \($0), name: \(title)}" } ?? file }

  /// What a configuration says of `zones`.
  package static func section(_ zones: [PlayZone]) -> String {
    "zones: [\(zones.map(\.entry).joined(separator: ", "))]"
  }

  /// Puts the zones into `folder` and reads `text` as a configuration beside them.
  /// - Throws: `Faults`.
  package static func configuration(_ text: String, _ zones: [PlayZone], in folder: String) throws -> Configuration {
    for zone in zones { try zone.text.write(toFile: "\(folder)/\(zone.file)", atomically: true, encoding: .utf8) }
    return try ConfigurationReader.read(text: text, file: folder + "/sinkhole.yaml")
  }

  /// A snapshot of `policy` and `zones`, with the configuration that it was made of; the folder's name is left out of neither.
  package static func snapshot(
    _ policy: String, _ zones: [PlayZone] = [], generation: Int = 1
  ) throws -> (configuration: Configuration, snapshot: Snapshot, folder: String) {
    let folder = try Peer.folder()
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let text = """
      upstreams: ["127.0.0.1:5399"]
      sinkhole: { ipv4: 192.0.2.53, ipv6: "2001:db8::53", ttl: 5s }
      notice: { url: "http://notice.example.edu/" }
      \(section(zones))
      \(policy)

      """
    let configuration = try configuration(text, zones, in: folder)
    return (configuration, try SnapshotBuilder(configuration).build(generation: generation), folder)
  }
}
