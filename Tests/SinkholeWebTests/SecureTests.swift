import Foundation
import NIOCore
import SinkholeCertificates
import SinkholeWeb
import Support
import Testing

/// The page over TLS, met by clients that are not ours.
@Suite("the page over TLS", .timeLimit(.minutes(1)))
struct SecureTests {
  @Test(
    "curl that trusts the root gets the page, over either version of HTTP",
    arguments: [("--http1.1", "1.1"), ("--http2", "2")])
  func page(option: String, version: String) async throws {
    let site = try SecureSite()
    try await Harness.run(certificates: { site.certificates($0) }) { server in
      let result = try await site.curl(server, "chat.example.org", option, "-i", "-w '\\nversion=%{http_version}'")
      #expect(result.status == 0, "\(result.errors)")
      #expect(result.output.contains("403"))
      #expect(result.output.contains("Example Chat"))
      #expect(result.output.hasSuffix("version=\(version)"))
      #expect(!result.output.lowercased().contains("strict-transport-security"))
      #expect(server.log.lines.contains { $0.hasPrefix("event=notice ") && $0.contains("name=chat.example.org") })
    }
  }

  @Test("a client that does not trust the root breaks off, which is counted, and logged once")
  func untrusting() async throws {
    let site = try SecureSite()
    let log = LogBox()
    let certificates = site.certificates(log)
    try await Harness.run(certificates: { _ in certificates }) { server in
      for _ in 0..<3 {
        let result = try await site.curl(server, "chat.example.org", trusting: false)
        #expect(result.status == 60, "\(result.errors)")
      }
      while certificates.value(.handshakesFailed) < 3 { await Task.yield() }
    }
    #expect(
      log.lines.filter { $0.hasPrefix("event=notice-tls-failed ") }
        == ["event=notice-tls-failed reason=client-broke-off count=1 remedy=\"see that clients trust the root\""])
  }

  @Test(
    "who names what is not restricted here, or nobody, gets the alert unrecognized_name at once",
    arguments: [
      "-servername www.example.net", "-noservername", "-servername 127.0.0.1", "-servername '[::1]'",
      "-servername 'a b'", "-servername '*.example.org'", "-servername localhost",
      "-servername chat.example.org:443", "-servername .",
    ])
  func refused(options: String) async throws {
    let site = try SecureSite()
    try await Harness.run(certificates: { site.certificates($0) }) { server in
      let text = try await site.handshake(server, options)
      #expect(text.contains("SSL alert number 112"), "\(text)")
      #expect(!text.contains("BEGIN CERTIFICATE"))
    }
  }

  @Test(
    "case and a trailing dot of the name do not matter",
    arguments: ["chat.example.org", "CHAT.Example.ORG", "chat.example.org."])
  func sameName(name: String) async throws {
    let site = try SecureSite()
    try await Harness.run(certificates: { site.certificates($0) }) { server in
      let text = try await site.handshake(server, "-servername \(name)")
      #expect(text.contains("Verify return code: 0 (ok)"), "\(text)")
      #expect(text.contains("BEGIN CERTIFICATE"))
    }
  }

  @Test("a name restricted for another client only, or outside the delegation, is shown no certificate")
  func otherClient() async throws {
    let site = try SecureSite(["example.com"])
    let elsewhere = TableSource(restrictions: ["chat.example.com": .chat], onlyFor: "192.0.2.1")
    try await Harness.run(elsewhere, certificates: { site.certificates($0, source: elsewhere) }) { server in
      let text = try await site.handshake(server, "-servername chat.example.com")
      #expect(text.contains("SSL alert number 112"))
    }
    let log = LogBox()
    try await Harness.run(certificates: { _ in site.certificates(log) }) { server in
      let text = try await site.handshake(server, "-servername chat.example.org")
      #expect(text.contains("SSL alert number 112"))
    }
    #expect(
      log.lines.contains("event=notice-tls-refused reason=not-covered name=chat.example.org client=127.0.0.1 count=1"))
  }

  @Test(
    "TLS 1.2 and 1.3 are spoken, nothing older", arguments: [("-tls1_2", true), ("-tls1_3", true), ("-tls1_1", false)])
  func versions(option: String, isSpoken: Bool) async throws {
    let site = try SecureSite()
    try await Harness.run(certificates: { site.certificates($0) }) { server in
      let text = try await site.handshake(server, "-servername chat.example.org \(option) -cipher 'ALL:@SECLEVEL=0'")
      #expect(text.contains("BEGIN CERTIFICATE") == isSpoken, "\(text)")
    }
  }

  @Test(
    "what does not begin with a hello is answered with an alert and closed",
    arguments: [
      "GET / HTTP/1.1\r\nHost: chat.example.org\r\n\r\n", "\u{16}\u{3}\u{1}\u{0}\u{4}\u{1}\u{0}\u{0}\u{0}",
      "\u{0}\u{0}\u{0}\u{0}\u{0}\u{0}",
    ])
  func noHello(text: String) async throws {
    let site = try SecureSite()
    let certificates = site.certificates()
    try await Harness.run(certificates: { _ in certificates }) { server in
      let answer = try await server.exchange(text)
      #expect(Array(answer.text.utf8) == [21, 3, 3, 0, 2, 2, 112])
    }
    #expect(certificates.value(.refusedNoName) == 1)
    #expect(certificates.value(.minted) == 0)
  }

  @Test("a client that does not finish its hello is cut off")
  func slowHello() async throws {
    let site = try SecureSite()
    try await Harness.run(
      configuration: { $0.limits.exchange = .milliseconds(400) }, certificates: { site.certificates($0) }
    ) { server in
      let began = ContinuousClock.now
      let answer = try await server.exchange("\u{16}\u{3}\u{1}\u{2}\u{0}")
      #expect(answer.text == "")
      #expect((.milliseconds(300) ... .seconds(10)).contains(began.duration(to: .now)))
    }
  }

  @Test("a client with too many connections is closed before any handshake, and served again later")
  func connectionsPerClient() async throws {
    let site = try SecureSite()
    try await Harness.run(
      configuration: {
        $0.limits.connectionsPerClient = 1
        $0.limits.exchange = .seconds(2)
      }, certificates: { site.certificates($0) }
    ) { server in
      try await server.connect { inbound, _ in
        #expect(try await site.curl(server, "chat.example.org").status != 0)
        #expect(server.log.lines.contains { $0.contains("reason=connections-per-client") })
        _ = try await Harness.everything(inbound)
      }
      #expect(try await site.curl(server, "chat.example.org").status == 0)
    }
  }

  @Test("one connection is one page, over HTTP/2 as well", arguments: ["--http1.1", "--http2"])
  func connectionEnds(option: String) async throws {
    let site = try SecureSite()
    try await Harness.run(certificates: { site.certificates($0) }) { server in
      let again = "'https://chat.example.org:\(server.port)/favicon.ico'"
      let result = try await site.curl(
        server, "chat.example.org", option, "-o /dev/null -o /dev/null -w '%{http_code}:%{num_connects} '", again)
      #expect(result.output == "403:1 403:1 ", "\(result.output) \(result.errors)")
    }
  }

  @Test("a body of a megabyte is thrown away, and the page arrives whole", arguments: ["--http1.1", "--http2"])
  func body(option: String) async throws {
    let site = try SecureSite()
    let file = site.folder + "/body"
    try String(repeating: "x", count: 1 << 20).write(toFile: file, atomically: true, encoding: .utf8)
    try await Harness.run(certificates: { site.certificates($0) }) { server in
      let result = try await site.curl(
        server, "chat.example.org", option, "-H 'Expect:'", "-H 'Accept: text/html'", "--data-binary @\(file)",
        "-o \(site.folder)/page -w '%{http_code}'")
      #expect(result.output == "403", "\(result.errors)")
      let page = try String(contentsOfFile: site.folder + "/page", encoding: .utf8)
      #expect(page.hasSuffix("</html>\n"))
    }
  }

  @Test("a head that is too large ends the exchange", arguments: [("--http1.1", 0, "400"), ("--http2", 92, "000")])
  func headLimits(option: String, status: Int32, code: String) async throws {
    let site = try SecureSite()
    try await Harness.run(configuration: { $0.limits.headerFields = 20 }, certificates: { site.certificates($0) }) {
      server in
      let fields = (0..<30).map { "-H 'X-\($0): 1'" }.joined(separator: " ")
      let result = try await site.curl(server, "chat.example.org", option, fields, "-o /dev/null -w '%{http_code}'")
      #expect(result.status == status, "\(result.errors)")
      #expect(result.output == code)
      #expect(try await site.curl(server, "chat.example.org", option).status == 0)
    }
  }

  @Test(
    "a head may have 64 KiB, most of it cookies; over HTTP/2 the first one 16",
    arguments: [
      ("--http1.1", 60_000, true), ("--http1.1", 70_000, false), ("--http2", 14_000, true), ("--http2", 70_000, false),
    ])
  func cookies(option: String, size: Int, isAnswered: Bool) async throws {
    let site = try SecureSite()
    let file = site.folder + "/field"
    let fields = (0..<10).map { "X-\($0): " + String(repeating: "c", count: size / 10) }
    try fields.joined(separator: "\n").write(toFile: file, atomically: true, encoding: .utf8)
    try await Harness.run(certificates: { site.certificates($0) }) { server in
      let result = try await site.curl(
        server, "chat.example.org", option, "-H @\(file)", "-o /dev/null -w '%{http_code}'")
      #expect((result.output == "403") == isAnswered, "\(result.output) \(result.errors)")
      let next = try await site.curl(server, "chat.example.org", option)
      #expect(next.status == 0)
    }
  }

  @Test("graceful shutdown ends open connections of HTTP/2 and unfinished handshakes")
  func shutdown() async throws {
    let site = try SecureSite()
    let began = ContinuousClock.now
    try await Harness.run(
      configuration: { $0.limits.exchange = .seconds(3) }, certificates: { site.certificates($0) }
    ) { server in
      try await server.connect { _, outbound in
        try await outbound.write(ByteBuffer(string: "\u{16}"))
        #expect(try await site.curl(server, "chat.example.org", "--http2").status == 0)
        await server.stop()
      }
    }
    #expect(began.duration(to: .now) < .seconds(20))
  }

  @Test("spoilt hellos end their connection, and the next client is served")
  func spoiltHellos() async throws {
    let site = try SecureSite()
    let certificates = site.certificates()
    let hello = SecureTests.hello(for: "chat.example.org")
    var random = SeededRandom(seed: 7)
    var spoilt = (0..<hello.count).filter { $0 % 7 == 0 }.map { Array(hello[..<$0]) }
    for _ in 0..<120 {
      var octets = hello
      for _ in 0...Int.random(in: 0...3, using: &random) {
        octets[Int.random(in: octets.indices, using: &random)] = UInt8.random(in: .min ... .max, using: &random)
      }
      spoilt.append(octets)
    }
    let hellos = spoilt
    // Those that lack something are waited for until then.
    try await Harness.run(
      configuration: { $0.limits.exchange = .milliseconds(150) }, certificates: { _ in certificates }
    ) { server in
      for octets in hellos {
        try await server.connect { inbound, outbound in
          try await outbound.write(ByteBuffer(bytes: octets))
          _ = try await Harness.everything(inbound)
        }
      }
    }
    try await Harness.run(certificates: { _ in certificates }) { server in
      let page = try await site.curl(server, "chat.example.org")
      #expect(page.output.contains("Example Chat"))
    }
  }

  /// A ClientHello of TLS 1.2 in one record, with a server name (RFC 8446 section 4.1.2, RFC 6066 section 3).
  private static func hello(for name: String) -> [UInt8] {
    func counted(_ octets: [UInt8], _ size: Int) -> [UInt8] {
      (0..<size).reversed().map { UInt8(truncatingIfNeeded: octets.count >> (8 * $0)) } + octets
    }
    let serverName = [0, 0] + counted(counted([0] + counted(Array(name.utf8), 2), 2), 2)
    let body =
      [3, 3] + [UInt8](repeating: 7, count: 32) + counted([], 1) + counted([0xC0, 0x2B, 0x13, 0x01], 2)
      + counted([0], 1)
      + counted(serverName, 2)
    return [22, 3, 1] + counted([1] + counted(body, 3), 2)
  }
}
