/// The name servers that this machine itself asks.
package enum SystemUpstreams {
  /// The `nameserver` lines of a resolv.conf(5), in order; none when the file is missing.
  package static func read(_ path: String = "/etc/resolv.conf") -> [SocketAddress] {
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
