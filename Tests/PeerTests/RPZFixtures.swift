/// What the comparison of response policy zones is made with: the world behind the servers, and the two zones that all
/// of them load, the first the stronger one.
enum RPZFixtures {
  static let policies = [(origin: "one.rpz.example", text: one), (origin: "two.rpz.example", text: two)]

  /// Zones of the upstream. It answers as one that knows everything: it is authoritative for the root.
  static let upstream = [
    (origin: ".", text: world),
    (origin: "delegated.example", text: delegated("delegated", "ns.listed")),
    (origin: "addressed.example", text: delegated("addressed", "ns.addressed")),
    (origin: "signed.example", text: signed),
  ]

  /// The target of `*.long.example.net` just fits behind `x.long.example.net`: 255 octets, the root's counted.
  static let longTarget = ["a63", "b63", "c63", "d23"].map(label).joined(separator: ".") + ".garden.example.org"

  /// `a63`: 63 times `a`.
  private static func label(_ text: String) -> String {
    String(repeating: String(text.prefix(1)), count: Int(text.dropFirst()) ?? 0)
  }

  /// 198.51.100.0/24 and 2001:db8:100::/48 are the truth, 203.0.113.0/24 and 2001:db8:bad::/48 are listed, and
  /// 192.0.2.0/24 and 2001:db8::/48 come from policy or are its gardens.
  private static let world = """
    $TTL 300
    $ORIGIN .
    @ SOA ns.example.org. root.example.org. 1 3600 600 86400 60
    @ NS ns.example.org.
    ns.example.org. A 127.0.0.1
    *.example.net. A 198.51.100.1
    *.example.net. AAAA 2001:db8:100::1
    *.example.net. TXT "truth"
    *.example.net. MX 10 mail.example.org.
    *.example.net. HTTPS 1 . alpn=h2 ipv4hint=198.51.100.1
    www.example.org. A 198.51.100.80
    www.example.org. TXT "open"
    example.wholetld. A 198.51.100.81

    garden.example.org. A 192.0.2.80
    garden.example.org. AAAA 2001:db8::80
    *.garden.example.org. A 192.0.2.81
    far-garden.example.org. CNAME garden.example.org.
    page.inside.example.org. A 192.0.2.82

    bad.example.org. A 203.0.113.66
    bad.example.org. AAAA 2001:db8:100::66
    bad.example.org. TXT "its address is listed"
    mail-to-bad.example.org. MX 10 bad.example.org.
    one-of-two.example.org. A 198.51.100.82
    one-of-two.example.org. A 203.0.113.66
    small-first.example.org. A 203.0.113.65
    small-first.example.org. A 203.0.113.66
    great-first.example.org. A 203.0.113.66
    great-first.example.org. A 203.0.113.65
    near-first.example.org. A 203.0.113.65
    near-first.example.org. A 203.0.113.10
    far-first.example.org. A 203.0.113.10
    far-first.example.org. A 203.0.113.65
    far-and-in-both.example.org. A 203.0.113.10
    far-and-in-both.example.org. A 203.0.113.66
    net24.example.org. A 203.0.113.130
    spared.example.org. A 203.0.113.200
    bad6.example.org. AAAA 2001:db8:bad::66
    net48.example.org. AAAA 2001:db8:bad::1
    hint.example.org. HTTPS 1 . alpn=h2 ipv4hint=203.0.113.66
    drop-address.example.org. A 203.0.113.67
    tcp-address.example.org. A 203.0.113.68
    garden-address.example.org. A 203.0.113.69
    data-address.example.org. A 203.0.113.70
    second-address.example.org. A 198.51.100.90
    in-net24.example.org. A 203.0.113.140
    bad-in-both.example.net. A 203.0.113.66
    spared-in-first.example.net. A 203.0.113.200
    spared-name.example.net. A 203.0.113.66

    to-bad.example.org. CNAME bad.example.org.
    to-nxdomain.example.org. CNAME nxdomain.example.net.
    to-nxdomain-twice.example.org. CNAME to-nxdomain.example.org.
    to-data.example.org. CNAME data.example.net.
    to-garden.example.org. CNAME garden.example.net.
    to-drop.example.org. CNAME drop.example.net.
    to-tcp-only.example.org. CNAME tcp-only.example.net.
    to-nothere.example.org. CNAME nothere.example.org.
    to-passthru.example.org. CNAME passthru-to-nxdomain.example.net.
    passthru-to-nxdomain.example.net. CNAME nxdomain.example.net.
    passthru-to-bad.example.net. CNAME bad.example.org.
    second-to-first.example.net. CNAME nxdomain.example.net.
    moved.example.org. DNAME example.net.
    to-signed.example.org. CNAME www.signed.example.

    """

  /// A zone with a name server of its own.
  private static func delegated(_ name: String, _ server: String) -> String {
    """
    $TTL 300
    $ORIGIN \(name).example.
    @ SOA ns.example.org. root.example.org. 1 3600 600 86400 60
    @ NS \(server).example.
    www A 198.51.100.84
    ns A 192.0.2.99

    """
  }

  /// Signatures that nobody validates; NSD hands them out where there is one over DNSKEY.
  private static let signed = """
    $TTL 300
    $ORIGIN signed.example.
    @ SOA ns.example.org. root.example.org. 1 3600 600 86400 60
    @ RRSIG DNSKEY 8 2 300 20300101000000 20200101000000 1 signed.example. AAAA
    @ NS ns.example.org.
    open A 198.51.100.85
    open RRSIG A 8 3 300 20300101000000 20200101000000 1 signed.example. AAAA
    www A 198.51.100.83
    www RRSIG A 8 3 300 20300101000000 20200101000000 1 signed.example. AAAA
    bad A 203.0.113.66
    bad RRSIG A 8 3 300 20300101000000 20200101000000 1 signed.example. AAAA

    """

  private static let one = #"""
    $TTL 5
    $ORIGIN one.rpz.example.
    @ SOA localhost. root.localhost. 1 3600 600 86400 5
    @ NS localhost.
    ; actions
    nxdomain.example.net CNAME .
    nodata.example.net CNAME *.
    passthru.example.net CNAME rpz-passthru.
    old-passthru.example.net CNAME old-passthru.example.net.
    *.old-passthru.example.net CNAME *.old-passthru.example.net.
    drop.example.net CNAME rpz-drop.
    tcp-only.example.net CNAME rpz-tcp-only.
    unknown.example.net CNAME rpz-future.
    data.example.net A 192.0.2.1
    data.example.net A 192.0.2.2
    data.example.net AAAA 2001:db8::1
    data.example.net TXT "local" "data"
    data.example.net MX 10 mail.example.net.
    *.data.example.net A 192.0.2.3
    nothere.example.org A 192.0.2.9
    dname.example.net DNAME garden.example.org.
    garden.example.net CNAME garden.example.org.
    *.garden.example.net CNAME garden.example.org.
    far-garden.example.net CNAME far-garden.example.org.
    lost-garden.example.net CNAME nowhere.example.org.
    gardens.example.net CNAME *.garden.example.org.
    *.gardens.example.net CNAME *.garden.example.org.
    *.long.example.net CNAME *.\#(longTarget).
    *.inside.example.org CNAME page.inside.example.org.
    ; data that other rules speak of
    listed-garden.example.net CNAME nxdomain.example.net.
    garden-to-garden.example.net CNAME garden.example.net.
    bad-garden.example.net CNAME bad.example.org.
    bad-data.example.net A 203.0.113.66
    ; names
    exact.example.net CNAME .
    *.wild.example.net CNAME .
    both.example.net CNAME .
    *.both.example.net CNAME .
    *.enclosed.example.net CNAME .
    a.b.enclosed.example.net CNAME *.
    *.nearer.example.net CNAME .
    spared.nearer.example.net CNAME rpz-passthru.
    data.nearer.example.net A 192.0.2.4
    UPPER.Example.NET CNAME .
    one\.label.example.net CNAME .
    *.wholetld CNAME .
    y.x.w.v.u.t.s.r.q.p.o.n.m.l.k.j.i.h.g.f.e.d.c.example.net CNAME .
    ; the other zone says otherwise
    first.example.net CNAME .
    *.first-wild.example.net CNAME .
    ; chains, signatures
    passthru-to-nxdomain.example.net CNAME rpz-passthru.
    passthru-to-bad.example.net CNAME rpz-passthru.
    spared-name.example.net CNAME rpz-passthru.
    www.signed.example CNAME .
    ; clients
    32.9.0.0.127.rpz-client-ip CNAME .
    24.0.7.0.127.rpz-client-ip A 192.0.2.7
    32.7.7.0.127.rpz-client-ip CNAME rpz-passthru.
    32.11.0.0.127.rpz-client-ip CNAME rpz-tcp-only.
    32.12.0.0.127.rpz-client-ip CNAME rpz-drop.
    32.13.0.0.127.rpz-client-ip CNAME garden.example.org.
    128.1.zz.rpz-client-ip CNAME *.
    ; addresses in responses
    32.66.113.0.203.rpz-ip CNAME .
    32.65.113.0.203.rpz-ip CNAME *.
    24.0.113.0.203.rpz-ip A 192.0.2.24
    32.200.113.0.203.rpz-ip CNAME rpz-passthru.
    32.67.113.0.203.rpz-ip CNAME rpz-drop.
    32.68.113.0.203.rpz-ip CNAME rpz-tcp-only.
    32.69.113.0.203.rpz-ip CNAME garden.example.org.
    32.70.113.0.203.rpz-ip A 192.0.2.70
    128.66.zz.bad.db8.2001.rpz-ip CNAME .
    48.zz.bad.db8.2001.rpz-ip CNAME *.
    ; servers of a zone
    ns.listed.example.rpz-nsdname CNAME .
    32.99.2.0.192.rpz-nsip CNAME .
    ; what is no address costs no other line
    33.80.100.51.198.rpz-ip CNAME .
    32.256.100.51.198.rpz-client-ip CNAME .

    """#

  private static let two = """
    $TTL 5
    $ORIGIN two.rpz.example.
    @ SOA localhost. root.localhost. 1 3600 600 86400 5
    @ NS localhost.
    passthru.example.net CNAME .
    old-passthru.example.net CNAME .
    *.old-passthru.example.net CNAME .
    unknown.example.net A 192.0.2.5
    first.example.net A 192.0.2.6
    a.first-wild.example.net CNAME rpz-passthru.
    second-to-first.example.net CNAME *.
    second.example.net CNAME .
    nodata-second.example.net CNAME *.
    bad-in-both.example.net CNAME *.
    spared-in-first.example.net CNAME *.
    32.10.0.0.127.rpz-client-ip CNAME .
    32.66.113.0.203.rpz-ip A 192.0.2.8
    32.90.100.51.198.rpz-ip CNAME *.
    32.140.113.0.203.rpz-ip CNAME *.

    """
}
