import Foundation
import Sinkhole
import Support
import Testing

extension NameServer {
  /// Unbound, forwarding to `upstream`, with a file included in its `server:` clause.
  static func unbound(including file: String, upstream: UInt16, ready: String) throws -> NameServer {
    try unbound(
      server: ["do-not-query-localhost: no", "module-config: \"iterator\"", "include: \"\(file)\""],
      clauses: [forwarding(to: upstream)], ready: ready)
  }

  /// Knot Resolver, forwarding to `upstream`, with one policy zone.
  static func knot(policy file: String, upstream: UInt16, ready: String) throws -> NameServer {
    let (folder, port) = (try Peer.folder(), try Port.free())
    let text = """
      net.ipv6 = false
      net.listen('127.0.0.1', \(port), { kind = 'dns' })
      cache.size = 10 * MB
      trust_anchors.remove('.')
      for _, name in ipairs({ 'priming', 'ta_update', 'ta_signal_query', 'detect_time_skew', 'detect_time_jump' }) do
        modules.unload(name)
      end
      policy.add(policy.rpz(policy.DENY, '\(file)'))
      policy.add(policy.all(policy.FORWARD('127.0.0.1@\(upstream)')))

      """
    return try NameServer(
      ["kresd", "-n", "-c", "\(folder)/kresd.conf", folder], files: ["kresd.conf": text], folder: folder, port: port,
      readyFor: ready)
  }

  /// dnsmasq, forwarding to `upstream`, with a further file of options.
  static func dnsmasq(options file: String, upstream: UInt16, ready: String) throws -> NameServer {
    let (folder, port) = (try Peer.folder(), try Port.free())
    let text = """
      port=\(port)
      listen-address=127.0.0.1
      bind-interfaces
      no-hosts
      no-resolv
      pid-file=
      user=
      server=127.0.0.1#\(upstream)
      conf-file=\(file)

      """
    return try NameServer(
      ["dnsmasq", "--keep-in-foreground", "--log-facility=-", "--conf-file=\(folder)/dnsmasq.conf"],
      files: ["dnsmasq.conf": text], folder: folder, port: port, readyFor: ready)
  }
}

/// Sinkhole on the shipped zones and one of the test's own, and the peers on the same, or on what is exported of it.
final class CataloguePeers {
  enum Who: String, CaseIterable, Sendable {
    case sinkhole = "Sinkhole"
    case bind = "BIND, the zones as shipped"
    case recursor = "PowerDNS Recursor, the zones as shipped"
    case unbound = "Unbound, exported as rpz"
    case knot = "Knot Resolver, exported as rpz"
    case localZones = "Unbound, exported as unbound"
    case dnsmasq = "dnsmasq, exported as dnsmasq"
  }

  /// What forms find hard, before the shipped zones.
  private static let own = """
    $TTL 5
    $ORIGIN own.rpz.sinkhole.internal.
    @ SOA localhost. root.localhost. 1 3600 600 86400 5
    @ NS localhost.
    own.service.sinkhole.internal TXT "name=Own" "vendor=Own" "jurisdiction=ZZ" "category=chat"
    sub.example.com CNAME own.service.sinkhole.internal.
    *.sub.example.com CNAME own.service.sinkhole.internal.
    open.sub.example.com CNAME rpz-passthru.
    *.open.sub.example.com CNAME rpz-passthru.
    exact.sub.example.com CNAME own.service.sinkhole.internal.
    deep.between.sub.example.com CNAME own.service.sinkhole.internal.
    host.example.com CNAME own.service.sinkhole.internal.
    *.below.example.com CNAME own.service.sinkhole.internal.
    no.example.com CNAME *.
    *.no.example.com CNAME *.

    """

  private let folder: String
  private let servers: [Who: NameServer]
  private let upstream: NameServer
  private let sinkhole: DNSServer
  /// What export said of what it left out, by format.
  let losses: [String: String]

  init() throws {
    let folder = try Peer.folder()
    self.folder = folder
    let own = "\(folder)/own.zone"
    try CataloguePeers.own.write(toFile: own, atomically: true, encoding: .utf8)
    let policies = [("own.rpz.sinkhole.internal", own)] + ShippedZone.policies
    let files = policies.map(\.1)
    // Every name below these exists, with an address and with a way past it.
    let domains = ["com", "net", "org", "arpa", "ai"]
    let upstream = try NameServer.unbound(
      domains.flatMap {
        ["\($0). 60 A 198.51.100.1", "\($0). 60 AAAA 2001:db8:ffff::1", "\($0). 60 HTTPS 1 . alpn=h2"]
      },
      zones: domains.map { "local-zone: '\($0).' redirect" }, ready: "www.example.org")
    self.upstream = upstream
    var losses: [String: String] = [:]
    func export(_ format: String) throws -> String {
      let words =
        [
          Program.executable, "zone", "export", "--format", format, "--sinkhole", "192.0.2.53", "--sinkhole",
          "2001:db8::53",
        ]
        + files.map { "'\($0)'" }
      let result = try Command.run("sh", "-c", words.joined(separator: " "))
      guard result.status == 0 else { throw PeerFailure(text: result.errors) }
      losses[format] = result.errors
      let file = "\(folder)/catalogue.\(format)"
      try result.output.write(toFile: file, atomically: true, encoding: .utf8)
      return file
    }
    let zone = try export("rpz")
    let (port, ready) = (upstream.port, "www.example.org")
    servers = [
      .bind: try NameServer.bind(policies: policies, upstream: port, ready: ready),
      .recursor: try NameServer.recursor(policies: policies, upstream: port, ready: ready),
      .unbound: try NameServer.unbound(
        policies: [("catalogue.rpz.sinkhole.internal", zone)], upstream: port, ready: ready),
      .knot: try NameServer.knot(policy: zone, upstream: port, ready: ready),
      .localZones: try NameServer.unbound(including: export("unbound"), upstream: port, ready: ready),
      .dnsmasq: try NameServer.dnsmasq(options: export("dnsmasq"), upstream: port, ready: ready),
    ]
    self.losses = losses
    let configuration = TestServer.configuration(upstreams: [port]) { $0.zones = files.map { ZoneSource(path: $0) } }
    let snapshot = try SnapshotBuilder(configuration).build(generation: 1)
    sinkhole = try DNSServer(settings: configuration.server, snapshot: snapshot)
    try sinkhole.start()
  }

  deinit {
    sinkhole.stop()
    for server in servers.values { server.stop() }
    upstream.stop()
    try? FileManager.default.removeItem(atPath: folder)
  }

  func text(_ who: Who) -> String { servers[who]?.text ?? "" }

  /// What becomes of `name`, in words that all have in common: `sinkhole`, `open`, `nxdomain`, `nodata` or `servfail`.
  func verdict(_ name: String, of who: Who) throws -> String {
    let port = servers[who]?.port ?? sinkhole.addresses[0].port
    func ask(_ type: UInt16) throws -> Message? { try TestSocket(port: port).ask(Message.query(name, type)) }
    guard let four = try ask(1), let six = try ask(28), let hints = try ask(65) else { return "silence" }
    let addresses = (four.answers + six.answers).filter { $0.type == 1 || $0.type == 28 }.map(\.rdata)
    let hasHints = hints.answers.contains { $0.type == 65 }
    switch (four.rcode, six.rcode, addresses.count, hasHints) {
    case (2, 2, 0, false): return "servfail"
    case (3, 3, 0, false): return "nxdomain"
    case (0, 0, 0, false): return "nodata"
    case (0, 0, 2, false)
    where addresses[0] == [192, 0, 2, 53] && addresses[1].first == 0x20 && addresses[1].last == 0x53:
      return "sinkhole"
    case (0, 0, 2, true) where addresses[0] == [198, 51, 100, 1]: return "open"
    default: return "RCODE \(four.rcode) and \(six.rcode), \(addresses), \(hasHints ? "with" : "without") HTTPS"
    }
  }
}
