import Testing

/// A question that another server answers otherwise than Sinkhole, and why that is right or has to be so. What Sinkhole
/// answers stands in `RPZCase`; docs/rpz.md has the same list for people.
struct RPZDifference: CustomTestStringConvertible, Sendable {
  let question: String
  /// BIND stands for BIND by default too, unless that is listed itself.
  let who: RPZPeers.Who
  let theirs: String
  let why: Why
  var testDescription: String { "\(who.rawValue): \(question)" }

  /// As docs/rpz.md says it. Sections are those of draft-vixie-dnsop-dns-rpz-00.
  enum Why: String, CaseIterable {
    case judgesOnce = """
      Unbound judges a chain as it comes from upstream, and an address for drop and tcp-only likewise; out of its \
      cache it hands the truth. Sections 4 and 5.1: the policy stands after resolution, so what is cached is judged \
      too, and every name of a chain.
      """
    case ends = """
      Unbound 1.17.1 ends with a segmentation fault when a chain leads to a name that is for TCP only (section 3.5).
      """
    case judgesWhatRulesMade = """
      Section 6: no rule applies to data that a rule has made. Unbound judges a garden's address.
      """
    case loosensForClients = """
      Sections 3.3 and 5.4: passthru for a client stands above the names and addresses of its zone. Unbound looks at \
      names all the same, and at addresses once they are cached.
      """
    case losesGardenOfClient = "Section 3.6: what a client gets may be an alias as well. Unbound gives no data."
    case takesFirstAddress = """
      Sections 5.6 and 5.7: the longest prefix counts, then the smallest address, in whatever order they come. \
      Unbound takes the first.
      """
    case forgetsLongerPrefix = """
      Section 5.6: the longest prefix counts. BIND misses it where a later zone lists the same address.
      """
    case fillsEmptyNonTerminals = """
      RFC 4592 section 2.2.2: a name that exists, though without records, is not covered by a wildcard. Unbound \
      covers it.
      """
    case asksForItself = """
      Section 3.6: an alias to the very name that is asked for changes nothing. Unbound adds the CNAME to the truth.
      """
    case turnsOldWildcards = """
      Section 3.3: a CNAME to the trigger itself is the old form of passthru, with a wildcard too. BIND and Unbound \
      take that one for an alias behind the name asked for, where nobody has anything.
      """
    case servesUnknownActions = """
      Section 3.6: a CNAME into a top-level domain that begins with `rpz-` is an action. One that is not known says \
      nothing, and the next zone is looked at. BIND serves the CNAME.
      """
    case takesDNAME = """
      Section 3.6: DNAME is no local data; the record is left out, and the name stays open. In BIND the name has no \
      data.
      """
    case leavesDataOut = "Section 3.6: ANY has all local data. Unbound gives none."
    case chasesForANY = """
      RFC 8482 section 4.1: ANY may get less than everything. The CNAME is what the policy has; Unbound adds what \
      its target has.
      """
    case showsTheStar = """
      Section 3.6: the name asked for stands in the star's place, for the type CNAME too. Unbound shows the star.
      """
    case holdsAtOnce = """
      A rule on a name or client is done without asking upstream, so that a blocked name never leaves the house. It \
      does not wait for what an earlier zone would say about the addresses, as section 5.2 has it and BIND does \
      ([policy.md](policy.md#what-is-judged)).
      """
    case ignoresHints = """
      RFC 9460 section 7.3: clients use the hints of HTTPS records as addresses, so they are judged like addresses \
      ([policy.md](policy.md#what-is-judged)).
      """
    case tellsDNAME = """
      A chain up to a listed name is told by its CNAMEs alone, which every stub follows (RFC 6672 section 3.1); the \
      DNAME that they came from is left out ([answers.md](answers.md#by-the-policy)).
      """
    case answersRD0 = """
      Section 6: only queries with RD=1 are rewritten, so that RD=0 sees the truth of the cache in BIND, and of some \
      names in Unbound. Here it is REFUSED for every name ([answers.md](answers.md#before-the-policy)).
      """
    case answersANY = """
      RFC 8482 section 4.2: ANY of an open name gets one HINFO ([answers.md](answers.md#open-names)).
      """
    case blocksTLDs = """
      A rule for a top-level domain is taken for a slip, left out and shown by `check` \
      ([policy.md](policy.md#sources)).
      """
    case takesDeepNames = """
      Triggers of more than 24 labels are left out and shown by `check` \
      ([architecture.md](architecture.md#the-policy-index)).
      """
    case sparesSigned = """
      Section 6: as BIND comes (`break-dnssec no`), whoever sets DO gets the truth of signed names. Here, as with \
      `yes`, nobody does.
      """
    case knowsServers = """
      Sections 4.4 and 4.5 need delegations. A forwarder sees them by chance: BIND acts when they happen to be in \
      its cache.
      """
  }

  /// `| question | ours | who: theirs |`, as docs/rpz.md has it.
  var documentRow: String {
    let ours = RPZCase.all.first { $0.question == question }?.ours ?? ""
    return "| `\(question)` | `\(ours)` | \(who.rawValue): `\(theirs)` |"
  }

  static func answer(of who: RPZPeers.Who, to row: RPZCase) -> String {
    func listed(_ who: RPZPeers.Who) -> String? { all.first { $0.question == row.question && $0.who == who }?.theirs }
    return listed(who) ?? (who == .bindByDefault ? listed(.bind) : nil) ?? row.ours
  }

  private init(_ question: String, _ who: RPZPeers.Who, _ theirs: String, _ why: Why) {
    self.question = question
    self.who = who
    self.theirs = theirs
    self.why = why
  }

  private static func rows(
    _ who: RPZPeers.Who, _ why: Why, _ rows: KeyValuePairs<String, String>
  ) -> [RPZDifference] {
    rows.map { RPZDifference($0.key, who, $0.value, why) }
  }

  static let all = bind + bindByDefault + unbound

  private static let bind =
    rows(
      .bind, .servesUnknownActions,
      ["unknown.example.net A": "NXDOMAIN, CNAME rpz-future"])
    + rows(
      .bind, .turnsOldWildcards, ["x.old-passthru.example.net A": turned])
    + rows(.bind, .takesDNAME, ["dname.example.net A": "NODATA"])
    + rows(.bind, .forgetsLongerPrefix, ["far-and-in-both.example.org A": "A 192.0.2.24"])
    + rows(
      .bind, .holdsAtOnce,
      [
        "bad-in-both.example.net A": "NXDOMAIN",
        "spared-in-first.example.net A": "A 203.0.113.200",
        "spared.example.org A -b 127.0.0.10": "A 203.0.113.200",
        "net24.example.org A -b 127.0.0.10": "A 192.0.2.24",
      ])
    + rows(
      .bind, .ignoresHints, ["hint.example.org HTTPS": "HTTPS 1 . alpn=\"h2\" ipv4hint=203.0.113.66"])
    + rows(.bind, .blocksTLDs, ["example.wholetld A": "NXDOMAIN"])
    + rows(
      .bind, .takesDeepNames, ["y.x.w.v.u.t.s.r.q.p.o.n.m.l.k.j.i.h.g.f.e.d.c.example.net A": "NXDOMAIN"])
    + rows(
      .bind, .tellsDNAME,
      ["nxdomain.moved.example.org A": "NXDOMAIN, CNAME nxdomain.example.net, moved.example.org DNAME example.net"])
    + rows(
      .bind, .answersRD0,
      [
        "exact.example.net A +norecurse": "NODATA",
        "bad.example.org A +norecurse": "A 203.0.113.66",
        "www.example.org A +norecurse": "A 198.51.100.80",
      ])
    + rows(.bind, .answersANY, ["www.example.org ANY": "A 198.51.100.80"])

  private static let bindByDefault =
    rows(.bindByDefault, .answersRD0, ["exact.example.net A +norecurse": "A 198.51.100.1"])
    + rows(.bindByDefault, .answersANY, ["www.example.org ANY": "A 198.51.100.80, TXT \"open\""])
    + rows(
      .bindByDefault, .sparesSigned,
      [
        "www.signed.example A +dnssec": "A 198.51.100.83, \(signature)",
        "bad.signed.example A +dnssec": "A 203.0.113.66, \(signature)",
        "to-signed.example.org A +dnssec":
          "CNAME www.signed.example, www.signed.example A 198.51.100.83, www.signed.example \(signature)",
      ])
    + rows(
      .bindByDefault, .knowsServers,
      [
        "delegated.example NS": "NXDOMAIN",
        "www.delegated.example A": "NXDOMAIN",
        "addressed.example NS": "NXDOMAIN",
        "www.addressed.example A": "NXDOMAIN",
      ])

  private static let turned =
    "CNAME x.old-passthru.example.net.old-passthru.example.net, "
    + "x.old-passthru.example.net.old-passthru.example.net A 198.51.100.1"

  private static let signature = "RRSIG A 8 3 300 20300101000000 20200101000000 1 signed.example AAAA"

  private static let unbound =
    rows(
      .unbound, .judgesOnce,
      [
        "drop-address.example.org A": "at first: silence; then: A 203.0.113.67",
        "tcp-address.example.org A": "at first: TC; then: A 203.0.113.68",
        "to-nxdomain.example.org A":
          "at first: NXDOMAIN, CNAME nxdomain.example.net; then: CNAME nxdomain.example.net, "
          + "nxdomain.example.net A 198.51.100.1",
        "to-nxdomain.example.org AAAA": "CNAME nxdomain.example.net, nxdomain.example.net AAAA 2001:db8:100::1",
        "to-nxdomain-twice.example.org A":
          "CNAME to-nxdomain.example.org, nxdomain.example.net A 198.51.100.1, "
          + "to-nxdomain.example.org CNAME nxdomain.example.net",
        "to-data.example.org A":
          "at first: CNAME data.example.net, data.example.net A 192.0.2.1, data.example.net A 192.0.2.2; "
          + "then: CNAME data.example.net, data.example.net A 198.51.100.1",
        "to-data.example.org TXT": "CNAME data.example.net, data.example.net TXT \"truth\"",
        "to-data.example.org HTTPS":
          "CNAME data.example.net, data.example.net HTTPS 1 . alpn=\"h2\" ipv4hint=198.51.100.1",
        "to-garden.example.org A":
          "at first: CNAME garden.example.net, garden.example.net CNAME garden.example.org, "
          + "garden.example.org A 192.0.2.80; then: CNAME garden.example.net, garden.example.net A 198.51.100.1",
        "to-nothere.example.org A":
          "at first: CNAME nothere.example.org, nothere.example.org A 192.0.2.9; "
          + "then: NXDOMAIN, CNAME nothere.example.org",
        "to-drop.example.org A":
          "at first: silence; then: CNAME drop.example.net, drop.example.net A 198.51.100.1",
        "nxdomain.moved.example.org A":
          "at first: NXDOMAIN, CNAME nxdomain.example.net, moved.example.org DNAME example.net; "
          + "then: CNAME nxdomain.example.net, moved.example.org DNAME example.net, "
          + "nxdomain.example.net A 198.51.100.1",
        "passthru-to-bad.example.net A":
          "at first: CNAME bad.example.org, bad.example.org A 203.0.113.66; then: NXDOMAIN, CNAME bad.example.org",
        "spared-name.example.net A": "at first: A 203.0.113.66; then: NXDOMAIN",
        "to-signed.example.org A +dnssec":
          "at first: NXDOMAIN, CNAME www.signed.example; then: CNAME www.signed.example, "
          + "www.signed.example A 198.51.100.83, www.signed.example \(signature)",
      ])
    + rows(.unbound, .ends, ["to-tcp-only.example.org A": "silence"])
    + rows(.unbound, .judgesWhatRulesMade, ["bad-garden.example.net A": "NXDOMAIN, CNAME bad.example.org"])
    + rows(
      .unbound, .loosensForClients,
      [
        "nxdomain.example.net A -b 127.0.7.7": "NXDOMAIN",
        "bad.example.org A -b 127.0.7.7": "at first: A 203.0.113.66; then: NXDOMAIN",
      ])
    + rows(.unbound, .losesGardenOfClient, ["www.example.org A -b 127.0.0.13": "NODATA"])
    + rows(
      .unbound, .takesFirstAddress,
      [
        "great-first.example.org A": "NXDOMAIN",
        "far-first.example.org A": "A 192.0.2.24",
        "far-and-in-both.example.org A": "A 192.0.2.24",
      ])
    + rows(.unbound, .fillsEmptyNonTerminals, ["b.enclosed.example.net A": "NXDOMAIN"])
    + rows(
      .unbound, .asksForItself,
      [
        "old-passthru.example.net A": "A 198.51.100.1, CNAME old-passthru.example.net",
        "page.inside.example.org A": "A 192.0.2.82, CNAME page.inside.example.org",
      ])
    + rows(
      .unbound, .turnsOldWildcards, ["x.old-passthru.example.net A": turned])
    + rows(.unbound, .showsTheStar, ["x.gardens.example.net CNAME": "CNAME *.garden.example.org"])
    + rows(.unbound, .leavesDataOut, ["data.example.net ANY": "NODATA"])
    + rows(
      .unbound, .chasesForANY,
      [
        "garden.example.net ANY":
          "CNAME garden.example.org, garden.example.org A 192.0.2.80, garden.example.org AAAA 2001:db8::80"
      ])
    + rows(.unbound, .answersANY, ["www.example.org ANY": "A 198.51.100.80"])
    + rows(
      .unbound, .ignoresHints, ["hint.example.org HTTPS": "HTTPS 1 . alpn=\"h2\" ipv4hint=203.0.113.66"])
    + rows(.unbound, .blocksTLDs, ["example.wholetld A": "NXDOMAIN"])
    + rows(
      .unbound, .takesDeepNames, ["y.x.w.v.u.t.s.r.q.p.o.n.m.l.k.j.i.h.g.f.e.d.c.example.net A": "NXDOMAIN"])
    + rows(.unbound, .answersRD0, ["exact.example.net A +norecurse": "NXDOMAIN"])
}
