import Foundation
import Logging
import Sinkhole
import SinkholeLedger
import Support
import Testing
import sinkholed

/// The server's parts in this process, as the notice page has them.
@Suite("Access from the page")
struct AccessDeskTests {
  private struct House {
    let folder: String
    let server: DNSServer
    let access: AccessService
    var desk: ReaderDesk { access.desk(server) }

    init(webhook: String? = nil) throws {
      folder = try Peer.folder()
      try Program.policy(serial: 7, "gpt.example.com CNAME gpt.service.sinkhole.internal.")
        .write(toFile: folder + "/policy.zone", atomically: true, encoding: .utf8)
      var configuration = try ConfigurationReader.read(
        text: """
          listen: { dns: ["127.0.0.1:0"] }
          upstreams: ["127.0.0.1:9"]
          zones: [policy.zone]
          policies:
            p: [{caution: {services: [gpt]}, id: care, for: 2h}, {caution: {services: [deepseek]}, id: named, named: true}]
          default_policy: p
          state: .
          """, file: folder + "/s.yaml")
      configuration.access.webhook = webhook
      let snapshot = try SnapshotBuilder(configuration).build(generation: 1)
      server = try DNSServer(settings: configuration.server, snapshot: snapshot)
      access = try #require(AccessService.start(configuration, server, logger: Logger(label: "test")))
    }

    /// `cautioned` or `acknowledged`, as queries are judged.
    func verdict(of name: String, for client: String) throws -> String {
      let policy = server.cell.snapshot.policy
      let asker = policy.asker(try #require(IPAddress(client)))
      let now = Instant.now().unixSeconds
      let name = try #require(Name(name))
      let verdict = try #require(policy.ruling(on: name, for: asker, policy.activity(at: now)).selected)
      let lift = server.overlay.lift(
        policy.effect(of: verdict), client: asker.client, group: policy.group(of: asker).key, now: now)
      return Explanation(name, verdict, for: asker, policy: policy, lift: lift).outcome
    }
  }

  private func address(_ text: String) throws -> IPAddress { try #require(IPAddress(text)) }

  @Test("an acknowledgement opens the service to that client when the call returns, and to no other, for the rule's time")
  func acknowledges() async throws {
    let house = try House()
    let now = Instant.now().unixSeconds
    let until = try await house.desk.acknowledge(
      client: address("192.0.2.7"), service: "gpt", rule: "care", name: nil, reference: "7K3M-9QXT", now: now)
    #expect(until == now + 7200)
    #expect(try house.verdict(of: "gpt.example.com", for: "192.0.2.7") == "acknowledged")
    #expect(try house.verdict(of: "gpt.example.com", for: "192.0.2.8") == "cautioned")
    #expect(try house.verdict(of: "deepseek.com", for: "192.0.2.7") == "cautioned")
    // A host takes the addresses of its /64 as it likes.
    _ = try await house.desk.acknowledge(
      client: address("2001:db8:1:2::7"), service: "gpt", rule: "care", name: nil, reference: nil, now: now)
    #expect(try house.verdict(of: "gpt.example.com", for: "2001:db8:1:2:ffff::1") == "acknowledged")
    #expect(try house.verdict(of: "gpt.example.com", for: "2001:db8:1:3::7") == "cautioned")
    _ = try await house.desk.acknowledge(
      client: address("::ffff:192.0.2.9"), service: "gpt", rule: "care", name: nil, reference: nil, now: now)
    #expect(try house.verdict(of: "gpt.example.com", for: "192.0.2.9") == "acknowledged")
  }

  @Test("a rule that asks for a name takes nobody without, and no rule is acknowledged that cautions nobody")
  func named() async throws {
    let house = try House()
    let client = try address("192.0.2.7")
    for (rule, name, isRight) in [("named", nil, false), ("named", " ", false), ("other", "Kim", false), ("named", "Kim", true)] {
      do throws(LedgerError) {
        _ = try await house.desk.acknowledge(
          client: client, service: "deepseek", rule: rule, name: name, reference: nil, now: Instant.now().unixSeconds)
        #expect(isRight)
      } catch {
        #expect(!isRight, "\(error)")
      }
      #expect(try house.verdict(of: "deepseek.com", for: "192.0.2.7") == (isRight ? "acknowledged" : "cautioned"))
    }
  }

  @Test("a request is told to the webhook once, its client may see what became of it, and nobody else")
  func requests() async throws {
    let listener = try TestSocket(listening: 0, stream: true)
    let house = try House(webhook: "http://127.0.0.1:\(listener.port)/hook")
    let webhook = try #require(house.desk.webhook)
    let running = Task { try await webhook.run() }
    let (client, now) = (try address("192.0.2.7"), Instant.now().unixSeconds)
    var numbers: Set<Int64> = []
    for _ in 0..<3 {
      numbers.insert(
        try await house.desk.request(
          client: client, service: "deepseek", name: "Kim", reason: "\"quoted\" & <b>", seconds: 3600, reference: "7K3M-9QXT",
          now: now))
    }
    let number = try #require(numbers.first)
    #expect(numbers.count == 1)
    let call = await AccessDeskTests.answer(listener)
    #expect(call.hasPrefix("POST /hook HTTP/1.1\r\n"), "\(call)")
    #expect(call.contains("Content-Type: application/json"))
    #expect(
      call.contains(
        "{\"event\":\"requested\",\"authorisation\":{\"number\":\(number),\"state\":\"requested\",\"services\":[\"deepseek\"],\"client\":\"192.0.2.7\",\"for\":\"1h\",\"reason\":\"\\\"quoted\\\" & <b>\",\"asked_by\":\"Kim\""),
      "\(call)")
    for _ in 0..<1000 where webhook.counts.sent == 0 { try await Task.sleep(for: .milliseconds(20)) }
    #expect(webhook.counts == (1, 0, 0))
    running.cancel()
    #expect(try await house.desk.state(of: number, for: client)?.state == .requested)
    #expect(try await house.desk.state(of: number, for: address("192.0.2.8")) == nil)
    #expect(try await house.desk.state(of: number + 1, for: client) == nil)
    await #expect(throws: LedgerError.self) {
      try await house.desk.request(
        client: client, service: "nothing", name: "Kim", reason: "x", seconds: 3600, reference: nil, now: now)
    }
  }

  /// Accepts one call, answers 204, and gives what was sent.
  private static func answer(_ listener: TestSocket) async -> String {
    // On a thread of its own: those of tasks are few.
    await withCheckedContinuation { continuation in
      Thread.detachNewThread { continuation.resume(returning: call(listener)) }
    }
  }

  private static func call(_ listener: TestSocket) -> String {
    let connection = accept(listener.descriptor, nil, nil)
    defer { close(connection) }
    var octets: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 4096)
    while !String(decoding: octets, as: UTF8.self).hasSuffix("}}") {
      let count = read(connection, &buffer, buffer.count)
      guard count > 0 else { break }
      octets += buffer[..<count]
    }
    let reply = Array("HTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n".utf8)
    _ = write(connection, reply, reply.count)
    return String(decoding: octets, as: UTF8.self)
  }
}
