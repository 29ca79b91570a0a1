import SinkholeLedger
import Testing

@Suite("Authorisations, from their request to their end")
struct StateTests {
  enum Step: String, CaseIterable, Sendable { case approve, deny, revoke }

  static let legal: [Authorisation.State: [Step: Authorisation.State]] = [
    .requested: [.approve: .active, .deny: .denied], .approved: [.revoke: .revoked], .active: [.revoke: .revoked],
  ]

  /// One in `state`, and the second at which it is so.
  private func make(_ state: Authorisation.State, _ desk: Desk) async throws -> (number: Int64, now: Int64) {
    let noon = Desk.noon
    switch state {
    case .requested: return (try await desk.ask(), noon)
    case .approved: return (try await desk.add(terms: .init(from: noon + 1000, until: noon + 2000)).number, noon)
    case .active: return (try await desk.add().number, noon)
    case .ended:
      let number = try await desk.add(terms: .init(seconds: 60)).number
      await desk.ledger.settle(now: noon + 60)
      return (number, noon + 60)
    case .denied:
      let number = try await desk.ask()
      _ = try await desk.ledger.deny(number, note: "no", by: Desk.kim, now: noon)
      return (number, noon)
    case .revoked:
      let number = try await desk.add().number
      _ = try await desk.ledger.revoke(number, note: nil, by: Desk.lee, now: noon)
      return (number, noon)
    case .lapsed:
      let number = try await desk.ask()
      let late = noon + desk.ledger.limits.undecided
      await desk.ledger.settle(now: late)
      return (number, late)
    }
  }

  @Test("a step is taken from the states that it leads from, and from no other", arguments: Authorisation.State.allCases, Step.allCases)
  func steps(_ state: Authorisation.State, _ step: Step) async throws {
    let desk = try Desk()
    let (number, now) = try await make(state, desk)
    #expect(try await desk.state(number) == state)
    let before = try await desk.steps()
    let error: LedgerError?
    do throws(LedgerError) {
      switch step {
      case .approve: _ = try await desk.ledger.approve(number, terms: .init(), by: Desk.kim, now: now)
      case .deny: _ = try await desk.ledger.deny(number, note: nil, by: Desk.kim, now: now)
      case .revoke: _ = try await desk.ledger.revoke(number, note: nil, by: Desk.kim, now: now)
      }
      error = nil
    } catch let failure {
      error = failure
    }
    if let next = StateTests.legal[state]?[step] {
      #expect(error == nil)
      #expect(try await desk.state(number) == next)
      #expect(desk.followed.count == (next == .active ? 1 : 0))
    } else {
      let words: [Step: String] = [.approve: "approved", .deny: "denied", .revoke: "revoked"]
      #expect(error == .state(number, state, words[step] ?? ""))
      #expect(try await desk.state(number) == state)
      // What was not done has no entry.
      #expect(try await desk.steps() == before)
    }
  }

  @Test("the whole way has an entry for every step, with who took it and what it was before and after")
  func way() async throws {
    let desk = try Desk()
    let number = try await desk.ask()
    _ = try await desk.ledger.approve(number, terms: .init(from: Desk.noon + 100, seconds: 60), by: Desk.kim, now: Desk.noon + 10)
    #expect(desk.followed.open == [])
    await desk.ledger.settle(now: Desk.noon + 100)
    #expect(desk.followed.open == ["deepseek client 192.0.2.7 until 160"])
    await desk.ledger.settle(now: Desk.noon + 160)
    #expect(desk.followed.open == [])
    let audit = try await desk.ledger.audit(after: 0, most: 10)
    #expect(
      audit.map { "\($0.at - Desk.noon) \($0.who) \($0.what) \($0.before) -> \($0.after)" } == [
        "0 reader 192.0.2.7 (Reader) requested  -> requested: deepseek for client 192.0.2.7 for 3600 s, because: for work",
        "10 account kim approved requested: deepseek for client 192.0.2.7 for 3600 s -> approved: deepseek for client 192.0.2.7"
          + " from 2026-12-01T12:01:40Z until 2026-12-01T12:02:40Z, approved by kim",
        "100 clock active approved -> active", "160 clock ended active -> ended",
      ])
    #expect(audit.allSatisfy { $0.reference == "7K3M-9QXT" && $0.subject == "authorisation \(number)" })
  }

  @Test("an approver may give another scope, other services and another time than were asked for")
  func terms() async throws {
    let desk = try Desk()
    let number = try await desk.ask()
    let terms = Authorisation.Terms(services: ["deepseek", "gpt"], scope: .group("press"), until: Desk.noon + 500)
    _ = try await desk.ledger.approve(number, terms: terms, by: Desk.kim, now: Desk.noon)
    #expect(desk.followed.open == ["deepseek,gpt group press until 500"])
  }

  static let windows: [(Authorisation.Terms, Bool)] = [
    (.init(seconds: 0), false), (.init(seconds: -5), false), (.init(until: Desk.noon), false),
    (.init(from: Desk.noon + 10, until: Desk.noon + 10), false), (.init(from: Desk.noon + 10, until: Desk.noon + 11), true),
    (.init(from: Desk.noon - 100, until: Desk.noon + 1), true), (.init(seconds: 1000), true), (.init(seconds: 1001), false),
    (.init(from: .max - 1, until: .max), true), (.init(from: .min, until: .max), false), (.init(until: .min), false),
  ]

  @Test("a time that is over, empty or longer than allowed is refused", arguments: windows.indices)
  func checksWindow(_ index: Int) async throws {
    let desk = try Desk { $0.longest = 1000 }
    let (terms, isRight) = StateTests.windows[index]
    do throws(LedgerError) {
      _ = try await desk.add(terms: terms)
      #expect(isRight)
    } catch .time {
      #expect(!isRight)
      #expect(try await desk.steps() == [])
    }
  }

  @Test("two approvals take two people, under any spelling of their names")
  func two() async throws {
    let desk = try Desk { $0.approvals = 2 }
    let number = try await desk.ask()
    #expect(try await desk.ledger.approve(number, terms: .init(seconds: 60), by: Desk.kim, now: Desk.noon).state == .requested)
    #expect(desk.followed.open == [])
    for name in ["kim", "KIM"] {
      await #expect(throws: LedgerError.sameApprover(number, name)) {
        try await desk.ledger.approve(number, terms: .init(), by: Person(name: name, account: "other"), now: Desk.noon)
      }
    }
    await #expect(throws: LedgerError.termsStand(number)) {
      try await desk.ledger.approve(number, terms: .init(seconds: 9000), by: Desk.lee, now: Desk.noon)
    }
    #expect(try await desk.ledger.approve(number, terms: .init(), by: Desk.lee, now: Desk.noon + 5).state == .active)
    #expect(desk.followed.open == ["deepseek client 192.0.2.7 until 65"])

    // Who adds one has approved it, and is not enough.
    let added = try await desk.add(.group("press"), by: Desk.kim)
    #expect(added.state == .requested)
    await #expect(throws: LedgerError.sameApprover(added.number, "kim")) {
      try await desk.ledger.approve(added.number, terms: .init(), by: Desk.kim, now: Desk.noon)
    }
    #expect(try await desk.ledger.approve(added.number, terms: .init(), by: Desk.lee, now: Desk.noon).approvals.count == 2)
  }

  @Test("nobody approves what was asked for under their name; they may deny it")
  func own() async throws {
    let desk = try Desk()
    let number = try await desk.ask(name: "Kim")
    await #expect(throws: LedgerError.ownRequest(number)) {
      try await desk.ledger.approve(number, terms: .init(), by: Desk.kim, now: Desk.noon)
    }
    #expect(desk.followed.open == [])
    #expect(try await desk.ledger.deny(number, note: nil, by: Desk.kim, now: Desk.noon).state == .denied)
  }

  @Test("time alone begins and ends, and a clock that is set back opens nothing again")
  func clock() async throws {
    let desk = try Desk()
    let number = try await desk.add(terms: .init(from: Desk.noon + 10, until: Desk.noon + 20)).number
    for (second, state) in [
      (9, Authorisation.State.approved), (10, .active), (5, .active), (19, .active), (20, .ended), (10, .ended), (-5000, .ended),
    ] as [(Int64, Authorisation.State)] {
      await desk.ledger.settle(now: Desk.noon + second)
      #expect(try await desk.state(number) == state, "\(second)")
      #expect(desk.followed.count == (state == .active ? 1 : 0), "\(second)")
    }
    // A leap over all of it.
    let other = try await desk.add(terms: .init(from: Desk.noon + 10, until: Desk.noon + 20)).number
    await desk.ledger.settle(now: Desk.noon + 1_000_000)
    #expect(try await desk.state(other) == .ended)
    #expect(try await desk.steps().suffix(2) == ["account kim added authorisation 2", "clock ended authorisation 2"])
  }

  @Test("who decides about one that is over is told so, though nothing has settled it")
  func late() async throws {
    let desk = try Desk()
    let number = try await desk.add(terms: .init(seconds: 60)).number
    await #expect(throws: LedgerError.state(number, .ended, "revoked")) {
      try await desk.ledger.revoke(number, note: nil, by: Desk.lee, now: Desk.noon + 60)
    }
    await #expect(throws: LedgerError.notFound(77)) {
      try await desk.ledger.revoke(77, note: nil, by: Desk.lee, now: Desk.noon)
    }
  }
}
