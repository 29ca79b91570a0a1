/// The serials of the zones that a server last served, kept in the state folder: so that `check` can say that a zone has
/// gone backwards before it is put in force.
package struct ZoneSerials: Sendable {
  private let serials: [String: UInt32]
  private static let maximumSize = 1 << 16

  package init(_ policy: Policy) {
    serials = Dictionary(policy.zones.map { ($0.title, $0.serial) }, uniquingKeysWith: { first, _ in first })
  }

  /// What was kept in `folder`; nothing when there is nothing to be read.
  package init(keptIn folder: String) {
    let octets = (try? FileContents.read(ZoneSerials.file(folder), limit: ZoneSerials.maximumSize)) ?? []
    var serials: [String: UInt32] = [:]
    for line in String(decoding: octets, as: UTF8.self).split(separator: "\n") {
      let words = line.split(separator: " ")
      if words.count == 2, let serial = UInt32(words[1]) { serials[String(words[0])] = serial }
    }
    self.serials = serials
  }

  /// - Throws: the folder cannot be written to.
  package func keep(in folder: String) throws(SystemError) {
    let lines = serials.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)\n" }
    try FileContents.replace(ZoneSerials.file(folder), with: Array(lines.joined().utf8))
  }

  /// A line for each zone of `policy` whose serial is lower than it was, in the arithmetic of RFC 1982.
  package func warnings(for policy: Policy) -> [String] {
    policy.zones.compactMap { zone in
      guard let known = serials[zone.title], Int32(bitPattern: zone.serial &- known) < 0 else { return nil }
      return "\(zone.source.file): serial \(zone.serial) of zone \(zone.title) is lower than \(known), which was served last. Raise it."
    }
  }

  private static func file(_ folder: String) -> String { folder + "/serials" }
}
