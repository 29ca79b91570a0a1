import Foundation
import Support
import Testing

@Suite("Access by the command line")
struct AccessTests {
  private static let groups = """
    groups: { press: {clients: [127.0.7.0/24], policy: p} }
    policies: { p: [{zone: all}] }
    default_policy: p
    """

  /// What `name` resolves to for a client of loopback.
  private func resolve(_ name: String, for client: String, _ program: Program) throws -> [String] {
    try Dig.ask(program.port, "\(name) A -b \(client)").values
  }

  private func authorise(_ words: String, _ program: Program, status: Int32 = 0) throws -> String {
    let result = try program.call("authorise", words)
    #expect(result.status == status, "\(words): \(result.errors)")
    return status == 0 ? result.output : result.errors
  }

  private static let shut = ["192.0.2.53"]
  private static let open = ["192.0.2.80"]

  @Test("one client is let through, within a second, and no other; by the clock it is shut again")
  func client() throws {
    let program = try Program(more: AccessTests.groups)
    try program.start()
    #expect(try resolve("chat.deepseek.com", for: "127.0.0.5", program) == AccessTests.shut)
    let added = try authorise("add --service deepseek --client 127.0.0.5 --for 8s --reason 'a try'", program)
    // The very next answer: the command returns when it has its effect.
    #expect(try resolve("chat.deepseek.com", for: "127.0.0.5", program) == AccessTests.open)
    #expect(try resolve("chat.deepseek.com", for: "127.0.0.6", program) == AccessTests.shut)
    #expect(added.contains(/^1 active deepseek for client 127\.0\.0\.5 until [0-9T:-]+Z approved by \S+: a try\n$/), "\(added)")
    let answer = try Dig.ask(program.port, "deepseek.com A -b 127.0.0.5")
    #expect(answer.answer.allSatisfy { $0.ttl <= 5 })
    // To the second: what is answered before the end is open, what is asked a second behind it is shut.
    let instant = try #require(added.firstMatch(of: /until (\S+)/)).output.1
    let until = try #require(ISO8601DateFormatter().date(from: String(instant)))
    let isShut = try Peer.wait {
      let asked = Date()
      let values = try resolve("chat.deepseek.com", for: "127.0.0.5", program)
      if Date() < until { #expect(values == AccessTests.open) }
      if asked > until + 1 { #expect(values == AccessTests.shut) }
      return values == AccessTests.shut
    }
    #expect(isShut)
    #expect(try Peer.wait { try authorise("list --state ended", program).hasPrefix("1 ended deepseek") })
  }

  @Test("prefixes and groups, several services, a start that is to come, and a revocation within a second")
  func scopes() throws {
    let program = try Program(more: AccessTests.groups)
    try program.write(Program.policy(serial: 8, "gpt.example.com CNAME gpt.service.sinkhole.internal."), to: "policy.zone")
    try program.start()
    _ = try authorise("add --service deepseek --service gpt --prefix 127.0.8.0/24 --for 1h --reason x", program)
    _ = try authorise("add --service deepseek --group press --until 2036-01-01 --reason x", program, status: 1)
    _ = try authorise("add --service deepseek --group press --for 30d --reason x", program)
    for (client, name, isOpen) in [
      ("127.0.8.9", "deepseek.com", true), ("127.0.8.9", "gpt.example.com", true), ("127.0.9.8", "deepseek.com", false),
      ("127.0.7.1", "deepseek.com", true), ("127.0.7.1", "gpt.example.com", false),
    ] {
      #expect(try resolve(name, for: client, program) == (isOpen ? AccessTests.open : AccessTests.shut), "\(client) \(name)")
    }
    #expect(try authorise("revoke 1 --reason 'done early'", program).hasPrefix("1 revoked deepseek,gpt for prefix 127.0.8.0/24"))
    #expect(try resolve("deepseek.com", for: "127.0.8.9", program) == AccessTests.shut)
    #expect(try authorise("show 1", program).contains("note        done early"))

    let soon = ISO8601DateFormatter().string(from: Date().addingTimeInterval(8))
    #expect(try authorise("add --service gpt --client 127.0.0.9 --from \(soon) --for 1h --reason x", program).contains("approved gpt"))
    #expect(try resolve("gpt.example.com", for: "127.0.0.9", program) == AccessTests.shut)
    #expect(try Peer.wait { try resolve("gpt.example.com", for: "127.0.0.9", program) == AccessTests.open })
    #expect(try program.call("status").output.contains("access.authorisations 2\n"))
    #expect(try program.call("policy", "allowed").output.contains("authorised gpt for client 127.0.0.9 until"))
  }

  @Test("killed and started again, what holds is in force with the first answer, and the audit is whole")
  func restart() throws {
    let program = try Program(more: AccessTests.groups)
    try program.start()
    _ = try authorise("add --service deepseek --client 127.0.0.5 --for 1h --reason x", program)
    _ = try authorise("add --service deepseek --client 127.0.0.6 --for 1h --reason x", program)
    _ = try authorise("revoke 2", program)
    program.signal(SIGKILL)
    _ = program.ended(within: 5)
    _ = try program.begin()
    var first: [String] = []
    #expect(try Peer.wait {
      first = try resolve("deepseek.com", for: "127.0.0.5", program)
      return !first.isEmpty
    })
    #expect(first == AccessTests.open)
    #expect(try resolve("deepseek.com", for: "127.0.0.6", program) == AccessTests.shut)
    #expect(Peer.wait { FileManager.default.fileExists(atPath: program.folder + "/access.sock") })
    #expect(try Peer.wait { try program.call("authorise", "audit --check").output.hasPrefix("the audit is whole: 5 entries, the last 5") })
    let audit = try authorise("audit", program)
    #expect(audit.split(separator: "\n").count == 5)
    #expect(audit.contains(/account \S+ revoked authorisation 2: active: deepseek for client 127\.0\.0\.6 from/), "\(audit)")
  }

  static let refusals = [
    ("add --service deepsek --client 127.0.0.5 --for 1h --reason x", "there is no service \"deepsek\". Did you mean \"deepseek\"?"),
    ("add --service deepseek --group pres --for 1h --reason x", "there is no group \"pres\". Did you mean \"press\"?"),
    ("add --service deepseek --client nobody --for 1h --reason x", "\"nobody\" is no IP address. Give a client's."),
    ("add --service deepseek --prefix 127.0.0.1/8 --for 1h --reason x", "\"127.0.0.1/8\" is no prefix."),
    ("add --service deepseek --prefix 0.0.0.0/0 --for 1h --reason x", "0.0.0.0/0 has 0 bits, expected 1 to 32."),
    ("add --service deepseek --prefix 2001:db8::/65 --for 1h --reason x", "2001:db8::/65 has 65 bits, expected 1 to 64."),
    ("add --service deepseek --client 127.0.0.5 --for 91d --reason x", "it would hold for 7862400 seconds, expected 7776000 at most."),
    ("add --service deepseek --client 127.0.0.5 --for soon --reason x", "for is \"soon\", expected a number with s, m, h or d"),
    ("add --service deepseek --client 127.0.0.5 --until yesterday --reason x", "until is \"yesterday\", expected an instant"),
    ("add --service deepseek --client 127.0.0.5 --until 2020-01-01 --reason x", "it would be over before it begins."),
    ("add --service deepseek --client 127.0.0.5 --for 1h --reason ' '", "the reason is empty. Write it."),
    ("add --service deepseek --client 127.0.0.5 --for 1h --reason x --as Kim", "may not decide in another's name."),
    ("show 7", "there is no authorisation 7."), ("approve 7", "there is no authorisation 7."),
    ("list --state lost", "\"lost\" is no state, expected all or some of: requested, approved, active"),
  ]

  @Test("what cannot be is refused with its remedy, and leaves nothing behind")
  func refuses() throws {
    let program = try Program(more: AccessTests.groups)
    try program.start()
    for (words, problem) in AccessTests.refusals {
      #expect(try authorise(words, program, status: 1).contains(problem), "\(words)")
    }
    #expect(try authorise("audit", program) == "")
    #expect(try authorise("list --state all", program) == "there is none\n")
  }

  @Test("the approver is the account that connected; only a front end names another, and two approvals take two")
  func accounts() throws {
    let plain = try Program(more: AccessTests.groups)
    try plain.start()
    let json = try authorise("add --service deepseek --client 127.0.0.5 --for 1h --reason x --json", plain)
    let account = try #require(json.firstMatch(of: /"account":"([^"]+)"/)).output.1
    plain.stop()

    let program = try Program(more: AccessTests.groups + "\naccess: {approvals: 2, front_ends: [\(account)]}")
    try program.start()
    _ = try authorise("add --service deepseek --client 127.0.0.5 --for 1h --reason x --as Kim", program)
    #expect(try resolve("deepseek.com", for: "127.0.0.5", program) == AccessTests.shut)
    #expect(try authorise("approve 1 --as kim", program, status: 1).contains("kim has approved authorisation 1 already."))
    #expect(try authorise("approve 1 --for 2h --as Lee", program, status: 1).contains("has its terms by the first approval."))
    let approved = try authorise("approve 1 --as Lee", program)
    #expect(approved.contains("approved by Kim (through \(account)) and Lee (through \(account)): x"), "\(approved)")
    #expect(try resolve("deepseek.com", for: "127.0.0.5", program) == AccessTests.open)
  }

  @Test("the socket is the user's alone, and goes with the server; without access there is none")
  func socket() throws {
    let program = try Program(more: AccessTests.groups)
    try program.start()
    let path = program.folder + "/access.sock"
    #expect(Peer.wait { FileManager.default.fileExists(atPath: path) })
    #expect(try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int == 0o600)
    program.signal(SIGTERM)
    #expect(program.ended(within: 5) == 0)
    #expect(!FileManager.default.fileExists(atPath: path))
    #expect(try authorise("list", program, status: 1).contains("Start sinkholed run, give --socket"))

    let off = try Program(more: AccessTests.groups + "\naccess: {file: off}")
    try off.start()
    #expect(!FileManager.default.fileExists(atPath: off.folder + "/access.sock"))
    #expect(!FileManager.default.fileExists(atPath: off.folder + "/state/access.sqlite"))
    #expect(try authorise("list", off, status: 1).contains("access.socket is off in this configuration"))
  }
}

@Suite("Access by HTTP")
struct AccessInterfaceTests {
  private func curl(_ words: String, _ program: Program) throws -> String {
    try Command.run("sh", "-c", "cd \(program.folder) && exec curl -s -m 20 --unix-socket access.sock \(words)").output
  }

  @Test("the examples of docs/access.md are what the server answers")
  func examples() throws {
    let document = try String(contentsOfFile: Command.root + "/docs/access.md", encoding: .utf8)
    let program = try Program()
    try program.start()
    let examples = document.matches(of: /(?m)^\$ (curl .*)\n(.*)$/)
    #expect(examples.count == 4)
    for example in examples {
      let command = example.output.1
      let answer = try Command.run("sh", "-c", "cd \(program.folder) && exec timeout 20 \(command)").output
      #expect(same(answer) == same(String(example.output.2) + "\n"), "\(command)")
    }
  }

  /// Without what differs from one run to the next.
  private func same(_ text: String) -> String {
    text.replacing(/\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ/, with: "TIME").replacing(/"hash":"[^"]*"/, with: "HASH")
      .replacing(/"(name|account|asked_by)":"[^"]*"/) { "\"\($0.output.1)\":WHO" }
  }

  static let wrong = [
    ("-d '{' http://localhost/v1/authorisations", "400", "json"), ("-d '[]' http://localhost/v1/authorisations", "422", "input"),
    ("-d '{\"service\":\"x\"}' http://localhost/v1/authorisations", "422", "input"),
    ("-d '{\"reason\":5}' http://localhost/v1/authorisations", "422", "input"),
    ("-d '{\"as\":[],\"reason\":\"x\"}' http://localhost/v1/authorisations/1/deny", "422", "input"),
    ("-d '{\"reason\":\"a\",\"reason\":\"b\"}' http://localhost/v1/authorisations", "400", "json"),
    ("-d '{\"for\":1.5}' http://localhost/v1/authorisations", "400", "json"),
    ("-d '{}' http://localhost/v1/authorisations", "422", "input"), ("http://localhost/v1/authorisations/0", "404", "path"),
    ("http://localhost/v1/authorisations/77", "404", "number"), ("http://localhost/", "404", "path"),
    ("http://localhost/v1/authorisations?most=1001", "422", "input"), ("'http://localhost/v1/audit?after=1&after=2'", "422", "input"),
    ("http://localhost/v1/authorisations?colour=red", "422", "input"), ("-X DELETE http://localhost/v1/authorisations/1", "405", "method"),
    ("-d @large http://localhost/v1/authorisations", "413", "size"), ("-d @deep http://localhost/v1/authorisations", "400", "json"),
  ]

  @Test("what is wrong gets a problem document with its code")
  func problems() throws {
    let program = try Program()
    try program.start()
    try program.write(String(repeating: "x", count: 20_000), to: "large")
    try program.write(String(repeating: "[", count: 10_000), to: "deep")
    for (words, status, code) in AccessInterfaceTests.wrong {
      let answer = try curl("-w '%{http_code} %{content_type}' \(words)", program)
      #expect(answer.contains("\"status\":\(status),\"code\":\"\(code)\","), "\(words): \(answer)")
      #expect(answer.hasSuffix("\(status) application/problem+json"), "\(words): \(answer)")
    }
    // A head that is too large is not read to its end.
    let large = try curl("-w '%{http_code}' -o /dev/null -H 'X: \(String(repeating: "x", count: 9000))' http://localhost/v1/audit", program)
    #expect(large != "200")
    #expect(try curl("http://localhost/v1/audit", program) == "{\"audit\":[]}\n")
  }
}
