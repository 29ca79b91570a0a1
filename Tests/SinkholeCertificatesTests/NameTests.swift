import SinkholeCertificates
import Testing

@Suite("names that certificates vouch for")
struct NameTests {
  @Test("a name below another is left out, and what no certificate can bear is counted")
  func reduces() {
    let names = NameSubtrees(["a.example.org", "example.org", "b.example.net", "a b.example", "", "*.x.org", "b.example.net"])
    #expect(names.names == ["b.example.net", "example.org"])
    #expect(names.unfitCount == 3)
  }
}
