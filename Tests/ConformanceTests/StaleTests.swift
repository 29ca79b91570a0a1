import Foundation
import Sinkhole
import Support
import Synchronization
import Testing

@Suite("What has expired is better than nothing (RFC 8767)")
struct StaleTests {
  /// An upstream whose answers live for a second, until it is told to do something else.
  private final class Upstream: Sendable {
    enum Mode: Int { case up, silent, failing }

    private let mode = Atomic<Int>(Mode.up.rawValue)
    private let held = Mutex<ScriptedUpstream?>(nil)
    var upstream: ScriptedUpstream { held.withLock { $0! } }

    init() throws {
      let made = try ScriptedUpstream { [self] query in
        switch Mode(rawValue: mode.load(ordering: .acquiring)) {
        case .up:
          return [
            .send(
              query.name.hasPrefix("nx")
                ? Message.response(to: query.octets, rcode: 3, authority: [Message.soa(ttl: 1, minimum: 1, owner: "org")])
                : Message.response(to: query.octets, answers: [Message.address("192.0.2.80", ttl: 1)]))
          ]
        case .failing: return [.send(Message.response(to: query.octets, rcode: 2))]
        default: return []
        }
      }
      held.withLock { $0 = made }
    }

    func become(_ mode: Mode) { self.mode.store(mode.rawValue, ordering: .releasing) }
  }

  private static func warm(_ server: TestServer, _ names: [String]) throws {
    let client = try server.udp()
    for name in names { _ = try #require(client.ask(Message.query(name))) }
    // What lives for a second has expired after two, however the seconds fall.
    pause(milliseconds: 2050)
  }

  @Test("a stub waits 1.8 seconds for what has expired, and the truth comes in behind it")
  func waits() throws {
    let upstream = try Upstream()
    defer { upstream.upstream.stop() }
    let server = try TestServer(upstreams: [upstream.upstream.port])
    try Self.warm(server, ["www.example.org", "nx.example.org"])
    upstream.become(.silent)
    for (name, code, rcode) in [("www.example.org", 3, 0), ("nx.example.org", 19, 3)] {
      let start = Clock.milliseconds()
      let answer = try #require(try server.udp(seconds: 5).ask(Message.query(name)))
      // Less once it is known that the upstream is down.
      #expect(((name == "www.example.org" ? 1450 : 0)...3500).contains(Clock.milliseconds() - start))
      #expect(answer.rcode == rcode)
      #expect(answer.extendedError.map { Int($0.code) } == code)
      #expect((answer.answers + answer.authority).map(\.ttl) == [30])
    }
    upstream.become(.up)
    var isFresh = false
    for _ in 0..<50 where !isFresh {
      let answer = try server.udp(seconds: 5).ask(Message.query("www.example.org"))
      isFresh = answer?.rcode == 0 && answer?.extendedError == nil
      pause(milliseconds: 100)
    }
    #expect(isFresh)
  }

  @Test("when every upstream is gone, what has expired is told, and the next time at once")
  func gone() throws {
    let upstream = try Upstream()
    defer { upstream.upstream.stop() }
    let server = try TestServer(upstreams: [upstream.upstream.port])
    try Self.warm(server, ["www.example.org"])
    upstream.become(.failing)
    for _ in 0..<3 {
      let start = Clock.milliseconds()
      let answer = try #require(try server.udp().ask(Message.query("www.example.org")))
      #expect(answer.answers.map(\.ipv4) == ["192.0.2.80"])
      #expect(answer.extendedError?.code == 3)
      #expect(Clock.milliseconds() - start < 1500)
    }
    // What was never asked has nothing to tell.
    #expect(try server.udp().ask(Message.query("other.example.org"))?.rcode == 2)
    #expect(server.value(.staleAnswers) == 3)
    #expect(server.value(.serverFailures) == 1)
  }

  @Test("what has expired is told by the policy of now")
  func policed() async throws {
    let upstream = try Upstream()
    defer { upstream.upstream.stop() }
    let server = try TestServer(upstreams: [upstream.upstream.port])
    try Self.warm(server, ["www.example.org"])
    upstream.become(.failing)
    let text = "policies: {p: [{block: {names: [example.org]}}]}\ndefault_policy: p"
    let definition = try ConfigurationReader.read(text: text, file: "s.yaml").definition
    let configuration = TestServer.configuration(upstreams: [upstream.upstream.port]) { $0.definition = definition }
    await server.server.publish(try TestServer.snapshot(configuration, zone: TestServer.zone, generation: 2))
    #expect(try server.udp().ask(Message.query("www.example.org"))?.answers.map(\.ipv4) == ["192.0.2.53"])
  }

  @Test("a name in use is asked again before it runs out, and nobody waits for that")
  func prefetches() throws {
    let upstream = try ScriptedUpstream { [.send(Message.response(to: $0.octets, answers: [Message.address("192.0.2.80", ttl: 10)]))] }
    defer { upstream.stop() }
    let server = try TestServer(upstreams: [upstream.port])
    let client = try server.udp()
    var seen: [UInt32] = []
    let end = Clock.milliseconds() + 12_000
    while upstream.received.count < 2, Clock.milliseconds() < end {
      if let ttl = client.ask(Message.query("www.example.org"))?.answers.first?.ttl { seen.append(ttl) }
      pause(milliseconds: 50)
    }
    #expect(upstream.received.count == 2)
    #expect(server.value(.prefetched) == 1)
    #expect(seen.min() == 1)
    #expect(server.value(.forwarded) == 2)
  }
}
