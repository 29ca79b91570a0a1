import Sinkhole
import Support
import Testing

@Suite("SipHash and server cookies give what their papers list")
struct SipHashTests {
  private static func octets(_ hex: String) -> [UInt8] {
    let digits = Array(hex)
    return stride(from: 0, to: digits.count, by: 2).compactMap { UInt8(String(digits[$0..<($0 + 2)]), radix: 16) }
  }

  private static func word(_ octets: ArraySlice<UInt8>) -> UInt64 {
    octets.reversed().reduce(0) { $0 << 8 | UInt64($1) }
  }

  private static func key(_ hex: String) -> SipHash.Key {
    let octets = octets(hex)
    return SipHash.Key(low: word(octets[..<8]), high: word(octets[8...]))
  }

  /// Appendix A of the paper, and the vectors of its reference code: key 00 to 0f, input 00, 01, 02 ...
  static let vectors: [(Int, String)] = [
    (0, "310e0edd47db6f72"), (1, "fd67dc93c539f874"), (2, "5a4fa9d909806c0d"), (3, "2d7efbd796666785"),
    (4, "b7877127e09427cf"), (5, "8da699cd64557618"), (6, "cee3fe586e46c9cb"), (7, "37d1018bf50002ab"),
    (8, "6224939a79f5f593"), (15, "e545be4961ca29a1"),
  ]

  @Test("the reference vectors", arguments: vectors)
  func reference(_ length: Int, _ expected: String) {
    let input = (0..<length).map { UInt8($0) }
    var state = SipHash(Self.key("000102030405060708090a0b0c0d0e0f"))
    let whole = length / 8 * 8
    for start in stride(from: 0, to: whole, by: 8) { state.add(Self.word(input[start..<(start + 8)])) }
    #expect(state.finish(Self.word(input[whole...]), length: length) == Self.word(Self.octets(expected)[...]))
  }

  /// RFC 9018 appendix A: what came, from where, when, the secrets, and what goes back.
  struct Exchange: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let option: String
    let address: String
    let now: UInt32
    let secrets: [String]
    let answer: String
    let standing: Cookie.Standing
  }

  private static let secret = "e5e973e5a6b2a43f48e7dc849e37bfcf"
  static let exchanges: [Exchange] = [
    Exchange(
      testDescription: "A.1: learning a cookie", option: "2464c4abcf10c957", address: "198.51.100.100", now: 0x5CF7_9F11,
      secrets: [secret], answer: "2464c4abcf10c957010000005cf79f111f8130c3eee29480", standing: .clientAlone),
    Exchange(
      testDescription: "A.2: the same client, renewed", option: "2464c4abcf10c957010000005cf79f111f8130c3eee29480",
      address: "198.51.100.100", now: 0x5CF7_A871, secrets: [secret],
      answer: "2464c4abcf10c957010000005cf7a871d4a564a1442aca77", standing: .proven),
    Exchange(
      testDescription: "A.3: another client, reserved octets that are not 0",
      option: "fc93fc62807ddb8601abcdef5cf78f71a314227b6679ebf5", address: "203.0.113.203", now: 0x5CF7_9000,
      secrets: [secret], answer: "", standing: .proven),
    Exchange(
      testDescription: "A.4: IPv6, under the secret before", option: "22681ab97d52c298010000005cf7c57926556bd0934c72f8",
      address: "2001:db8:220:1:59de:d0f4:8769:82b8", now: 0x5CF7_C609,
      secrets: ["445536bcd2513298075a5d379663c962", "dd3bdf9344b678b185a6f5cb60fca715"],
      answer: "22681ab97d52c298010000005cf7c609a6bb79d16625507a", standing: .proven),
  ]

  @Test("the exchanges of RFC 9018 appendix A", arguments: exchanges)
  func exchange(_ exchange: Exchange) throws {
    let keys = exchange.secrets.map(Self.key)
    let secrets = CookieKeys(current: keys[0], other: keys.count > 1 ? keys[1] : nil)
    let address = try #require(IPAddress(exchange.address))
    var cookie = Cookie(Self.octets(exchange.option).span)
    cookie.settle(secrets, address: address, now: exchange.now)
    #expect(cookie.standing == exchange.standing)
    var octets = [UInt8](repeating: 0, count: Cookie.answerLength)
    var span = octets.mutableSpan
    cookie.write(to: &span, at: 0)
    #expect(Array(octets[..<4]) == [0, 10, 0, 24])
    if !exchange.answer.isEmpty { #expect(Array(octets[4...]) == Self.octets(exchange.answer)) }
  }

  @Test(
    "a cookie is good for an hour, from its own address, while its secret is; young ones stay as they are",
    arguments: [
      (0, true, true), (1800, true, true), (1801, true, false), (3600, true, false), (3601, false, false),
      (86_400, false, false), (-300, true, true), (-301, false, false),
    ] as [(Int, Bool, Bool)])
  func lifetime(_ age: Int, _ isGood: Bool, _ stays: Bool) throws {
    let (first, second) = (Self.key(Self.secret), Self.key("445536bcd2513298075a5d379663c962"))
    // Around the instant at which 32 bits of seconds come round, too.
    for start: UInt32 in [0x5CF7_9F11, 0xFFFF_FFF0, 0] {
      let made = Self.made(by: CookieKeys(current: first), at: start, for: "192.0.2.1")
      let now = start &+ UInt32(truncatingIfNeeded: age)
      let (standing, answer) = try Self.settled(made, CookieKeys(current: first), at: now, for: "192.0.2.1")
      #expect(standing == (isGood ? .proven : .wrong))
      #expect((answer == made) == stays)
      // The secret before is good as well, and makes none any more.
      let other = try Self.settled(made, CookieKeys(current: second, other: first), at: now, for: "192.0.2.1")
      #expect(other.0 == standing && other.1 != made)
      // A secret that is gone, and another address, are not.
      #expect(try Self.settled(made, CookieKeys(current: second), at: now, for: "192.0.2.1").0 == .wrong)
      #expect(try Self.settled(made, CookieKeys(current: first), at: now, for: "192.0.2.2").0 == .wrong)
      #expect(try Self.settled(made, CookieKeys(current: first), at: now, for: "2001:db8::1").0 == .wrong)
    }
  }

  private static func made(by keys: CookieKeys, at time: UInt32, for address: String) -> [UInt8] {
    (try? settled([1, 2, 3, 4, 5, 6, 7, 8], keys, at: time, for: address).1) ?? []
  }

  private static func settled(
    _ option: [UInt8], _ keys: CookieKeys, at time: UInt32, for address: String
  ) throws -> (Cookie.Standing, [UInt8]) {
    var cookie = Cookie(option.span)
    cookie.settle(keys, address: try #require(IPAddress(address)), now: time)
    var octets = [UInt8](repeating: 0, count: Cookie.answerLength)
    var span = octets.mutableSpan
    cookie.write(to: &span, at: 0)
    return (cookie.standing, Array(octets[4...]))
  }
}
