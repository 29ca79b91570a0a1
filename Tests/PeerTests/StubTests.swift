import Foundation
import Sinkhole
import Support
import Testing

@Suite("Stubs of others, and the program")
struct StubTests {
  @Test("dig finds the cookie good, NSID and keepalive where it asks for them", arguments: ["+notcp", "+tcp"])
  func dig(_ transport: String) throws {
    let program = try Program(more: "identity: {id: ns1}")
    try program.start()
    for name in ["chat.deepseek.com A", "www.example.org A", "www.example.org A", "id.server CH TXT"] {
      let first = try Dig.ask(program.port, name, [transport, "+cookie", "+nsid", "+keepalive"])
      let cookie = try #require(first.text.firstMatch(of: /COOKIE: ([0-9a-f]{48}) \(good\)/), "\(first.text)").output.1
      #expect(first.text.contains("NSID: 6e 73 31 (\"ns1\")"), "\(first.text)")
      #expect(first.text.contains("; TCP KEEPALIVE: 10.0 secs") == (transport == "+tcp"), "\(first.text)")
      let second = try Dig.ask(program.port, name, [transport, "+cookie=\(cookie)"])
      #expect(second.text.contains("COOKIE: \(cookie) (good)"), "\(second.text)")
      #expect(!second.text.contains("NSID"), "\(second.text)")
      let wrong = try Dig.ask(program.port, name, [transport, "+cookie=\(cookie.dropLast(8))00112233"])
      #expect(wrong.status == "NOERROR")
      #expect(wrong.text.contains("(good)") && !wrong.text.contains("00112233 (good)"), "\(wrong.text)")
    }
    #expect(try Dig.ask(program.port, "www.example.org A", [transport, "+nocookie", "+ednsopt=10:aabbcc"]).status == "FORMERR")
    let bare = try Dig.run(["dig", "@127.0.0.1", "-p", "\(program.port)", "+header-only", "+cookie", transport])
    #expect(bare.contains("status: NOERROR") && bare.contains("QUERY: 0") && bare.contains("(good)"), "\(bare)")
    let none = try Dig.run(["dig", "@127.0.0.1", "-p", "\(program.port)", "+header-only", "+nocookie", transport])
    #expect(none.contains("status: FORMERR"), "\(none)")
    #expect((try program.value("cookies.good") ?? 0) > 0)
  }

  @Test("whoever asks too fast over UDP is sent less, dig comes back with its cookie, and the log says so")
  func limited() throws {
    let program = try Program(
      more: "rate_limit: {responses_per_second: 1, window: 20s, slip: 1, exempt: []}\nlog: {client: prefix}")
    try program.start()
    let flood = try TestSocket(port: program.port)
    for index in 0..<200 { flood.sendMessage(Message.query("deepseek.com", id: UInt16(index))) }
    #expect(Peer.wait { (try? program.value("rate_limit.limited")) ?? 0 > 50 })
    // BADCOOKIE leads it to ask again with a cookie, which lifts the limit; without one TC leads it to TCP.
    #expect(try Dig.ask(program.port, "deepseek.com A", ["+cookie"]).values == ["192.0.2.53"])
    #expect(try Dig.ask(program.port, "deepseek.com A", ["+nocookie"]).values == ["192.0.2.53"])
    #expect(Peer.wait { program.text.contains("event=rate_limited client=127.0.0.0/24\n") }, "\(program.text)")
    let lines = program.text.split(separator: "\n").filter { $0.contains("event=rate_limited") }
    #expect(lines.count == 1)
  }

  @Test("with no descriptor left UDP goes on, connections wait, and come through when there are some again")
  func descriptors() throws {
    let program = try Program(more: "limits: {tcp_per_client: 1000}")
    try program.start()
    let process = try #require(program.peer?.process.processIdentifier)
    let held = try FileManager.default.contentsOfDirectory(atPath: "/proc/\(process)/fd").count
    try #require(try Command.run("prlimit", "--pid", "\(process)", "--nofile=\(held + 8)").status == 0)
    var clients = try (0..<40).map { _ in try TestSocket(port: program.port, stream: true, seconds: 5) }
    for _ in 0..<20 { #expect(try program.ask("deepseek.com")?.answers.map(\.ipv4) == ["192.0.2.53"]) }
    // The last to come may have a place, made by the oldest idle one of its worker, or wait for one.
    clients[39].sendMessage(Message.query("deepseek.com"))
    clients.removeFirst(39)
    #expect(clients[0].receiveMessage().flatMap(Message.init)?.answers.count == 1)
    clients.removeAll()
    #expect(try TestSocket(port: program.port, stream: true).ask(Message.query("deepseek.com"))?.answers.count == 1)
    #expect(Peer.wait { (try? program.value("tcp.connections")) == 0 })
    #expect((try program.value("tcp.full") ?? 0) > 0)
    #expect(try program.ask("www.example.org")?.answers.map(\.ipv4) == ["192.0.2.80"])
  }
}

extension Program {
  /// What a counter of the running program stands at.
  fileprivate func value(_ counter: String) throws -> Int? {
    let line = try call("status").output.split(separator: "\n").first { $0.hasPrefix(counter + " ") }
    return line.flatMap { Int($0.dropFirst(counter.count + 1)) }
  }
}
