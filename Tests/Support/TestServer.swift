import Foundation
import Sinkhole

/// The DNS server in the test's own process, on a loopback port that the kernel gives.
package final class TestServer: Sendable {
  package let server: DNSServer
  package var port: UInt16 { server.addresses[0].port }

  /// Services and actions that most tests need.
  package static let zone = """
    $TTL 3600
    $ORIGIN test.rpz.sinkhole.internal.
    @ SOA localhost. hostmaster.sinkhole.internal. 7 3600 600 86400 5
    @ NS localhost.
    deepseek.service.sinkhole.internal TXT "name=DeepSeek" "vendor=DeepSeek" "jurisdiction=CN" "category=chat"
    deepseek.com CNAME deepseek.service.sinkhole.internal.
    *.deepseek.com CNAME deepseek.service.sinkhole.internal.
    exact.example.net CNAME deepseek.service.sinkhole.internal.
    nx.example.net CNAME .
    nodata.example.net CNAME *.
    open.deepseek.com CNAME rpz-passthru.
    drop.example.net CNAME rpz-drop.
    tcp.example.net CNAME rpz-tcp-only.
    """

  /// - Parameters:
  ///   - upstreams: loopback ports.
  ///   - change: what the test wants otherwise.
  package init(
    upstreams: [UInt16] = [], zone: String = TestServer.zone, generation: Int = 1,
    _ change: (inout Configuration) -> Void = { _ in }
  ) throws {
    let configuration = TestServer.configuration(upstreams: upstreams, change)
    let snapshot = try TestServer.snapshot(configuration, zone: zone, generation: generation)
    server = try DNSServer(settings: configuration.server, snapshot: snapshot)
    try server.start()
  }

  deinit { server.stop() }

  /// For tests of what is done when upstreams are late: as an operator's server does it.
  package static func impatient(_ configuration: inout Configuration) {
    configuration.server.forwards.firstPatience = Forwarder.Limits().firstPatience
    configuration.server.forwards.leastPatience = Forwarder.Limits().leastPatience
  }

  package static func configuration(
    upstreams: [UInt16], _ change: (inout Configuration) -> Void = { _ in }
  ) -> Configuration {
    var configuration = Configuration.defaults
    let loopback = IPAddress(v4: 0x7F00_0001)
    configuration.server.listen = [SocketAddress(loopback, port: 0)]
    configuration.server.workers = 1
    configuration.server.cacheSize = ResponseCache.minimumSize
    // Tests run side by side on few cores: one may sleep long between two questions.
    configuration.server.streamIdle = 300_000
    // An upstream that is a thread of this process may be late: that is no reason to ask it twice.
    configuration.server.forwards.firstPatience = 1500
    configuration.server.forwards.leastPatience = 1500
    configuration.upstreams = upstreams.map { .server(UpstreamServer(SocketAddress(loopback, port: $0))) }
    configuration.sinkhole = SinkholeAnswer(
      ipv4: ["192.0.2.53"].compactMap(IPAddress.init), ipv6: ["2001:db8::53"].compactMap(IPAddress.init), ttl: 5,
      explainsInText: false)
    configuration.notice.url = "http://notice.example.org/"
    configuration.zones = []
    change(&configuration)
    return configuration
  }

  package static func snapshot(_ configuration: Configuration, zone: String, generation: Int = 1) throws -> Snapshot {
    let file = FileManager.default.temporaryDirectory.appendingPathComponent("zone-\(UUID()).zone").path
    try zone.write(toFile: file, atomically: true, encoding: .utf8)
    defer { try? FileManager.default.removeItem(atPath: file) }
    var configuration = configuration
    configuration.zones = [ZoneSource(path: file)]
    return try SnapshotBuilder(configuration).build(generation: generation)
  }

  package func udp(from: String? = nil, seconds: Int = 3) throws -> TestSocket {
    try TestSocket(port: port, from: from, seconds: seconds)
  }

  package func tcp(seconds: Int = 3) throws -> TestSocket {
    try TestSocket(port: port, stream: true, seconds: seconds)
  }
}
