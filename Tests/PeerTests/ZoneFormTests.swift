import Foundation
import Support
import Testing

/// A shipped zone: its file and its origin.
struct ShippedZone: CustomTestStringConvertible, Sendable {
  let file: String
  let origin: String
  var testDescription: String { origin }

  /// In the order in which a server loads them.
  static let all = below("zones")
  /// With those that are off by default.
  static let every = all + below("zones/optional")

  private static func below(_ path: String) -> [ShippedZone] {
    let folder = "\(Command.root)/\(path)"
    let names = ((try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []).filter { $0.hasSuffix(".zone") }
    return names.sorted().map { name in
      let text = (try? String(contentsOfFile: "\(folder)/\(name)", encoding: .utf8)) ?? ""
      let origin = text.firstMatch(of: /\$ORIGIN +(\S+)\.\n/).map { String($0.output.1) } ?? ""
      return ShippedZone(file: "\(folder)/\(name)", origin: origin)
    }
  }

  static var policies: [(origin: String, file: String)] { all.map { ($0.origin, $0.file) } }

  var lines: [String] {
    ((try? String(contentsOfFile: file, encoding: .utf8)) ?? "").split(separator: "\n").map(String.init)
  }

  /// Owner and target of each rule.
  var rules: [(owner: String, target: String)] {
    lines.compactMap { line in
      let words = line.prefix { $0 != ";" }.split(separator: " ").map(String.init)
      return words.count == 3 && words[1] == "CNAME" ? (words[0], words[2]) : nil
    }
  }
}

@Suite("The form of the shipped zones")
struct ZoneFormTests {
  @Test("the zones of the catalogue are there")
  func zones() {
    #expect(ShippedZone.all.count > 10 && ShippedZone.every.count > ShippedZone.all.count)
    #expect(ShippedZone.every.allSatisfy { $0.origin.hasSuffix(".rpz.sinkhole.internal") })
    #expect(Set(ShippedZone.every.map(\.origin)).count == ShippedZone.every.count)
  }

  @Test("named-checkzone has nothing to say but that it loaded", arguments: ShippedZone.every)
  func namedCheckzone(_ zone: ShippedZone) throws {
    let result = try Command.run("named-checkzone", zone.origin, zone.file)
    #expect(result.status == 0, "\(result.output)\(result.errors)")
    let lines = result.output.split(separator: "\n")
    #expect(lines.count == 2, "\(result.output)")
    #expect(lines.first?.hasPrefix("zone \(zone.origin)/IN: loaded serial ") == true, "\(result.output)")
    #expect(lines.last == "OK", "\(result.output)")
    #expect(result.errors.isEmpty)
  }

  @Test("ldns-read-zone reads every rule", arguments: ShippedZone.every)
  func ldnsReadZone(_ zone: ShippedZone) throws {
    let result = try Command.run("ldns-read-zone", zone.file)
    #expect(result.status == 0, "\(result.errors)")
    #expect(result.errors.isEmpty)
    let read = result.output.split(separator: "\n").filter { $0.contains("\tCNAME\t") }
    #expect(read.count == zone.rules.count)
    #expect(!read.isEmpty)
  }

  @Test("sinkholed reads as many rules as there are, and leaves none out", arguments: ShippedZone.every)
  func sinkholed(_ zone: ShippedZone) throws {
    let folder = try Peer.folder()
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let file = folder + "/sinkhole.yaml"
    try "control: off\nnotice:\n  http: 127.0.0.1:8080\nupstreams: [\"127.0.0.1:5301\"]\nzones: [\(zone.file)]\n".write(
      toFile: file, atomically: true, encoding: .utf8)
    let result = try Command.run(Program.executable, "check", "--config", file)
    #expect(result.status == 0, "\(result.errors)")
    #expect(result.errors.isEmpty)
    #expect(result.output.contains(" triggers \(zone.rules.count) "), "\(result.output)")
  }

  @Test(
    "every service that a rule names is described in the same zone, and every described one has a rule",
    arguments: ShippedZone.every)
  func services(_ zone: ShippedZone) {
    let suffix = ".service.sinkhole.internal"
    let described = zone.lines.compactMap { line in
      line.firstMatch(of: /^(\S+)\.service\.sinkhole\.internal +TXT +"name=/).map { String($0.output.1) }
    }
    let named = zone.rules.map(\.target).filter { $0.hasSuffix(suffix + ".") }.map {
      String($0.dropLast(suffix.count + 1))
    }
    #expect(Set(described) == Set(named))
    #expect(Set(described).count == described.count)
  }

  @Test("a name stands once in a zone", arguments: ShippedZone.every)
  func once(_ zone: ShippedZone) {
    let owners = zone.rules.map(\.owner)
    #expect(Set(owners).count == owners.count)
    #expect(owners.allSatisfy { $0 == $0.lowercased() && !$0.hasSuffix(".") })
  }
}

/// What other servers make of the same files.
@Suite("The shipped zones elsewhere")
final class ZonesElsewhereTests {
  private let upstream: NameServer

  init() throws {
    upstream = try NameServer.unbound(
      [
        "www.example.org. 300 A 192.0.2.80", "www.example.org. 300 AAAA 2001:db8::80",
        "chat.deepseek.com. 300 A 198.51.100.1", "deepseek.com. 300 A 198.51.100.2", "sora.com. 300 A 198.51.100.3",
        "use-application-dns.net. 300 A 198.51.100.4", "mask.icloud.com. 300 A 198.51.100.5",
        "icloud.com. 300 A 198.51.100.6", "notdeepseek.com. 300 A 198.51.100.7",
      ], ready: "www.example.org")
  }

  private func check(_ server: NameServer) throws {
    for name in ["deepseek.com", "chat.deepseek.com", "a.b.c.deepseek.com", "sora.com", "sora.chatgpt.com"] {
      let answer = try Dig.ask(server.port, "\(name) A")
      #expect(answer.status == "NOERROR", "\(answer.text)")
      #expect(answer.values.contains("192.0.2.53"), "\(answer.text)")
      #expect(!answer.text.contains("198.51.100."), "\(answer.text)")
      #expect(answer.answer.allSatisfy { (0...5).contains($0.ttl) }, "\(answer.text)")
      let six = try Dig.ask(server.port, "\(name) AAAA")
      #expect(six.values.contains("2001:db8::53"), "\(six.text)")
      #expect(six.answer.allSatisfy { (0...5).contains($0.ttl) }, "\(six.text)")
      let hints = try Dig.ask(server.port, "\(name) HTTPS")
      #expect(!hints.answer.contains { $0.words.contains("HTTPS") }, "\(hints.text)")
    }
    for name in ["use-application-dns.net", "mask.icloud.com", "x.use-application-dns.net"] {
      #expect(try Dig.ask(server.port, "\(name) A").status == "NXDOMAIN", "\(name)")
    }
    let designated = try Dig.ask(server.port, "_dns.resolver.arpa SVCB")
    #expect(designated.status == "NOERROR", "\(designated.text)")
    #expect(designated.answer.isEmpty)
    for (name, address) in [
      ("www.example.org", "192.0.2.80"), ("icloud.com", "198.51.100.6"), ("notdeepseek.com", "198.51.100.7"),
    ] {
      let answer = try Dig.ask(server.port, "\(name) A")
      #expect(answer.status == "NOERROR", "\(answer.text)")
      #expect(answer.values == [address], "\(answer.text)")
    }
  }

  @Test("BIND restricts what they list, leaves the rest, and answers for five seconds")
  func bind() throws {
    let bind = try NameServer.bind(policies: ShippedZone.policies, upstream: upstream.port, ready: "www.example.org")
    try check(bind)
    for zone in ShippedZone.all { #expect(bind.text.contains("zone \(zone.origin)/IN: loaded serial"), "\(bind.text)") }
  }

  @Test("PowerDNS Recursor restricts what they list, leaves the rest, and answers for five seconds")
  func recursor() throws {
    try check(
      try NameServer.recursor(policies: ShippedZone.policies, upstream: upstream.port, ready: "www.example.org"))
  }
}
