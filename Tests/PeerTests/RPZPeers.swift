import Foundation
import Sinkhole
import Support
import Testing

extension NameServer {
  /// Unbound, forwarding to `upstream`, with policy zones, the first of them the strongest.
  static func unbound(
    policies: [(origin: String, file: String)], upstream: UInt16, ready: String
  ) throws -> NameServer {
    let zones = policies.map { "rpz:\n  name: \($0.origin)\n  zonefile: \"\($0.file)\"" }
    return try unbound(
      server: (RPZPeers.hasIPv6 ? ["interface: ::1"] : []) + [
        "access-control: ::1 allow", "do-not-query-localhost: no", "module-config: \"respip iterator\"",
      ],
      clauses: [forwarding(to: upstream)] + zones, ready: ready)
  }
}

/// BIND twice, Unbound and Sinkhole, before one upstream and with the same policy zones; ended with it.
final class RPZPeers {
  enum Who: String, CaseIterable, Sendable {
    case sinkhole = "Sinkhole"
    case bind = "BIND"
    /// With the options of `response-policy` left as they are.
    case bindByDefault = "BIND by default"
    case unbound = "Unbound"
  }

  static let hasIPv6 = (try? TestSocket(port: 53, address: "::1", from: "::1")) != nil

  private let folder: String
  private let servers: [NameServer]
  private let sinkhole: DNSServer
  let ports: [Who: UInt16]

  init() throws {
    let folder = try Peer.folder()
    self.folder = folder
    let files = try RPZFixtures.policies.map { zone in
      let file = "\(folder)/\(zone.origin).zone"
      try zone.text.write(toFile: file, atomically: true, encoding: .utf8)
      return (origin: zone.origin, file: file)
    }
    let ready = "www.example.org"
    let nsd = try NameServer.nsd(RPZFixtures.upstream, ready: ready)
    let bind = try NameServer.bind(
      policies: files, options: "qname-wait-recurse no break-dnssec yes nsip-enable no nsdname-enable no",
      upstream: nsd.port, ready: ready)
    let bindByDefault = try NameServer.bind(policies: files, options: "", upstream: nsd.port, ready: ready)
    let unbound = try NameServer.unbound(policies: files, upstream: nsd.port, ready: ready)
    servers = [nsd, bind, bindByDefault, unbound]
    sinkhole = try RPZPeers.sinkhole(files.map(\.file), upstream: nsd.port)
    ports = [
      .sinkhole: sinkhole.addresses[0].port, .bind: bind.port, .bindByDefault: bindByDefault.port,
      .unbound: unbound.port,
    ]
  }

  deinit {
    sinkhole.stop()
    for server in servers { server.stop() }
    try? FileManager.default.removeItem(atPath: folder)
  }

  private static func sinkhole(_ files: [String], upstream: UInt16) throws -> DNSServer {
    let port = try Port.free()
    var configuration = TestServer.configuration(upstreams: [upstream])
    let addresses = ["127.0.0.1"] + (hasIPv6 ? ["::1"] : [])
    configuration.server.listen = addresses.compactMap(IPAddress.init).map { SocketAddress($0, port: port) }
    configuration.zones = files.map { ZoneSource(path: $0) }
    let snapshot = try SnapshotBuilder(configuration).build(generation: 1)
    let server = try DNSServer(settings: configuration.server, snapshot: snapshot)
    try server.start()
    return server
  }
}
