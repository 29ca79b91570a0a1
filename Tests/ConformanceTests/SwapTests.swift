import Foundation
import Sinkhole
import Support
import Synchronization
import Testing

@Suite("Snapshots swapped under load")
struct SwapTests {
  /// What one asker saw.
  private final class Tally: Sendable {
    let answers = Atomic<Int>(0)
    let lost = Atomic<Int>(0)
    let wrong = Atomic<Int>(0)
    let isStopped = Atomic<Bool>(false)
    let isDone = Atomic<Bool>(false)
  }

  @Test("once a snapshot is published the very next answer is by it, and under load nothing is lost and nothing wrong")
  func swaps() async throws {
    let upstream = try ScriptedUpstream(
      try RecordTable(["www.example.org 300 CNAME deepseek.com", "deepseek.com 300 A 198.51.100.9"]))
    defer { upstream.stop() }
    let rules = ["{block: {services: all}}", "{allow: {services: all}}"]
    let configuration = { (rule: String) throws in
      let definition = try ConfigurationReader.read(
        text: "policies: { p: [\(rule)] }\ndefault_policy: p", file: "s.yaml"
      ).definition
      return TestServer.configuration(upstreams: [upstream.port]) { $0.definition = definition }
    }
    let open = try configuration(rules[1])
    let server = try DNSServer(settings: open.server, snapshot: try TestServer.snapshot(open, zone: TestServer.zone))
    try server.start()
    defer { server.stop() }
    let client = try TestSocket(port: server.addresses[0].port)
    let names = ["deepseek.com", "www.example.org"]
    for name in names { #expect(client.ask(Message.query(name))?.answers.last?.ipv4 == "198.51.100.9") }

    let tally = Tally()
    let port = server.addresses[0].port
    Thread.detachNewThread { SwapTests.ask(names, port, tally) }
    // A few seconds of alternation: the blocked policy first.
    for turn in 0..<40 {
      let configuration = try configuration(rules[turn % 2])
      let snapshot = try TestServer.snapshot(configuration, zone: TestServer.zone, generation: turn + 2)
      await server.publish(snapshot)
      let expected = turn % 2 == 0 ? "192.0.2.53" : "198.51.100.9"
      for name in names {
        let answer = client.ask(Message.query(name))?.answers.last?.ipv4
        #expect(answer == expected, "\(name) after publication \(turn)")
      }
      pause(milliseconds: 50)
    }
    tally.isStopped.store(true, ordering: .releasing)
    #expect(eventually { tally.isDone.load(ordering: .acquiring) })
    #expect(tally.answers.load(ordering: .acquiring) > 1000)
    #expect(tally.lost.load(ordering: .acquiring) == 0)
    #expect(tally.wrong.load(ordering: .acquiring) == 0)
    // All of it came from the cache or from the policy.
    #expect(upstream.received.count == 2)
  }

  struct Late: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let rule: String
    /// The answer section once the response has come; nil: silence.
    let records: [String]?
  }

  static let late = [
    Late(
      testDescription: "open", rule: "{allow: everything}",
      records: ["www.example.org 300 CNAME deepseek.com", "deepseek.com 300 A 198.51.100.9"]),
    Late(testDescription: "the name blocked", rule: "{block: {names: [example.org]}}", records: ["www.example.org 5 A 192.0.2.53"]),
    Late(
      testDescription: "where it leads blocked", rule: "{block: {services: all}}",
      records: ["www.example.org 5 CNAME deepseek.com", "deepseek.com 5 A 192.0.2.53"]),
    Late(
      testDescription: "sent to a garden", rule: "{redirect: {names: [example.org]}, to: garden.example.net}",
      records: ["www.example.org 5 CNAME garden.example.net", "garden.example.net 5 A 192.0.2.99"]),
    Late(
      testDescription: "where it leads sent to a garden", rule: "{redirect: {services: all}, to: garden.example.net}",
      records: ["www.example.org 5 CNAME deepseek.com", "deepseek.com 5 CNAME garden.example.net", "garden.example.net 5 A 192.0.2.99"]),
    Late(testDescription: "dropped", rule: "{drop: {names: [example.org]}}", records: nil),
  ]

  @Test("a response that was waited for is judged by the policy of when it comes", arguments: late, Transport.allCases)
  func waits(_ late: Late, _ transport: Transport) async throws {
    let latch = Latch()
    let table = try RecordTable([
      "www.example.org 300 CNAME deepseek.com", "deepseek.com 300 A 198.51.100.9", "garden.example.net 300 A 192.0.2.99",
    ])
    let upstream = try ScriptedUpstream { query in
      if query.name == "www.example.org" { latch.wait() }
      return [.send(table.response(to: query.octets))]
    }
    defer { upstream.stop() }
    let server = try TestServer(upstreams: [upstream.port], zone: "$ORIGIN x.rpz.test.\n@ 5 SOA localhost. root.localhost. 1 3600 600 86400 5\n")
    let client = try server.client(transport)
    client.sendMessage(Message.query("www.example.org", id: 1))
    #expect(eventually { !upstream.received.isEmpty })
    let definition = try ConfigurationReader.read(text: "policies: { p: [\(late.rule)] }\ndefault_policy: p", file: "s.yaml").definition
    let configuration = TestServer.configuration(upstreams: [upstream.port]) { $0.definition = definition }
    await server.server.publish(try TestServer.snapshot(configuration, zone: TestServer.zone, generation: 2))
    latch.open()
    if late.records == nil { #expect(eventually { server.value(.blocked) == 1 }) }
    // What is about ourselves comes behind it, or alone.
    if late.records == nil { client.sendMessage(Message.query("whoami.sinkhole.internal", 16, id: 2)) }
    let answer = try #require(client.receiveMessage().flatMap(Message.init))
    #expect(answer.id == (late.records == nil ? 2 : 1))
    guard let records = late.records else { return }
    #expect(answer.answers.map { RecordText.text(of: $0, in: answer) } == records)
  }

  /// Asks as fast as answers come, eight at a time.
  private static func ask(_ names: [String], _ port: UInt16, _ tally: Tally) {
    defer { tally.isDone.store(true, ordering: .releasing) }
    guard let client = try? TestSocket(port: port) else { return }
    var id: UInt16 = 0
    while !tally.isStopped.load(ordering: .acquiring) {
      var waiting: Set<UInt16> = []
      for _ in 0..<8 {
        id &+= 1
        waiting.insert(id)
        client.sendMessage(Message.query(names[Int(id) % names.count], id: id))
      }
      while !waiting.isEmpty {
        guard let answer = client.receiveMessage().flatMap(Message.init), waiting.remove(answer.id) != nil else {
          tally.lost.add(waiting.count, ordering: .relaxed)
          break
        }
        tally.answers.add(1, ordering: .relaxed)
        if !isWhole(answer, names[Int(answer.id) % names.count]) { tally.wrong.add(1, ordering: .relaxed) }
      }
    }
  }

  /// By one policy or by the other, never part of each.
  private static func isWhole(_ answer: Message, _ name: String) -> Bool {
    guard answer.rcode == 0, let address = answer.answers.last?.ipv4 else { return false }
    let isBlocked = address == "192.0.2.53"
    return (isBlocked || address == "198.51.100.9") && (answer.extendedError != nil) == isBlocked
      && answer.answers.count == (name == "deepseek.com" ? 1 : 2) && answer.answers.allSatisfy { !isBlocked || $0.ttl <= 5 }
  }
}
