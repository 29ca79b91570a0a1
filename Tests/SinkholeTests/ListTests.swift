import Foundation
import Sinkhole
import Testing

@Suite("Lists")
struct ListTests {
  private func read(_ format: SourceFormat, _ text: String, title: String? = nil) throws -> ZoneListing {
    let folder = try SourceFolder()
    let file = try folder.write("l" + format.suffixes[0], text)
    var zone = ZoneListing { try PolicySource.read(file: file, title: title) }
    zone.triggers = zone.triggers.map(folder.relative)
    zone.skipped = zone.skipped.map(folder.relative)
    zone.faults = zone.faults.map(folder.relative)
    return zone
  }

  /// Names that the list holds with all below them; `*.` before those that it holds only what lies below of, `@` before
  /// exceptions.
  private func entries(_ zone: ZoneListing) -> [String] {
    let rules = Set(zone.rules)
    return zone.rules.compactMap { rule in
      let words = rule.split(separator: " ").map(String.init)
      let mark = words[1] == "passthru" ? "@" : ""
      if words[0].hasPrefix("*.") {
        return rules.contains("\(words[0].dropFirst(2)) \(words[1])") ? nil : mark + words[0]
      }
      return rules.contains("*.\(words[0]) \(words[1])") ? mark + words[0] : mark + "=" + words[0]
    }
  }

  // MARK: Hosts files

  @Test(
    "a hosts file lists the names that it sends nowhere or home",
    arguments: [
      ("0.0.0.0 a.example", ["a.example"]), ("127.0.0.1\ta.example b.example\t c.example # d.example", ["a.example", "b.example", "c.example"]),
      ("::1 a.example\n:: b.example\n0 c.example\n::ffff:127.0.0.1 d.example", ["a.example", "b.example", "c.example", "d.example"]),
      ("127.9.9.9 A.Example.\n  0.0.0.0 a_b.example#c", ["a.example", "a_b.example"]),
      ("# comment\n\n   \n0.0.0.0 a.example\r\n", ["a.example"]),
    ])
  func hosts(_ text: String, _ expected: [String]) throws {
    let zone = try read(.hosts, text)
    #expect(entries(zone) == expected, "\(zone)")
    #expect(zone.skipped.isEmpty)
  }

  @Test("the machine's own names mean nothing, other addresses are counted")
  func hostsOwn() throws {
    let zone = try read(
      .hosts,
      """
      127.0.0.1 localhost localhost.localdomain local
      255.255.255.255 broadcasthost
      ::1 ip6-localhost ip6-loopback localhost6.localdomain6
      fe80::1%lo0 localhost
      ff02::1 ip6-allnodes
      0.0.0.0 0.0.0.0
      192.0.2.1 www.example.org intranet.example.org
      2001:db8::1 v6.example.org
      0.0.0.0 a.example
      0.0.0.0 192.0.2.9
      """)
    #expect(entries(zone) == ["a.example"])
    #expect(
      zone.skipped == [
        "inexpressible 3 names mapped to an address of their own l.hosts:7:11",
        "inexpressible 1 addresses in the place of names l.hosts:10:9",
      ])
  }

  // MARK: Domain lists

  @Test(
    "a domain list lists subtrees, and with *. only what lies below",
    arguments: [
      ("a.example", ["a.example"]), (".a.example", ["a.example"]), ("a.example.", ["a.example"]), ("*.a.example", ["*.a.example"]),
      ("A.Example # why\nb.example;why\nc.example\t! why", ["a.example", "b.example", "c.example"]),
      ("# c\n! c\n; c\n\n  a.example  \r\n", ["a.example"]), ("*.a.example\na.example", ["*.a.example", "a.example"].filter { $0 == "a.example" }),
    ])
  func domains(_ text: String, _ expected: [String]) throws {
    let zone = try read(.domains, text)
    #expect(entries(zone) == expected, "\(zone)")
  }

  @Test("names outside ASCII, addresses and guarded names in a domain list are counted")
  func domainSkips() throws {
    let zone = try read(.domains, "b\u{FC}cher.example\nпример.рф\n192.0.2.1\ncom\na.example\nsinkhole.internal")
    #expect(entries(zone) == ["a.example"])
    #expect(
      zone.skipped == [
        "inexpressible 2 names outside ASCII: write them as A-labels (xn--...) l.domains:1:1",
        "inexpressible 1 addresses in the place of names l.domains:3:1", "guarded 1 a rule for a top-level domain l.domains:4:1",
        "guarded 1 a rule for our own names l.domains:6:1",
      ])
  }

  @Test("anything after a name is a fault with its column")
  func domainFaults() throws {
    let zone = try read(.domains, "a.example\nb.example  c.example\n")
    #expect(zone.faults == ["l.domains:2:12: \"c.example\" after the name, expected one name a line. Delete it, or put # before it."])
  }

  // MARK: AdBlock

  @Test(
    "an AdBlock list is read as far as DNS can express it",
    arguments: [
      ("||a.example^", ["a.example"]), ("||*.a.example^", ["*.a.example"]), ("@@||a.example^", ["@a.example"]),
      ("@@||*.a.example^", ["@*.a.example"]), ("||a.example^$all\n||b.example^$document\n||c.example^$doc", ["a.example", "b.example", "c.example"]),
      ("[Adblock Plus 2.0]\n! Title: x\n# comment\n#\n  ||A.Example^  ", ["a.example"]),
    ])
  func adBlock(_ text: String, _ expected: [String]) throws {
    let zone = try read(.adblock, text)
    #expect(entries(zone) == expected, "\(zone)")
    #expect(zone.skipped.isEmpty)
  }

  @Test(
    "what DNS cannot express is counted by its kind, and never applied in part",
    arguments: [
      ("||a.example^$third-party", "rules with options"), ("||a.example^$important", "rules with options"),
      ("||a.example^$dnstype=A", "rules with options"), ("||a.example^$dnstype=~AAAA", "rules with options"),
      ("||a.example^$dnsrewrite=NOERROR;A;192.0.2.1", "rules with options"),
      ("||a.example^$client=192.0.2.1", "rules with options"), ("||a.example^$denyallow=b.example", "rules with options"),
      ("@@||a.example^$important", "rules with options"),
      ("@@||a.example^$document", "rules with options"), ("@@||a.example^$all", "rules with options"),
      ("||a.example^$badfilter", "rules with options"), ("||a.example^$all,important", "rules with options"),
      ("||a.example^path", "rules on paths or patterns"), ("||a.example/ads", "rules on paths or patterns"),
      ("||a.example", "rules on paths or patterns"), ("||a.example^|", "rules on paths or patterns"),
      ("||a.example:8080^", "rules on paths or patterns"), ("||a.example$script", "rules on paths or patterns"),
      ("|https://a.example/", "rules on paths or patterns"), ("/banner/ads-", "rules on paths or patterns"),
      ("&ad_box_", "rules on paths or patterns"), ("@@|http://a.example^", "rules on paths or patterns"), ("||", "rules on paths or patterns"),
      ("@@", "rules on paths or patterns"), ("-ads.js", "rules on paths or patterns"), ("a.example", "rules on paths or patterns"),
      ("||ad*.example^", "rules with a wildcard inside a name"), ("||a.*.example^", "rules with a wildcard inside a name"),
      ("||a.example.*^", "rules with a wildcard inside a name"), ("||*^", "rules with a wildcard inside a name"),
      ("||*.*.a.example^", "rules with a wildcard inside a name"),
      ("/^ad[0-9]+\\./", "regular expressions"), ("@@/ads/", "regular expressions"), ("##.banner", "rules for elements of a page"),
      ("a.example##.banner", "rules for elements of a page"), ("a.example#@#.banner", "rules for elements of a page"),
      ("a.example#?#div:has(> a)", "rules for elements of a page"), ("#$#body { x }", "rules for elements of a page"),
      ("a.example$$script[x=\"y\"]", "rules for elements of a page"), ("||192.0.2.1^", "addresses in the place of names"),
      ("||пример.рф^", "names outside ASCII: write them as A-labels (xn--...)"),
    ])
  func adBlockSkips(_ rule: String, _ reason: String) throws {
    let zone = try read(.adblock, "[Adblock Plus 2.0]\n||taken.example^\n\(rule)\n")
    #expect(entries(zone) == ["taken.example"], "\(zone)")
    #expect(zone.skipped == ["inexpressible 1 \(reason) l.adblock:3:1"])
  }

  @Test("a line that is no rule refuses a file that does not look like the syntax, and is left out of one that does")
  func adBlockLooks() throws {
    let page = try read(.adblock, "<!DOCTYPE html>\n<html lang=\"en\">\n<p>Not found</p>\n</html>\n")
    #expect(page.faults.first == "l.adblock: 4 of 4 lines are no rules of a list in AdBlock syntax (||NAME^). Is this the right file, and its format?")
    #expect(page.faults.contains("l.adblock:1:1: \"<!DOCTYPE html>\": no rule. Correct it, or delete the line."))
    let domains = try read(.adblock, (0..<50).map { "n\($0).example" }.joined(separator: "\n"))
    #expect(domains.faults.first?.hasPrefix("l.adblock: 50 of 50 lines are no rules") == true)
    let list = try read(.adblock, "[Adblock Plus 2.0]\n||a.example^\nthis is no rule\n0.0.0.0 b.example\n")
    #expect(entries(list) == ["a.example"])
    #expect(list.skipped == ["malformed 2 no rule l.adblock:3:1"])
  }

  // MARK: All of them

  @Test("an exception wins over the listing of the very same name, wherever it stands, part for part")
  func exceptions() throws {
    for text in ["||a.example^\n@@||a.example^", "@@||a.example^\n||a.example^", "||a.example^\n||a.example^\n@@||a.example^"] {
      #expect(Set(try read(.adblock, text).rules) == ["a.example passthru", "*.a.example passthru"], "\(text)")
    }
    let below = try read(.adblock, "||a.example^\n@@||*.a.example^\n||b.example^")
    #expect(Set(below.rules) == ["a.example listed", "*.a.example passthru", "b.example listed", "*.b.example listed"])
    let whole = try read(.adblock, "||*.a.example^\n@@||a.example^\n@@||x.example^\n||y.x.example^")
    #expect(Set(whole.rules) == ["a.example passthru", "*.a.example passthru", "x.example passthru", "*.x.example passthru", "y.x.example listed", "*.y.x.example listed"])
  }

  @Test("a name may stand twice in a list")
  func twice() throws {
    let zone = try read(.domains, "a.example\nA.EXAMPLE.\n*.a.example\n")
    #expect(Set(zone.rules) == ["a.example listed", "*.a.example listed"])
  }

  @Test(
    "entries that are no names are counted, up to one line in a hundred",
    arguments: [
      (SourceFormat.hosts, "0.0.0.0 n%.example", "0.0.0.0 http://x.example/", "no domain name"),
      (.hosts, "0.0.0.0 n%.example", "0.0.0.0 \(String(repeating: "a", count: 64)).example", "no domain name"),
      (.hosts, "0.0.0.0 n%.example", "n.example", "no address at the start of the line"),
      (.hosts, "0.0.0.0 n%.example", "0.0.0.0", "an address without a name"),
      (.domains, "n%.example", "exam!ple..org", "no domain name"), (.domains, "n%.example", "exam.ple!org", "no domain name"),
      (.domains, "n%.example", "a..example", "no domain name"),
      (.domains, "n%.example", "a.*.example", "no domain name"), (.adblock, "||n%.example^", "||a..example^", "no domain name"),
      (.adblock, "||n%.example^", "||exa~mple.org^", "no domain name"),
    ])
  func malformed(_ format: SourceFormat, _ good: String, _ bad: String, _ reason: String) throws {
    let lines = (0..<99).map { good.replacing("%", with: "\($0)") }
    let zone = try read(format, (lines + [bad]).joined(separator: "\n"))
    // Where the bad word begins: behind the address of a hosts file, and behind `||`.
    let isName = reason == "no domain name"
    let column = !isName ? 1 : format == .hosts ? 9 : format == .adblock ? 3 : 1
    #expect(zone.skipped == ["malformed 1 \(reason) l\(format.suffixes[0]):100:\(column)"], "\(zone)")
    #expect(zone.triggers.count == 198)
    let refused = try read(format, ([bad] + lines.dropLast() + [bad]).joined(separator: "\n"))
    #expect(refused.faults.count == 3, "\(refused)")
    #expect(refused.faults.first?.hasPrefix("l\(format.suffixes[0]): 2 of 100 lines are no entries of ") == true)
    #expect(refused.faults.first?.hasSuffix("one in a hundred may be. Is this the right file, and its format?") == true)
    #expect(refused.faults.dropFirst().allSatisfy { $0.contains(": \(reason). Correct it") })
    #expect(refused.faults.last?.hasPrefix("l\(format.suffixes[0]):100:") == true)
  }

  @Test(
    "a list without an entry that can be taken is refused",
    arguments: [
      (SourceFormat.hosts, "# nothing\n\n", "l.hosts: holds nothing but comments, expected a hosts file (ADDRESS NAME...)."),
      (.domains, "! nothing", "l.domains: holds nothing but comments"), (.adblock, "[Adblock]\n! x\n", "l.adblock: holds nothing but comments"),
      (.hosts, "127.0.0.1 localhost\n", "l.hosts: none of its 1 lines is an entry that can be taken"),
      (.adblock, "##.x\n##.y\n", "l.adblock: none of its 2 lines"), (.domains, "com\n", "l.domains: none of its 1 lines"),
      (.domains, "<html>\n<body>\n</html>\n", "l.domains: 3 of 3 lines are no entries of a list of domain names"),
      (.hosts, "a.example\nb.example\n", "l.hosts: 2 of 2 lines are no entries of a hosts file"),
    ])
  func nothing(_ format: SourceFormat, _ text: String, _ expected: String) throws {
    let zone = try read(format, text)
    #expect(zone.faults.first?.hasPrefix(expected) == true, "\(zone)")
  }

  @Test("a list is called by its file or title, lies below list.sinkhole.internal, and has the hour of its file as serial")
  func identity() throws {
    let folder = try SourceFolder()
    let file = try folder.write("My ads.hosts", "0.0.0.0 a.example\n")
    var times = [timeval(tv_sec: 1_795_426_530, tv_usec: 0), timeval(tv_sec: 1_795_426_530, tv_usec: 0)]
    #expect(utimes(file, &times) == 0)
    let zone = try PolicySource.read(file: file)
    #expect(zone.title == "My ads" && zone.origin == Name("my-ads.list.sinkhole.internal") && zone.serial == 2_026_112_309)
    #expect(zone.form == .list && zone.actions == [.listed] && zone.triggerCount == 1)
    let titled = try PolicySource.read(file: file, title: "ads")
    #expect(titled.title == "ads" && titled.origin == Name("ads.list.sinkhole.internal"))
  }

  @Test(
    "a serial is the hour in UTC",
    arguments: [
      (0, 0), (-5, 0), (1, 1_970_010_100), (951_782_400, 2_000_022_900), (951_868_799, 2_000_022_923),
      (951_868_800, 2_000_030_100), (4_107_542_399, 2_100_022_823), (4_107_542_400, 2_100_030_100), (1_798_761_599, 2_026_123_123),
      (80_000_000_000, 4_294_967_295),
    ] as [(Int, UInt32)])
  func serial(_ seconds: Int, _ expected: UInt32) { #expect(ListSerial.serial(at: seconds) == expected) }

  @Test("names of 24 labels are taken, of 25 counted")
  func depth() throws {
    let deepest = Array(repeating: "a", count: 23).joined(separator: ".") + ".example"
    let zone = try read(.domains, "\(deepest)\nb.\(deepest)\n")
    #expect(entries(zone) == [deepest])
    #expect(zone.skipped == ["inexpressible 1 a name of more than 24 labels l.domains:2:1"])
  }

  @Test("each entry of a long list has its line", arguments: [SourceFormat.hosts, .domains, .adblock])
  func places(_ format: SourceFormat) throws {
    var lines: [String] = []
    var expected: [String] = []
    for number in 0..<10_000 {
      lines += Array(repeating: format == .adblock ? "! c" : "# c", count: number % 7 == 0 ? number % 300 : 0)
      let name = "n\(number).example"
      lines.append(format == .hosts ? "0.0.0.0 \(name)" : format == .adblock ? "||\(name)^" : name)
      expected += ["\(name) listed l\(format.suffixes[0]):\(lines.count)", "*.\(name) listed l\(format.suffixes[0]):\(lines.count)"]
    }
    #expect(try read(format, lines.joined(separator: "\n")).triggers == expected)
  }
}
