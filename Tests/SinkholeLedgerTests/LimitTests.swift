import SinkholeLedger
import Testing

@Suite("What readers may write")
struct LimitTests {
  @Test("ten thousand requests of one client come to three that wait, are counted, and are said once")
  func flood() async throws {
    let desk = try Desk()
    var refusals: [String: Int] = [:]
    for turn in 0..<10_000 {
      do throws(LedgerError) {
        _ = try await desk.ask(service: "service-\(turn)", at: Desk.noon + Int64(turn / 1000))
      } catch {
        switch error {
        case .full: refusals["full", default: 0] += 1
        case .rateLimited: refusals["rate", default: 0] += 1
        default: Issue.record("\(error)")
        }
      }
    }
    #expect(desk.ledger.counts.requests == 3)
    #expect(refusals == ["full": 9997])
    #expect(desk.ledger.counters.value(.requested) == 3)
    #expect(desk.ledger.counters.value(.refusedFull) == 9997)
    #expect(desk.log.count(of: "access_full") == 1)
    #expect(try await desk.steps().count == 3)
  }

  @Test("a client that asks for the same service again gets the number it has")
  func again() async throws {
    let desk = try Desk()
    let number = try await desk.ask()
    for _ in 0..<100 { #expect(try await desk.ask() == number) }
    #expect(try await desk.steps().count == 1)
    #expect(try await desk.ask("192.0.2.8") != number)
  }

  @Test("who asks and is denied over and over is slowed down, and goes on when time has passed")
  func rate() async throws {
    let desk = try Desk()
    func askAndDeny(_ turn: Int, at now: Int64 = Desk.noon) async throws(LedgerError) {
      let number = try await desk.ask(service: "s-\(turn)", at: now)
      _ = try await desk.ledger.deny(number, note: nil, by: Desk.kim, now: now)
    }
    for turn in 0..<5 { try await askAndDeny(turn) }
    await #expect(throws: LedgerError.rateLimited(60)) { try await askAndDeny(6) }
    #expect(desk.ledger.counters.value(.refusedRate) == 1)
    #expect(desk.log.count(of: "access_rate") == 1)
    // Others are not slowed down by it, and a clock that is set back gains nothing.
    _ = try await desk.ask("192.0.2.8")
    await #expect(throws: LedgerError.rateLimited(60)) { try await askAndDeny(7, at: Desk.noon - 4000) }
    try await askAndDeny(8, at: Desk.noon + 60)
  }

  @Test("from many clients a thousand requests wait at most, and there is room again when one is decided")
  func all() async throws {
    let desk = try Desk {
      $0.requests = 40
      $0.allRequests = .init(burst: 100, secondsForEach: 1)
    }
    var first: Int64 = 0
    for host in 0..<40 {
      let number = try await desk.ask("192.0.2.\(host)")
      if host == 0 { first = number }
    }
    await #expect(throws: LedgerError.full("40 requests wait for a decision already")) { try await desk.ask("192.0.2.99") }
    _ = try await desk.ledger.deny(first, note: nil, by: Desk.kim, now: Desk.noon)
    _ = try await desk.ask("192.0.2.99")
  }

  @Test("all clients together are bounded too, and so are those that are remembered")
  func together() async throws {
    let desk = try Desk {
      $0.clientAcknowledgements = .init(burst: 2, secondsForEach: 10)
      $0.allAcknowledgements = .init(burst: 10, secondsForEach: 1)
      $0.clients = 8
    }
    for host in 0..<8 { _ = try await desk.acknowledge("192.0.2.\(host)") }
    await #expect(throws: LedgerError.self) { try await desk.acknowledge("192.0.2.8") }
    // After ten seconds those have their full rate again, and make room.
    for host in 10..<18 { _ = try await desk.acknowledge("192.0.2.\(host)", at: Desk.noon + 10) }
    #expect(desk.ledger.counts.acknowledgements == 16)
  }

  @Test("an acknowledgement opens at once, is the same when given twice, and ends by time")
  func acknowledges() async throws {
    let desk = try Desk()
    #expect(try await desk.acknowledge() == Desk.noon + 3600)
    #expect(try await desk.acknowledge(at: Desk.noon + 100) == Desk.noon + 3600)
    #expect(desk.followed.open == ["gpt client 192.0.2.7 until 3600"])
    #expect(try await desk.steps() == ["reader 192.0.2.7 acknowledged acknowledgement 1"])
    await desk.ledger.settle(now: Desk.noon + 3599)
    #expect(desk.followed.count == 1)
    await desk.ledger.settle(now: Desk.noon + 3600)
    #expect(desk.followed.open == [])
    #expect(desk.ledger.counts.acknowledgements == 0)
    #expect(try await desk.acknowledge(at: Desk.noon + 3600) == Desk.noon + 7200)
  }

  @Test("acknowledgements are bounded for a client and in all")
  func acknowledgements() async throws {
    let desk = try Desk {
      ($0.acknowledgements, $0.acknowledgementsPerClient) = (5, 3)
    }
    for service in ["a", "b", "c"] { _ = try await desk.acknowledge(service: service) }
    await #expect(throws: LedgerError.full("3 acknowledgements of this client hold already")) {
      try await desk.acknowledge(service: "d")
    }
    for host in [8, 9] { _ = try await desk.acknowledge("192.0.2.\(host)") }
    await #expect(throws: LedgerError.full("5 acknowledgements hold already")) { try await desk.acknowledge("192.0.2.10") }
    await desk.ledger.settle(now: Desk.noon + 3600)
    _ = try await desk.acknowledge("192.0.2.10", at: Desk.noon + 3600)
  }

  @Test("authorisations, and the services in them, are bounded")
  func grants() async throws {
    let desk = try Desk { ($0.authorisations, $0.services, $0.servicesTogether) = (3, 5, 3) }
    _ = try await desk.add(services: ["a", "b", "c"])
    await #expect(throws: LedgerError.full("5 services are authorised already, counted for each authorisation")) {
      try await desk.add(services: ["a", "b", "c"])
    }
    await #expect(throws: LedgerError.text("4 services, expected 1 to 3.")) { try await desk.add(services: ["a", "b", "c", "d"]) }
    _ = try await desk.add()
    let last = try await desk.add()
    await #expect(throws: LedgerError.full("3 authorisations hold or will hold already")) { try await desk.add() }
    _ = try await desk.ledger.revoke(last.number, note: nil, by: Desk.kim, now: Desk.noon)
    _ = try await desk.add()
  }

  struct Text: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let reason: String
    var problem: String?
  }

  static let texts = [
    Text(testDescription: "plain", reason: "Übersetzung, 번역 업무 👩‍💻"),
    Text(testDescription: "as long as may be", reason: String(repeating: "가", count: 500)),
    Text(testDescription: "empty", reason: "", problem: "the reason is empty. Write it."),
    Text(testDescription: "blanks", reason: " \t\n ", problem: "the reason is empty. Write it."),
    Text(
      testDescription: "too long", reason: String(repeating: "x", count: 501),
      problem: "the reason is longer than 500 characters. Shorten it."),
    Text(
      testDescription: "a megabyte", reason: String(repeating: "x", count: 1 << 20),
      problem: "the reason is longer than 500 characters. Shorten it."),
    Text(
      testDescription: "one character of many marks", reason: "e" + String(repeating: "\u{301}", count: 501),
      problem: "the reason is longer than 500 characters. Shorten it."),
    Text(
      testDescription: "a line feed", reason: "a\nevent=forged",
      problem: "the reason has characters that do not show as text. Write it on one line."),
    Text(
      testDescription: "an escape", reason: "a\u{1B}[2J",
      problem: "the reason has characters that do not show as text. Write it on one line."),
    Text(
      testDescription: "a turn of direction", reason: "a\u{202E}b",
      problem: "the reason has characters that do not show as text. Write it on one line."),
    Text(
      testDescription: "a line separator", reason: "a\u{2028}b",
      problem: "the reason has characters that do not show as text. Write it on one line."),
  ]

  @Test("a text is bounded, on one line, and shows as it is", arguments: texts)
  func checksText(_ text: Text) async throws {
    let desk = try Desk()
    do throws(LedgerError) {
      let number = try await desk.ask(reason: "  " + text.reason + " ")
      #expect(text.problem == nil)
      #expect(try await desk.ledger.authorisation(number).reason == text.reason)
    } catch {
      #expect("\(error)" == text.problem)
      #expect(desk.ledger.counters.value(.refusedInput) == 1)
      #expect(try await desk.steps() == [])
    }
  }

  @Test("a name, a service and a time that do not fit are refused")
  func inputs() async throws {
    let desk = try Desk()
    await #expect(throws: LedgerError.self) { try await desk.ask(name: String(repeating: "n", count: 81)) }
    await #expect(throws: LedgerError.self) { try await desk.ask(service: "a b") }
    await #expect(throws: LedgerError.self) { try await desk.ask(service: "") }
    await #expect(throws: LedgerError.self) { try await desk.ask(seconds: 59) }
    await #expect(throws: LedgerError.self) { try await desk.ask(seconds: desk.ledger.limits.longest + 1) }
    await #expect(throws: LedgerError.self) { try await desk.add(services: ["a", "a"]) }
    #expect(desk.ledger.counters.value(.refusedInput) == 6)
    #expect(try await desk.steps() == [])
  }

  @Test("many at once are kept whole, each under a number of its own")
  func concurrent() async throws {
    let desk = try Desk()
    let numbers = try await withThrowingTaskGroup(of: Int64.self) { group in
      for host in 0..<100 { group.addTask { try await desk.ask("192.0.2.\(host)") } }
      return try await group.reduce(into: Set<Int64>()) { $0.insert($1) }
    }
    #expect(numbers.count == 100)
    #expect(desk.ledger.counts.requests == 100)
    // One client that presses twice at the same moment.
    let twice = await withTaskGroup(of: Int64?.self) { group in
      for _ in 0..<20 { group.addTask { try? await desk.ask("192.0.2.200") } }
      return await group.reduce(into: Set<Int64?>()) { $0.insert($1) }
    }
    #expect(twice.subtracting([nil]).count == 1)
    #expect(try await desk.ledger.verifyAudit() == .whole(entries: 101, last: 101, hash: desk.ledger.audit(after: 100, most: 1)[0].hash))
  }
}
