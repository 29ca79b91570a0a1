import Sinkhole
import Support
import Testing

/// Which policy a client is held to, and as whom it is known.
@Suite("Groups of clients")
struct GroupPlays {
  private static let upstream = ["* 300 A 192.0.2.80"]
  private static func blocked(_ rule: String, _ policy: String) -> String {
    "NOERROR | www.example.org 5 A 192.0.2.53 | EDE 15 \(rule); rule \(rule); \(policy)@0"
  }
  private static let open = "NOERROR | www.example.org <=300 A 192.0.2.80"
  private static func unasked(_ code: String, _ label: String) -> String {
    "\(code) | SOA \(label).example.org | EDE 15 cl; rule all-zones; default@7 | unasked"
  }
  private static func whoami(_ client: String, _ group: String?, _ policy: String) -> String {
    let group = group.map { " group=\($0)" } ?? ""
    return "NOERROR | whoami.sinkhole.internal 0 TXT \"client=\(client)\(group) policy=\(policy)\""
  }

  /// Each group blocks with a rule of its own name.
  private static func policy(_ groups: [(name: String, clients: String)], open: String = "open") -> String {
    let members = groups.map { "\($0.name): {clients: [\($0.clients)], policy: \($0.name)-policy}" }
    let policies = groups.map { "\($0.name)-policy: [{block: everything, id: \($0.name)}]" }
    return """
      groups: { \(members.joined(separator: ", ")) }
      policies: { \((policies + ["\(open): []"]).joined(separator: ", ")) }
      default_policy: \(open)
      """
  }

  private static let nested = [
    ("all", "127.0.0.0/9"), ("net", "127.1.0.0/16"), ("host", "127.1.2.3"), ("two", "127.2.0.0/16, 127.3.0.0/24"),
  ]

  static let plays =
    [("wide first", nested), ("narrow first", nested.reversed())].map { order, groups in
      Play(
        "the longest prefix wins, the \(order)", policy: policy(groups), upstream: upstream,
        steps: [
          .ask("www.example.org A", from: "127.1.2.3", blocked("host", "host-policy")),
          .ask("www.example.org A", from: "127.1.2.4", blocked("net", "net-policy")),
          .ask("www.example.org A", from: "127.4.0.1", blocked("all", "all-policy")),
          .ask("www.example.org A", from: "127.3.0.9", blocked("two", "two-policy")),
          .ask("www.example.org A", from: "127.3.1.9", blocked("all", "all-policy")),
          .ask("www.example.org A", from: "127.200.0.1", open),
          .ask("whoami.sinkhole.internal TXT", from: "127.1.2.3", whoami("127.1.2.3", "host", "host-policy")),
          .ask("whoami.sinkhole.internal TXT", from: "127.200.0.1", whoami("127.200.0.1", nil, "open")),
        ])
    } + [
      Play(
        "one cache, and each group its own answer from it",
        policy: policy([("shut", "127.0.0.2")]), zones: [],
        upstream: ["www.example.org 300 CNAME web.example.net", "web.example.net 300 A 192.0.2.80"],
        steps: [
          .ask("www.example.org A", "NOERROR | www.example.org 300 CNAME web.example.net | web.example.net 300 A 192.0.2.80 | asked www.example.org A"),
          .ask("www.example.org A", from: "127.0.0.2", blocked("shut", "shut-policy") + " | unasked"),
          .ask("www.example.org A", "NOERROR | www.example.org <=300 CNAME web.example.net | web.example.net <=300 A 192.0.2.80 | unasked"),
        ]),
      Play(
        "a client that moves to another group is judged by it at once", policy: policy([("left", "127.0.0.2"), ("right", "127.0.0.3")]),
        upstream: upstream,
        steps: [
          .ask("www.example.org A", from: "127.0.0.2", blocked("left", "left-policy")),
          .publish(policy: policy([("left", "127.0.0.3"), ("right", "127.0.0.2")])),
          .ask("www.example.org A", from: "127.0.0.2", blocked("right", "right-policy")),
          .publish(policy: policy([("left", "127.0.0.3")])), .ask("www.example.org A", from: "127.0.0.2", open),
        ]),
      Play(
        "of two groups with one prefix the first has it", policy: policy([("one", "127.0.0.2"), ("two", "127.0.0.2")]),
        upstream: upstream, steps: [.ask("www.example.org A", from: "127.0.0.2", blocked("one", "one-policy"))]),
    ]

  private static let stations = policy([
    ("left", "10.1.2.3, \"2001:db8::7\""), ("network", "10.1.2.0/24"), ("six", "\"2001:db8::/32\""), ("forwarder", "127.0.0.53"),
  ])

  static let forwarders = [
    Play(
      "a trusted forwarder says for whom it asks", policy: stations, upstream: upstream,
      steps: [
        .ask("www.example.org A", blocked("left", "left-policy"), .forwarder("127.0.0.53", for: "10.1.2.3/32")),
        .ask("www.example.org A", blocked("network", "network-policy"), .forwarder("127.0.0.53", for: "10.1.2.4/32")),
        .ask("www.example.org A", blocked("left", "left-policy"), .forwarder("127.0.0.53", for: "2001:db8::7/128")),
        .ask("www.example.org A", blocked("six", "six-policy"), .forwarder("127.0.0.53", for: "2001:db8::8/128")),
        .ask("www.example.org A", open, .forwarder("127.0.0.53", for: "203.0.113.9/32")),
        .ask("whoami.sinkhole.internal TXT", whoami("10.1.2.3", "left", "left-policy"), .forwarder("127.0.0.53", for: "10.1.2.3/32")),
      ]),
    Play(
      "an IPv4 address in an IPv6 one is the IPv4 one", policy: stations, upstream: upstream,
      steps: [
        .ask("www.example.org A", blocked("left", "left-policy"), .forwarder("127.0.0.53", for: "::ffff:10.1.2.3/128")),
        .ask("whoami.sinkhole.internal TXT", whoami("10.1.2.3", "left", "left-policy"), .forwarder("127.0.0.53", for: "::ffff:10.1.2.3/128")),
      ]),
    Play(
      "part of an address is nobody: the forwarder itself is judged", policy: stations, upstream: upstream,
      steps: ["10.1.2.0/24", "10.1.2.3/31", "10.1.2.3/0", "2001:db8::/56", "2001:db8::7/127"].map {
        .ask("www.example.org A", blocked("forwarder", "forwarder-policy"), .forwarder("127.0.0.53", for: $0))
      }),
    Play(
      "a trigger on clients holds for the one that a trusted forwarder asks for, and for no one else's word",
      zones: [
        .zone(
          "cl",
          """
          32.3.2.1.10.rpz-client-ip CNAME .
          32.5.2.1.10.rpz-client-ip CNAME rpz-passthru.
          128.7.zz.db8.2001.rpz-client-ip CNAME *.
          32.53.0.0.127.rpz-client-ip CNAME rpz-drop.
          listed.example.org CNAME .
          """)
      ], upstream: upstream,
      steps: [
        .ask("www.example.org A", unasked("NXDOMAIN", "www"), .forwarder("127.0.0.53", for: "10.1.2.3/32")),
        .ask("www.example.org A", unasked("NXDOMAIN", "www"), .forwarder("127.0.0.53", for: "::ffff:10.1.2.3/128")),
        .ask("www.example.org A", unasked("NOERROR", "www"), .forwarder("127.0.0.53", for: "2001:db8::7/128")),
        .ask("www.example.org A", open, .forwarder("127.0.0.53", for: "10.1.2.4/32")),
        .ask("www.example.org A", open, .forwarder("127.0.0.53", for: "2001:db8::8/128")),
        .ask("listed.example.org A", unasked("NXDOMAIN", "listed"), .forwarder("127.0.0.53", for: "10.1.2.4/32")),
        .ask(
          "listed.example.org A", "NOERROR | listed.example.org 300 A 192.0.2.80",
          .forwarder("127.0.0.53", for: "10.1.2.5/32")),
        .ask("www.example.org A", from: "127.0.0.53", "silence | unasked"),
        .ask("www.example.org A", "silence | unasked", .forwarder("127.0.0.53", for: "10.1.2.0/24")),
        .ask("www.example.org A", open, .forwarder("127.0.0.54", for: "10.1.2.3/32")),
      ]),
    Play(
      "nobody else is believed", policy: stations, upstream: upstream,
      steps: ["127.0.0.1", "127.0.0.54", "127.0.0.52"].map {
        .ask("www.example.org A", open, .forwarder($0, for: "10.1.2.3/32"))
      }),
    Play(
      "who may ask at all is judged by the sender", listen: "allow: [127.0.0.53, 10.0.0.0/8], trusted_forwarders: [127.0.0.53, 127.0.0.54]",
      policy: stations, upstream: upstream,
      steps: [
        .ask("www.example.org A", "REFUSED | EDE 18 this client may not ask here | unasked", .forwarder("127.0.0.54", for: "10.1.2.3/32", over: .udp)),
        .ask("www.example.org A", open, .forwarder("127.0.0.53", for: "203.0.113.9/32")),
      ]),
    Play(
      "a response that was waited for is judged for the one it was asked for",
      policy: """
        groups: { left: {clients: 10.1.2.3, policy: shut} }
        policies: { shut: [{block: {names: [example.net]}, id: shut}], open: [] }
        default_policy: open
        """, upstream: ["www.example.org 0 CNAME web.example.net", "web.example.net 0 A 192.0.2.80"],
      steps: [
        .ask("www.example.org A", "NOERROR | www.example.org 0 CNAME web.example.net | web.example.net 5 A 192.0.2.53 | EDE 15 shut; rule shut; shut@0 | asked www.example.org A", .forwarder("127.0.0.53", for: "10.1.2.3/32")),
        .ask("www.example.org A", "NOERROR | www.example.org 0 CNAME web.example.net | web.example.net 0 A 192.0.2.80 | asked www.example.org A", .forwarder("127.0.0.53", for: "10.1.2.4/32")),
      ]),
  ]

  @Test("groups", arguments: plays, Transport.allCases)
  func performs(_ play: Play, _ transport: Transport) async throws { try await perform(play, over: transport) }

  @Test("forwarders", arguments: forwarders, Transport.allCases)
  func forwards(_ play: Play, _ transport: Transport) async throws { try await perform(play, over: transport) }

  @Test("IPv6 clients have groups too", .enabled(if: Stage.hasIPv6), arguments: Transport.allCases)
  func overIPv6(_ transport: Transport) async throws {
    let groups = [("wide", "\"::/64\""), ("host", "\"::1\""), ("other", "\"::/127\"")]
    try await perform(
      Play(
        "the longest prefix wins", policy: GroupPlays.policy(groups), upstream: GroupPlays.upstream,
        steps: [
          .ask("www.example.org A", from: "::1", GroupPlays.blocked("host", "host-policy")),
          .ask("whoami.sinkhole.internal TXT", from: "::1", GroupPlays.whoami("::1", "host", "host-policy")),
          .ask("www.example.org A", from: "127.0.0.1", GroupPlays.open),
        ]), over: transport)
  }
}

/// What an administrator opens, and for whom.
@Suite("Exceptions on a running server")
struct ExceptionPlays {
  private static let zone = PlayZone.zone(
    "ai",
    """
    deepseek.service.sinkhole.internal TXT "name=DeepSeek" "category=chat"
    gpt.service.sinkhole.internal TXT "name=GPT" "category=chat"
    deepseek.com CNAME deepseek.service.sinkhole.internal.
    *.deepseek.com CNAME deepseek.service.sinkhole.internal.
    gpt.example.com CNAME gpt.service.sinkhole.internal.
    """)
  private static let upstream = ["www.example.org 300 CNAME chat.deepseek.com", "* 300 A 198.51.100.9"]
  private static let policy = """
    groups: { left: {clients: 127.0.0.2, policy: p}, right: {clients: 127.0.0.3, policy: p} }
    policies: { p: [{block: {services: [deepseek]}}, {caution: {services: [gpt]}}] }
    default_policy: p
    """
  private static let me = Overlay.Scope.client(IPAddress(v4: 0x7F00_0001))
  private static func open(_ name: String) -> String { "NOERROR | \(name) <=5 A 198.51.100.9" }
  private static func shut(_ name: String, _ text: String) -> String {
    "NOERROR | \(name) 5 A 192.0.2.53 | EDE 15 \(text)"
  }
  private static let deepseek = shut("deepseek.com", "DeepSeek; rule block-1; p@7")
  private static let gpt = shut("gpt.example.com", "GPT; caution; rule caution-2; p@7")

  static let plays = [
    Play(
      "allowed for a client, from the next query on, and shut again when it is ended", policy: policy, zones: [zone],
      upstream: upstream,
      steps: [
        .ask("deepseek.com A", deepseek + " | unasked"), .except(.allowed, "deepseek", for: me),
        .ask("deepseek.com A", open("deepseek.com") + " | asked deepseek.com A"),
        .ask("deepseek.com A", open("deepseek.com") + " | unasked"), .ask("deepseek.com A", from: "127.0.0.9", deepseek),
        .ask("gpt.example.com A", gpt), .end(1), .ask("deepseek.com A", deepseek + " | unasked"),
      ]),
    Play(
      "authorised for a group, and for no other", policy: policy, zones: [zone], upstream: upstream,
      steps: [
        .except(.authorised, "deepseek", for: .group("left")), .except(.authorised, "gpt", for: .group("right")),
        .ask("deepseek.com A", from: "127.0.0.2", open("deepseek.com")),
        .ask("deepseek.com A", from: "127.0.0.3", deepseek), .ask("deepseek.com A", deepseek),
        .ask("gpt.example.com A", from: "127.0.0.3", open("gpt.example.com")),
        .ask("gpt.example.com A", from: "127.0.0.2", gpt),
      ]),
    Play(
      "an acknowledgement lifts a caution and nothing else", policy: policy, zones: [zone], upstream: upstream,
      steps: [
        .except(.acknowledged, "deepseek", for: me), .except(.acknowledged, "gpt", for: me),
        .ask("deepseek.com A", deepseek), .ask("gpt.example.com A", open("gpt.example.com")),
      ]),
    Play(
      "where a name leads is opened with the service", policy: policy, zones: [zone], upstream: upstream,
      steps: [
        .ask(
          "www.example.org A",
          "NOERROR | www.example.org 5 CNAME chat.deepseek.com | chat.deepseek.com 5 A 192.0.2.53 | EDE 15 DeepSeek; rule block-1; p@7"),
        .except(.allowed, "deepseek", for: me),
        .ask(
          "www.example.org A", "NOERROR | www.example.org <=5 CNAME chat.deepseek.com | chat.deepseek.com <=5 A 198.51.100.9 | unasked"),
        .ask("chat.deepseek.com HTTPS", "NOERROR | SOA deepseek.com"),
      ]),
    Play(
      "every action about a service is lifted, none about a zone or a name",
      policy: """
        policies:
          p: [{refuse: {services: [gpt]}}, {drop: {zone: ai}}, {block: {names: [example.net]}}]
        default_policy: p
        """, zones: [zone], upstream: upstream,
      steps: [
        .except(.allowed, "gpt", for: me), .except(.allowed, "deepseek", for: me), .except(.allowed, "ai", for: me),
        .except(.allowed, "block-3", for: me), .ask("gpt.example.com A", open("gpt.example.com")),
        .ask("deepseek.com A", open("deepseek.com")), .ask("www.example.net A", shut("www.example.net", "block-3; rule block-3; p@0")),
      ]),
    Play(
      "an exception outlives a reload, and goes by the group's name", policy: policy, zones: [zone], upstream: upstream,
      steps: [
        .except(.allowed, "deepseek", for: .group("left")),
        .publish(policy: policy.replacing("left: {clients: 127.0.0.2", with: "left: {clients: 127.0.0.4")),
        .ask("deepseek.com A", from: "127.0.0.4", open("deepseek.com")), .ask("deepseek.com A", from: "127.0.0.2", deepseek),
      ]),
  ]

  @Test("exceptions", arguments: plays, Transport.allCases)
  func performs(_ play: Play, _ transport: Transport) async throws { try await perform(play, over: transport) }
}
