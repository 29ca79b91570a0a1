import Testing

/// One question, as `dig` takes it, and what Sinkhole answers; `RPZDifference` says where another server answers
/// otherwise.
struct RPZCase: CustomTestStringConvertible, Sendable {
  let question: String
  let ours: String
  var testDescription: String { question }

  private init(_ question: String, _ ours: String) {
    self.question = question
    self.ours = ours
  }

  private static func cases(_ rows: KeyValuePairs<String, String>) -> [RPZCase] {
    rows.map { RPZCase($0.key, $0.value) }
  }

  /// In the order in which they are asked, but for those with an address of their own, which come first: what is
  /// cached by one may be the answer to another. Sections are those of
  /// draft-vixie-dnsop-dns-rpz-00.
  static let all =
    actions + localData + gardens + names + clients + clients6 + addresses + chains + order + flags + servers + last

  /// Section 3.1 to 3.5.
  private static let actions = cases([
    "nxdomain.example.net A": "NXDOMAIN",
    "nxdomain.example.net AAAA": "NXDOMAIN",
    "nxdomain.example.net TXT": "NXDOMAIN",
    "nxdomain.example.net HTTPS": "NXDOMAIN",
    "nxdomain.example.net CNAME": "NXDOMAIN",
    "nxdomain.example.net ANY": "NXDOMAIN",
    "nodata.example.net A": "NODATA",
    "nodata.example.net TXT": "NODATA",
    "nodata.example.net HTTPS": "NODATA",
    "nodata.example.net ANY": "NODATA",
    "passthru.example.net A": "A 198.51.100.1",
    "passthru.example.net HTTPS": "HTTPS 1 . alpn=\"h2\" ipv4hint=198.51.100.1",
    "old-passthru.example.net A": "A 198.51.100.1",
    "x.old-passthru.example.net A": "A 198.51.100.1",
    "drop.example.net A": "silence",
    "tcp-only.example.net A": "UDP: TC; TCP: A 198.51.100.1",
    "tcp-only.example.net AAAA": "UDP: TC; TCP: AAAA 2001:db8:100::1",
    "unknown.example.net A": "A 192.0.2.5",
  ])

  /// Section 3.6.
  private static let localData = cases([
    "data.example.net A": "A 192.0.2.1, A 192.0.2.2",
    "data.example.net AAAA": "AAAA 2001:db8::1",
    "data.example.net TXT": "TXT \"local\" \"data\"",
    "data.example.net MX": "MX 10 mail.example.net",
    "data.example.net HTTPS": "NODATA",
    "data.example.net CNAME": "NODATA",
    "data.example.net NS": "NODATA",
    "data.example.net SOA": "NODATA",
    "data.example.net ANY":
      "A 192.0.2.1, A 192.0.2.2, AAAA 2001:db8::1, MX 10 mail.example.net, TXT \"local\" \"data\"",
    "x.data.example.net A": "A 192.0.2.3",
    "x.data.example.net TXT": "NODATA",
    "nothere.example.org A": "A 192.0.2.9",
    "nothere.example.org TXT": "NODATA",
    "dname.example.net A": "A 198.51.100.1",
    "x.dname.example.net A": "A 198.51.100.1",
    "bad-data.example.net A": "A 203.0.113.66",
  ])

  /// Section 3.6, of local data that is a CNAME.
  private static let gardens = cases([
    "garden.example.net A": "CNAME garden.example.org, garden.example.org A 192.0.2.80",
    "garden.example.net AAAA": "CNAME garden.example.org, garden.example.org AAAA 2001:db8::80",
    "garden.example.net TXT": "CNAME garden.example.org",
    "garden.example.net HTTPS": "CNAME garden.example.org",
    "garden.example.net CNAME": "CNAME garden.example.org",
    "garden.example.net ANY": "CNAME garden.example.org",
    "x.garden.example.net A": "CNAME garden.example.org, garden.example.org A 192.0.2.80",
    "far-garden.example.net A":
      "CNAME far-garden.example.org, far-garden.example.org CNAME garden.example.org, garden.example.org A 192.0.2.80",
    "lost-garden.example.net A": "NXDOMAIN, CNAME nowhere.example.org",
    "gardens.example.net A":
      "CNAME gardens.example.net.garden.example.org, gardens.example.net.garden.example.org A 192.0.2.81",
    "x.gardens.example.net A":
      "CNAME x.gardens.example.net.garden.example.org, x.gardens.example.net.garden.example.org A 192.0.2.81",
    "x.gardens.example.net AAAA": "CNAME x.gardens.example.net.garden.example.org",
    "x.gardens.example.net CNAME": "CNAME x.gardens.example.net.garden.example.org",
    "x.long.example.net A":
      "CNAME x.long.example.net.\(RPZFixtures.longTarget), x.long.example.net.\(RPZFixtures.longTarget) A 192.0.2.81",
    "xx.long.example.net A": "YXDOMAIN",
    "x.inside.example.org A": "CNAME page.inside.example.org, page.inside.example.org A 192.0.2.82",
    "page.inside.example.org A": "A 192.0.2.82",
    // Section 6: no rule applies to what a rule has made.
    "listed-garden.example.net A": "CNAME nxdomain.example.net, nxdomain.example.net A 198.51.100.1",
    "garden-to-garden.example.net A": "CNAME garden.example.net, garden.example.net A 198.51.100.1",
    "bad-garden.example.net A": "CNAME bad.example.org, bad.example.org A 203.0.113.66",
  ])

  /// Sections 4.2 and 5.3, and RFC 4592.
  private static let names = cases([
    "exact.example.net A": "NXDOMAIN",
    "x.exact.example.net A": "A 198.51.100.1",
    "wild.example.net A": "A 198.51.100.1",
    "x.wild.example.net A": "NXDOMAIN",
    "x.y.wild.example.net A": "NXDOMAIN",
    "*.wild.example.net A": "NXDOMAIN",
    "both.example.net A": "NXDOMAIN",
    "x.both.example.net A": "NXDOMAIN",
    "enclosed.example.net A": "A 198.51.100.1",
    "x.enclosed.example.net A": "NXDOMAIN",
    "b.enclosed.example.net A": "A 198.51.100.1",
    "c.b.enclosed.example.net A": "A 198.51.100.1",
    "a.b.enclosed.example.net A": "NODATA",
    "x.a.b.enclosed.example.net A": "A 198.51.100.1",
    "x.nearer.example.net A": "NXDOMAIN",
    "spared.nearer.example.net A": "A 198.51.100.1",
    "data.nearer.example.net A": "A 192.0.2.4",
    "x.data.nearer.example.net A": "A 198.51.100.1",
    "NXDomain.Example.NET A": "NXDOMAIN",
    "X.Wild.Example.Net A": "NXDOMAIN",
    "upper.example.net A": "NXDOMAIN",
    "one\\.label.example.net A": "NXDOMAIN",
    "one.label.example.net A": "A 198.51.100.1",
    "example.wholetld A": "A 198.51.100.81",
    "y.x.w.v.u.t.s.r.q.p.o.n.m.l.k.j.i.h.g.f.e.d.c.example.net A": "A 198.51.100.1",
  ])

  /// Section 4.1, over IPv6.
  private static let clients6 =
    RPZPeers.hasIPv6
    ? cases([
      "www.example.org A -b ::1": "NODATA",
      "nxdomain.example.net A -b ::1": "NODATA",
    ]) : []

  /// Sections 4.1 and 5.4.
  private static let clients = cases([
    "www.example.org A": "A 198.51.100.80",
    "www.example.org A -b 127.0.0.9": "NXDOMAIN",
    "www.example.org TXT -b 127.0.0.9": "NXDOMAIN",
    "data.example.net A -b 127.0.0.9": "NXDOMAIN",
    "passthru.example.net A -b 127.0.0.9": "NXDOMAIN",
    "nodata-second.example.net A -b 127.0.0.9": "NXDOMAIN",
    "www.example.org A -b 127.0.7.1": "A 192.0.2.7",
    "www.example.org TXT -b 127.0.7.1": "NODATA",
    "www.example.org A -b 127.0.7.7": "A 198.51.100.80",
    "nxdomain.example.net A -b 127.0.7.7": "A 198.51.100.1",
    "second.example.net A -b 127.0.7.7": "A 198.51.100.1",
    "bad.example.org A -b 127.0.7.7": "A 203.0.113.66",
    "www.example.org A -b 127.0.0.11": "UDP: TC; TCP: A 198.51.100.80",
    "www.example.org A -b 127.0.0.12": "silence",
    "www.example.org A -b 127.0.0.13": "CNAME garden.example.org, garden.example.org A 192.0.2.80",
    "www.example.org A -b 127.0.0.10": "NXDOMAIN",
    "data.example.net A -b 127.0.0.10": "A 192.0.2.1, A 192.0.2.2",
    "passthru.example.net A -b 127.0.0.10": "A 198.51.100.1",
  ])

  /// Sections 4.3, 5.6 and 5.7.
  private static let addresses = cases([
    "bad.example.org A": "NXDOMAIN",
    "bad.example.org AAAA": "AAAA 2001:db8:100::66",
    "bad.example.org TXT": "TXT \"its address is listed\"",
    "bad.example.org MX": "NODATA",
    "mail-to-bad.example.org MX": "MX 10 bad.example.org",
    "one-of-two.example.org A": "NXDOMAIN",
    "small-first.example.org A": "NODATA",
    "great-first.example.org A": "NODATA",
    "near-first.example.org A": "NODATA",
    "far-first.example.org A": "NODATA",
    "far-and-in-both.example.org A": "NXDOMAIN",
    "net24.example.org A": "A 192.0.2.24",
    "net24.example.org AAAA": "NODATA",
    "spared.example.org A": "A 203.0.113.200",
    "bad6.example.org AAAA": "NXDOMAIN",
    "net48.example.org AAAA": "NODATA",
    "drop-address.example.org A": "silence",
    "tcp-address.example.org A": "UDP: TC; TCP: A 203.0.113.68",
    "garden-address.example.org A": "CNAME garden.example.org, garden.example.org A 192.0.2.80",
    "data-address.example.org A": "A 192.0.2.70",
    "hint.example.org HTTPS": "NXDOMAIN",
  ])

  /// Section 5.1.
  private static let chains = cases([
    "to-bad.example.org A": "NXDOMAIN, CNAME bad.example.org",
    "to-bad.example.org TXT": "CNAME bad.example.org, bad.example.org TXT \"its address is listed\"",
    "to-nxdomain.example.org A": "NXDOMAIN, CNAME nxdomain.example.net",
    "to-nxdomain.example.org AAAA": "NXDOMAIN, CNAME nxdomain.example.net",
    "to-nxdomain.example.org CNAME": "CNAME nxdomain.example.net",
    "to-nxdomain-twice.example.org A":
      "NXDOMAIN, CNAME to-nxdomain.example.org, to-nxdomain.example.org CNAME nxdomain.example.net",
    "to-data.example.org A": "CNAME data.example.net, data.example.net A 192.0.2.1, data.example.net A 192.0.2.2",
    "to-data.example.org TXT": "CNAME data.example.net, data.example.net TXT \"local\" \"data\"",
    "to-data.example.org HTTPS": "CNAME data.example.net",
    "to-garden.example.org A":
      "CNAME garden.example.net, garden.example.net CNAME garden.example.org, garden.example.org A 192.0.2.80",
    "to-nothere.example.org A": "CNAME nothere.example.org, nothere.example.org A 192.0.2.9",
    "to-drop.example.org A": "silence",
    "nxdomain.moved.example.org A": "NXDOMAIN, CNAME nxdomain.example.net",
    "to-passthru.example.org A":
      "CNAME passthru-to-nxdomain.example.net, nxdomain.example.net A 198.51.100.1, "
      + "passthru-to-nxdomain.example.net CNAME nxdomain.example.net",
    "passthru-to-nxdomain.example.net A": "CNAME nxdomain.example.net, nxdomain.example.net A 198.51.100.1",
    "passthru-to-bad.example.net A": "CNAME bad.example.org, bad.example.org A 203.0.113.66",
    "second-to-first.example.net A": "NODATA",
  ])

  /// Section 5.2.
  private static let order = cases([
    "first.example.net A": "NXDOMAIN",
    "a.first-wild.example.net A": "NXDOMAIN",
    "second.example.net A": "NXDOMAIN",
    "nodata-second.example.net A": "NODATA",
    "second-address.example.org A": "NODATA",
    "in-net24.example.org A": "A 192.0.2.24",
    "spared-name.example.net A": "A 203.0.113.66",
    "bad-in-both.example.net A": "NODATA",
    "spared-in-first.example.net A": "NODATA",
    "spared.example.org A -b 127.0.0.10": "NXDOMAIN",
    "net24.example.org A -b 127.0.0.10": "NXDOMAIN",
  ])

  /// Section 6, and RFC 8482.
  private static let flags = cases([
    "nxdomain.example.net A +dnssec": "NXDOMAIN",
    "nodata.example.net A +dnssec": "NODATA",
    "data.example.net A +dnssec": "A 192.0.2.1, A 192.0.2.2",
    "garden.example.net A +dnssec": "CNAME garden.example.org, garden.example.org A 192.0.2.80",
    "bad.example.org A +dnssec": "NXDOMAIN",
    "open.signed.example A +dnssec":
      "A 198.51.100.85, RRSIG A 8 3 300 20300101000000 20200101000000 1 signed.example AAAA",
    "www.signed.example A": "NXDOMAIN",
    "www.signed.example A +dnssec": "NXDOMAIN",
    "bad.signed.example A +dnssec": "NXDOMAIN",
    "to-signed.example.org A +dnssec": "NXDOMAIN, CNAME www.signed.example",
    "nxdomain.example.net A +cdflag": "NXDOMAIN",
    "data.example.net A +cdflag": "A 192.0.2.1, A 192.0.2.2",
    "bad.example.org A +cdflag": "NXDOMAIN",
    "nxdomain.example.net A +adflag": "NXDOMAIN",
    "nxdomain.example.net A +noedns": "NXDOMAIN",
    "exact.example.net A +norecurse": "REFUSED",
    "bad.example.org A +norecurse": "REFUSED",
    "www.example.org A +norecurse": "REFUSED",
    "www.example.org ANY": "HINFO \"RFC8482\" \"\"",
  ])

  /// Sections 4.4 and 4.5.
  private static let servers = cases([
    "delegated.example NS": "NS ns.listed.example",
    "www.delegated.example A": "A 198.51.100.84",
    "addressed.example NS": "NS ns.addressed.example",
    "www.addressed.example A": "A 198.51.100.84",
  ])

  /// After this one Unbound is gone.
  private static let last = cases([
    "to-tcp-only.example.org A": "UDP: TC; TCP: CNAME tcp-only.example.net, tcp-only.example.net A 198.51.100.1"
  ])
}
