import Sinkhole
import Support
import Testing

/// Aliases that the policy gives, and what their targets have.
@Suite("Walled gardens")
struct GardenPlays {
  private static func policy(_ rules: String) -> String { "policies: { p: [\(rules)] }\ndefault_policy: p" }
  private static let redirect = policy("{redirect: {names: [example.org]}, to: garden.example.net, id: r}")
  private static let ede = "EDE 15 r; rule r; p@0"
  private static let link = "www.example.org 5 CNAME garden.example.net"
  private static let ai = PlayZone.zone("ai", "*.deepseek.com CNAME deepseek.service.sinkhole.internal.")

  static let plays = [
    Play(
      "a garden is asked for once, then it comes from the cache", policy: redirect,
      upstream: ["garden.example.net 300 A 192.0.2.99", "garden.example.net 3 AAAA 2001:db8::99"],
      steps: [
        .ask("www.example.org A", "NOERROR | \(link) | garden.example.net 5 A 192.0.2.99 | \(ede) | asked garden.example.net A"),
        .ask("ftp.example.org A", "NOERROR | ftp.example.org 5 CNAME garden.example.net | garden.example.net 5 A 192.0.2.99 | \(ede) | unasked"),
        .ask("www.example.org AAAA", "NOERROR | \(link) | garden.example.net <=3 AAAA 2001:db8::99 | \(ede) | asked garden.example.net AAAA"),
        .ask("garden.example.net A", "NOERROR | garden.example.net <=300 A 192.0.2.99 | unasked"),
      ]),
    Play(
      "who asks for the CNAME, or for ANY, gets it and no more", policy: redirect, upstream: ["garden.example.net 300 A 192.0.2.99"],
      steps: [
        .ask("www.example.org CNAME", "NOERROR | \(link) | \(ede) | unasked"),
        .ask("www.example.org ANY", "NOERROR | \(link) | \(ede) | unasked"),
      ]),
    Play(
      "a garden may be an alias, have nothing, or not be there", policy: policy(
        "{redirect: {names: [a.example.org]}, to: alias.example.net, id: r}, {redirect: {names: [b.example.org]}, to: none.example.net, id: s}, {redirect: {names: [c.example.org]}, to: gone.example.net, id: t}"
      ), upstream: ["alias.example.net 300 CNAME garden.example.com", "garden.example.com 300 A 192.0.2.99", "none.example.net 300 TXT x"],
      steps: [
        .ask(
          "a.example.org A",
          "NOERROR | a.example.org 5 CNAME alias.example.net | alias.example.net 5 CNAME garden.example.com | garden.example.com 5 A 192.0.2.99 | EDE 15 r; rule r; p@0"),
        .ask("b.example.org A", "NOERROR | b.example.org 5 CNAME none.example.net | SOA example.net | EDE 15 s; rule s; p@0"),
        .ask("c.example.org A", "NXDOMAIN | c.example.org 5 CNAME gone.example.net | SOA example.net | EDE 15 t; rule t; p@0"),
        .ask("c.example.org A", "NXDOMAIN | c.example.org 5 CNAME gone.example.net | SOA example.net | EDE 15 t; rule t; p@0 | unasked"),
      ]),
    Play(
      "no rule applies to what a garden has: it is of the policy's making",
      policy: policy("{redirect: {names: [example.org]}, to: chat.deepseek.com, id: r}, {block: {services: all}}"), zones: [ai],
      upstream: ["chat.deepseek.com 300 CNAME web.deepseek.com", "web.deepseek.com 300 A 198.51.100.9"],
      steps: [
        .ask(
          "www.example.org A",
          "NOERROR | www.example.org 5 CNAME chat.deepseek.com | chat.deepseek.com 5 CNAME web.deepseek.com | web.deepseek.com 5 A 198.51.100.9 | \(ede)"),
        .ask("chat.deepseek.com A", "NOERROR | chat.deepseek.com 5 A 192.0.2.53 | EDE 15 deepseek; rule block-2; p@7 | unasked"),
      ]),
    Play(
      "a garden inside what leads to it is itself", policy: policy("{redirect: everything, to: garden.example.net, id: r}"),
      upstream: ["garden.example.net 300 A 192.0.2.99", "* 300 A 198.51.100.9"],
      steps: [
        .ask("garden.example.net A", "NOERROR | garden.example.net 300 A 192.0.2.99 | asked garden.example.net A"),
        .ask("www.example.org A", "NOERROR | \(link) | garden.example.net <=5 A 192.0.2.99 | \(ede) | unasked"),
        .ask("GARDEN.example.net CNAME", "NOERROR | SOA example.net"),
      ]),
    Play(
      "a chain into what leads to a garden that it is already at stays as it is",
      policy: policy("{redirect: {names: [example.net]}, to: garden.example.net, id: r}"),
      upstream: ["www.example.org 300 CNAME garden.example.net", "garden.example.net 300 A 192.0.2.99"],
      steps: [
        .ask("www.example.org A", "NOERROR | www.example.org 300 CNAME garden.example.net | garden.example.net 300 A 192.0.2.99")
      ]),
    Play(
      "with DO nothing of a garden is signed, and the garden is asked for without",
      policy: redirect, upstream: ["garden.example.net 300 A 192.0.2.99"], [.signing],
      steps: [
        .ask("www.example.org A", "NOERROR | \(link) | garden.example.net 5 A 192.0.2.99 | \(ede) | asked garden.example.net A", .signed),
        .ask("www.example.org A", "NOERROR | \(link) | garden.example.net 5 A 192.0.2.99 | \(ede) | unasked"),
      ]),
    Play(
      "an answer about a garden that does not fit is cut", policy: redirect,
      upstream: (1...90).map { "garden.example.net 300 A 192.0.2.\($0)" },
      steps: [
        .ask("www.example.org A", "TC | \(ede)", PlayAsker(transport: .udp)),
        .ask(
          "www.example.org A",
          (["NOERROR", link] + (1...90).map { "garden.example.net 5 A 192.0.2.\($0)" } + [ede]).joined(separator: " | "),
          PlayAsker(transport: .tcp)),
      ]),
  ]

  @Test("gardens", arguments: plays, Transport.allCases)
  func performs(_ play: Play, _ transport: Transport) async throws { try await perform(play, over: transport) }

  @Test("an upstream that fails for a garden fails the question", arguments: Transport.allCases)
  func fails(_ transport: Transport) throws {
    let upstream = try ScriptedUpstream { [.send(Message.response(to: $0.octets, rcode: 2))] }
    defer { upstream.stop() }
    let definition = try ConfigurationReader.read(text: GardenPlays.redirect, file: "s.yaml").definition
    let server = try TestServer(upstreams: [upstream.port]) { $0.definition = definition }
    let answer = try #require(try server.client(transport).ask(Message.query("www.example.org")))
    #expect(answer.rcode == 2)
    #expect(answer.answers.isEmpty)
    #expect(answer.extendedError?.code == 23)
  }

  @Test("names in a garden's records are written out, whatever they pointed to", arguments: Transport.allCases)
  func expands(_ transport: Transport) throws {
    // The question's name stands at 12: "garden.example.net"; "example.net" at 19.
    let upstream = try ScriptedUpstream { query in
      let mx = Message.record(15, [0, 10, 4] + Array("mail".utf8) + [0xC0, 19])
      let ns = Message.record(2, [0xC0, 12], owner: "example.net")
      let soa = Message.record(
        6, [2] + Array("ns".utf8) + [0xC0, 19, 0xC0, 12] + [UInt8](repeating: 0, count: 19) + [60], owner: "example.net")
      return [.send(Message.response(to: query.octets, answers: [mx], authority: [ns, soa]))]
    }
    defer { upstream.stop() }
    let definition = try ConfigurationReader.read(text: GardenPlays.redirect, file: "s.yaml").definition
    let server = try TestServer(upstreams: [upstream.port]) { $0.definition = definition }
    let client = try server.client(transport)
    for _ in 0..<2 {
      let answer = try #require(client.ask(Message.query("www.example.org", 15)))
      #expect(
        answer.answers.map { RecordText.text(of: $0, in: answer) } == [
          "www.example.org 5 CNAME garden.example.net", "garden.example.net 5 MX 10 mail.example.net",
        ])
      #expect(
        answer.authority.map { RecordText.text(of: $0, in: answer) } == [
          "example.net 5 NS garden.example.net", "example.net 5 SOA ns.example.net",
        ])
      var offset = try #require(answer.authority.last).range.lowerBound
      _ = Message.name(answer.octets, &offset)
      #expect(Message.name(answer.octets, &offset) == "garden.example.net")
      #expect(offset + 20 == answer.authority.last?.range.upperBound)
    }
    #expect(upstream.received.count == 1)
  }
}
