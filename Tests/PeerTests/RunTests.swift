import Foundation
import Sinkhole
import Support
import Synchronization
import Testing

@Suite("The program running")
struct RunTests {
  @Test("run says what it serves, and where, and what to try")
  func announces() throws {
    let program = try Program()
    try program.start()
    #expect(program.text.contains("sinkholed: 1 services, 4 names"), "\(program.text)")
    #expect(program.text.contains("listening for DNS on 127.0.0.1:\(program.port) (UDP and TCP)\n"))
    #expect(program.text.contains("forwarding to 127.0.0.1:\(program.upstream.port)\n"))
    let line = try #require(program.text.split(separator: "\n").first { $0.hasPrefix("try: dig ") })
    let answer = Dig(try Dig.run(line.dropFirst(5).split(separator: " ").map(String.init)))
    #expect(answer.values == ["192.0.2.53"], "\(answer.text)")
  }

  @Test("dig gets restricted and open answers over both transports", arguments: ["+notcp", "+tcp"])
  func serves(_ transport: String) throws {
    let program = try Program()
    try program.start()
    let blocked = try Dig.ask(program.port, "chat.deepseek.com A", [transport])
    #expect(blocked.values == ["192.0.2.53"])
    #expect(
      blocked.text.contains(
        "EDE: 15 (Blocked): (DeepSeek; rule all-zones; default@7; see http://notice.example.org/)"),
      "\(blocked.text)")
    #expect(try Dig.ask(program.port, "deepseek.com AAAA", [transport]).values == ["2001:db8::53"])
    #expect(try Dig.ask(program.port, "www.example.org A", [transport]).values == ["192.0.2.80"])
    #expect(try Dig.ask(program.port, "open.deepseek.com A", [transport]).values == ["192.0.2.80"])
    #expect(try Dig.ask(program.port, "nx.example.net A", [transport]).status == "NXDOMAIN")
  }

  @Test("a browser sent to the notice page is told which service and which rule, and never that all is well")
  func tells() throws {
    let program = try Program()
    try program.start()
    func fetch(_ host: String, _ options: String = "") throws -> String {
      let place = "\(host):\(program.noticePort)"
      let curl = "exec curl -s -i -m 10 --noproxy '*' --resolve \(place):127.0.0.1"
      return try Command.run("sh", "-c", "\(curl) \(options) http://\(place)/path").output
    }
    let page = try fetch("chat.deepseek.com", "-H 'Accept: text/html'")
    #expect(!page.hasPrefix("HTTP/1.1 200"), "\(page)")
    #expect(page.lowercased().contains("content-type: text/html"), "\(page)")
    #expect(page.contains("DeepSeek"))
    #expect(page.contains("all-zones"))
    #expect(page.contains("help@example.org"))
    let problem = try fetch("deepseek.com", "-H 'Accept: application/json'")
    #expect(problem.lowercased().contains("json"), "\(problem)")
    #expect(problem.contains("all-zones"), "\(problem)")
    let other = try fetch("www.example.org")
    #expect(!other.contains("DeepSeek"), "\(other)")
  }

  @Test("the log has one line for a restricted query, and none for an open one")
  func logs() throws {
    let program = try Program()
    try program.start()
    _ = try program.ask("chat.deepseek.com", 28)
    _ = try program.ask("www.example.org")
    let isLogged = Peer.wait { program.text.contains("name=chat.deepseek.com") }
    #expect(isLogged, "\(program.text)")
    let line = try #require(program.text.split(separator: "\n").first { $0.contains("name=chat.deepseek.com") })
    for part in [
      "event=restricted", "type=AAAA", "transport=udp", "verdict=blocked", "service=deepseek", "rule=all-zones",
      "trigger=*.deepseek.com", "zone=test@7", "policy.zone:7", "client=127.0.0.1",
    ] {
      #expect(line.lowercased().contains(part.lowercased()), "\(part): \(line)")
    }
    #expect(!program.text.contains("name=www.example.org"))
  }

  @Test("status prints every counter, and they count")
  func counts() throws {
    let program = try Program()
    try program.start()
    for _ in 0..<3 { _ = try program.ask("www.example.org") }
    _ = try program.ask("a.deepseek.com")
    _ = try TestSocket(port: program.port, stream: true).ask(Message.query("www.example.org"))
    let status = try program.call("status")
    #expect(status.status == 0)
    var values: [String: Int] = [:]
    for line in status.output.split(separator: "\n") {
      let words = line.split(separator: " ")
      #expect(words.count == 2, "\(line)")
      values[String(words[0])] = Int(words[1])
    }
    for counter in Counter.allCases { #expect(values[counter.name] != nil, "\(counter.name)") }
    #expect(values["forwards.started"] == 1)
    #expect(values["upstream.responses"] == 1)
    #expect(values["answers.cache"] == 3)
    #expect(values["queries.tcp"] == 1)
    #expect(values["tcp.accepted"] == 1)
    #expect((values["answers.policy"] ?? 0) >= 1)
    #expect(values["policy.generation"] == 1)
    #expect(values["policy.names"] == 4)
  }

  @Test("SIGTERM and SIGINT end it at once, with 0, and take the control socket away", arguments: [SIGTERM, SIGINT])
  func ends(_ signal: Int32) throws {
    let program = try Program()
    try program.start()
    // A client that keeps its connection open holds nothing up.
    let idle = try TestSocket(port: program.port, stream: true)
    _ = idle.ask(Message.query("deepseek.com"))
    program.signal(signal)
    #expect(program.ended(within: 3) == 0, "\(program.text)")
    #expect(!FileManager.default.fileExists(atPath: program.control))
    #expect(try TestSocket(port: program.port, seconds: 1).ask(Message.query("deepseek.com")) == nil)
  }

  @Test("killed and started again on the same ports and the same control path, it serves at once")
  func restarts() throws {
    let program = try Program()
    try program.start()
    let open = try TestSocket(port: program.port, stream: true)
    _ = open.ask(Message.query("deepseek.com"))
    program.signal(SIGKILL)
    _ = program.ended(within: 5)
    #expect(FileManager.default.fileExists(atPath: program.control))
    let begin = Date()
    try program.start()
    #expect(Date().timeIntervalSince(begin) < 5)
    #expect(try program.blocks("deepseek.com"))
    #expect(try program.call("status").status == 0)
  }

  @Test("a port that another process holds is refused by its name and number")
  func portHeld() throws {
    let other = try NameServer.unbound(["www.example.org. 300 A 192.0.2.80"], ready: "www.example.org")
    let program = try Program(port: other.port)
    let result = try program.call("run")
    #expect(result.status == 1)
    #expect(
      result.errors.contains(/cannot listen on 127\.0\.0\.1:\d+ \(UDP\): held by unbound \(pid \d+\)\. Stop it/),
      "\(result.errors)")
  }

  @Test("a port whose TCP half alone is held is refused too")
  func streamHeld() throws {
    let port = try Port.free()
    let other = try TestSocket(listening: port, stream: true)
    let program = try Program(port: port)
    let result = try program.call("run")
    #expect(result.status == 1)
    #expect(result.errors.contains("cannot listen on 127.0.0.1:\(port) (TCP): held by "), "\(result.errors)")
    #expect(result.errors.contains("(pid \(getpid()))"), "\(result.errors)")
    withExtendedLifetime(other) {}
  }

  @Test("a second server on the port of the first is refused and named, and the first serves on")
  func portOfOurs() throws {
    let first = try Program()
    try first.start()
    let second = try Program(port: first.port)
    let result = try second.call("run")
    #expect(result.status == 1)
    #expect(result.errors.contains(/held by sinkholed \(pid \d+\)/), "\(result.errors)")
    #expect(result.errors.contains("(pid \(first.peer?.process.processIdentifier ?? 0))"), "\(result.errors)")
    #expect(try first.blocks("deepseek.com"))
  }

  @Test("a second server on the control socket of the first is refused, and the first keeps it")
  func controlOfOurs() throws {
    let first = try Program()
    try first.start()
    let second = try Program(control: first.control)
    let result = try second.call("run")
    #expect(result.status == 1, "\(result.output)\(result.errors)")
    #expect(result.errors.contains("control socket \(first.control) is held by another sinkholed"), "\(result.errors)")
    #expect(try first.call("status").status == 0)
    #expect(try first.blocks("deepseek.com"))
  }

  @Test("a notice port that is taken ends the start, with its name")
  func noticeHeld() throws {
    let program = try Program()
    let other = try TestSocket(listening: program.noticePort, stream: true)
    let result = try program.call("run")
    #expect(result.status == 1, "\(result.output)\(result.errors)")
    let expected = "cannot listen on 127.0.0.1:\(program.noticePort) (TCP): held by"
    #expect(result.errors.contains(expected), "\(result.errors)")
    #expect(result.errors.contains("notice.http"), "\(result.errors)")
    withExtendedLifetime(other) {}
  }
}

@Suite("Reloading")
struct ReloadTests {
  enum Way: String, CaseIterable, Sendable {
    case command, signal
  }

  @Test("a changed zone is in force after a reload", arguments: Way.allCases)
  func changes(_ way: Way) throws {
    let program = try Program()
    try program.start()
    #expect(try !program.blocks("new.example.net"))
    try program.write(
      Program.policy(serial: 8, "new.example.net CNAME deepseek.service.sinkhole.internal."), to: "policy.zone")
    switch way {
    case .command:
      let result = try program.call("reload")
      #expect(result.status == 0, "\(result.errors)")
      #expect(result.output.contains("reloaded: 1 services, 5 names"), "\(result.output)")
    case .signal:
      program.signal(SIGHUP)
      #expect(Peer.wait { program.text.contains("event=reloaded generation=2") }, "\(program.text)")
    }
    // Its open answer stands in the cache, and must not come from there.
    #expect(try program.blocks("new.example.net"))
    #expect(try Dig.ask(program.port, "new.example.net A").text.contains("default@8"))
    #expect(try program.call("status").output.contains("policy.generation 2\n"))
  }

  @Test("what a reload frees is open at once")
  func frees() throws {
    let program = try Program()
    try program.start()
    #expect(try program.blocks("www.deepseek.com"))
    try program.write(Program.policy(serial: 9, "www.deepseek.com CNAME rpz-passthru."), to: "policy.zone")
    #expect(try program.call("reload").status == 0)
    #expect(try program.ask("www.deepseek.com")?.answers.map(\.ipv4) == ["192.0.2.80"])
  }

  @Test("a faulty zone is refused with its faults, and the old policy stays", arguments: Way.allCases)
  func refuses(_ way: Way) throws {
    let program = try Program()
    try program.start()
    try program.write(Program.policy(serial: 8, "bad.example.net CNAMEX ."), to: "policy.zone")
    switch way {
    case .command:
      let result = try program.call("reload")
      #expect(result.status == 1)
      #expect(result.errors.hasPrefix("\(program.folder)/policy.zone:11:17: "), "\(result.errors)")
      #expect(result.errors.hasSuffix("reload refused: the running policy stays.\n"))
    case .signal:
      program.signal(SIGHUP)
    }
    #expect(Peer.wait { program.text.contains("event=reload_refused faults=1") }, "\(program.text)")
    #expect(try program.blocks("deepseek.com"))
    #expect(try Dig.ask(program.port, "deepseek.com A").text.contains("default@7"))
    // And mended, it is taken.
    try program.write(Program.policy(serial: 9), to: "policy.zone")
    #expect(try program.call("reload").status == 0)
    #expect(try Dig.ask(program.port, "deepseek.com A").text.contains("default@9"))
  }

  @Test("a faulty configuration is refused, and the old one stays")
  func refusesConfiguration() throws {
    let program = try Program()
    try program.start()
    let sound = try String(contentsOfFile: program.configuration, encoding: .utf8)
    try program.write(sound + "\nworkerz: 3\n", to: "sinkhole.yaml")
    // The command reads the same file for the socket's path, so it is given.
    let result = try Command.run(Program.executable, "reload", "--control", program.control)
    #expect(result.status == 1)
    #expect(result.errors.contains("unknown key \"workerz\""), "\(result.errors)")
    #expect(try program.blocks("deepseek.com"))
    #expect(program.peer?.process.isRunning == true)
  }

  @Test("what takes a restart is said when it changes")
  func takesRestart() throws {
    let program = try Program()
    try program.start()
    let sound = try String(contentsOfFile: program.configuration, encoding: .utf8)
    try program.write(sound.replacing("workers: 2", with: "workers: 1"), to: "sinkhole.yaml")
    let result = try program.call("reload")
    #expect(result.status == 0)
    #expect(result.output.contains("take a restart"), "\(result.output)")
    try program.write(sound.replacing("ipv4: 192.0.2.53", with: "ipv4: 192.0.2.54"), to: "sinkhole.yaml")
    let other = try program.call("reload")
    #expect(!other.output.contains("take a restart"), "\(other.output)")
    #expect(try program.ask("deepseek.com")?.answers.map(\.ipv4) == ["192.0.2.54"])
  }

  @Test("no query of 2,000 is lost or answered wrongly during twenty reloads")
  func losesNothing() throws {
    let program = try Program()
    try program.start()
    let control = program.control
    let finished = Mutex<[Int32]>([])
    Thread.detachNewThread {
      for _ in 0..<20 {
        let result = try? Command.run(Program.executable, "reload", "--control", control)
        finished.withLock { $0.append(result?.status ?? -1) }
      }
    }
    let client = try TestSocket(port: program.port)
    var (asked, lost, wrong) = (0, 0, 0)
    let limit = Date().addingTimeInterval(60)
    while asked < 2000 || finished.withLock({ $0.count }) < 20, Date() < limit {
      let isBlocked = asked % 2 == 0
      let answer = client.ask(Message.query(isBlocked ? "n\(asked).deepseek.com" : "n\(asked % 100).example.org"))
      asked += 1
      if answer == nil { lost += 1 }
      if let answer, answer.answers.map(\.ipv4) != [isBlocked ? "192.0.2.53" : "192.0.2.80"] { wrong += 1 }
      if asked >= 2000 { usleep(1000) }
    }
    #expect(lost == 0)
    #expect(wrong == 0)
    #expect(finished.withLock { $0 } == Array(repeating: 0, count: 20))
    #expect(try program.call("status").output.contains("policy.generation 21\n"))
  }
}
