import Sinkhole
import Support
import Synchronization

/// The whole server over loopback: spoilt queries by UDP and TCP, and an upstream whose every other response is
/// spoilt too. After it, a good query must still be answered.
struct WireRoad {
  func run(count: Int, seed: UInt64) throws -> Tally {
    let mutator = Mutex(Mutator(random: SeededRandom(seed: seed)))
    let upstream = try ScriptedUpstream { query in
      mutator.withLock { mutator in
        guard let right = Seeds.responses(to: query.octets).randomElement(using: &mutator.random) else { return [] }
        return [.send(Bool.random(using: &mutator.random) ? mutator.spoil(right) : right)]
      }
    }
    defer { upstream.stop() }
    let server = try TestServer(upstreams: [upstream.port], zone: Seeds.zone)
    var tally = Tally()
    try sendDatagrams(count, server, mutator, &tally)
    try sendStreams(count / 20, server, mutator, &tally)
    let last = try server.udp().ask(Message.query("chat.deepseek.com"))
    if last?.answers.map(\.ipv4) != ["192.0.2.53"] {
      tally.faults += 1
      print("fault: the server no longer answers")
    }
    return tally
  }

  /// In lots, so that neither side's buffer overflows: a lot, then whatever came back until a good query's answer.
  private func sendDatagrams(
    _ count: Int, _ server: TestServer, _ mutator: borrowing Mutex<Mutator>, _ tally: inout Tally
  ) throws {
    let client = try server.udp()
    // IDs count up, so that a response that waited for the upstream is judged by its own query, lots later.
    var sent: [UInt16: [UInt8]] = [:]
    for number in 0..<count {
      var packet = mutator.withLock { $0.spoil(Seeds.queries[number % Seeds.queries.count]) }
      let id = UInt16(number % 0xFFFF)
      if packet.count >= 2 { packet.replaceSubrange(0..<2, with: Message.be(id)) }
      sent[id] = packet
      client.send(packet)
      tally.packets += 1
      guard number % 50 == 49 else { continue }
      client.send(Message.query("chat.deepseek.com", id: 0xFFFF))
      while let answer = client.receiveMessage(), answer.prefix(2) != [0xFF, 0xFF] {
        guard answer.count >= 2, let packet = sent[Message.uint16(answer, 0)] else {
          tally.faults += 1
          print("fault: an answer with no ID of ours: \(answer)")
          continue
        }
        tally.judge(answer, to: packet)
      }
    }
    tally.silences = max(0, tally.packets - tally.answers)
  }

  private func sendStreams(
    _ count: Int, _ server: TestServer, _ mutator: borrowing Mutex<Mutator>, _ tally: inout Tally
  ) throws {
    for index in 0..<count {
      let client = try server.tcp(seconds: 1)
      let packet = mutator.withLock { $0.spoil(Seeds.queries[index % Seeds.queries.count]) }
      client.sendMessage(packet)
      client.sendMessage(Message.query("chat.deepseek.com", id: 7))
      client.finishSending()
      // All that comes until the server closes; only whole messages may.
      while let answer = client.receiveMessage() {
        if Message(answer) == nil {
          tally.faults += 1
          print("fault: a message over TCP that is not well formed: \(answer)")
        }
      }
      tally.packets += 1
    }
  }
}
