/// A policy list that lives on a web server: where, how large it may be, how often it is looked at.
///
/// Immutable and checked once, so that a name is safe as a file name and a URL safe in a line wherever they turn up.
package struct RemoteSource: Sendable, Hashable {
  /// Octets of the largest list that can be allowed.
  package static let largestSize = 1 << 30
  package static let defaultSize = 64 << 20

  /// Also the name of its files: 1 to 64 of `a` to `z`, `0` to `9` and `-`, a letter or digit first.
  package let name: String
  package let url: SourceURL
  /// Octets of the list itself, after decompression.
  package let maximumSize: Int
  /// For the whole transfer, from the look-up of the host to the last octet, redirects included.
  package let timeout: Duration
  /// Between two looks at the server while all goes well.
  package let refreshInterval: Duration
  /// A PEM file of the certificates that may vouch for the server; nil: those of the system. Read at every fetch.
  package let trustRoots: String?

  /// - Parameters:
  ///   - maximumSize: 1 octet to 1 GiB.
  ///   - timeout: A millisecond to an hour.
  ///   - refreshInterval: A minute to 30 days.
  ///   - allowsPlainHTTP: Whether `http` is taken. Whoever is on the way may then write the list, and where a body
  ///     has no length, its loss goes unseen.
  package init(
    name: String, url: String, maximumSize: Int = defaultSize, timeout: Duration = .seconds(120),
    refreshInterval: Duration = .seconds(86_400), trustRoots: String? = nil, allowsPlainHTTP: Bool = false
  ) throws(RemoteSourceError) {
    guard RemoteSource.isName(name) else {
      throw RemoteSourceError(
        .name, "source name \"\(name)\" is not 1 to 64 of a-z, 0-9 and -, with no - first. Choose another.")
    }
    guard let place = SourceURL(url) else {
      throw RemoteSourceError(
        .url,
        "source \(name): url is not https://HOST[:PORT]/PATH in ASCII, without user name, of 2048 octets at most. Correct it."
      )
    }
    guard place.scheme == .https || allowsPlainHTTP else {
      throw RemoteSourceError(
        .plainHTTP,
        "source \(name): url is http://, where anyone on the way can change the list. Use https://, or allow plain HTTP."
      )
    }
    guard (1...RemoteSource.largestSize).contains(maximumSize) else {
      throw RemoteSourceError(.maximumSize, "source \(name): the largest size is not 1 octet to 1 GiB. Correct it.")
    }
    guard timeout >= .milliseconds(1), timeout <= .seconds(3600) else {
      throw RemoteSourceError(.timeout, "source \(name): the timeout is not 1 ms to 1 h. Correct it.")
    }
    guard refreshInterval >= .seconds(60), refreshInterval <= .seconds(30 * 86_400) else {
      throw RemoteSourceError(
        .refreshInterval, "source \(name): the refresh interval is not a minute to 30 days. Correct it.")
    }
    self.name = name
    self.url = place
    self.maximumSize = maximumSize
    self.timeout = timeout
    self.refreshInterval = refreshInterval
    self.trustRoots = trustRoots
  }

  private static func isName(_ name: String) -> Bool {
    (1...64).contains(name.utf8.count) && name.utf8.first != UInt8(ascii: "-")
      && name.utf8.allSatisfy { octet in
        (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(octet)
          || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(octet) || octet == UInt8(ascii: "-")
      }
  }
}

/// Why a source cannot be what was asked for.
package struct RemoteSourceError: Error, Sendable, Hashable, CustomStringConvertible {
  package enum Code: Sendable, Hashable {
    case name, url, plainHTTP, maximumSize, timeout, refreshInterval
  }

  package let code: Code
  package let description: String

  init(_ code: Code, _ description: String) {
    self.code = code
    self.description = description
  }
}
