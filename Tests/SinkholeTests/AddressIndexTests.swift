import Sinkhole
import Support
import Testing

@Suite("Addresses in policies")
struct AddressIndexTests {
  /// Few bits differ, so that prefixes lie in each other.
  private static func address(_ isV4: Bool, _ random: inout SeededRandom) -> IPAddress {
    let edges: [UInt64] = [0, .max, random.next() & 0x8001_0000_8000_0001, random.next()]
    let high = edges.randomElement(using: &random) ?? 0
    let low = edges.randomElement(using: &random) ?? 0
    return isV4 ? IPAddress(v4: UInt32(truncatingIfNeeded: low)) : IPAddress(v6High: high, low: low)
  }

  private static func prefix(_ isV4: Bool, _ random: inout SeededRandom) -> IPPrefix? {
    let length = Int.random(in: 0...(isV4 ? 32 : 128), using: &random)
    let address = address(isV4, &random)
    if isV4 {
      let bits = UInt32(truncatingIfNeeded: address.low) & (UInt32.max << UInt32(32 - length))
      return IPPrefix(IPAddress(v4: bits), length: length)
    }
    let bits = (UInt128(address.high) << 64 | UInt128(address.low)) & (UInt128.max << UInt128(128 - length))
    return IPPrefix(
      IPAddress(v6High: UInt64(truncatingIfNeeded: bits >> 64), low: UInt64(truncatingIfNeeded: bits)), length: length)
  }

  /// The first of the longest prefixes around `address`.
  private static func scan(_ prefixes: [IPPrefix], _ address: IPAddress) -> Int? {
    prefixes.indices.filter { prefixes[$0].contains(address) }.min {
      (-prefixes[$0].length, $0) < (-prefixes[$1].length, $1)
    }
  }

  @Test("finds what a look at every prefix finds", arguments: 0..<20)
  func model(_ batch: UInt64) throws {
    var random = SeededRandom(seed: batch)
    for _ in 0..<100 {
      let count = Int.random(in: 0...40, using: &random)
      var prefixes: [IPPrefix] = []
      for _ in 0..<count {
        let isV4 = random.isOne(in: 2)
        prefixes.append(try #require(Self.prefix(isV4, &random)))
      }
      let map = PrefixMap(prefixes.enumerated().map { ($1, $0 * 10) })
      for _ in 0..<40 {
        let address = Self.address(random.isOne(in: 2), &random)
        let expected = Self.scan(prefixes, address)
        #expect(map.value(for: address) == expected.map { $0 * 10 }, "\(address) in \(prefixes)")
        #expect(map.entry(for: address)?.index == expected)
      }
      let expected = prefixes.indices.filter { prefixes.firstIndex(of: prefixes[$0]) != $0 }
      #expect(map.duplicates.map(\.second) == expected)
      #expect(map.duplicates.allSatisfy { $0.first == prefixes.firstIndex(of: prefixes[$0.second]) })
    }
  }

  @Test(
    "the longest prefix decides, up to both ends of the addresses",
    arguments: [
      ("0.0.0.0", "0.0.0.0/0"), ("255.255.255.255", "255.255.255.255"), ("255.255.255.254", "0.0.0.0/0"),
      ("10.1.255.255", "10.0.0.0/8"), ("10.2.0.0", "10.2.0.0/16"), ("10.2.255.255", "10.2.0.0/16"),
      ("10.3.0.0", "10.0.0.0/8"), ("11.0.0.0", "0.0.0.0/0"), ("2001:db8::1", "2001:db8::/32"), ("2001:db9::", nil),
      ("ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", "ff00::/8"), ("::", nil), ("::ffff:10.2.0.0", nil),
    ])
  func longest(_ address: String, _ expected: String?) throws {
    let texts = ["10.0.0.0/8", "255.255.255.255", "2001:db8::/32", "0.0.0.0/0", "10.2.0.0/16", "ff00::/8"]
    let map = PrefixMap(texts.compactMap { text in IPPrefix(text).map { ($0, text) } })
    #expect(map.value(for: try #require(IPAddress(address))) == expected)
  }

  @Test("a trigger's action and its place in the list are found; of two with one prefix the first")
  func triggers() throws {
    let texts = ["192.0.2.0/24", "192.0.2.128/25", "192.0.2.0/24", "2001:db8::/32", "192.0.2.0/24"]
    let actions: [UInt16] = [3, 4, 5, 6, 3]
    let triggers = zip(texts, actions).enumerated().compactMap { line, pair in
      IPPrefix(pair.0).map { PolicyZone.AddressTrigger(prefix: $0, action: pair.1, file: 0, line: UInt32(line + 10)) }
    }
    let index = AddressIndex(triggers)
    for (address, action, trigger) in [("192.0.2.1", 3, 0), ("192.0.2.200", 4, 1), ("2001:db8::1", 6, 3)] {
      let match = index.match(try #require(IPAddress(address)))
      #expect(match?.action == UInt16(action) && match?.trigger == trigger)
    }
    #expect(index.match(IPAddress(v4: 0))?.trigger == nil)
    // The fifth says the same as the first.
    let zone = PolicyZoneBuilder(file: "zone", title: "zone", form: .zone).finish()
    #expect(
      index.conflicts(in: zone).map(\.description) == [
        "zone:12:1: \"192.0.2.0/24\" has another action on line 10. Keep one of the two."
      ])
    #expect(!index.isEmpty && AddressIndex([]).isEmpty)
  }

  @Test("100,000 prefixes are made ready in well under a second")
  func size() throws {
    var random = SeededRandom(seed: 1)
    var entries: [(IPPrefix, Int)] = []
    while entries.count < 100_000 {
      guard let prefix = Self.prefix(random.isOne(in: 2), &random), prefix.length >= 8 else { continue }
      entries.append((prefix, entries.count))
    }
    let start = Clock.nanoseconds()
    let map = PrefixMap(entries)
    #expect(Clock.nanoseconds() - start < 1_000_000_000)
    for (prefix, _) in entries.prefix(1000) { #expect(map.value(for: prefix.address) != nil) }
  }
}
