/// A name that is special with all below it: answered here, for the upstreams either cannot know it or must not hear it.
package struct SpecialZone: Sendable {
  package let apex: Name
  /// What says so, and where.
  package let standard: String
  /// A reverse zone of addresses that `private` stands for in the configuration.
  package let isPrivate: Bool
  /// Its DS, asked for with DO, is the parent's to tell (RFC 8375 section 4): validators need the proof that none is there.
  let hasForwardedDS: Bool
  /// What lies below exists too, without data: nothing is said of it but that nothing is there (RFC 9462 section 6.4).
  let holdsEveryName: Bool

  private init(
    _ apex: String, _ standard: String, isPrivate: Bool = false, hasForwardedDS: Bool = false,
    holdsEveryName: Bool = false
  ) {
    guard let name = Name(apex) else { preconditionFailure("\(apex) is no name") }
    self.apex = name
    self.standard = standard
    self.isPrivate = isPrivate
    self.hasForwardedDS = hasForwardedDS
    self.holdsEveryName = holdsEveryName
  }

  /// Seconds that its answers live: what the cache gives a negative answer of an upstream at most.
  static let ttl: UInt32 = 3600

  /// The zone that is never anybody else's: its names are this machine.
  static let localhost = SpecialZone("localhost", "RFC 6761 section 6.3")

  /// RFC 6303 section 4 has the reverse zones; none of them lies below another zone here.
  package static let all: [SpecialZone] =
    [
      localhost,
      SpecialZone("test", "RFC 6761 section 6.2"),
      SpecialZone("invalid", "RFC 6761 section 6.4"),
      SpecialZone("local", "RFC 6762 section 22.1"),
      SpecialZone("onion", "RFC 7686 section 2"),
      SpecialZone("home.arpa", "RFC 8375 section 4", hasForwardedDS: true),
      SpecialZone("resolver.arpa", "RFC 9462 section 6.4", holdsEveryName: true),
      SpecialZone("10.in-addr.arpa", "RFC 6303 section 4.1", isPrivate: true),
      SpecialZone("168.192.in-addr.arpa", "RFC 6303 section 4.1", isPrivate: true),
      SpecialZone("254.169.in-addr.arpa", "RFC 6303 section 4.2", isPrivate: true),
      SpecialZone("d.f.ip6.arpa", "RFC 6303 section 4.4", isPrivate: true),
      SpecialZone("8.b.d.0.1.0.0.2.ip6.arpa", "RFC 6303 section 4.6"),
      SpecialZone(String(repeating: "0.", count: 32) + "ip6.arpa", "RFC 6303 section 4.3"),
      SpecialZone("1." + String(repeating: "0.", count: 31) + "ip6.arpa", "RFC 6303 section 4.3"),
    ]
    + ["0", "127", "2.0.192", "100.51.198", "113.0.203", "255.255.255.255"].map {
      SpecialZone("\($0).in-addr.arpa", "RFC 6303 section 4.2")
    }
    + (16...31).map { SpecialZone("\($0).172.in-addr.arpa", "RFC 6303 section 4.1", isPrivate: true) }
    + (64...127).map { SpecialZone("\($0).100.in-addr.arpa", "RFC 7793 section 4", isPrivate: true) }
    + ["8", "9", "a", "b"].map { SpecialZone("\($0).e.f.ip6.arpa", "RFC 6303 section 4.5", isPrivate: true) }

  /// Whether `name` is special.
  package static func holds(_ name: Name) -> Bool { all.contains { name.isAtOrBelow($0.apex) } }

  /// What an answer says of itself: `test is not asked upstream (RFC 6761 section 6.2)`.
  var remark: Response.Remark { Response.Remark(.other, "\(apex) is not asked upstream (\(standard))") }

  /// As RFC 6303 section 3 has it.
  var authority: [UInt8] {
    guard let nobody = Name("nobody.invalid") else { return [] }
    return StartOfAuthority(primary: apex, mailbox: nobody, serial: 1, minimum: SpecialZone.ttl).rdata
  }

  /// What the names in these zones have: addresses of this machine and their names, and an SOA at each apex, with an NS
  /// where RFC 6303 asks for one.
  static let records: [LocalRecords.Entry] = {
    var entries: [LocalRecords.Entry] = []
    func add(_ owner: Name, _ type: RecordType, _ rdata: [UInt8], isWildcard: Bool = false) {
      let record = PolicyZone.LocalRecord(type: type, ttl: ttl, rdata: rdata)
      entries.append(LocalRecords.Entry(owner: owner, isWildcard: isWildcard, record: record, line: 0, column: 0))
    }
    for zone in all {
      add(zone.apex, .soa, zone.authority)
      if zone.standard.hasPrefix("RFC 6303") { add(zone.apex, .ns, [UInt8](copying: zone.apex.wire)) }
    }
    for loopback in [IPAddress(v4: 0x7F00_0001), IPAddress(v6High: 0, low: 1)] {
      let octets = (0..<loopback.octetCount).map { loopback.octet($0) }
      for isWildcard in [false, true] {
        add(localhost.apex, loopback.family == .v4 ? .a : .aaaa, octets, isWildcard: isWildcard)
      }
      add(ReverseName.name(of: loopback), .ptr, [UInt8](copying: localhost.apex.wire))
    }
    return entries
  }()
}
