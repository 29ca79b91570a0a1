import Foundation
import Sinkhole
import Support
import Synchronization
import Testing

@Suite("TCP clients that mean ill cost others nothing")
struct StreamAbuseTests {
  private static func framed(_ query: [UInt8]) -> [UInt8] { Message.be(UInt16(query.count)) + query }

  @Test("a stranger is closed at once, costs no place and is counted")
  func stranger() throws {
    let server = try TestServer { configuration in
      configuration.allowedClients = ["127.0.0.7/32"].compactMap(IPPrefix.init)
      configuration.server.streams.total = 1
    }
    let welcome = try TestSocket(port: server.port, stream: true, from: "127.0.0.7")
    #expect(welcome.ask(Message.query("deepseek.com"))?.answers.count == 1)
    // The only place is taken: a stranger does not even have the one who has it closed.
    for _ in 0..<5 { #expect(try server.tcp().receive() ?? [] == []) }
    #expect(server.value(.connectionsRefusedAccess) == 5)
    #expect(server.value(.connectionsAccepted) == 1)
    #expect(server.value(.connectionsIdleClosed) == 0)
    #expect(welcome.ask(Message.query("deepseek.com"))?.answers.count == 1)
    // Over UDP it is told why.
    #expect(try server.udp().ask(Message.query("deepseek.com"))?.extendedError?.code == 18)
  }

  @Test("a network that is taken out of the list is refused on the connection that it has")
  func reload() async throws {
    let server = try TestServer()
    let client = try server.tcp()
    #expect(client.ask(Message.query("deepseek.com"))?.rcode == 0)
    let configuration = TestServer.configuration(upstreams: []) { $0.allowedClients = [] }
    await server.server.publish(try TestServer.snapshot(configuration, zone: TestServer.zone, generation: 2))
    #expect(client.ask(Message.query("deepseek.com"))?.rcode == 5)
    #expect(try server.tcp().receive() ?? [] == [])
  }

  @Test("queries that never end, one octet at a time, hold every place and still make room", arguments: [[], [0], [0, 40, 1]] as [[UInt8]])
  func slowWriters(_ start: [UInt8]) throws {
    let server = try TestServer { $0.server.streams.total = 16 }
    let slow = try (0..<16).map { _ in try server.tcp() }
    for client in slow { client.send(start) }
    #expect(eventually { server.server.connections == 16 })
    for turn in 0..<8 {
      for client in slow where turn > 0 && !start.isEmpty { client.send([0]) }
      #expect(try server.tcp().ask(Message.query("deepseek.com"))?.rcode == 0)
      #expect(try server.udp().ask(Message.query("deepseek.com"))?.rcode == 0)
    }
    #expect(server.value(.connectionsRefused) == 0)
    #expect(server.server.connections <= 16)
  }

  @Test("who asks without end and never reads is read no further, then closed; others are answered meanwhile")
  func neverReads() throws {
    let server = try TestServer { $0.server.streamIdle = 500 }
    let greedy = try server.tcp(seconds: 1)
    var few: Int32 = 4096
    setsockopt(greedy.descriptor, SOL_SOCKET, SO_RCVBUF, &few, 4)
    let flood = (0..<200).flatMap { Self.framed(Message.query("n\($0).deepseek.com")) }
    let descriptor = greedy.descriptor
    let writer = Pump { flood.withUnsafeBytes { send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) } > 0 }
    defer {
      shutdown(descriptor, Int32(SHUT_RDWR))
      writer.wait()
      withExtendedLifetime(greedy) {}
    }
    #expect(eventually { server.value(.queriesTCP) > 1000 })
    for _ in 0..<20 {
      #expect(try server.tcp().ask(Message.query("deepseek.com"))?.rcode == 0)
      #expect(try server.udp().ask(Message.query("deepseek.com"))?.rcode == 0)
    }
    #expect(eventually { server.value(.connectionsStalled) == 1 && server.server.connections == 0 })
  }

  @Test("who asks and reads without end delays nobody else by much")
  func endless() throws {
    let server = try TestServer()
    let greedy = try server.tcp(seconds: 1)
    let descriptor = greedy.descriptor
    let flood = (0..<200).flatMap { Self.framed(Message.query("n\($0).deepseek.com")) }
    let reader = Pump {
      var sink = [UInt8](repeating: 0, count: 65_536)
      return recv(descriptor, &sink, sink.count, 0) > 0
    }
    let writer = Pump { flood.withUnsafeBytes { send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) } > 0 }
    defer {
      shutdown(descriptor, Int32(SHUT_RDWR))
      writer.wait()
      reader.wait()
      withExtendedLifetime(greedy) {}
    }
    #expect(eventually { server.value(.queriesTCP) > 5000 })
    for _ in 0..<50 {
      #expect(try server.tcp(seconds: 2).ask(Message.query("deepseek.com"))?.rcode == 0)
      #expect(try server.udp(seconds: 2).ask(Message.query("deepseek.com"))?.rcode == 0)
    }
    #expect(server.value(.connectionsStalled) == 0)
  }

  @Test("a thousand connections opened and dropped leave nothing behind", arguments: [false, true])
  func openedAndDropped(_ withReset: Bool) throws {
    let server = try TestServer { $0.server.streams.perClient = 1024 }
    for index in 0..<1000 {
      let client = try server.tcp()
      if withReset {
        var now = linger(l_onoff: 1, l_linger: 0)
        setsockopt(client.descriptor, SOL_SOCKET, SO_LINGER, &now, socklen_t(MemoryLayout<linger>.size))
      }
      if index % 3 == 0 { client.send([0]) }
      withExtendedLifetime(client) {}
    }
    #expect(try server.tcp().ask(Message.query("deepseek.com"))?.rcode == 0)
    #expect(eventually { server.server.connections == 0 })
    // Some were gone before they were accepted.
    #expect(server.value(.connectionsAccepted) + server.value(.connectionsRefusedForClient) <= 1001)
    #expect(server.value(.connectionsRefused) == 0)
  }
}

/// Does one thing over and over on a thread of its own, until it fails.
private final class Pump: Sendable {
  private let isOver = Atomic<Bool>(false)

  init(_ body: @escaping @Sendable () -> Bool) {
    Thread.detachNewThread { [self] in
      while body() {}
      isOver.store(true, ordering: .releasing)
    }
  }

  func wait() { while !isOver.load(ordering: .acquiring) { pause(milliseconds: 1) } }
}
