import Sinkhole
import Support
import Testing

@Suite("The road of a query")
struct RoadTests {
  @Test("an open name gets the upstream's answer, once asked and then from the cache")
  func forwards() throws {
    let upstream = try ScriptedUpstream.answering()
    let server = try TestServer(upstreams: [upstream.port])
    let client = try server.udp()
    for _ in 0..<3 {
      let answer = try #require(client.ask(Message.query("www.example.org")))
      #expect(answer.rcode == 0)
      #expect(answer.answers.map(\.ipv4) == ["192.0.2.80"])
    }
    #expect(upstream.received.count == 1)
    upstream.stop()
  }

  @Test("a blocked name gets the sinkhole address and never reaches the upstream")
  func blocks() throws {
    let upstream = try ScriptedUpstream.answering()
    let server = try TestServer(upstreams: [upstream.port])
    let answer = try #require(try server.udp().ask(Message.query("chat.deepseek.com")))
    #expect(answer.answers.map(\.ipv4) == ["192.0.2.53"])
    #expect(try #require(answer.extendedError).code == 15)
    #expect(upstream.received.isEmpty)
    upstream.stop()
  }

  @Test("a header-only error of an upstream sends the question to the next one at once", arguments: [UInt8(1), 4, 5])
  func bareError(_ code: UInt8) throws {
    let refusing = try ScriptedUpstream { [.send($0.octets[0..<2] + [0x80, 0x80 | code] + [UInt8](repeating: 0, count: 8))] }
    let second = try ScriptedUpstream.answering()
    let server = try TestServer(upstreams: [refusing.port, second.port])
    let answer = try #require(try server.udp().ask(Message.query("www.example.org")))
    #expect(answer.answers.map(\.ipv4) == ["192.0.2.80"])
    #expect(server.server.value(.upstreamTimeouts) == 0)
    refusing.stop()
    second.stop()
  }
}
