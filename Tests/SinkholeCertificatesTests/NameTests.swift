import SinkholeCertificates
import Testing

@Suite("names that certificates vouch for")
struct NameTests {
  @Test("a name below another is left out, and what no certificate can bear is counted")
  func reduces() {
    let names = NameSubtrees([
      "a.example.org", "example.org", "b.example.net", "a b.example", "", "*.x.org", "b.example.net",
    ])
    #expect(names.names == ["b.example.net", "example.org"])
    #expect(names.unfitCount == 3)
  }

  @Test(
    "a name covers itself and what lies below it, and no name that merely ends alike",
    arguments: [
      ("example.org", "example.org"), ("a.example.org", "example.org"), ("a.b.example.org", "example.org"),
      ("badexample.org", nil), ("org", nil), ("example.org.evil", nil), ("", nil),
    ])
  func covers(name: String, by owner: String?) {
    #expect(NameSubtrees(["example.org", "example.net"]).covering(name) == owner)
  }

  @Test(
    "what fits into a certificate",
    arguments: [
      ("a", true), ("_sip.example.org", true), ("xn--9t4b11yi5a.kr", true),
      (String(repeating: "a", count: 63) + ".b", true),
      (String(repeating: "a", count: 64) + ".b", false), ("A.b", false), ("a..b", false), (".a", false), ("a.", false),
      ("a b", false), ("*.a", false), ("가.kr", false), ("a\\000b", false),
      (String(repeating: "abcdefg.", count: 31) + "abcde", true),
      (String(repeating: "abcdefg.", count: 31) + "abcdef", false),
    ])
  func fit(name: String, isFit: Bool) {
    #expect(NameSubtrees.isFit(name) == isFit)
  }
}
