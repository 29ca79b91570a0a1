/// What the notice server needs to be told: where to listen, what it calls itself, whom to ask.
package struct NoticeConfiguration: Sendable {
  /// A literal IPv4 or IPv6 address, such as `127.0.0.1` or `::1`.
  package var address: String
  /// 0 takes any free port; `NoticeServer` tells which.
  package var port: Int
  /// Whom to ask, in plain text: `helpdesk@example.org, +82 2 123 4567`. Addresses, numbers and URLs
  /// in it become links.
  package var contact: String?
  package var theme: Theme
  /// The notice site, an `http:` or `https:` URL. Its host is answered with a page about this server,
  /// and a 451 names it as the one who blocks.
  package var url: String?
  package var limits: NoticeLimits
  package var clock: NoticeClock
  /// How clients are recorded, which the pages tell.
  package var clientRecord: ClientRecord
  /// What a log line may say of a client, given its address as text; nil leaves it out.
  package var clientInLogs: @Sendable (_ address: String) -> String?

  package init(
    address: String, port: Int, contact: String? = nil, theme: Theme = Theme(), url: String? = nil,
    limits: NoticeLimits = NoticeLimits(), clock: NoticeClock = NoticeClock(), clientRecord: ClientRecord = .whole,
    clientInLogs: @escaping @Sendable (_ address: String) -> String? = { $0 }
  ) {
    self.address = address
    self.port = port
    self.contact = contact
    self.theme = theme
    self.url = url
    self.limits = limits
    self.clock = clock
    self.clientRecord = clientRecord
    self.clientInLogs = clientInLogs
  }

  /// Scheme and authority of `url`: where a receipt is read when its service has been opened.
  var ownOrigin: String? {
    guard ownHost != nil, let url, let link = WebLink(url), let scheme = link.url.firstRange(of: "://") else { return nil }
    let authority = link.url[scheme.upperBound...].prefix { !"/?#".contains($0) }
    return "\(link.url[..<scheme.upperBound])\(authority)"
  }

  /// The host of `url`, nil when there is none or it is not a URL with a host.
  var ownHost: RequestHost? {
    guard let url, let scheme = url.firstRange(of: "://") else { return nil }
    let authority = url[scheme.upperBound...].prefix { !"/?#".contains($0) }
    return RequestHost(String(authority))
  }
}

/// How clients are written in records and logs.
package enum ClientRecord: Sendable {
  case whole, prefix, pseudonym, none
}

/// The bounds of the notice server. Each protects the readers of a notice from one who holds on.
package struct NoticeLimits: Sendable {
  /// Open connections. When full, further ones wait in the kernel's queue (256 long, then refused)
  /// until one ends, which takes `exchange` at the most.
  package var connections = 256
  /// Open connections from one client: an IPv4 address or an IPv6 /64. One more is closed at once.
  /// Browsers open six per name; many people can share one address.
  package var connectionsPerClient = 32
  /// Octets of request line and header section together, and of any one field. Past it: 400, close.
  /// Generous, because browsers send the cookies of a service that was open before.
  package var headerOctets = 64 * 1024
  /// Header fields in a request. Past it: 400, close.
  package var headerFields = 100
  /// A connection's whole life, from accept to close: a client that sends or reads slowly is cut off
  /// here, whatever it does in between.
  package var exchange = Duration.seconds(10)
  /// How long after its response a connection stays half open so that what the client still sends is
  /// thrown away, not answered by a reset that could destroy the page on its way (RFC 9112 section 9.6).
  package var linger = Duration.seconds(1)

  package init() {}
}
