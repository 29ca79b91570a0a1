import Sinkhole
import Testing

@Suite("Addresses and prefixes")
struct AddressTests {
  @Test("an address reads back", arguments: ["192.0.2.1", "0.0.0.0", "2001:db8::1", "::", "::1", "fe80::1"])
  func roundTrip(_ text: String) throws {
    #expect(try #require(IPAddress(text)).description == text)
  }

  @Test(
    "a prefix holds what its bits say",
    arguments: [
      ("10.0.0.0/8", "10.255.0.1", true), ("10.0.0.0/8", "11.0.0.1", false), ("0.0.0.0/0", "192.0.2.1", true),
      ("192.0.2.1/32", "192.0.2.1", true), ("192.0.2.1", "192.0.2.2", false), ("2001:db8::/32", "2001:db8:1::1", true),
      ("2001:db8::/32", "2001:db9::1", false), ("::/0", "::1", true), ("::/0", "127.0.0.1", false),
      ("fe80::/10", "febf::1", true), ("2001:db8:0:1::/64", "2001:db8:0:1:ffff::", true), ("::1/128", "::2", false),
    ])
  func contains(_ prefix: String, _ address: String, _ expected: Bool) throws {
    #expect(try #require(IPPrefix(prefix)).contains(try #require(IPAddress(address))) == expected)
  }

  @Test("a prefix with a bit beyond its length, or too long, is none", arguments: ["10.0.0.1/8", "10.0.0.0/33", "::1/64", "::/129", "x/8", "10.0.0.0/-1"])
  func refused(_ text: String) {
    #expect(IPPrefix(text) == nil)
  }

  @Test(
    "a socket address takes brackets for IPv6 and a default port",
    arguments: [
      ("127.0.0.1:5300", "127.0.0.1:5300"), ("127.0.0.1", "127.0.0.1:53"), ("[::1]:5300", "[::1]:5300"),
      ("::1", "[::1]:53"), ("[::1]", "[::1]:53"), ("127.0.0.1:x", nil), ("[::1", nil), ("host:53", nil), ("127.0.0.1:70000", nil),
    ] as [(String, String?)])
  func socketAddress(_ text: String, _ expected: String?) {
    #expect(SocketAddress(text, defaultPort: 53)?.description == expected)
  }

  @Test("an IPv4 address inside an IPv6 one is the IPv4 one for the policy")
  func mapped() throws {
    #expect(try #require(IPAddress("::ffff:192.0.2.1")).unmapped.description == "192.0.2.1")
  }
}
