import Sinkhole
import Support
import Testing

@Suite("The life of a cached response")
struct CacheLifeTests {
  private static let packet = Message.query("www.example.org")

  @Test(
    "what has expired is stale for as long as it may be, and then forgotten",
    arguments: [(59, "hit"), (60, "stale"), (159, "stale"), (160, "miss"), (9999, "miss")] as [(UInt32, String)])
  func stale(_ age: UInt32, _ expected: String) throws {
    var limits = CacheLimits()
    limits.staleFor = 100
    let pantry = Pantry(limits: limits)
    try pantry.keep(Self.packet, [Message.address("192.0.2.1", ttl: 60)], at: 1000)
    let answer = try pantry.ask(Self.packet, at: 1000 + age)
    #expect((answer.isMiss ? "miss" : answer.isStale ? "stale" : "hit") == expected)
    let stale = try pantry.askStale(Self.packet, at: 1000 + age)
    #expect((stale == nil) == (expected == "miss"))
  }

  @Test("nothing is stale when stale data are off")
  func off() throws {
    var limits = CacheLimits()
    limits.staleFor = 0
    let pantry = Pantry(limits: limits)
    try pantry.keep(Self.packet, [Message.address("192.0.2.1", ttl: 60)], at: 1)
    #expect(try pantry.ask(Self.packet, at: 61).isMiss)
    #expect(try pantry.askStale(Self.packet, at: 61) == nil)
  }

  @Test("stale data have TTL 30 and an extended error, fresh ones have neither", arguments: [(0, 3), (3, 19)] as [(UInt8, UInt16)])
  func staleForm(_ rcode: UInt8, _ infoCode: UInt16) throws {
    let pantry = Pantry()
    let answers = rcode == 0 ? [Message.address("192.0.2.1", ttl: 60), Message.address("192.0.2.2", ttl: 6000)] : []
    try pantry.keep(Self.packet, answers, rcode: rcode, authority: [Message.soa(ttl: 60)], at: 1)
    let stale = try #require(try pantry.askStale(Self.packet, at: 1000))
    #expect(stale.rcode == Int(rcode))
    #expect(stale.extendedError?.code == infoCode)
    #expect((stale.answers + stale.authority).allSatisfy { $0.ttl == 30 })
    #expect(stale.answers.count == answers.count)
    let fresh = try #require(try pantry.askStale(Self.packet, at: 11))
    #expect(fresh.extendedError == nil)
    #expect((fresh.answers + fresh.authority).first?.ttl == 50)
    #expect(try pantry.askStale(Message.query("other.example.org"), at: 1) == nil)
  }

  @Test("a response in use is due once in the last tenth of its life, and again in its next life")
  func due() throws {
    let pantry = Pantry()
    for start in [1000, 2000] as [UInt32] {
      try pantry.keep(Self.packet, [Message.address("192.0.2.1", ttl: 100)], at: start)
      #expect(try !pantry.ask(Self.packet, at: start + 1).isDue)
      #expect(try !pantry.ask(Self.packet, at: start + 89).isDue)
      #expect(try pantry.ask(Self.packet, at: start + 90).isDue)
      #expect(try !pantry.ask(Self.packet, at: start + 91).isDue)
    }
  }

  @Test("what nobody else asked for, what lives less than ten seconds, and all without prefetch are never due")
  func neverDue() throws {
    for (renews, ttl, uses) in [(true, 100, 0), (true, 9, 1), (false, 100, 1)] as [(Bool, UInt32, Int)] {
      let pantry = Pantry(renews: renews)
      try pantry.keep(Self.packet, [Message.address("192.0.2.1", ttl: ttl)], at: 1)
      for _ in 0..<uses { #expect(try pantry.ask(Self.packet, at: 1).message != nil) }
      #expect(try !pantry.ask(Self.packet, at: ttl).isDue)
    }
  }

  @Test("a shorter TTL counts as the least one, 0 included, and is sent so")
  func floor() throws {
    var limits = CacheLimits()
    limits.minimumTTL = 60
    let pantry = Pantry(limits: limits)
    for ttl in [0, 5, 90] as [UInt32] {
      let isKept = try pantry.keep(Self.packet, [Message.address("192.0.2.1", ttl: ttl), Message.address("192.0.2.2", ttl: 900)], at: 10)
      #expect(isKept)
      #expect(try pantry.ask(Self.packet, at: 20).message?.answers.map(\.ttl) == [max(ttl, 60) - 10, 890])
      #expect(try pantry.ask(Self.packet, at: 10 + max(ttl, 60)).isStale)
    }
  }

  @Test("positive and negative responses are kept no longer than their limits")
  func ceilings() throws {
    var limits = CacheLimits()
    (limits.maximumTTL, limits.maximumNegativeTTL) = (200, 100)
    let pantry = Pantry(limits: limits)
    try pantry.keep(Self.packet, [Message.address("192.0.2.1", ttl: 4000)], at: 0)
    #expect(try pantry.ask(Self.packet, at: 199).message != nil)
    #expect(try pantry.ask(Self.packet, at: 200).isStale)
    for rcode in [0, 3] as [UInt8] {
      try pantry.keep(Self.packet, [], rcode: rcode, authority: [Message.soa(ttl: 4000, minimum: 4000)], at: 0)
      #expect(try pantry.ask(Self.packet, at: 99).message != nil)
      #expect(try pantry.ask(Self.packet, at: 100).isStale)
    }
  }

  @Test("an upstream's extended error goes with every hit that has EDNS, its text cut between characters")
  func remark() throws {
    let pantry = Pantry()
    let text = String(repeating: "ä", count: 150)
    try pantry.keep(Self.packet, [Message.address("192.0.2.1")], remark: [0, 6] + Array(text.utf8), at: 1)
    for _ in 0..<2 {
      let error = try #require(try pantry.ask(Self.packet, at: 2).message?.extendedError)
      #expect(error.code == 6)
      #expect(error.text == String(repeating: "ä", count: 100))
    }
    let plain = try #require(try pantry.ask(Message.query("www.example.org", edns: nil), at: 2).message)
    #expect(plain.opt == nil)
    #expect(plain.answers.map(\.ipv4) == ["192.0.2.1"])
  }

  @Test("AD is told to those who set AD or DO, and only of what was verified")
  func authentic() throws {
    for isAuthentic in [true, false] {
      let pantry = Pantry()
      let secure = Message.query("www.example.org", edns: Message.EDNS(flags: 0x8000))
      for packet in [Self.packet, secure] {
        try pantry.keep(packet, [Message.address("192.0.2.1")], isAuthentic: isAuthentic, at: 1)
      }
      #expect(try pantry.ask(Self.packet, at: 1).message?.authenticData == false)
      #expect(try pantry.ask(Message.query("www.example.org", flags: 0x0120), at: 1).message?.authenticData == isAuthentic)
      #expect(try pantry.ask(secure, at: 1).message?.authenticData == isAuthentic)
      #expect(try pantry.askStale(secure, at: 3000)?.authenticData == false)
    }
  }

  @Test("views keep their own truths")
  func views() throws {
    let pantry = Pantry()
    for view in 0...2 as ClosedRange<UInt64> {
      try pantry.keep(Self.packet, [Message.address("192.0.2.\(view + 1)")], view: view, at: 1)
    }
    for view in 0...2 as ClosedRange<UInt64> {
      #expect(try pantry.ask(Self.packet, view: view, at: 1).message?.answers.map(\.ipv4) == ["192.0.2.\(view + 1)"])
    }
    #expect(try pantry.ask(Self.packet, view: 3, at: 1).isMiss)
  }

  @Test("names asked once push out nothing that is in use")
  func scan() throws {
    let pantry = Pantry()
    let used = (0..<2000).map { Message.query("used\($0).example.org") }
    func use() throws -> Int {
      try used.count { packet in
        if try pantry.ask(packet, at: 5).message != nil { return true }
        try pantry.keep(packet, [Message.address("192.0.2.1")], at: 5)
        return false
      }
    }
    for _ in 0..<3 { _ = try use() }
    let before = try use()
    for number in 0..<60_000 {
      try pantry.keep(Message.query("once\(number).example.org"), [Message.address("192.0.2.1")], at: 5)
    }
    let after = try use()
    #expect(before == 2000)
    #expect(after > 1900, "\(after)")
    #expect(pantry.cache.statistics(inspects: true).isConsistent)
  }
}
