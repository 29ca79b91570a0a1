import Sinkhole
import Support
import Testing

@Suite("Policy zones")
struct PolicyTests {
  static let head = """
    $TTL 3600
    $ORIGIN %.rpz.sinkhole.internal.
    @ SOA localhost. root.localhost. 1 3600 600 86400 5
    @ NS localhost.

    """

  /// `first` and `second` as zones, in this order.
  private func policy(_ zones: String...) throws -> Policy {
    let read = try zones.enumerated().map { index, text in
      let head = PolicyTests.head.replacing("%", with: "z\(index)")
      return try PolicyZoneReader.read(text: Array((head + text).utf8), file: "z\(index).zone")
    }
    return try PolicyCompiler.compile(read, wording: .init(noticeURL: nil, contact: nil, ttl: 5))
  }

  private func outcome(_ name: String, _ policy: Policy) throws -> String {
    let name = try #require(Name(name))
    let asker = policy.asker(IPAddress(v4: 0x7F00_0001))
    let verdict = policy.ruling(on: name, for: asker, policy.activity(at: 0)).selected
    let explanation = Explanation(name, verdict, for: asker, policy: policy)
    return "\(explanation.outcome) \(explanation.trigger ?? "-")"
  }

  @Test(
    "inside a zone the closest name wins, exact before wildcard, as RFC 4592 has it",
    arguments: [
      ("example.org", "nxdomain example.org"), ("a.example.org", "nodata *.example.org"),
      ("x.y.z.example.org", "nodata *.example.org"), ("deep.b.example.org", "dropped deep.b.example.org"),
      // b.example.org exists because deep.b.example.org does: the wildcard above covers neither it nor its children.
      ("b.example.org", "open -"), ("c.b.example.org", "open -"), ("d.deep.b.example.org", "open -"),
      ("only.example.net", "nxdomain only.example.net"), ("below.only.example.net", "open -"), ("example.net", "open -"),
      ("notexample.org", "open -"), ("example.org.example.com", "open -"), ("org", "open -"), (".", "open -"),
      ("wild.example.com", "open -"), ("a.wild.example.com", "tcp-only *.wild.example.com"),
      ("*.wild.example.com", "tcp-only *.wild.example.com"),
    ])
  func closest(_ name: String, _ expected: String) throws {
    let policy = try policy(
      """
      example.org CNAME .
      *.example.org CNAME *.
      deep.b.example.org CNAME rpz-drop.
      only.example.net CNAME .
      *.wild.example.com CNAME rpz-tcp-only.
      """)
    #expect(try outcome(name, policy) == expected)
  }

  @Test(
    "an earlier zone wins over a closer name of a later one",
    arguments: [
      ("a.example.org", "allowed *.example.org"), ("example.org", "nxdomain example.org"),
      ("b.example.net", "nodata *.example.net"),
    ])
  func zoneOrder(_ name: String, _ expected: String) throws {
    let policy = try policy(
      "*.example.org CNAME rpz-passthru.", "a.example.org CNAME .\nexample.org CNAME .\n*.example.net CNAME *.")
    #expect(try outcome(name, policy) == expected)
  }

  @Test("thousands of names are all found, and none that is not listed")
  func many() throws {
    let lines = (0..<20_000).map { "n\($0).example.org CNAME .\n*.n\($0).example.org CNAME *." }
    let policy = try policy(lines.joined(separator: "\n"))
    for number in stride(from: 0, to: 20_000, by: 7) {
      #expect(try outcome("n\(number).example.org", policy) == "nxdomain n\(number).example.org")
      #expect(try outcome("w.n\(number).example.org", policy) == "nodata *.n\(number).example.org")
      #expect(try outcome("m\(number).example.org", policy) == "open -")
    }
  }

  @Test(
    "a fault names its line and column",
    arguments: [
      ("example.org CNAEM .", "z0.zone:6:13:"), ("   example.org CNAME", "z0.zone:6:4:"),
      ("example.org A 192.0.2.256", "z0.zone:6:15:"), ("example.org TXT \"open", "z0.zone:6:1: a quoted string"),
      ("example.org CNAME ( .", "z0.zone:6:1: \"(\" is never closed"), ("$GENERATE 1-2 a CNAME .", "z0.zone:6:1: $GENERATE"),
      ("outside.example. CNAME .", "lies outside the zone"), ("$TTL soon", "$TTL takes one time"),
      ("a.example.org CNAME .\na.example.org CNAME *.", "has another action on line 6"),
    ])
  func faults(_ text: String, _ expected: String) throws {
    let error = #expect(throws: Faults.self) { try policy("\n" + text) }
    #expect(try #require(error).description.contains(expected))
  }

  @Test("all faults of a zone are told at once")
  func allFaults() throws {
    let error = #expect(throws: Faults.self) { try policy("a CNAEM .\nb.example.org CNAME .\nc A 1.2.3\n$X y") }
    #expect(try #require(error).list.map(\.line) == [5, 7, 8])
  }

  @Test("a rule for the root, a top-level domain or our own names is left out and counted")
  func guards() throws {
    let policy = try policy("* CNAME .\ncom CNAME .\n*.com CNAME .\nx.sinkhole.internal CNAME .\nexample.org CNAME .")
    #expect(policy.zones[0].source.triggerCount == 1)
    #expect(policy.zones[0].source.skipped.map(\.count).reduce(0, +) == 4)
    #expect(try outcome("example.com", policy) == "open -")
  }

  @Test("a rule may have 24 labels, and holds for names of 127")
  func depth() throws {
    let deepest = Array(repeating: "a", count: 22).joined(separator: ".") + ".example.org"
    let policy = try policy("\(deepest) CNAME .\n*.\(deepest) CNAME *.\nb.\(deepest) CNAME .")
    #expect(policy.zones[0].source.skipped.map(\.count) == [1])
    #expect(try outcome(deepest, policy) == "nxdomain \(deepest)")
    let below = Array(repeating: "x", count: 90).joined(separator: ".")
    #expect(try outcome("\(below).\(deepest)", policy) == "nodata *.\(deepest)")
  }

  @Test("an unknown action of RPZ is counted, not served")
  func skipped() throws {
    let policy = try policy("b.example.org CNAME rpz-unknown.\n32.1.2.0.192.rpz-nsip CNAME .\nns.example.org.rpz-nsdname CNAME .")
    #expect(policy.zones[0].source.triggerCount == 0)
    #expect(policy.zones[0].source.skipped.map(\.count).reduce(0, +) == 3)
    #expect(policy.zones[0].source.skipped.allSatisfy { $0.cause == .inexpressible })
  }

  @Test("relative $ORIGIN, parentheses, comments and owners left out read as the master format has them")
  func masterFormat() throws {
    let policy = try policy(
      "$ORIGIN sub\nname CNAME ( ; a comment\n  . )\n$ORIGIN z0.rpz.sinkhole.internal.\nb.example.org 60 IN CNAME *. ; why\n")
    #expect(try outcome("name.sub", policy) == "nxdomain name.sub")
    #expect(try outcome("b.example.org", policy) == "nodata b.example.org")
  }
}
