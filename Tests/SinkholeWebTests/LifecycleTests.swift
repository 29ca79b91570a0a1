import NIOCore
import SinkholeWeb
import Testing

@Suite("start and end", .timeLimit(.minutes(1)))
struct LifecycleTests {
  @Test("a taken port is an error that names the address and the remedy")
  func portTaken() async throws {
    try await Harness.run { server in
      let error = await #expect(throws: NoticeServerError.self) {
        try await Harness.run(configuration: { $0.port = server.port }) { _ in }
      }
      #expect(error?.code == .addressInUse)
      #expect(error?.port == server.port)
      #expect(
        error?.description
          == "notice server: 127.0.0.1:\(server.port) is already in use. Stop the other program or choose another port in notice.http.")
    }
  }

  @Test("an address of another machine is an error of its own")
  func foreignAddress() async throws {
    let error = await #expect(throws: NoticeServerError.self) {
      try await Harness.run(configuration: { $0.address = "192.0.2.1" }) { _ in }
    }
    #expect(error?.code == .addressNotAvailable)
  }

  @Test("what is no address is an error, not a look-up", arguments: [("localhost", 0), ("", 0), ("127.0.0.1", 65_536), ("::1", -1)])
  func noAddress(address: String, port: Int) async throws {
    let error = await #expect(throws: NoticeServerError.self) {
      try await Harness.run(configuration: { ($0.address, $0.port) = (address, port) }) { _ in }
    }
    #expect(error?.code == .notAnAddress)
  }

  @Test("the owner learns the port, and the log says where the server listens")
  func boundPort() async throws {
    try await Harness.run { server in
      #expect(server.port > 0)
      #expect(server.log.lines.first == "event=notice-listening address=127.0.0.1 port=\(server.port)")
    }
  }

  @Test("graceful shutdown does not wait for a client that says nothing")
  func shutdown() async throws {
    let began = ContinuousClock.now
    try await Harness.run(configuration: { $0.limits.exchange = .seconds(30) }) { server in
      try await server.connect { inbound, outbound in
        try await outbound.write(ByteBuffer(string: "GET / HTTP/1.1\r\n"))
        // Accepted in order: once this one is answered, the silent one is in.
        try await server.expect(403, from: "chat.example.org")
        await server.stop()
        #expect(try await Harness.everything(inbound) == "")
      }
    }
    #expect(began.duration(to: .now) < .seconds(10))
  }

  @Test("a listener on :: sees IPv4 clients by their IPv4 address", .enabled(if: Harness.hasIPv6))
  func mappedClient() async throws {
    let source = TableSource(restrictions: ["chat.example.org": .chat], onlyFor: "127.0.0.1")
    try await Harness.run(source, configuration: { $0.address = "::" }) { server in
      try await server.expect(403, from: "chat.example.org")
      #expect(server.log.lines.contains { $0.contains(" client=127.0.0.1 ") })
    }
  }

  @Test(
    "a client is an IPv4 address or an IPv6 /64",
    arguments: [
      ("192.0.2.7", "192.0.2.7", "192.0.2.7"),
      ("::ffff:192.0.2.7", "192.0.2.7", "192.0.2.7"),
      ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2:3:4:5:6", "2001:db8:1:2"),
      ("2001:db8::7", "2001:db8::7", "2001:db8:0:0"),
      ("2001:db8:1:2::", "2001:db8:1:2::", "2001:db8:1:2"),
      ("::1", "::1", "0:0:0:0"),
      ("fe80::1%eth0", "fe80::1", "fe80:0:0:0"),
    ])
  func clientAddress(text: String, address: String, site: String) {
    #expect(ClientAddress(text).text == address)
    #expect(ClientAddress(text).site == site)
  }
}
