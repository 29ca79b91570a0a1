import AllocationCount
import Ldns
import Sinkhole
import Support
import Testing

@Suite("RDATA by ldns")
struct RecordDataTests {
  private static let texts: [(type: UInt16, text: String)] = [
    (1, "192.0.2.1"), (1, "192.0.2.256"), (1, ""), (1, "192.0.2.1 x"), (28, "2001:db8::1"), (28, "x"), (5, "target.example."),
    (5, "relative"), (5, "a..b"), (5, "@"), (5, "\\300"), (5, String(repeating: "a.", count: 200)), (15, "10 mail.example."),
    (15, "mail"), (16, "\"a\" b \"c d\""), (16, "\"open"), (16, String(repeating: "x", count: 300)), (16, "\\"), (16, "\"\\999\""),
    (33, "1 2 3 a.example."), (33, "1 2"), (35, "1 2 \"u\" \"e\" \"!a!b!\" ."), (64, "1 . alpn=h2,h3 port=443"), (65, "0 a.example."),
    (65, "1 . ipv4hint=x"), (65, "1 . key65535"), (257, "0 issue \"ca.example\""), (257, "x"), (52, "3 1 1 00ff"), (44, "1 1 zz"),
    (29, "52 22 23.000 N 4 53 32.000 E -2.00m 0.00m 10000m 10m"), (29, "x"), (13, "a b"), (12, "p.example."), (6, "a. b. 1 2 3 4 5"),
    (6, "a. b. 1"), (42, "1:192.0.2.0/24 !2:2001:db8::/32"), (42, "9:x/1"), (11, "192.0.2.1 tcp 25"), (11, "x y z"), (61, "AAAA"),
    (61, "!"), (45, "10 1 2 192.0.2.38 AQNRU3mG7TVTO2BkR47usntb102uFJtugbo6BSGvgqt4AQ=="), (45, "1 2 3"), (55, "2 20 x y"),
    (65280, "\\# 4 0a000001"), (65280, "\\# 4 0a"), (65280, "x"), (1, "\\# 4 c0000201"), (1, "\\# 3 c00002"), (15, "\\# 2 000a"),
    (108, "00-00-5e-00-53-2a"), (256, "10 1 \"ftp://ftp.example/\""), (17, "a. b."), (18, "1 a."), (26, "10 a. b."), (99, "x"),
  ]

  @Test("what is read is freed again, whether it was RDATA or not")
  func leaks() {
    let origin: [UInt8] = Array("\u{1}z\0".utf8)
    func round() -> Int {
      var read = 0
      for (type, text) in RecordDataTests.texts {
        let octets = Array(text.utf8)
        if (try? RecordData.parse(octets.span, type: type, origin: origin)) != nil { read += 1 }
        _ = PresentationFormat.wireName(of: octets[...])
      }
      return read
    }
    let first = round()
    let before = allocation_balance()
    for _ in 0..<20 { #expect(round() == first) }
    // The test itself keeps nothing that grows with the rounds.
    #expect(allocation_balance() - before < 20)
    #expect(first > 20 && first < RecordDataTests.texts.count - 10)
  }

  @Test("the counter of the balance counts")
  func balance() {
    let before = allocation_balance()
    let kept = (0..<100).map { [UInt8](repeating: 1, count: 100 + $0) }
    #expect(allocation_balance() - before >= 100)
    withExtendedLifetime(kept) {}
  }

  @Test("spoilt RDATA of every type known is refused or read within its bounds, and freed", arguments: 0..<4)
  func spoilt(_ seed: UInt64) {
    var random = SeededRandom(seed: seed)
    let origin: [UInt8] = Array("\u{1}z\0".utf8)
    let pieces = Array("0123456789abcdefXYZ.-_@\\\"/:!=,+*()[] \t\u{FF}".utf8) + [0x80, 0xFF, 1]
    for _ in 0..<3_000 {
      let (known, text) = RecordDataTests.texts.randomElement(using: &random) ?? (1, "")
      var octets = Array(text.utf8)
      for _ in 0..<Int.random(in: 1..<6, using: &random) {
        let at = Int.random(in: 0...octets.count, using: &random)
        switch Int.random(in: 0..<3, using: &random) {
        case 0 where at < octets.count: octets[at] = pieces.randomElement(using: &random) ?? 0x30
        case 1 where at < octets.count: octets.removeSubrange(at..<min(octets.count, at + 5))
        default: octets.insert(contentsOf: (0..<Int.random(in: 1..<40, using: &random)).map { _ in pieces.randomElement(using: &random) ?? 0x30 }, at: at)
        }
      }
      let type = Bool.random(using: &random) ? known : UInt16.random(in: 1..<110, using: &random)
      if let rdata = try? RecordData.parse(octets.span, type: type, origin: origin) {
        #expect(rdata.count <= RecordData.maximumLength)
      }
    }
  }
}
