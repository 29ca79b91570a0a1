import Glibc

/// What an operator has chosen, checked: every value fits, every address and size is one. Built by
/// `ConfigurationReader` from a file, or by `defaults` from none.
package struct Configuration: Sendable {
  /// The file it was read from; nil without one.
  package var file: String?
  package var server = ServerSettings(listen: [])
  package var allowedClients: [IPPrefix] = IPPrefix.loopback + IPPrefix.privateUse
  /// Who is believed when a query says for whom it is asked.
  package var trustedForwarders: [IPPrefix] = []
  package var upstreams: [Upstream] = [.system]
  /// Domains that are asked elsewhere.
  package var forward: [ForwardedDomain] = []
  /// Groups that ask elsewhere, by name.
  package var groupUpstreams: [String: [Upstream]] = [:]
  /// Upstreams whose AD is believed.
  package var trusted: [SocketAddress] = []
  package var forwarding = ForwardingOptions()
  package var sinkhole = SinkholeAnswer(
    ipv4: [IPAddress(v4: 0x7F00_0001)], ipv6: [IPAddress(v6High: 0, low: 1)], ttl: 5, explainsInText: false)
  /// In the order that decides between zones.
  package var zones: [ZoneSource] = []
  /// Groups and policies.
  package var definition = PolicyDefinition()
  /// The clocks that rules and people go by.
  package var timeZone = TimeZoneRules.utc
  /// Where what outlives the process is kept.
  package var state = defaultState
  /// Where the cache is kept over a restart; nil: nowhere.
  package var cacheFile: String?
  package var notice = Notice()
  /// The socket that `reload` and `status` talk to; nil turns it off.
  package var control: String? = defaultControlPath
  package var cookies = Cookies.own
  package var identity = Identity(version: "Sinkhole", id: nil)
  /// Lines that the log of restricted queries may have in a second.
  package var restrictedLogPerSecond = 1000

  /// The operator's own hosts and records.
  package var local = LocalRecords()
  /// Seconds that their answers live, where a record does not say otherwise.
  package var localTTL: UInt32 = 300
  /// Special-use names that are asked upstream after all, each with all below it.
  package var openSpecialNames: [Name] = []

  package var log = Log()
  package var access = Access()

  /// Acknowledgements and authorisations: where they are kept, and who may do what.
  package struct Access: Sendable, Hashable {
    /// Nil: `access.sqlite` in the state folder.
    package var file: String?
    /// False turns acknowledgements and authorisations off.
    package var isOn = true
    /// Nil: `access.sock` beside the control socket.
    package var socket: String?
    /// False: nobody decides over a socket.
    package var hasSocket = true
    package var approvals = 1
    /// Seconds.
    package var longest: Int64 = 90 * 86_400
    package var requestsPerClient = 3
    /// Seconds.
    package var keep: Int64 = 1095 * 86_400
    /// Octets.
    package var maximumSize = 256 << 20
    /// Accounts that may decide in other people's names.
    package var frontEnds: [String] = []
    package var webhook: String?
    /// Certificates (PEM) that are trusted for it; nil: the system's.
    package var webhookRoots: String?

    package init() {}
  }

  /// The record of restricted queries, and how clients are written in it and in all logs.
  package struct Log: Sendable, Hashable {
    package enum Client: String, Sendable, CaseIterable {
      case whole, prefix, pseudonym, none
    }

    /// Nil: lines go to standard error.
    package var file: String?
    package var client = Client.whole
    /// Bits that are kept under `prefix`.
    package var clientV4 = 24
    package var clientV6 = 56
    package var limits = RecordLimits()
  }

  /// Where the secrets of DNS cookies come from.
  package enum Cookies: Sendable, Hashable {
    case off
    /// The process makes them.
    case own
    /// A file with one or two of them.
    case file(String)
  }

  package enum Upstream: Sendable, Hashable {
    /// The name servers of `/etc/resolv.conf`.
    case system
    case server(UpstreamServer)
  }

  /// A domain with upstreams of its own.
  package struct ForwardedDomain: Sendable, Hashable {
    package let name: Name
    package let upstreams: [Upstream]
  }

  package struct Notice: Sendable, Hashable {
    /// Nil turns the page off.
    package var http: SocketAddress? = SocketAddress(IPAddress(v4: 0x7F00_0001), port: 8080)
    /// Nil: nothing listens, and the kernel refuses at once.
    package var https: SocketAddress?
    /// Where the delegated authority is kept; nil: below the state folder.
    package var certificates: String?
    /// A certificate with its key for the page's own name, from another authority: files in PEM.
    package var ownCertificate: String?
    package var ownKey: String?
    package var url: String?
    package var contact: String?
    /// Who runs the network, by language tag in lower case; empty when nobody is named.
    package var agency: [String: String] = [:]
    package var colour: Colour?
    package var logo: Logo?
  }

  /// Safe without a file: unprivileged ports on loopback, the shipped zones, the system's upstreams.
  package static var defaults: Configuration {
    var configuration = Configuration()
    configuration.server.listen = defaultListen
    configuration.server.workers = defaultWorkers
    configuration.zones = [ZoneSource(path: FileContents.isFolder("zones") ? "zones" : "/usr/share/sinkhole/zones")]
    configuration.timeZone = (try? TimeZoneRules.system()) ?? .utc
    return configuration
  }

  static var defaultWorkers: Int { max(1, min(256, Int(sysconf(Int32(_SC_NPROCESSORS_ONLN))))) }

  static var defaultListen: [SocketAddress] {
    let v4 = SocketAddress(IPAddress(v4: 0x7F00_0001), port: 5300)
    let v6 = SocketAddress(IPAddress(v6High: 0, low: 1), port: 5300)
    // A machine without IPv6 has no such file, and no ::1 to listen on.
    let hasIPv6 = unsafe Glibc.access("/proc/net/if_inet6", R_OK) == 0
    return hasIPv6 ? [v4, v6] : [v4]
  }

  /// Where the ledger is; nil when it is off.
  package var accessFile: String? { access.isOn ? access.file ?? state + "/access.sqlite" : nil }

  /// Where people decide; nil when it is off, or nobody has said where and there is no control socket to be beside.
  package var accessSocket: String? {
    guard access.isOn, access.hasSocket else { return nil }
    if let socket = access.socket { return socket }
    return control.map { path in path.lastIndex(of: "/").map { path[...$0] + "access.sock" } ?? "access.sock" }
  }

  /// `/var/lib/sinkhole` for root, else in the user's own state folder.
  package static var defaultState: String {
    if geteuid() == 0 { return "/var/lib/sinkhole" }
    if let state = unsafe getenv("XDG_STATE_HOME") { return unsafe String(cString: state) + "/sinkhole" }
    if let home = unsafe getenv("HOME") { return unsafe String(cString: home) + "/.local/state/sinkhole" }
    return "/tmp/sinkhole-\(geteuid())"
  }

  /// `/run/sinkhole/control.sock` for root, else in the user's own runtime folder.
  package static var defaultControlPath: String {
    if geteuid() == 0 { return "/run/sinkhole/control.sock" }
    if let runtime = unsafe getenv("XDG_RUNTIME_DIR") {
      return unsafe String(cString: runtime) + "/sinkhole/control.sock"
    }
    return "/tmp/sinkhole-\(geteuid())/control.sock"
  }
}
