import Dispatch
import Sinkhole
import Support
import Synchronization
import Testing

@Suite("Exceptions above the rules")
struct OverlayTests {
  private static let noon: Int64 = 1_796_126_400
  private static let zone = PlayZone.zone(
    "ai",
    """
    deepseek.com CNAME deepseek.service.sinkhole.internal.
    gpt.example.com CNAME gpt.service.sinkhole.internal.
    nx.example.net CNAME .
    """)

  /// `deepseek` blocked, `gpt` cautioned, the rest of the zone as it says; `left` is a group of 10.0.0.0/8.
  private static func road() throws -> Road {
    try Road(
      policy: """
        groups: { left: {clients: 10.0.0.0/8, policy: p} }
        policies: { p: [{block: {services: [deepseek]}}, {caution: {services: [gpt]}}, {zone: ai}] }
        default_policy: p
        """, zones: [zone])
  }

  private static func client(_ text: String) -> Overlay.Scope { .client(IPAddress(text) ?? IPAddress(v4: 0)) }

  struct Lift: Sendable, CustomTestStringConvertible {
    let kind: Overlay.Kind
    let service: String
    let question: String
    let isLifted: Bool
    var testDescription: String { "\(kind.text) \(service): \(question)" }
  }

  static let lifts = Overlay.Kind.allCases.flatMap { kind in
    [
      Lift(kind: kind, service: "deepseek", question: "deepseek.com A", isLifted: kind != .acknowledged),
      Lift(kind: kind, service: "gpt", question: "gpt.example.com A", isLifted: true),
      Lift(kind: kind, service: "gpt", question: "deepseek.com A", isLifted: false),
      Lift(kind: kind, service: "deepseek", question: "gpt.example.com A", isLifted: false),
      Lift(kind: kind, service: "ai", question: "nx.example.net A", isLifted: false),
    ]
  }

  @Test("allowed and authorised lift whatever a rule says of the service, acknowledged a caution alone", arguments: lifts)
  func kinds(_ lift: Lift) throws {
    let road = try OverlayTests.road()
    for scope in [OverlayTests.client("10.1.1.1"), .group("left")] {
      let number = try road.overlay.add(lift.kind, service: lift.service, for: scope, until: OverlayTests.noon + 60, now: OverlayTests.noon)
      let answer = try road.ask(lift.question, from: "10.1.1.1", at: OverlayTests.noon)
      #expect((answer.text == "forward") == lift.isLifted, "\(answer.text)")
      #expect(answer.told.lift?.number == (lift.isLifted ? number : nil))
      // What would restrict is told, with what lifted it.
      #expect(answer.told.verdict != nil)
      #expect(road.overlay.remove(number))
      #expect(!road.overlay.remove(number))
      #expect(try road.ask(lift.question, from: "10.1.1.1", at: OverlayTests.noon).text != "forward")
    }
    #expect(road.overlay.isEmpty)
  }

  static let clients = [
    ("10.1.1.1", "10.1.1.1", true), ("10.1.1.1", "10.1.1.2", false), ("10.1.1.1", "192.0.2.1", false),
    ("2001:db8:1:2::1", "2001:db8:1:2:ffff::9", true), ("2001:db8:1:2::1", "2001:db8:1:3::1", false),
    // An IPv4 address and an IPv6 one whose /64 has the same bits.
    ("10.1.1.1", "0:0:a01:101::1", false), ("0:0:a01:101::1", "10.1.1.1", false), ("0.0.0.4", "::4", false),
  ]

  @Test("an exception of a client is that client's, an IPv6 client's that of its /64", arguments: clients)
  func scopes(_ owner: String, _ asker: String, _ isLifted: Bool) throws {
    let road = try OverlayTests.road()
    try road.overlay.add(.allowed, service: "deepseek", for: OverlayTests.client(owner), until: OverlayTests.noon + 60, now: OverlayTests.noon)
    let effect = try #require(try effect(of: "deepseek.com", road))
    let address = try #require(IPAddress(asker))
    #expect((road.overlay.lift(effect, client: address, group: 0, now: OverlayTests.noon) != nil) == isLifted)
  }

  private func effect(of name: String, _ road: borrowing Road) throws -> Effect? {
    let policy = road.snapshot.policy
    let name = try #require(Name(name))
    return policy.ruling(on: name, for: policy.asker(IPAddress(v4: 1)), policy.activity(at: 0)).selected
      .map { policy.effect(of: $0) }
  }

  @Test("a group's exception is for nobody else, and for no client of a group that is called otherwise")
  func groups() throws {
    let road = try OverlayTests.road()
    for name in ["right", "Left", ""] {
      try road.overlay.add(.allowed, service: "deepseek", for: .group(name), until: OverlayTests.noon + 60, now: OverlayTests.noon)
    }
    #expect(try road.ask("deepseek.com A", from: "10.1.1.1", at: OverlayTests.noon).text != "forward")
    #expect(try road.ask("deepseek.com A", from: "127.0.0.1", at: OverlayTests.noon).text != "forward")
  }

  static let blocks = [
    ("10.1.0.0/16", "10.1.255.255", true), ("10.1.0.0/16", "10.2.0.0", false), ("10.1.1.1/32", "10.1.1.1", true),
    ("10.1.1.1/32", "10.1.1.2", false), ("128.0.0.0/1", "255.255.255.255", true), ("128.0.0.0/1", "127.0.0.1", false),
    ("2001:db8::/32", "2001:db8:ffff::1", true), ("2001:db8::/32", "2001:db9::1", false),
    ("2001:db8:1:2::/64", "2001:db8:1:2::9", true), ("2001:db8:1:2::/64", "2001:db8:1:3::9", false),
    ("8000::/1", "ffff::1", true), ("10.0.0.0/8", "::a00:1", false), ("::/8", "10.0.0.1", false),
  ]

  @Test("an exception of a block is for the clients in it", arguments: blocks)
  func prefixes(_ block: String, _ asker: String, _ isLifted: Bool) throws {
    let road = try OverlayTests.road()
    let noon = OverlayTests.noon
    let scope = Overlay.Scope.prefix(try #require(IPPrefix(block)))
    let number = try road.overlay.add(.authorised, service: "deepseek", for: scope, until: noon + 60, now: noon)
    let effect = try #require(try effect(of: "deepseek.com", road))
    let address = try #require(IPAddress(asker))
    #expect((road.overlay.lift(effect, client: address, group: 0, now: noon) != nil) == isLifted)
    #expect(road.overlay.lift(effect, client: address, group: 0, now: noon + 60) == nil)
    #expect(!road.overlay.remove(number, service: "gpt", for: scope))
    #expect(road.overlay.remove(number, service: "deepseek", for: scope))
    #expect(!road.overlay.remove(number, service: "deepseek", for: scope))
    #expect(road.overlay.isEmpty)
    #expect(road.overlay.lift(effect, client: address, group: 0, now: noon) == nil)
  }

  @Test("blocks in blocks: the one that holds longest counts, and each is removed for itself")
  func nested() throws {
    let road = try OverlayTests.road()
    let noon = OverlayTests.noon
    var numbers: [Int] = []
    for (block, until) in [("10.0.0.0/8", 30), ("10.1.0.0/16", 50), ("10.1.0.0/16", 40), ("10.1.1.0/24", 10)] as [(String, Int64)] {
      let scope = Overlay.Scope.prefix(try #require(IPPrefix(block)))
      numbers.append(try road.overlay.add(.authorised, service: "deepseek", for: scope, until: noon + until, now: noon))
    }
    for (removed, expected) in [(1, 2), (2, 0), (0, 3)] {
      #expect(road.overlay.remove(numbers[removed]))
      #expect(try road.ask("deepseek.com A", from: "10.1.1.1", at: noon).told.lift?.number == numbers[expected])
    }
    road.overlay.removeEnded(now: noon + 10)
    #expect(road.overlay.isEmpty)
    #expect(try road.ask("deepseek.com A", from: "10.1.1.1", at: noon).text != "forward")
  }

  static let allKinds: [Overlay.Kind] = [.acknowledged, .authorised, .allowed]

  @Test("answers that any exception opens live five seconds, or until it ends or hours change", arguments: allKinds)
  func livesShort(_ kind: Overlay.Kind) throws {
    let road = try Road(
      policy: """
        policies:
          p: [{caution: {services: [gpt]}, hours: "daily 12:00-12:01", time_zone: UTC}]
        default_policy: p
        """, zones: [OverlayTests.zone])
    let noon = OverlayTests.noon
    try road.keep("gpt.example.com A", ["gpt.example.com 300 A 198.51.100.9"])
    try road.overlay.add(kind, service: "gpt", for: OverlayTests.client("127.0.0.1"), until: noon + 30, now: noon)
    // Opened by the exception until half a minute past noon, by hours from a minute past it.
    for (after, ttl) in [(-3, 3), (0, 5), (24, 5), (27, 3), (29, 1), (60, 5), (61, 5)] as [(Int64, Int)] {
      let text = try road.ask("gpt.example.com A", at: noon + after).text
      #expect(text == "NOERROR | gpt.example.com \(ttl) A 198.51.100.9", "\(after) s")
    }
    #expect(try road.ask("gpt.example.com A", at: noon + 30).text == "NOERROR | gpt.example.com 5 A 192.0.2.53")
  }

  static let families = [
    ("127.0.0.1", "A", "NOERROR | gpt.example.com 5 A 192.0.2.53"), ("127.0.0.1", "AAAA", "NOERROR"),
    ("::1", "A", "NOERROR"), ("::1", "AAAA", "NOERROR | gpt.example.com 5 AAAA 2001:db8::53"),
    ("127.0.0.1", "HTTPS", "NOERROR"), ("127.0.0.1", "ANY", "NOERROR | gpt.example.com 5 A 192.0.2.53"),
  ]

  @Test("a caution answers the family that the client asks over", arguments: families)
  func family(_ client: String, _ type: String, _ expected: String) throws {
    #expect(try OverlayTests.road().ask("gpt.example.com \(type)", from: client, at: OverlayTests.noon).text == expected)
  }

  @Test("an exception ends by time, to the second, and answers that it opens do not outlive it")
  func time() throws {
    let road = try OverlayTests.road()
    let noon = OverlayTests.noon
    try road.keep("deepseek.com A", ["deepseek.com 300 A 198.51.100.9"])
    try road.overlay.add(.allowed, service: "deepseek", for: OverlayTests.client("127.0.0.1"), until: noon + 60, now: noon)
    for (after, expected) in [
      (0, "deepseek.com 5 A 198.51.100.9"), (55, "deepseek.com 5 A 198.51.100.9"), (57, "deepseek.com 3 A 198.51.100.9"),
      (59, "deepseek.com 1 A 198.51.100.9"), (60, "deepseek.com 5 A 192.0.2.53"), (3600, "deepseek.com 5 A 192.0.2.53"),
    ] as [(Int64, String)] {
      #expect(try road.ask("deepseek.com A", at: noon + after).text == "NOERROR | " + expected, "\(after) s")
    }
    #expect(road.overlay.entries(now: noon + 59).count == 1)
    #expect(road.overlay.entries(now: noon + 60).isEmpty)
  }

  @Test("of several exceptions the one that holds longest counts, and they are listed as they were added")
  func several() throws {
    let road = try OverlayTests.road()
    let noon = OverlayTests.noon
    var numbers: [Int] = []
    for (scope, until) in [
      (OverlayTests.client("10.1.1.1"), 10), (.group("left"), 30), (OverlayTests.client("10.1.1.1"), 20),
    ] as [(Overlay.Scope, Int64)] {
      numbers.append(try road.overlay.add(.allowed, service: "deepseek", for: scope, until: noon + until, now: noon))
    }
    #expect(road.overlay.entries(now: noon).map(\.number) == numbers)
    #expect(try road.ask("deepseek.com A", from: "10.1.1.1", at: noon).told.lift?.number == numbers[1])
    #expect(road.overlay.remove(numbers[1]))
    #expect(try road.ask("deepseek.com A", from: "10.1.1.1", at: noon).told.lift?.number == numbers[2])
    #expect(try road.ask("deepseek.com A", from: "10.1.1.1", at: noon + 20).text != "forward")
  }

  @Test("one that would be over already is refused with its text", arguments: [0, -1] as [Int64])
  func over(_ until: Int64) {
    let overlay = Overlay()
    let error = #expect(throws: Overlay.Refusal.self) {
      try overlay.add(.allowed, service: "x", for: .group("g"), until: OverlayTests.noon + until, now: OverlayTests.noon)
    }
    #expect(error?.description == "the exception would have ended already. Give a later end.")
    #expect(overlay.isEmpty)
  }

  @Test("65,536 hold, one more is refused with its text, and there is room again when some have ended or been removed")
  func full() throws {
    let overlay = Overlay()
    let noon = OverlayTests.noon
    func add(_ number: Int, until: Int64 = 100, now: Int64 = 0) throws -> Int {
      try overlay.add(
        .acknowledged, service: "s", for: .client(IPAddress(v4: UInt32(number))), until: noon + until, now: noon + now)
    }
    var numbers: [Int] = []
    for number in 0..<Overlay.capacity { numbers.append(try add(number, until: number < 3 ? 10 : 100)) }
    #expect(Set(numbers).count == Overlay.capacity)
    for _ in 0..<3 {
      let error = #expect(throws: Overlay.Refusal.self) { try add(70_000) }
      #expect(error?.description == "65536 exceptions hold already. Remove some, or wait until they end.")
    }
    #expect(overlay.entries(now: noon).count == Overlay.capacity)
    #expect(overlay.remove(numbers[9]))
    _ = try add(70_000)
    #expect(throws: Overlay.Refusal.self) { try add(70_001) }
    for number in 0..<3 { _ = try add(80_000 + number, now: 10) }
    #expect(throws: Overlay.Refusal.self) { try add(90_000, now: 10) }
    #expect(overlay.entries(now: noon + 10).count == Overlay.capacity)
    overlay.removeEnded(now: noon + 100)
    #expect(overlay.isEmpty)
  }

  @Test("a full overlay refuses without a look at what it holds, until the first has ended")
  func fullForLong() throws {
    let overlay = Overlay()
    let noon = OverlayTests.noon
    func add(_ number: Int, until: Int64, now: Int64) throws {
      try overlay.add(
        .allowed, service: "s", for: .client(IPAddress(v4: UInt32(number))), until: noon + until, now: noon + now)
    }
    func refuses(_ times: Int, now: Int64) {
      for turn in 0..<times {
        #expect(throws: Overlay.Refusal.full) { try add(100_000 + turn, until: 9_000, now: now) }
      }
    }
    var removable = 0
    for number in 0..<Overlay.capacity {
      let until: Int64 = number == 7 ? 100 : number == 8 ? 200 : 5_000
      removable = try overlay.add(
        .allowed, service: "s", for: .client(IPAddress(v4: UInt32(number))), until: noon + until, now: noon)
    }
    refuses(500, now: 99)
    #expect(overlay.sweepCount == 0)
    // One sweep makes room, and learns which is the next to end.
    try add(70_000, until: 6_000, now: 100)
    #expect(overlay.sweepCount == 1)
    refuses(500, now: 199)
    #expect(overlay.sweepCount == 1)
    try add(70_001, until: 6_000, now: 200)
    refuses(500, now: 201)
    #expect(overlay.sweepCount == 2)
    // What is added with an earlier end counts as well.
    #expect(overlay.remove(removable))
    try add(70_002, until: 300, now: 201)
    refuses(500, now: 299)
    #expect(overlay.sweepCount == 2)
    try add(70_003, until: 6_000, now: 300)
    refuses(500, now: 4_999)
    #expect(overlay.sweepCount == 3)
  }

  @Test("several threads add, look up and remove at once, and nothing is lost")
  func concurrent() throws {
    let road = try OverlayTests.road()
    let effect = try #require(try effect(of: "deepseek.com", road))
    let overlay = road.overlay
    let noon = OverlayTests.noon
    let missed = Atomic<Int>(0)
    DispatchQueue.concurrentPerform(iterations: 4) { thread in
      for turn in 0..<2000 {
        let client = IPAddress(v4: UInt32(thread << 16 | turn))
        let number = try? overlay.add(.allowed, service: "deepseek", for: .client(client), until: noon + 60, now: noon)
        let isThere = overlay.lift(effect, client: client, group: 0, now: noon)?.number == number
        if number == nil || !isThere { missed.add(1, ordering: .relaxed) }
        if turn % 2 == 0 {
          let isGone = number.map { overlay.remove($0) } ?? false
          if !isGone || overlay.lift(effect, client: client, group: 0, now: noon) != nil { missed.add(1, ordering: .relaxed) }
        }
      }
    }
    #expect(missed.load(ordering: .relaxed) == 0)
    #expect(overlay.entries(now: noon).count == 4000)
    overlay.removeEnded(now: noon + 60)
    #expect(overlay.isEmpty)
  }
}
