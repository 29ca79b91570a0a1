import Foundation
import Sinkhole
import Support
import Synchronization
import Testing

/// Something wrong, and the lines that say so.
struct Wrong: CustomTestStringConvertible, Sendable {
  let what: String
  /// In place of the sound one.
  let configuration: String?
  var zone: String?
  /// What stands at the start of each line on standard error, the folder left out.
  let faults: [String]
  var testDescription: String { what }

  init(_ what: String, _ configuration: String? = nil, zone: String? = nil, faults: [String]) {
    self.what = what
    self.configuration = configuration
    self.zone = zone
    self.faults = faults
  }

  private static func zone(_ lines: String) -> String {
    "$TTL 5\n$ORIGIN x.rpz.sinkhole.internal.\n@ SOA localhost. root.localhost. 1 3600 600 86400 5\n@ NS localhost.\n"
      + lines + "\n"
  }

  static let all: [Wrong] = [
    Wrong("unknown key", "workers: 2\nworkerz: 2\n", faults: ["sinkhole.yaml:2:1: unknown key \"workerz\""]),
    Wrong(
      "unknown key in a section", "cache:\n  size: 8MiB\n  sice: 8MiB\n",
      faults: ["sinkhole.yaml:3:3: unknown key \"sice\" in cache"]),
    Wrong("key written twice", "workers: 2\nworkers: 3\n", faults: ["sinkhole.yaml:2:1: key written twice: workers"]),
    Wrong(
      "key written twice in a section",
      "cache:\n  size: 8MiB\nlisten:\n  allow: all\n  dns: \"127.0.0.1:53\"\n  allow: private\n",
      faults: ["sinkhole.yaml:6:3: key written twice: allow"]),
    Wrong(
      "key written twice in a line", "cache: { size: 8MiB, size: 9MiB }\n",
      faults: ["sinkhole.yaml:1:10: key written twice: size"]),
    Wrong("no upstream", "upstreams: []\n", faults: ["sinkhole.yaml:1:12: upstreams is empty"]),
    Wrong(
      "no address", "listen:\n  dns: [\"127.0.0.1:5300\", \"127.0.0.1:x\"]\n",
      faults: ["sinkhole.yaml:2:27: listen.dns has \"127.0.0.1:x\""]),
    Wrong(
      "only one address, and it is none", "listen:\n  dns: localhost\n",
      faults: ["sinkhole.yaml:2:8: listen.dns has \"localhost\""]),
    Wrong("no listener", "listen:\n  dns: []\n", faults: ["sinkhole.yaml:2:8: listen.dns is empty"]),
    Wrong(
      "no prefix", "listen:\n  allow: [192.0.2.1/24]\n",
      faults: ["sinkhole.yaml:2:11: listen.allow has \"192.0.2.1/24\""]),
    Wrong(
      "no upstream address", "upstreams:\n  - dns.example\n",
      faults: ["sinkhole.yaml:2:5: upstreams has \"dns.example\""]),
    Wrong("no size", "cache:\n  size: 64\n", faults: ["sinkhole.yaml:2:9: cache.size is \"64\""]),
    Wrong("too small a size", "cache: { size: 1KiB }\n", faults: ["sinkhole.yaml:1:16: cache.size is \"1KiB\""]),
    Wrong("no number", "workers: many\n", faults: ["sinkhole.yaml:1:10: workers is \"many\""]),
    Wrong("no time", "sinkhole:\n  ttl: 5\n", faults: ["sinkhole.yaml:2:8: ttl is \"5\""]),
    Wrong("no truth", "reply_trains: perhaps\n", faults: ["sinkhole.yaml:1:15: reply_trains is \"perhaps\""]),
    Wrong(
      "the other family", "sinkhole:\n  ipv4: \"::1\"\n",
      faults: ["sinkhole.yaml:2:9: \"::1\", expected an IPv4 address"]),
    Wrong(
      "a pale colour", "notice:\n  colour: \"#ffcc00\"\n",
      faults: ["sinkhole.yaml:2:11: notice.colour \"#ffcc00\" has a contrast to white of 1.5:1, expected at least 4.5:1"]),
    Wrong(
      "no colour", "notice:\n  colour: blue\n", faults: ["sinkhole.yaml:2:11: notice.colour is \"blue\", expected a colour"]),
    Wrong(
      "no logo", "notice:\n  logo: none.png\n", faults: ["sinkhole.yaml:2:9: notice.logo"]),
    Wrong(
      "no URL", "notice:\n  url: notice.example.org\n",
      faults: ["sinkhole.yaml:2:8: \"notice.example.org\" is no address of a page"]),
    Wrong("a value for a section", "limits: 5\n", faults: ["sinkhole.yaml:1:9: limits holds one value"]),
    Wrong("not YAML", "listen: [\n", faults: ["sinkhole.yaml:2:1: not YAML"]),
    Wrong("a tab for indentation", "listen:\n\tdns: [\"127.0.0.1:5300\"]\n", faults: ["sinkhole.yaml:2:1: not YAML"]),
    Wrong(
      "three faults at once", "workers: none\ncache:\n  size: 5\n  what: 6\n",
      faults: [
        "sinkhole.yaml:1:10: workers is \"none\"", "sinkhole.yaml:3:9: cache.size is \"5\"",
        "sinkhole.yaml:4:3: unknown key \"what\"",
      ]),
    Wrong(
      "a zone file that is missing", "zones: [none.zone, policy.zone]\n",
      faults: ["none.zone: cannot be read: open: No such file or directory"]),
    Wrong("a folder without zones", "zones: [empty]\n", faults: ["empty: no zone file in this folder"]),
    Wrong("zone: no record", zone: zone("a.example CNAMEX ."), faults: ["policy.zone:5:11: \"CNAMEX\" is no record type"]),
    Wrong("zone: no address", zone: zone("\n  b.example A 192.0.2"), faults: ["policy.zone:6:"]),
    Wrong(
      "zone: no SOA", zone: "$TTL 5\n$ORIGIN x.example.\na CNAME .\n",
      faults: ["policy.zone:3:1: the first record is no SOA"]),
    Wrong(
      "zone: outside the origin", zone: zone("a.example. CNAME ."),
      faults: ["policy.zone:5:1: \"a.example\" lies outside"]),
    Wrong(
      "zone: an included file that is missing", zone: zone("$INCLUDE other.zone"),
      faults: ["policy.zone:5:1: \"other.zone\" cannot be read"]),
    Wrong("zone: open quote", zone: zone("a.service.sinkhole.internal TXT \"name=A"), faults: ["policy.zone:5:"]),
    Wrong(
      "zone: a description without a key", zone: zone("a.service.sinkhole.internal TXT \"Alice\""),
      faults: ["policy.zone:5:1: \"Alice\" is no KEY=VALUE"]),
    Wrong(
      "zone: two faults at once", zone: zone("a.example CNAMEX .\nok.example CNAME .\nb.example. CNAME ."),
      faults: ["policy.zone:5:11: \"CNAMEX\" is no record type", "policy.zone:7:1: \"b.example\" lies outside"]),
    Wrong(
      "a zone and another that is missing", "zones: [policy.zone, none.zone]\n", zone: zone("a.example CNAMEX ."),
      faults: ["policy.zone:5:11: ", "none.zone: cannot be read"]),
    Wrong(
      "clients of a network sent to their own machine",
      "listen:\n  dns: [\"0.0.0.0:5300\"]\nsinkhole:\n  ipv4: 127.0.0.1\n  ipv6: \"2001:db8::1\"\n"
        + "zones: [policy.zone]\n",
      faults: ["sinkhole.yaml: sinkhole address 127.0.0.1 with the listener 0.0.0.0:5300"]),
    Wrong(
      "an upstream that is ourselves",
      "listen:\n  dns: [\"127.0.0.1:5300\"]\nupstreams: [\"127.0.0.1:5300\"]\nzones: [policy.zone]\n",
      faults: ["sinkhole.yaml: upstreams: 127.0.0.1:5300 is this server itself"]),
    Wrong(
      "both of these and a zone's fault",
      "listen:\n  dns: [\"0.0.0.0:5300\"]\nupstreams: [\"127.0.0.1:5300\"]\nzones: [policy.zone]\n",
      zone: zone("a A 1"),
      faults: [
        "sinkhole.yaml: sinkhole address 127.0.0.1", "sinkhole.yaml: upstreams: 127.0.0.1:5300 is this server itself",
        "policy.zone:5:5: ",
      ]),
  ]
}

@Suite("The program's checks")
struct CheckTests {
  @Test("check and run refuse with every fault, each with its place", arguments: Wrong.all)
  func refuses(_ wrong: Wrong) throws {
    let program = try Program()
    if let text = wrong.configuration { try program.write(text, to: "sinkhole.yaml") }
    if let text = wrong.zone { try program.write(text, to: "policy.zone") }
    try FileManager.default.createDirectory(atPath: program.folder + "/empty", withIntermediateDirectories: true)
    for command in ["check", "run"] {
      let result = try program.call(command)
      #expect(result.status == 1, "\(command)")
      #expect(result.output.isEmpty, "\(command): \(result.output)")
      let lines = result.errors.replacing(program.folder + "/", with: "").split(separator: "\n")
      #expect(lines.count == wrong.faults.count, "\(command): \(result.errors)")
      for (line, fault) in zip(lines, wrong.faults) {
        #expect(line.hasPrefix(fault), "\(command): \(line)")
        // What is wrong, then what to do about it.
        #expect(line.hasSuffix("."), "\(line)")
      }
    }
  }

  @Test("check says what it read when all is well")
  func accepts() throws {
    let program = try Program()
    let result = try program.call("check")
    #expect(result.status == 0)
    #expect(result.errors.isEmpty, "\(result.errors)")
    #expect(
      result.output.split(separator: "\n") == [
        "zone test serial 7 triggers 5 file \(program.folder)/policy.zone",
        "upstream 127.0.0.1:\(program.upstream.port)",
        "ok: 1 services, 4 names",
      ])
  }

  @Test("a configuration that is not there is named")
  func missing() throws {
    let result = try Command.run(Program.executable, "check", "--config", "/nowhere/sinkhole.yaml")
    #expect(result.status == 1)
    #expect(result.errors.hasPrefix("/nowhere/sinkhole.yaml: cannot be read: open: No such file"), "\(result.errors)")
  }

  @Test(
    "a wrong command line ends with 64 and says how it is used",
    arguments: [
      "check --nope", "explain", "explain --type NOPE example.org", "explain --client nobody example.org",
      "explain a..b", "dance", "run --config", "check extra",
    ])
  func usage(_ words: String) throws {
    let result = try Command.run("sh", "-c", "exec timeout 20 \(Program.executable) \(words)")
    #expect(result.status == 64)
    #expect(result.errors.contains("Usage: sinkholed"), "\(result.errors)")
  }

  @Test("commands to a server that is not there fail and say so", arguments: ["reload", "status"])
  func absent(_ command: String) throws {
    let program = try Program()
    let result = try program.call(command)
    #expect(result.status == 1)
    #expect(result.errors.hasPrefix("no server at \(program.control)"), "\(result.errors)")
  }

  @Test("explain says the verdict, the rule, the line of the zone and the answer")
  func explains() throws {
    let program = try Program()
    func explain(_ words: String) throws -> [String] {
      let result = try program.call("explain", words)
      #expect(result.status == 0, "\(result.errors)")
      return result.output.split(separator: "\n").map { String($0).replacing(program.folder + "/", with: "") }
    }
    let blocked = try explain("Chat.DeepSeek.com")
    #expect(blocked.count == 6)
    #expect(blocked[0].lowercased() == "chat.deepseek.com a for 127.0.0.1: blocked")
    #expect(blocked[1] == "  group     none, policy default")
    #expect(blocked[2] == "  service   DeepSeek (deepseek), DeepSeek, CN, chat")
    #expect(blocked[3] == "  rule      all-zones of policy default")
    #expect(blocked[4].lowercased() == "  trigger   *.deepseek.com in zone test, serial 7, policy.zone:7")
    #expect(blocked[5].hasPrefix("  answer    NOERROR, 1 answer record, "))
    #expect(blocked[5].contains("EDE 15 (Blocked): \"DeepSeek; rule all-zones; default@7"))

    let hint = try explain("deepseek.com --type HTTPS --client 192.168.1.7")
    #expect(hint[0] == "deepseek.com HTTPS for 192.168.1.7: blocked")
    #expect(try #require(hint.last).hasPrefix("  answer    NOERROR, 0 answer records, "))

    let open = try explain("www.example.org")
    #expect(
      open == [
        "www.example.org A for 127.0.0.1: open", "  group     none, policy default",
        "  answer    forwarded to 127.0.0.1:\(program.upstream.port)",
      ])

    let passed = try explain("open.deepseek.com")
    #expect(passed[0] == "open.deepseek.com A for 127.0.0.1: allowed")
    #expect(passed.last?.hasPrefix("  answer    forwarded to ") == true)

    let denied = try explain("nx.example.net")
    #expect(denied[0] == "nx.example.net A for 127.0.0.1: nxdomain")
    #expect(denied.last?.hasPrefix("  answer    NXDOMAIN, 0 answer records, ") == true)
    #expect(try explain("nodata.example.net")[0] == "nodata.example.net A for 127.0.0.1: nodata")

    let stranger = try explain("example.org --client 203.0.113.9")
    #expect(stranger.last?.hasPrefix("  answer    REFUSED") == true, "\(stranger)")
  }

  @Test("explain knows the shipped names: blocked, open, and a canary")
  func explainsShipped() throws {
    let program = try Program()
    try program.write("zones: [\(Command.root)/zones]\nupstreams: [\"127.0.0.1:5301\"]\n", to: "sinkhole.yaml")
    for (name, outcome) in [
      ("chat.deepseek.com", "blocked"), ("example.org", "open"), ("mask.icloud.com", "nxdomain"),
      ("use-application-dns.net", "nxdomain"), ("_dns.resolver.arpa", "nodata"), ("naver.com", "open"),
    ] {
      let result = try program.call("explain", name)
      #expect(result.output.hasPrefix("\(name) A for 127.0.0.1: \(outcome)\n"), "\(result.output)")
    }
  }
}
