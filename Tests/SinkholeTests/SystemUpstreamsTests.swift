import Foundation
import Sinkhole
import Testing

@Suite("The system's name servers are followed")
struct SystemUpstreamsTests {
  @Test("other name servers are noticed; a file without any, or none, keeps the last ones")
  func follows() throws {
    let file = FileManager.default.temporaryDirectory.appendingPathComponent("resolv-\(UUID()).conf").path
    defer { try? FileManager.default.removeItem(atPath: file) }
    func write(_ text: String) throws { try text.write(toFile: file, atomically: true, encoding: .utf8) }
    try write("nameserver 192.0.2.1\n")
    var upstreams = SystemUpstreams(file)
    let steps: [(String?, Bool)] = [
      ("nameserver 192.0.2.1\n", false), ("# other words\nnameserver\t192.0.2.1\noptions edns0\n", false), ("", false),
      (nil, false), ("nameserver 192.0.2.1\n", false), ("nameserver 192.0.2.2\nnameserver 2001:db8::1\n", true),
      ("nameserver 2001:db8::1\nnameserver 192.0.2.2\n", true), ("nameserver no-address\n", false),
    ]
    for (text, isChange) in steps {
      if let text { try write(text) } else { try FileManager.default.removeItem(atPath: file) }
      #expect(upstreams.haveChanged() == isChange, "\(text ?? "no file")")
    }
    #expect(SystemUpstreams.read(file).isEmpty)
  }

  @Test("an upstream is an address, with or without a port, over UDP or TCP; all else is none", arguments: [
    ("192.0.2.1", "192.0.2.1:53"), ("192.0.2.1:5353", "192.0.2.1:5353"), ("[2001:db8::1]:53", "[2001:db8::1]:53"),
    ("2001:db8::1", "[2001:db8::1]:53"), ("udp://192.0.2.1", "192.0.2.1:53"), ("tcp://192.0.2.1", "tcp://192.0.2.1:53"),
    ("tcp://[2001:db8::1]:5353", "tcp://[2001:db8::1]:5353"), ("0.0.0.0", nil), ("[::]:53", nil), ("192.0.2.1:0", nil),
    ("tls://192.0.2.1", nil), ("dns.example.org", nil), ("", nil), ("tcp://", nil), ("192.0.2.1:65536", nil),
  ] as [(String, String?)])
  func reads(_ text: String, _ server: String?) {
    #expect(UpstreamServer(text).map { "\($0)" } == server)
  }

  @Test("a prefix stands for the zones of its reverse names", arguments: [
    ("10.0.0.0/8", ["10.in-addr.arpa"]), ("172.16.0.0/15", ["16.172.in-addr.arpa", "17.172.in-addr.arpa"]),
    ("192.0.2.0/24", ["2.0.192.in-addr.arpa"]), ("192.0.2.8/32", ["8.2.0.192.in-addr.arpa"]),
    ("2001:db8::/32", ["8.b.d.0.1.0.0.2.ip6.arpa"]), ("fd00::/16", ["0.0.d.f.ip6.arpa"]), ("10.0.0.0/7", nil), ("fc00::/7", nil),
  ] as [(String, [String]?)])
  func reverses(_ prefix: String, _ names: [String]?) throws {
    #expect(ReverseName.zones(of: try #require(IPPrefix(prefix)))?.map { "\($0)" } == names)
  }
}
