import AllocationCount
import Sinkhole
import Testing

@Suite("The guard over triggers")
struct NameGuardTests {
  private static let root = "a rule for the root"
  private static let top = "a rule for a top-level domain"
  private static let suffix = "a rule for a public suffix"
  private static let never = "a rule for a name never to be blocked"
  private static let own = "a rule for our own names"

  private static let list = """
    // comment
    example.tld
    // ===BEGIN ICANN DOMAINS===
    com
    uk
    co.uk
    *.sch.uk
    *.ck
    !www.ck
    kr
    go.kr   and a comment
    *.city.jp
    !kept.city.jp
    jp
    公司.cn
    bücher.example
    他们为什么不说中文.example
    pročprostěnemluvíčesky.example

    // ===END ICANN DOMAINS===
    // ===BEGIN PRIVATE DOMAINS===
    github.io
    // ===END PRIVATE DOMAINS===
    """

  private func make(own: [String] = [], never: [String] = [], list: String = list) throws -> NameGuard {
    let folder = try SourceFolder()
    let file = try folder.write("list.dat", list)
    return NameGuard(
      publicSuffixFile: file, ownNames: own.compactMap { Name($0) }, neverBlock: never.compactMap { Name($0) })
  }

  private func reason(_ guarded: NameGuard, _ trigger: String, isException: Bool = false) throws -> String? {
    let name = try #require(Name(trigger))
    return guarded.reason(for: name.wire.extracting(0..<(name.length - 1)), isException: isException)
  }

  @Test(
    "what would shut out too much is kept out, and what lies above a name of ours is not",
    arguments: [
      (".", root), ("com", top), ("unknowntld", top), ("co.uk", suffix), ("uk.com", nil), ("example.co.uk", nil),
      ("sch.uk", suffix), ("a.sch.uk", suffix), ("b.a.sch.uk", nil), ("any.ck", suffix), ("www.ck", nil),
      ("a.any.ck", nil), ("go.kr", suffix), ("moe.go.kr", nil), ("city.jp", suffix), ("x.city.jp", suffix),
      ("kept.city.jp", nil), ("a.kept.city.jp", nil), ("xn--55qx5d.cn", suffix), ("a.xn--55qx5d.cn", nil),
      ("xn--bcher-kva.example", suffix), ("xn--ihqwcrb4cv8a8dqg056pqjye.example", suffix),
      ("xn--proprostnemluvesky-uyb24dma41a.example", suffix), ("github.io", nil), ("example.tld", nil),
      ("never.example", never), ("a.b.never.example", never), ("notnever.example", nil), ("page.agency.example", own),
      ("a.page.agency.example", own), ("agency.example", nil), ("other.agency.example", nil),
      ("notpage.agency.example", nil), ("sinkhole.internal", own), ("a.b.sinkhole.internal", own),
      ("other.internal", nil),
    ])
  func table(_ trigger: String, _ expected: String?) throws {
    let guarded = try make(own: ["page.agency.example"], never: ["never.example"])
    #expect(guarded.isComplete)
    #expect(try reason(guarded, trigger) == expected)
  }

  @Test(
    "an exception may stand anywhere but at the root and at top-level domains",
    arguments: [("com", top), ("co.uk", nil), ("never.example", nil), ("page.agency.example", nil), ("sinkhole.internal", nil)])
  func exceptions(_ trigger: String, _ expected: String?) throws {
    let guarded = try make(own: ["page.agency.example"], never: ["never.example"])
    #expect(try reason(guarded, trigger, isException: true) == expected)
  }

  @Test(
    "without a list, or with one that is cut, only the root and top-level domains are known, and it says so",
    arguments: ["", "com\nco.uk\n", "// ===BEGIN ICANN DOMAINS===\ncom\nco.uk\n"])
  func incomplete(_ list: String) throws {
    let guarded = try make(list: list)
    #expect(!guarded.isComplete)
    #expect(try reason(guarded, "co.uk") == nil)
    #expect(try reason(guarded, "uk") == NameGuardTests.top)
    #expect(!NameGuard(publicSuffixFile: "/none").isComplete && !NameGuard.basic.isComplete)
  }

  @Test(
    "Debian's list is read whole",
    arguments: [("co.kr", suffix), ("go.kr", suffix), ("com.cn", suffix), ("xn--55qx5d.cn", suffix), ("deepseek.com", nil), ("github.io", nil)])
  func debian(_ trigger: String, _ expected: String?) throws {
    let guarded = NameGuard()
    #expect(guarded.isComplete)
    #expect(try reason(guarded, trigger) == expected)
  }

  @Test("readers leave guarded triggers out and count them by reason; exceptions may stand")
  func readers() throws {
    let guarded = try make(own: ["page.agency.example"], never: ["never.example"])
    let zone = listing(
      """
      com CNAME .
      *.co.uk CNAME .
      a.never.example A 192.0.2.1
      *.agency.example CNAME .
      agency.example CNAME .
      a.page.agency.example CNAME .
      *.go.kr CNAME rpz-passthru.
      *.com CNAME rpz-passthru.
      @ CNAME .
      * CNAME .
      """, guard: guarded)
    #expect(zone.rules == ["*.agency.example nxdomain", "agency.example nxdomain", "*.go.kr passthru"])
    #expect(
      zone.skipped == [
        "guarded 2 a rule for a top-level domain z.zone:5:1", "guarded 1 a rule for a public suffix z.zone:6:1",
        "guarded 1 a rule for a name never to be blocked z.zone:7:1", "guarded 1 a rule for our own names z.zone:10:1",
        "guarded 2 a rule for the root z.zone:13:1",
      ])
  }

  @Test("a list's subtree above a name of ours stays, one at or below it is kept out")
  func lists() throws {
    let guarded = try make(own: ["page.agency.example"])
    let folder = try SourceFolder()
    let text = "||agency.example^\n||co.uk^\n@@||co.uk^\n  ||page.agency.example^\n||*.page.agency.example^\n||a.example^\n"
    let file = try folder.write("l.adblock", text)
    let zone = ZoneListing { try PolicySource.read(file: file, guard: guarded) }
    #expect(
      zone.rules == [
        "agency.example listed", "*.agency.example listed", "co.uk passthru", "*.co.uk passthru", "a.example listed",
        "*.a.example listed",
      ])
    #expect(
      zone.skipped.map(folder.relative) == [
        "guarded 1 a rule for a public suffix l.adblock:2:1", "guarded 2 a rule for our own names l.adblock:4:3",
      ])
  }

  @Test("a question costs no allocation")
  func allocations() throws {
    let guarded = NameGuard(neverBlock: [Name("never.example")].compactMap { $0 })
    let names = ["a.example.co.kr", "deepseek.com", "x.y.z.example.net"].compactMap { Name($0) }
    _ = guarded.reason(for: names[0].wire.extracting(0..<(names[0].length - 1)))
    var open = 0
    let before = allocation_count()
    for _ in 0..<100 {
      for name in names where guarded.reason(for: name.wire.extracting(0..<(name.length - 1))) == nil {
        open += 1
      }
    }
    #expect(allocation_count() == before)
    #expect(open == 300)
  }
}
