import Foundation
import Sinkhole
import Support
import Testing

/// A server with its upstream and its folder, on which a play is performed.
final class Stage {
  private let folder: String
  private let upstream: ScriptedUpstream
  private let play: Play
  private let transport: Transport
  private let server: DNSServer
  private var policy: String
  private var zones: [PlayZone]
  private var generation = 1
  private var clients: [String: TestSocket] = [:]

  init(_ play: Play, over transport: Transport) throws {
    self.play = play
    self.transport = transport
    policy = play.policy
    zones = play.zones
    folder = try Peer.folder()
    upstream = try ScriptedUpstream(try RecordTable(play.upstream, play.habits))
    let configuration = try PlayZone.configuration(Stage.text(play, policy, zones, upstream), zones, in: folder)
    let snapshot = try SnapshotBuilder(configuration).build(generation: 1)
    var settings = configuration.server
    // Plays run side by side on few cores: long may pass between two questions of one.
    settings.streamIdle = 300_000
    server = try DNSServer(settings: settings, snapshot: snapshot)
    try server.start()
  }

  deinit {
    server.stop()
    upstream.stop()
    try? FileManager.default.removeItem(atPath: folder)
  }

  static let hasIPv6 = FileManager.default.fileExists(atPath: "/proc/net/if_inet6")

  /// The whole file, with `policy` at its end.
  private static func text(
    _ play: Play, _ policy: String, _ zones: [PlayZone], _ upstream: ScriptedUpstream
  ) -> String {
    """
    listen: { dns: [\(hasIPv6 ? "\"127.0.0.1:0\", \"[::1]:0\"" : "\"127.0.0.1:0\"")], \(play.listen) }
    workers: 1
    cache: { size: 4MiB }
    upstreams: ["127.0.0.1:\(upstream.port)"]
    sinkhole: { ipv4: 192.0.2.53, ipv6: "2001:db8::53", ttl: 5s }
    notice: { http: off, url: "http://notice.example.edu/" }
    \(PlayZone.section(zones))
    \(policy)

    """
  }

  /// Performs every step; a difference is an issue that names the play, the step and all that was answered.
  func perform() async throws {
    for (number, step) in play.steps.enumerated() {
      switch step.act {
      case .publish(let policy, let zones): try await publish(policy, zones)
      case .except(let kind, let service, let scope):
        let now = Instant.now().unixSeconds
        _ = try server.overlay.add(kind, service: service, for: scope, until: now + 3600, now: now)
      case .end(let exception): #expect(server.overlay.remove(exception), "\(play.name): no exception \(exception)")
      case .ask(let question, let asker):
        let answer = try ask(question, asker, isSilent: step.expected.hasPrefix("silence"))
        if !answer.fits(step.expected) {
          let over = asker.transport ?? transport
          Issue.record(
            "\(play.name), step \(number + 1) over \(over): \(question) from \(asker.from)\n  expected \(step.expected)\n  answered \(answer)")
        }
      }
    }
  }

  private func publish(_ policy: String?, _ zones: [PlayZone]?) async throws {
    self.policy = policy ?? self.policy
    self.zones = zones ?? self.zones
    generation += 1
    let text = Stage.text(play, self.policy, self.zones, upstream)
    let configuration = try PlayZone.configuration(text, self.zones, in: folder)
    await server.publish(try SnapshotBuilder(configuration).build(generation: generation))
  }

  // MARK: Asking

  private func ask(_ question: String, _ asker: PlayAsker, isSilent: Bool) throws -> PlayAnswer {
    let words = question.split(separator: " ").map(String.init)
    let type = try #require(RecordText.types[words[1]] ?? UInt16(words[1]), "no type: \(question)")
    let before = upstream.received.count
    func asked() -> [String] {
      upstream.received.dropFirst(before).map { "\($0.name) \(RecordText.name(ofType: $0.type))" }
    }
    let query = Message.query(words[0], type, flags: asker.flags, edns: asker.edns)
    let over = asker.transport ?? transport
    let client = try client(asker.from, over)
    let restricted = server.value(.blocked)
    client.sendMessage(query)
    if isSilent {
      // What is about this server itself is always answered, and after what came before.
      _ = eventually { server.value(.blocked) > restricted }
      let next = Message.query("whoami.sinkhole.internal", 16)
      client.sendMessage(next)
      let answer = try #require(client.receiveMessage().flatMap(Message.init), "\(play.name): no answer at all")
      if answer.id == Message.uint16(next, 0) { return PlayAnswer(asked: asked()) }
      _ = client.receiveMessage()
      return PlayAnswer(answer, to: query, over: over, asked: asked())
    }
    guard let answer = client.receiveMessage().flatMap(Message.init), answer.id == Message.uint16(query, 0) else {
      return PlayAnswer(asked: asked())
    }
    return PlayAnswer(answer, to: query, over: over, asked: asked())
  }

  private func client(_ from: String, _ transport: Transport) throws -> TestSocket {
    let key = "\(from) \(transport.rawValue)"
    if let known = clients[key] { return known }
    let isIPv6 = from.contains(":")
    let client = try TestSocket(
      port: server.addresses[isIPv6 ? 1 : 0].port, stream: transport == .tcp, address: isIPv6 ? "::1" : "127.0.0.1",
      from: from)
    clients[key] = client
    return client
  }
}

/// Performs a play over one transport.
func perform(_ play: Play, over transport: Transport) async throws {
  try await Stage(play, over: transport).perform()
}
