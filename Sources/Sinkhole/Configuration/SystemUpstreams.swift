/// The name servers that this machine itself asks.
package struct SystemUpstreams: Sendable {
  package static let path = "/etc/resolv.conf"

  private let path: String
  private var known: [SocketAddress]

  /// - Parameter path: a resolv.conf(5).
  package init(_ path: String = SystemUpstreams.path) {
    self.path = path
    known = SystemUpstreams.read(path)
  }

  /// Whether the file names others than it did. A file without any is one that is being written, or a network that is gone:
  /// the last ones stay.
  package mutating func haveChanged() -> Bool {
    let now = SystemUpstreams.read(path)
    guard !now.isEmpty, now != known else { return false }
    known = now
    return true
  }

  /// The `nameserver` lines, in order; none when the file is missing.
  package static func read(_ path: String = SystemUpstreams.path) -> [SocketAddress] {
    guard let octets = try? FileContents.read(path, limit: 1 << 16) else { return [] }
    return parse(String(decoding: octets, as: UTF8.self))
  }

  static func parse(_ text: String) -> [SocketAddress] {
    text.split(separator: "\n").compactMap { line in
      let words = line.split(whereSeparator: { $0 == " " || $0 == "\t" })
      guard words.count >= 2, words[0] == "nameserver" else { return nil }
      // A zone index names an interface that a plain address cannot carry.
      return SocketAddress(String(words[1]), defaultPort: 53)
    }
  }
}
