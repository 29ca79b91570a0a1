import Support
import Testing

/// Which of several triggers decides.
@Suite("The order of rules, zones and triggers")
struct PrecedencePlays {
  private static let services = """
    deepseek.service.sinkhole.internal TXT "name=DeepSeek" "vendor=DeepSeek" "jurisdiction=CN" "category=chat"
    coder.service.sinkhole.internal TXT "name=Coder" "vendor=Example" "jurisdiction=US" "category=code"

    """
  private static let deepseek = "CNAME deepseek.service.sinkhole.internal."
  private static let coder = "CNAME coder.service.sinkhole.internal."
  private static let upstream = ["* 300 A 192.0.2.80"]

  private static func ai(_ lines: String) -> PlayZone { .zone("ai", services + lines) }
  private static func policy(_ rules: String) -> String { "policies: { p: [\(rules)] }\ndefault_policy: p" }
  private static func blocked(_ name: String, _ ede: String) -> String {
    "NOERROR | \(name) 5 A 192.0.2.53 | EDE 15 \(ede) | unasked"
  }
  private static func open(_ name: String) -> String { "NOERROR | \(name) 300 A 192.0.2.80 | asked \(name) A" }

  static let plays = rules + zones + names + exceptions + lists

  private static let rules = [
    Play(
      "the first rule wins over a later one's closer name",
      policy: policy("{block: {services: [coder]}}, {nxdomain: {services: [deepseek]}}"),
      zones: [.zone("a", services + "a.example.org \(deepseek)"), .zone("b", "*.example.org \(coder)")], upstream: upstream,
      steps: [.ask("a.example.org A", blocked("a.example.org", "Coder; rule block-1; p@7"))]),
    Play(
      "the first rule wins over an earlier zone", policy: policy("{nodata: {zone: b}}, {block: {zone: a}}"),
      zones: [.zone("a", "x.example.org CNAME ."), .zone("b", "x.example.org CNAME .")], upstream: upstream,
      steps: [.ask("x.example.org A", "NOERROR | SOA x.example.org | EDE 15 b; rule nodata-1; p@7 | unasked")]),
    Play(
      "allow before block opens, and block before allow does not",
      policy: policy("{allow: {names: [open.deepseek.com]}}, {block: {services: all}}, {allow: {names: [late.deepseek.com]}}"),
      zones: [ai("deepseek.com \(deepseek)\n*.deepseek.com \(deepseek)")], upstream: upstream,
      steps: [
        .ask("open.deepseek.com A", open("open.deepseek.com")), .ask("a.open.deepseek.com A", open("a.open.deepseek.com")),
        .ask("late.deepseek.com A", blocked("late.deepseek.com", "DeepSeek; rule block-2; p@7")),
        .ask("deepseek.com A", blocked("deepseek.com", "DeepSeek; rule block-2; p@7")),
      ]),
    Play(
      "observe tells and goes on to the next rule", policy: policy("{observe: everything}, {block: {services: [deepseek]}}"),
      zones: [ai("deepseek.com \(deepseek)")], upstream: upstream,
      steps: [
        .ask("deepseek.com A", blocked("deepseek.com", "DeepSeek; rule block-2; p@7")),
        .ask("www.example.org A", open("www.example.org")),
      ]),
    Play(
      "a rule fits what fits every part of it",
      policy: policy("{block: {category: [chat], jurisdiction: [us]}}, {nodata: {category: [Code], vendor: [example]}}"),
      zones: [ai("deepseek.com \(deepseek)\ncoder.example.net \(coder)")], upstream: upstream,
      steps: [
        .ask("deepseek.com A", open("deepseek.com")),
        .ask("coder.example.net A", "NOERROR | SOA coder.example.net | EDE 15 Coder; rule nodata-2; p@7 | unasked"),
      ]),
    Play(
      "never_block stands above every rule", policy: policy("{block: everything}") + "\nnever_block: [example.net, \"*.example.com\"]",
      upstream: upstream,
      steps: [
        .ask("www.example.net A", open("www.example.net")), .ask("example.net A", open("example.net")),
        .ask("www.example.com A", open("www.example.com")),
        .ask("example.com A", blocked("example.com", "block-1; rule block-1; p@0")),
      ]),
    Play(
      "this server's page stays open under what covers it, and all else that is covered does not",
      policy: policy("{zone: all}"), zones: [.zone("a", "*.example.edu CNAME ."), .list("l", "example.edu")],
      upstream: upstream,
      steps: [
        .ask("notice.example.edu A", open("notice.example.edu")),
        .ask("a.notice.example.edu A", open("a.notice.example.edu")),
        .ask("other.example.edu A", "NXDOMAIN | SOA example.edu | EDE 15 a; rule zone-1; p@7 | unasked"),
        .ask("example.edu A", blocked("example.edu", "l; rule zone-1")),
        .ask("deepnotice.example.edu A", "NXDOMAIN | SOA example.edu | EDE 15 a; rule zone-1; p@7 | unasked"),
        .publish(policy: policy("{refuse: everything}"), zones: []),
        .ask("notice.example.edu A", "NOERROR | notice.example.edu <=300 A 192.0.2.80"),
        .ask("other.example.edu A", "REFUSED | EDE 15 refuse-1; rule refuse-1; p@0 | unasked"),
        .publish(policy: policy("{zone: all}"), zones: [.zone("c", "32.1.0.0.127.rpz-client-ip CNAME rpz-drop.")]),
        .ask("notice.example.edu A", "NOERROR | notice.example.edu <=300 A 192.0.2.80"),
        .ask("other.example.edu A", "silence | unasked"),
      ]),
    Play(
      "a policy without rules opens everything", policy: policy(""), zones: [ai("deepseek.com \(deepseek)")], upstream: upstream,
      steps: [.ask("deepseek.com A", open("deepseek.com"))]),
    Play(
      "without any policy the zones say what to do", zones: [ai("deepseek.com \(deepseek)\nnx.example.net CNAME .")],
      upstream: upstream,
      steps: [
        .ask("deepseek.com A", blocked("deepseek.com", "DeepSeek; rule all-zones; default@7")),
        .ask("nx.example.net A", "NXDOMAIN | SOA nx.example.net | EDE 15 ai; rule all-zones; default@7 | unasked"),
      ]),
  ]

  private static let zones = [
    Play(
      "inside one rule the earlier zone wins over the closer name", policy: policy("{zone: all}"),
      zones: [.zone("a", "*.example.org CNAME *."), .zone("b", "x.example.org CNAME .")], upstream: upstream,
      steps: [.ask("x.example.org A", "NOERROR | SOA example.org | EDE 15 a; rule zone-1; p@7 | unasked")]),
    Play(
      "inside one zone the closer name wins, and an exact one over the wildcard", policy: policy("{zone: a}"),
      zones: [
        .zone("a", "*.example.org CNAME .\nx.example.org CNAME *.\n*.x.example.org CNAME rpz-passthru.")
      ], upstream: upstream,
      steps: [
        .ask("x.example.org A", "NOERROR | SOA x.example.org | EDE 15 a; rule zone-1; p@7 | unasked"),
        .ask("y.x.example.org A", open("y.x.example.org")),
        .ask("z.example.org A", "NXDOMAIN | SOA example.org | EDE 15 a; rule zone-1; p@7 | unasked"),
      ]),
    Play(
      "what exists hides the wildcard above it (RFC 4592)", policy: policy("{zone: a}"),
      zones: [.zone("a", "*.example.org CNAME .\na.b.example.org CNAME *.")], upstream: upstream,
      steps: [
        .ask("c.example.org A", "NXDOMAIN | SOA example.org | EDE 15 a; rule zone-1; p@7 | unasked"),
        .ask("a.b.example.org A", "NOERROR | SOA a.b.example.org | EDE 15 a; rule zone-1; p@7 | unasked"),
        .ask("b.example.org A", open("b.example.org")), .ask("c.b.example.org A", open("c.b.example.org")),
        .ask("d.a.b.example.org A", open("d.a.b.example.org")),
      ]),
    Play(
      "what one zone's name hides, another zone's wildcard covers", policy: policy("{zone: all}"),
      zones: [.zone("a", "*.example.org CNAME .\na.b.example.org CNAME ."), .zone("b", "*.example.org CNAME *.")],
      upstream: upstream,
      steps: [.ask("c.b.example.org A", "NOERROR | SOA example.org | EDE 15 b; rule zone-1; p@7 | unasked")]),
    Play(
      "inside one zone the client stands above the name, and between zones their order", policy: policy("{zone: all}"),
      zones: [
        .zone("a", "x.example.org CNAME ."), .zone("b", "8.0.0.0.127.rpz-client-ip CNAME *.\ny.example.org CNAME ."),
      ], upstream: upstream,
      steps: [
        .ask("x.example.org A", "NXDOMAIN | SOA x.example.org | EDE 15 a; rule zone-1; p@7 | unasked"),
        .ask("y.example.org A", "NOERROR | SOA y.example.org | EDE 15 b; rule zone-1; p@7 | unasked"),
      ]),
    Play(
      "of several addresses in a response the longest prefix decides, whatever their order", policy: policy("{zone: a}"),
      zones: [
        .zone("a", "24.0.100.51.198.rpz-ip CNAME .\n32.9.113.0.203.rpz-ip CNAME *.\n48.zz.1.db8.2001.rpz-ip CNAME rpz-drop.")
      ],
      upstream: [
        "one.example.org 300 A 198.51.100.1", "one.example.org 300 A 203.0.113.9", "two.example.org 300 A 203.0.113.9",
        "two.example.org 300 A 198.51.100.1", "six.example.org 300 AAAA 2001:db8:1::1",
      ],
      steps: [
        .ask("one.example.org A", "NOERROR | SOA one.example.org | EDE 15 a; rule zone-1; p@7"),
        .ask("two.example.org A", "NOERROR | SOA two.example.org | EDE 15 a; rule zone-1; p@7"),
        .ask("six.example.org AAAA", "silence"),
      ]),
    Play(
      "an IPv4 prefix counts as one of 96 bits more", policy: policy("{zone: a}"),
      zones: [.zone("a", "24.0.100.51.198.rpz-ip CNAME .\n64.zz.db8.2001.rpz-ip CNAME *.")],
      upstream: ["www.example.org 300 HTTPS 1 . ipv4hint=198.51.100.1 ipv6hint=2001:db8::1"],
      steps: [.ask("www.example.org HTTPS", "NXDOMAIN | SOA www.example.org | EDE 15 a; rule zone-1; p@7")]),
    Play(
      "of two prefixes as long the smaller address decides", policy: policy("{zone: a}"),
      zones: [.zone("a", "32.9.100.51.198.rpz-ip CNAME .\n32.8.100.51.198.rpz-ip CNAME *.")],
      upstream: [
        "one.example.org 300 A 198.51.100.9", "one.example.org 300 A 198.51.100.8", "two.example.org 300 A 198.51.100.8",
        "two.example.org 300 A 198.51.100.9",
      ],
      steps: [
        .ask("one.example.org A", "NOERROR | SOA one.example.org | EDE 15 a; rule zone-1; p@7"),
        .ask("two.example.org A", "NOERROR | SOA two.example.org | EDE 15 a; rule zone-1; p@7"),
      ]),
    Play(
      "a name that is asked for decides before any address", policy: policy("{zone: a}, {block: {zone: b}}"),
      zones: [.zone("a", "24.0.2.0.192.rpz-ip CNAME ."), .zone("b", "x.example.org CNAME .")], upstream: upstream,
      steps: [
        .ask("x.example.org A", blocked("x.example.org", "b; rule block-2; p@7")),
        .ask("y.example.org A", "NXDOMAIN | SOA y.example.org | EDE 15 a; rule zone-1; p@7 | asked y.example.org A"),
      ]),
  ]

  private static let names = [
    Play(
      "names of a rule cover what lies below, a wildcard only that",
      policy: policy("{block: {names: [example.org, \"*.example.net\"]}}"), upstream: upstream,
      steps: [
        .ask("example.org A", blocked("example.org", "block-1; rule block-1; p@0")),
        .ask("a.b.example.org A", blocked("a.b.example.org", "block-1; rule block-1; p@0")),
        .ask("notexample.org A", open("notexample.org")), .ask("example.net A", open("example.net")),
        .ask("a.example.net A", blocked("a.example.net", "block-1; rule block-1; p@0")),
      ]),
    Play(
      "of rules that name a name and one above it the first decides",
      policy: policy(
        "{nodata: {names: [example.org]}}, {block: {names: [a.example.org]}}, {nxdomain: {names: [example.net]}}, {allow: {names: [b.example.net]}}"
      ) + "\n", upstream: upstream,
      steps: [
        .ask("a.example.org A", "NOERROR | SOA a.example.org | EDE 15 nodata-1; rule nodata-1; p@0 | unasked"),
        .ask("b.example.net A", "NXDOMAIN | SOA b.example.net | EDE 15 nxdomain-3; rule nxdomain-3; p@0 | unasked"),
      ]),
    Play(
      "two policies may name one name, each for its own", policy: """
        groups: { left: {clients: 127.0.0.2, policy: l}, right: {clients: 127.0.0.3, policy: r} }
        policies: { l: [{nxdomain: {names: [x.example.org]}}], r: [{block: {names: [example.org]}}], o: [] }
        default_policy: o
        """, upstream: upstream,
      steps: [
        .ask("x.example.org A", from: "127.0.0.2", "NXDOMAIN | SOA x.example.org | EDE 15 nxdomain-1; rule nxdomain-1; l@0 | unasked"),
        .ask("x.example.org A", from: "127.0.0.3", blocked("x.example.org", "block-1; rule block-1; r@0")),
        .ask("y.example.org A", from: "127.0.0.2", open("y.example.org")),
        .ask("x.example.org A", open("x.example.org")),
      ]),
    Play(
      "a name of 24 labels may stand in a rule, and what is asked may be longer",
      policy: policy("{block: {names: [\(String(repeating: "a.", count: 22))example.org]}}"), upstream: upstream,
      steps: [
        .ask(
          "\(String(repeating: "b.", count: 40))\(String(repeating: "a.", count: 22))example.org A",
          blocked("\(String(repeating: "b.", count: 40))\(String(repeating: "a.", count: 22))example.org", "block-1; rule")),
        .ask("\(String(repeating: "a.", count: 21))example.org A", open("\(String(repeating: "a.", count: 21))example.org")),
      ]),
  ]

  private static let exceptions = [
    Play(
      "an exception in a zone stays one under block: {zone: x}, and later rules go on",
      policy: policy("{block: {zone: a}}, {nodata: {zone: b}}"),
      zones: [
        .zone("a", "*.example.org CNAME .\nopen.example.org CNAME rpz-passthru.\nshut.example.org CNAME rpz-passthru."),
        .zone("b", "shut.example.org CNAME ."),
      ], upstream: upstream,
      steps: [
        .ask("open.example.org A", open("open.example.org")),
        .ask("shut.example.org A", "NOERROR | SOA shut.example.org | EDE 15 b; rule nodata-2; p@7 | unasked"),
        .ask("www.example.org A", blocked("www.example.org", "a; rule block-1; p@7")),
      ]),
    Play(
      "under zone: x the exception is obeyed, and later rules have no say", policy: policy("{zone: a}, {nodata: {zone: b}}"),
      zones: [
        .zone("a", "*.example.org CNAME .\nshut.example.org CNAME rpz-passthru."), .zone("b", "shut.example.org CNAME ."),
      ], upstream: upstream, steps: [.ask("shut.example.org A", open("shut.example.org"))]),
    Play(
      "an exception to a service is none of the service", policy: policy("{block: {services: all}}"),
      zones: [ai("*.deepseek.com \(deepseek)\nopen.deepseek.com CNAME open.deepseek.com.")], upstream: upstream,
      steps: [
        .ask("chat.deepseek.com A", blocked("chat.deepseek.com", "DeepSeek; rule block-1; p@7")),
        .ask("open.deepseek.com A", open("open.deepseek.com")),
      ]),
  ]

  private static let lists = [
    Play(
      "entries of a list are plain subtrees", policy: policy("{block: {zone: ads}}"),
      zones: [.list("ads", "example.org\nb.example.org\nexample.net")], upstream: upstream,
      steps: [
        .ask("example.org A", "NOERROR | example.org 5 A 192.0.2.53 | EDE 15 ads; rule block-1; p@ | unasked"),
        .ask("c.b.example.org A", "NOERROR | c.b.example.org 5 A 192.0.2.53 | EDE 15 ads; rule block-1; p@ | unasked"),
        .ask("c.a.example.org A", "NOERROR | c.a.example.org 5 A 192.0.2.53 | EDE 15 ads; rule block-1; p@ | unasked"),
        .ask("example.com A", open("example.com")),
      ]),
    Play(
      "zone: of a list blocks", policy: policy("{zone: all}"), zones: [.list("ads", "example.org")], upstream: upstream,
      steps: [.ask("a.example.org A", "NOERROR | a.example.org 5 A 192.0.2.53 | EDE 15 ads; rule zone-1; p@ | unasked")]),
  ]

  @Test("precedence", arguments: plays, Transport.allCases)
  func performs(_ play: Play, _ transport: Transport) async throws { try await perform(play, over: transport) }
}
