import Support
import Testing

/// Where a name leads: chains into restricted names and out of them.
@Suite("Chains of aliases")
struct ChainPlays {
  private static let zone = PlayZone.zone(
    "ai",
    """
    deepseek.service.sinkhole.internal TXT "name=DeepSeek" "category=chat"
    deepseek.com CNAME deepseek.service.sinkhole.internal.
    *.deepseek.com CNAME deepseek.service.sinkhole.internal.
    free.deepseek.com CNAME rpz-passthru.
    nx.example.net CNAME .
    """)
  private static let policy = "policies: { p: [{zone: ai}] }\ndefault_policy: p"
  private static let ede = "EDE 15 DeepSeek; rule zone-1; p@7"

  /// `n1.example.org` to the target, through `count` CNAMEs.
  private static func links(_ count: Int, to target: String, ttl: UInt32 = 300) -> [String] {
    (1...count).map { "n\($0).example.org \(ttl) CNAME \($0 == count ? target : "n\($0 + 1).example.org")" }
  }

  private static func play(
    _ name: String, _ upstream: [String], _ habits: [RecordTable.Habit] = [], _ steps: PlayStep...
  ) -> Play {
    Play(name, policy: policy, zones: [zone], upstream: upstream, habits, steps: steps)
  }

  private static func changed(_ links: [String]) -> String {
    (["NOERROR"] + links + ["chat.deepseek.com 5 A 192.0.2.53", ede]).joined(separator: " | ")
  }

  static let plays = lengths + orders + ends + protections + wishes + times

  private static let lengths = [1, 2, 16].map { count in
    play(
      "a chain of \(count) into a restricted name", links(count, to: "chat.deepseek.com") + ["chat.deepseek.com 300 A 198.51.100.9"], [],
      .ask("n1.example.org A", changed(links(count, to: "chat.deepseek.com", ttl: 5))),
      .ask("n1.example.org A", changed(links(count, to: "chat.deepseek.com", ttl: 5)) + " | unasked"))
  } + [
    play(
      "a chain of 16 to an open name", links(16, to: "www.example.net") + ["www.example.net 300 A 192.0.2.80"], [],
      .ask("n1.example.org A", (["NOERROR"] + links(16, to: "www.example.net") + ["www.example.net 300 A 192.0.2.80"]).joined(separator: " | "))),
    play(
      "a chain of 17 is nobody's, wherever it leads",
      links(17, to: "chat.deepseek.com") + ["chat.deepseek.com 300 A 198.51.100.9"], [],
      .ask("n1.example.org A", "SERVFAIL | EDE 23 no upstream gave a usable answer"),
      .ask("n1.example.org A", "SERVFAIL | EDE 23 no upstream gave a usable answer | unasked"),
      .ask("n2.example.org A", "NOERROR | " + (links(17, to: "chat.deepseek.com", ttl: 5).dropFirst() + ["chat.deepseek.com 5 A 192.0.2.53", ede]).joined(separator: " | "))),
    play(
      "a loop is an answer to nothing", ["a.example.org 300 CNAME b.example.org", "b.example.org 300 CNAME a.example.org"], [],
      .ask("a.example.org A", "SERVFAIL | EDE 23 no upstream gave a usable answer")),
    play(
      "a name that is its own alias is an answer to nothing", ["a.example.org 300 CNAME a.example.org"], [],
      .ask("a.example.org A", "SERVFAIL | EDE 23 no upstream gave a usable answer")),
  ]

  private static let orders = [
    play(
      "the order of records does not matter",
      links(3, to: "chat.deepseek.com") + ["chat.deepseek.com 300 A 198.51.100.9", "chat.deepseek.com 300 A 198.51.100.10"],
      [.reversed], .ask("n1.example.org A", changed(links(3, to: "chat.deepseek.com", ttl: 5)))),
    play(
      "nor do the letters' cases", ["N1.Example.ORG 300 CNAME Chat.DeepSeek.COM", "CHAT.deepseek.com 300 A 198.51.100.9"], [],
      .ask("n1.EXAMPLE.org A", "NOERROR | n1.EXAMPLE.org 5 CNAME chat.deepseek.com | chat.deepseek.com 5 A 192.0.2.53 | \(ede)"),
      .ask("CHAT.DeepSeek.com A", "NOERROR | CHAT.DeepSeek.com 5 A 192.0.2.53 | \(ede) | unasked")),
    play(
      "with DO no signature of what was changed, and no AD",
      ["n1.example.org 300 CNAME chat.deepseek.com", "chat.deepseek.com 300 A 198.51.100.9"], [.signing],
      .ask("n1.example.org A", "NOERROR | n1.example.org 5 CNAME chat.deepseek.com | chat.deepseek.com 5 A 192.0.2.53 | \(ede)", .signed),
      .ask("n1.example.org A", "NOERROR | n1.example.org 5 CNAME chat.deepseek.com | chat.deepseek.com 5 A 192.0.2.53 | \(ede) | unasked", .signed),
      .ask("n1.example.org HTTPS", "NOERROR | n1.example.org 5 CNAME chat.deepseek.com | SOA deepseek.com | \(ede)", .signed)),
    play(
      "with DO what was not changed keeps its signatures, and has no AD of ours",
      ["n1.example.org 300 CNAME www.example.net", "www.example.net 300 A 192.0.2.80"], [.signing],
      .ask(
        "n1.example.org A",
        "NOERROR | n1.example.org 300 CNAME www.example.net | n1.example.org 300 RRSIG CNAME | www.example.net 300 A 192.0.2.80 | www.example.net 300 RRSIG A",
        .signed)),
  ]

  private static let ends = [
    play(
      "a chain into a restricted name that has no address", ["n1.example.org 300 CNAME chat.deepseek.com", "chat.deepseek.com 300 TXT none"], [],
      .ask("n1.example.org A", changed(["n1.example.org 5 CNAME chat.deepseek.com"])),
      .ask("n1.example.org AAAA", "NOERROR | n1.example.org 5 CNAME chat.deepseek.com | chat.deepseek.com 5 AAAA 2001:db8::53 | \(ede)")),
    play(
      "a chain into a restricted name that does not exist", ["n1.example.org 300 CNAME gone.deepseek.com"], [],
      .ask("n1.example.org A", "NOERROR | n1.example.org 5 CNAME gone.deepseek.com | gone.deepseek.com 5 A 192.0.2.53 | \(ede)")),
    play(
      "a chain into a name without data", ["n1.example.org 300 CNAME www.example.net", "www.example.net 300 TXT none"], [],
      .ask("n1.example.org A", "NOERROR | n1.example.org 300 CNAME www.example.net | SOA example.org")),
    play(
      "a chain into a name that is not there", ["n1.example.org 300 CNAME gone.example.com"], [],
      .ask("n1.example.org A", "NXDOMAIN | n1.example.org 300 CNAME gone.example.com | SOA example.org")),
    play(
      "NXDOMAIN by policy at the end of a chain",
      ["n1.example.org 300 CNAME nx.example.net", "nx.example.net 300 A 198.51.100.9"], [],
      .ask("n1.example.org A", "NXDOMAIN | n1.example.org 5 CNAME nx.example.net | SOA nx.example.net | EDE 15 ai; rule zone-1; p@7")),
    play(
      "a restricted name that would lead to an open one is never asked for",
      ["chat.deepseek.com 300 CNAME www.example.net", "www.example.net 300 A 192.0.2.80"], [],
      .ask("chat.deepseek.com A", "NOERROR | chat.deepseek.com 5 A 192.0.2.53 | \(ede) | unasked"),
      .ask("chat.deepseek.com CNAME", "NOERROR | SOA deepseek.com | \(ede) | unasked")),
    play(
      "a chain through a restricted name to an open one ends where it is restricted",
      [
        "n1.example.org 300 CNAME chat.deepseek.com", "chat.deepseek.com 300 CNAME www.example.net",
        "www.example.net 300 A 192.0.2.80",
      ], [], .ask("n1.example.org A", changed(["n1.example.org 5 CNAME chat.deepseek.com"]))),
  ]

  private static let protections = [
    play(
      "the earliest name that decides does: restricted before restricted",
      [
        "n1.example.org 300 CNAME nx.example.net", "nx.example.net 300 CNAME chat.deepseek.com",
        "chat.deepseek.com 300 A 198.51.100.9",
      ], [], .ask("n1.example.org A", "NXDOMAIN | n1.example.org 5 CNAME nx.example.net | SOA nx.example.net | EDE 15 ai; rule zone-1; p@7")),
    play(
      "an exception on an earlier name protects the rest",
      [
        "n1.example.org 300 CNAME free.deepseek.com", "free.deepseek.com 300 CNAME chat.deepseek.com",
        "chat.deepseek.com 300 A 198.51.100.9",
      ], [],
      .ask(
        "n1.example.org A",
        "NOERROR | n1.example.org 300 CNAME free.deepseek.com | free.deepseek.com 300 CNAME chat.deepseek.com | chat.deepseek.com 300 A 198.51.100.9"),
      .ask("free.deepseek.com A", "NOERROR | free.deepseek.com 300 CNAME chat.deepseek.com | chat.deepseek.com 300 A 198.51.100.9"),
      .ask("chat.deepseek.com A", "NOERROR | chat.deepseek.com 5 A 192.0.2.53 | \(ede) | unasked")),
    Play(
      "allow on the name that is asked for protects the rest",
      policy: "policies: { p: [{allow: {names: [n1.example.org]}}, {zone: ai}] }\ndefault_policy: p", zones: [zone],
      upstream: ["n1.example.org 300 CNAME chat.deepseek.com", "n2.example.org 300 CNAME chat.deepseek.com", "chat.deepseek.com 300 A 198.51.100.9"],
      steps: [
        .ask("n1.example.org A", "NOERROR | n1.example.org 300 CNAME chat.deepseek.com | chat.deepseek.com 300 A 198.51.100.9"),
        .ask("n2.example.org A", "NOERROR | n2.example.org 5 CNAME chat.deepseek.com | chat.deepseek.com 5 A 192.0.2.53 | EDE 15 DeepSeek; rule zone-2; p@7"),
      ]),
    Play(
      "over TCP a name for TCP only is as if allowed: nothing behind it is looked at",
      policy: "policies: { p: [{tcp-only: {names: [n1.example.org]}}, {zone: ai}] }\ndefault_policy: p", zones: [zone],
      upstream: ["n0.example.org 300 CNAME n1.example.org", "n1.example.org 300 CNAME chat.deepseek.com", "chat.deepseek.com 300 A 198.51.100.9"],
      steps: [
        .ask(
          "n1.example.org A", "NOERROR | n1.example.org 300 CNAME chat.deepseek.com | chat.deepseek.com 300 A 198.51.100.9",
          PlayAsker(transport: .tcp)),
        .ask(
          "n0.example.org A",
          "NOERROR | n0.example.org 300 CNAME n1.example.org | n1.example.org 300 CNAME chat.deepseek.com | chat.deepseek.com 300 A 198.51.100.9",
          PlayAsker(transport: .tcp)),
        .ask("n1.example.org A", "TC | EDE 15 tcp-only-1; rule tcp-only-1; p@0", PlayAsker(transport: .udp)),
        .ask("n0.example.org A", "TC | EDE 15 tcp-only-1; rule tcp-only-1; p@0", PlayAsker(transport: .udp)),
      ]),
    play(
      "of several targets one that is restricted withholds the record, whatever their order",
      [
        "one.example.org 300 HTTPS 1 free.deepseek.com", "one.example.org 300 HTTPS 2 chat.deepseek.com",
        "two.example.org 300 HTTPS 2 chat.deepseek.com", "two.example.org 300 HTTPS 1 free.deepseek.com",
        "three.example.org 300 HTTPS 1 free.deepseek.com", "three.example.org 300 HTTPS 2 www.example.net",
      ], [], .ask("one.example.org HTTPS", "NOERROR | SOA one.example.org | \(ede)"),
      .ask("two.example.org HTTPS", "NOERROR | SOA two.example.org | \(ede)"),
      .ask(
        "three.example.org HTTPS",
        "NOERROR | three.example.org 300 HTTPS 1 free.deepseek.com | three.example.org 300 HTTPS 2 www.example.net")),
  ]

  private static let wishes = [
    play(
      "who asks for the CNAME itself does not follow it", ["n1.example.org 300 CNAME chat.deepseek.com", "chat.deepseek.com 300 A 198.51.100.9"], [],
      .ask("n1.example.org CNAME", "NOERROR | n1.example.org 300 CNAME chat.deepseek.com")),
    play(
      "ANY of a restricted name tells the sinkhole, of an open one a HINFO", ["n1.example.org 300 CNAME chat.deepseek.com"], [],
      .ask("chat.deepseek.com ANY", "NOERROR | chat.deepseek.com 5 A 192.0.2.53 | chat.deepseek.com 5 AAAA 2001:db8::53 | \(ede) | unasked"),
      .ask("n1.example.org ANY", "NOERROR | n1.example.org 3600 HINFO \"RFC8482\" \"\" | unasked")),
    play(
      "every type is followed", ["n1.example.org 300 CNAME chat.deepseek.com", "chat.deepseek.com 300 MX 10 mail.deepseek.com"], [],
      .ask("n1.example.org MX", "NOERROR | n1.example.org 5 CNAME chat.deepseek.com | SOA deepseek.com | \(ede)"),
      .ask("n1.example.org 65280", "NOERROR | n1.example.org 5 CNAME chat.deepseek.com | SOA deepseek.com | \(ede)")),
    play(
      "names in other records are nobody's alias", ["n1.example.org 300 MX 10 mail.deepseek.com", "n1.example.org 300 NS ns.deepseek.com"], [],
      .ask("n1.example.org MX", "NOERROR | n1.example.org 300 MX 10 mail.deepseek.com"),
      .ask("n1.example.org NS", "NOERROR | n1.example.org 300 NS ns.deepseek.com")),
    play(
      "without EDNS there is no OPT, and the same answer", ["n1.example.org 300 CNAME chat.deepseek.com"], [],
      .ask("n1.example.org A", "NOERROR | n1.example.org 5 CNAME chat.deepseek.com | chat.deepseek.com 5 A 192.0.2.53", .plain)),
    Play(
      "an alias to a garden fits without EDNS", policy: "policies: { p: [{redirect: {names: [example.org]}, to: garden.example.net}] }\ndefault_policy: p",
      upstream: (1...12).map { "garden.example.net 300 A 192.0.2.\($0)" },
      steps: [
        .ask(
          "www.example.org A",
          (["NOERROR", "www.example.org 5 CNAME garden.example.net"] + (1...12).map { "garden.example.net <=5 A 192.0.2.\($0)" })
            .joined(separator: " | "), .plain)
      ]),
  ]

  private static let times = [
    play(
      "a link shorter than the sinkhole's TTL keeps its own, a longer one is cut to it",
      ["n1.example.org 2 CNAME n2.example.org", "n2.example.org 300 CNAME chat.deepseek.com", "chat.deepseek.com 300 A 198.51.100.9"], [],
      .ask(
        "n1.example.org A",
        "NOERROR | n1.example.org <=2 CNAME n2.example.org | n2.example.org 5 CNAME chat.deepseek.com | chat.deepseek.com 5 A 192.0.2.53 | \(ede)"))
  ]

  @Test("chains", arguments: plays, Transport.allCases)
  func performs(_ play: Play, _ transport: Transport) async throws { try await perform(play, over: transport) }
}
