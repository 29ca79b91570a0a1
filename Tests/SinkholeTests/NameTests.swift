import Sinkhole
import Testing

@Suite("Names")
struct NameTests {
  @Test(
    "a name reads back as it was written, in lower case",
    arguments: [
      ("example.org", "example.org"), ("Example.ORG.", "example.org"), (".", "."),
      ("a\\.b.example.org", "a\\.b.example.org"), ("a\\000c.example.org", "a\\000c.example.org"),
      ("*.example.org", "*.example.org"), ("xn--3e0b707e", "xn--3e0b707e"),
    ])
  func roundTrip(_ written: String, _ read: String) throws {
    #expect(try #require(Name(written)).description == read)
  }

  @Test("a text that is no name is refused", arguments: ["", "a..b", String(repeating: "a", count: 64) + ".org"])
  func refused(_ text: String) {
    #expect(Name(text) == nil)
  }

  @Test("63 octets make a label and 255 a name, one more makes none")
  func bounds() throws {
    let label = String(repeating: "a", count: 63)
    let longest = [label, label, label, String(repeating: "a", count: 61)].joined(separator: ".")
    #expect(try #require(Name(longest)).length == 255)
    #expect(Name(longest + "a") == nil)
  }

  @Test(
    "below is below at a label boundary only",
    arguments: [
      ("chat.deepseek.com", "deepseek.com", true), ("deepseek.com", "deepseek.com", true),
      ("notdeepseek.com", "deepseek.com", false), ("deepseek.com.example.org", "deepseek.com", false),
      ("com", "deepseek.com", false), ("deepseek.com", ".", true),
    ])
  func ancestry(_ name: String, _ ancestor: String, _ expected: Bool) throws {
    #expect(try #require(Name(name)).isAtOrBelow(try #require(Name(ancestor))) == expected)
  }

  @Test("wire octets without an end, with a pointer or with a long label are no name")
  func badWire() {
    let cases: [[UInt8]] = [[], [3, 97, 98], [0xC0, 0x0C], [64] + Array(repeating: 97, count: 64) + [0], [1, 97]]
    for octets in cases { #expect(Name(wire: octets.span) == nil) }
  }
}
