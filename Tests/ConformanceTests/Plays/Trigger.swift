import Support
import Testing

/// A way in which the policy can have something to say about a question, with all that a play about it needs.
struct Trigger: Sendable, CustomTestStringConvertible {
  let testDescription: String
  /// Where its record stands in a zone; nil for what only rules have.
  var owner: String?
  /// What a rule writes that selects it.
  var selector = "{services: [deepseek]}"
  var question = "www.example.org A"
  var from = "127.0.0.1"
  /// What the upstream knows, beside the garden.
  let upstream: [String]
  /// CNAMEs that the answer keeps, with the TTL that they have in a changed answer.
  var chain: [String] = []
  /// The name that is judged.
  let judged: String
  /// Owner of the SOA that closes a negative answer.
  let soa: String
  /// Whether the upstream has to be asked before it is known.
  var isInResponse = false

  var name: String { String(question.prefix { $0 != " " }) }
  var type: String { String(question.dropFirst(name.count + 1)) }
  /// The truth, as the upstream tells it.
  var truth: [String] { upstream.filter { !$0.hasPrefix("*") } }

  static let all: [Trigger] = rules + records

  /// Of rules alone.
  static let rules: [Trigger] = [
    Trigger(
      testDescription: "names of a rule", selector: "{names: [deepseek.com]}", question: "chat.deepseek.com A",
      upstream: ["chat.deepseek.com 300 A 198.51.100.9"], judged: "chat.deepseek.com", soa: "deepseek.com"),
    Trigger(
      testDescription: "names of a rule as a target", selector: "{names: [deepseek.com]}",
      upstream: ["www.example.org 300 CNAME chat.deepseek.com", "chat.deepseek.com 300 A 198.51.100.9"],
      chain: ["www.example.org 5 CNAME chat.deepseek.com"], judged: "chat.deepseek.com", soa: "deepseek.com",
      isInResponse: true),
    Trigger(
      testDescription: "everything", selector: "everything", upstream: ["www.example.org 300 A 198.51.100.9"],
      judged: "www.example.org", soa: "."),
  ]

  /// Of records in zones.
  static let records: [Trigger] = [
    Trigger(
      testDescription: "QNAME", owner: "deepseek.com", question: "deepseek.com A",
      upstream: ["deepseek.com 300 A 198.51.100.9"], judged: "deepseek.com", soa: "deepseek.com"),
    Trigger(
      testDescription: "wildcard", owner: "*.deepseek.com", question: "a.chat.deepseek.com A",
      upstream: ["a.chat.deepseek.com 300 A 198.51.100.9"], judged: "a.chat.deepseek.com", soa: "deepseek.com"),
    Trigger(
      testDescription: "client address", owner: "32.9.0.0.127.rpz-client-ip", from: "127.0.0.9",
      upstream: ["www.example.org 300 A 198.51.100.9"], judged: "www.example.org", soa: "www.example.org"),
    Trigger(
      testDescription: "address in the response, IPv4", owner: "24.0.100.51.198.rpz-ip",
      upstream: ["www.example.org 300 A 192.0.2.80", "www.example.org 300 A 198.51.100.9"], judged: "www.example.org",
      soa: "www.example.org", isInResponse: true),
    Trigger(
      testDescription: "address in the response, IPv6", owner: "32.zz.db8.2001.rpz-ip", question: "www.example.org AAAA",
      upstream: ["www.example.org 300 AAAA 2001:db8:9::9"], judged: "www.example.org", soa: "www.example.org",
      isInResponse: true),
    Trigger(
      testDescription: "address behind a CNAME", owner: "32.9.100.51.198.rpz-ip",
      upstream: ["www.example.org 300 CNAME web.example.net", "web.example.net 300 A 198.51.100.9"],
      chain: ["www.example.org 5 CNAME web.example.net"], judged: "web.example.net", soa: "web.example.net",
      isInResponse: true),
    Trigger(
      testDescription: "CNAME target", owner: "*.deepseek.com",
      upstream: ["www.example.org 300 CNAME chat.deepseek.com", "chat.deepseek.com 300 A 198.51.100.9"],
      chain: ["www.example.org 5 CNAME chat.deepseek.com"], judged: "chat.deepseek.com", soa: "deepseek.com",
      isInResponse: true),
    Trigger(
      testDescription: "HTTPS target", owner: "deepseek.com", question: "www.example.org HTTPS",
      upstream: ["www.example.org 300 HTTPS 0 deepseek.com"], judged: "www.example.org", soa: "www.example.org",
      isInResponse: true),
    Trigger(
      testDescription: "HTTPS target behind a CNAME", owner: "deepseek.com", question: "www.example.org HTTPS",
      upstream: ["www.example.org 300 CNAME web.example.net", "web.example.net 300 HTTPS 1 deepseek.com alpn=h2"],
      chain: ["www.example.org 5 CNAME web.example.net"], judged: "web.example.net", soa: "web.example.net",
      isInResponse: true),
    Trigger(
      testDescription: "SVCB target", owner: "*.deepseek.com", question: "_dns.example.org SVCB",
      upstream: ["_dns.example.org 300 SVCB 1 dot.deepseek.com alpn=dot"], judged: "_dns.example.org",
      soa: "_dns.example.org", isInResponse: true),
    Trigger(
      testDescription: "ipv4hint", owner: "32.9.100.51.198.rpz-ip", question: "www.example.org HTTPS",
      upstream: ["www.example.org 300 HTTPS 1 . alpn=h2 ipv4hint=192.0.2.80,198.51.100.9"], judged: "www.example.org",
      soa: "www.example.org", isInResponse: true),
    Trigger(
      testDescription: "ipv6hint", owner: "128.9.zz.db8.2001.rpz-ip", question: "_dns.example.org SVCB",
      upstream: ["_dns.example.org 300 SVCB 1 . ipv4hint=192.0.2.80 ipv6hint=2001:db8:80::1,2001:db8::9"],
      judged: "_dns.example.org", soa: "_dns.example.org", isInResponse: true),
  ]

  /// A zone with this trigger and `data`, records without owners; a trigger of rules needs none.
  func zone(_ data: [String]) -> [PlayZone] {
    guard let owner else { return [] }
    let service =
      #"deepseek.service.sinkhole.internal TXT "name=DeepSeek" "vendor=DeepSeek" "jurisdiction=CN" "category=chat""#
    return [.zone("ai", ([service] + data.map { "\(owner) \($0)" }).joined(separator: "\n"))]
  }
}
