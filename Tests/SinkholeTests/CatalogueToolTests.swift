import Sinkhole
import Support
import Testing

@Suite("Finding, counting and comparing names of zones")
struct CatalogueToolTests {
  private static let text =
    zoneHead + """
      ai.service.sinkhole.internal TXT "name=A I" "vendor=V" "jurisdiction=KR" "category=chat"
      two.service.sinkhole.internal TXT "name=Two" "vendor=V" "jurisdiction=ZZ" "category=image"
      ai.example CNAME ai.service.sinkhole.internal.
      *.ai.example CNAME ai.service.sinkhole.internal.
      x.cdn.example CNAME two.service.sinkhole.internal.
      deep.b.ai.example CNAME .
      data.example A 192.0.2.1
      data.example A 192.0.2.2
      32.1.2.0.192.rpz-ip CNAME .

      """

  // MARK: Finding

  @Test(
    "a name is found where the resolver finds it, with record, place, service and reason",
    arguments: [
      (
        "ai.example",
        [
          "ai.example: A I (ai)", "  zone      z (z.rpz.example), serial 7",
          "  record    ai.example CNAME ai.service.sinkhole.internal.", "  at        z.zone:7",
          "  service   A I (ai), V, KR, chat", "  why       exact: the record names it",
        ]
      ),
      (
        "a.c.ai.example",
        [
          "a.c.ai.example: A I (ai)", "  zone      z (z.rpz.example), serial 7",
          "  record    *.ai.example CNAME ai.service.sinkhole.internal.", "  at        z.zone:8",
          "  service   A I (ai), V, KR, chat",
          "  why       wildcard: it lies below ai.example, and nothing closer exists in the zone",
        ]
      ),
      (
        "x.b.ai.example",
        [
          "x.b.ai.example: not listed in 1 zone",
          "  hidden    *.ai.example would cover it, but deep.b.ai.example exists and lies between (RFC 4592), z.zone:8",
        ]
      ),
      (
        "deep.b.ai.example",
        [
          "deep.b.ai.example: nxdomain", "  zone      z (z.rpz.example), serial 7",
          "  record    deep.b.ai.example CNAME .",
          "  at        z.zone:10", "  why       exact: the record names it",
        ]
      ),
      ("notai.example", ["notai.example: not listed in 1 zone"]),
      ("example", ["example: not listed in 1 zone"]),
    ])
  func finds(_ name: String, _ expected: [String]) throws {
    let folder = try SourceFolder()
    let finder = NameFinder(try #require(Name(name)))
    try CatalogueFiles([folder.write("z.zone", CatalogueToolTests.text)]).visit(finder) { finder.end(of: $0) }
    #expect(finder.report.map(folder.relative) == expected)
  }

  @Test("while sources are read, a name is found just where the index over them finds it")
  func findsAsTheIndex() throws {
    var random = SeededRandom(seed: 11)
    let labels = ["a", "b", "c"]
    func randomName() -> String {
      (0..<Int.random(in: 1...4, using: &random)).map { _ in labels.randomElement(using: &random) ?? "a" }
        .joined(separator: ".") + ".example"
    }
    let folder = try SourceFolder()
    var found = 0
    for round in 0..<60 {
      var owners: Set<String> = []
      let zone = (0..<6).map { _ in
        let owner = (Bool.random(using: &random) ? "*." : "") + randomName()
        return owners.insert(owner).inserted
          ? "\(owner) CNAME \(Bool.random(using: &random) ? "." : "rpz-passthru.")\n" : ""
      }.joined()
      let list = (0..<5).map { _ in
        (Bool.random(using: &random) ? "@@" : "") + "||" + (Bool.random(using: &random) ? "*." : "")
          + "\(randomName())^\n"
      }.joined()
      let files = try CatalogueFiles([
        folder.write("z\(round).zone", zoneHead + zone), folder.write("l\(round).adblock", list),
      ])
      let policy = try FlatPolicy(files.load())
      for _ in 0..<40 {
        let name = try #require(Name(randomName()))
        let finder = NameFinder(name)
        try files.visit(finder) { finder.end(of: $0) }
        let effect = finder.answers.first.map { FlatPolicy.Effect($0.record.action) } ?? .open
        #expect(effect == policy.effect(of: name), "\(name)\n\(zone)\(list)")
        found += finder.answers.count
      }
    }
    #expect(found > 500)
  }

  // MARK: Counting

  @Test("services, names and records are counted by what is said of them")
  func counts() throws {
    let folder = try SourceFolder()
    try folder.write("z.zone", CatalogueToolTests.text)
    try folder.write("l.domains", "one.example\ntwo.example\n")
    let counts = CatalogueCounts()
    try CatalogueFiles([folder.path]).visit(counts)
    let report = CatalogueReport(counts)
    #expect(
      report.text == [
        "zones 2, services 2, names 6, records 8, triggers on addresses 1", "",
        "   NAMES  RECORDS SERVICES  CATEGORY", "       1        2        1  chat", "       1        1        1  image",
        "",
        "   NAMES  RECORDS SERVICES  JURISDICTION", "       1        2        1  KR", "       1        1        1  ZZ",
        "",
        "   NAMES  RECORDS SERVICES  VENDOR", "       2        3        2  V", "", "   NAMES  RECORDS           ACTION",
        "       2        2           listed", "       2        3           service",
        "       1        2           local data",
        "       1        1           nxdomain",
      ])
    #expect(
      report.json
        == """
        {"zones":2,"services":2,"names":6,"records":8,"addresses":1,\
        "category":{"chat":{"services":1,"names":1,"records":2},"image":{"services":1,"names":1,"records":1}},\
        "jurisdiction":{"KR":{"services":1,"names":1,"records":2},"ZZ":{"services":1,"names":1,"records":1}},\
        "vendor":{"V":{"services":2,"names":2,"records":3}},\
        "action":{"listed":{"names":2,"records":2},"service":{"names":2,"records":3},\
        "local data":{"names":1,"records":2},"nxdomain":{"names":1,"records":1}}}
        """)
    #expect(
      report.services(.init(), json: false) == [
        "ID   JURISDICTION  CATEGORY  VENDOR  NAME  NAMES", "ai   KR            chat      V       A I   1",
        "two  ZZ            image     V       Two   1",
      ])
    var filter = CatalogueReport.Filter()
    (filter.categories, filter.jurisdictions) = (["Chat", "image"], ["kr"])
    #expect(
      report.services(filter, json: true) == [
        """
        {"id":"ai","facts":{"category":"chat","jurisdiction":"KR","name":"A I","vendor":"V"},"names":1,"records":2}
        """
      ])
    filter.categories = ["imgae"]
    #expect(report.unknown(filter) == ["no service has the category \"imgae\". Did you mean \"image\"?"])
  }

  // MARK: Comparing

  @Test("what changes is told by service: names, moves, actions, facts")
  func differs() throws {
    let folder = try SourceFolder()
    let old = try CatalogueFiles([folder.write("old.zone", CatalogueToolTests.text)]).load()
    let changed = CatalogueToolTests.text
      .replacing("\"name=Two\"", with: "\"name=Two\" \"home=https://two.example/\"")
      .replacing("x.cdn.example CNAME two", with: "x.cdn.example CNAME ai")
      .replacing(
        "*.ai.example CNAME ai.service.sinkhole.internal.", with: "api.ai.example CNAME ai.service.sinkhole.internal."
      )
      .replacing("deep.b.ai.example CNAME .", with: "deep.b.ai.example CNAME *.\nnew.b.example CNAME rpz-passthru.")
      .replacing("32.1.2", with: "32.2.2")
      .replacing("data.example A 192.0.2.2\n", with: "")
    let new = try CatalogueFiles([folder.write("new.zone", changed)]).load()
    let difference = try CatalogueDifference(from: old, to: new)
    #expect(!difference.isEmpty)
    let lines = ZoneExportTests.Lines()
    try difference.write { (line) throws(SystemError) in lines.texts.append(line) }
    #expect(
      lines.texts == [
        "ai (A I)", "  - *.ai.example", "  + api.ai.example", "  < x.cdn.example from two", "two (Two)",
        "  home: none -> https://two.example/", "no service", "  ~ deep.b.ai.example: CNAME . -> CNAME *.",
        "  + new.b.example CNAME rpz-passthru.", "  ~ data.example: A 192.0.2.1, A 192.0.2.2 -> A 192.0.2.1",
        "  - response 192.0.2.1/32 CNAME .", "  + response 192.0.2.2/32 CNAME .",
      ])
    let objects = ZoneExportTests.Lines()
    try difference.writeJSON { (line) throws(SystemError) in objects.texts.append(line) }
    #expect(objects.texts.count == 9)
    #expect(
      objects.texts[2] == """
        {"service":"ai","change":"moved","name":"x.cdn.example","from":"CNAME two.service.sinkhole.internal.",\
        "to":"CNAME ai.service.sinkhole.internal."}
        """)
    #expect(
      objects.texts[3] == """
        {"service":"two","change":"fact","fact":"home","from":null,"to":"https://two.example/"}
        """)
  }

  @Test("the same names in other files, in another order, are no change")
  func same() throws {
    let folder = try SourceFolder()
    let old = try CatalogueFiles([folder.write("old/z.zone", CatalogueToolTests.text)]).load()
    let lines = CatalogueToolTests.text.split(separator: "\n")
    func zone(_ chosen: some Sequence<Substring>, _ origin: String) -> String {
      zoneHead.replacing("z.rpz.example", with: origin) + chosen.joined(separator: "\n") + "\n"
    }
    try folder.write("new/a.zone", zone(lines[8...].reversed(), "a.rpz.example"))
    try folder.write("new/b.zone", zone(lines[4..<8], "b.rpz.example"))
    let difference = try CatalogueDifference(from: old, to: CatalogueFiles([folder.path + "/new"]).load())
    #expect(difference.isEmpty)
  }

  // MARK: Reading

  /// Writes down all that it is told.
  private final class Recorder: SourceVisitor {
    var lines: [String] = []
    func begin(_ zone: PolicyZone) { lines.append("begin \(zone.title)@\(zone.serial)") }
    func take(_ name: Span<UInt8>, _ part: TriggerArena.Flags, _ action: PolicyZone.Action, at place: SourcePlace) {
      let owner = part == .wildcard ? "*." : part == .exact ? "" : "."
      lines.append("\(owner)\(Name.presentation(of: name)) \(ZoneListing.text(action)) \(place.line)")
    }
    func takeAddress(_ prefix: IPPrefix, _ action: PolicyZone.Action, at place: SourcePlace) {
      lines.append("\(prefix) \(ZoneListing.text(action)) \(place.line)")
    }
    func take(_ service: PolicyZone.Service, at place: SourcePlace) {
      lines.append("service \(service.id) \(place.line)")
    }
    func skip(_ cause: PolicyZone.Skip.Cause, _ reason: String, at place: SourcePlace) {
      lines.append("\(cause) \(place.line)")
    }
  }

  @Test(
    "an audience is told every record with its line, and the zone keeps names only if asked", arguments: [true, false])
  func tells(_ keepsNames: Bool) throws {
    let folder = try SourceFolder()
    let recorder = Recorder()
    let audience = SourceAudience(recorder, keepsNames: keepsNames)
    let file = try folder.write("z.zone", CatalogueToolTests.text + "com CNAME .\n")
    let zone = try PolicySource.read(file: file, audience: audience)
    #expect(
      recorder.lines == [
        "begin z@7", "service ai 5", "service two 6", "ai.example service=ai 7", "*.ai.example service=ai 8",
        "x.cdn.example service=two 9", "deep.b.ai.example nxdomain 10", "data.example data=A/300/c0000201 11",
        "data.example data=A/300/c0000202 12", "guarded 14", "192.0.2.1/32 nxdomain 13",
      ])
    #expect(zone.services.count == 2)
    #expect(zone.triggerCount == (keepsNames ? 6 : 7))
    #expect(zone.triggers.octets.isEmpty == !keepsNames)
    #expect(zone.skipped.map(\.count) == [1])
    let list = Recorder()
    let domains = try folder.write("l.domains", "# names\n.one.example\n*.two.example\ncom\n")
    let kept = try PolicySource.read(file: domains, audience: SourceAudience(list, keepsNames: keepsNames))
    #expect(list.lines.dropFirst() == [".one.example listed 2", "*.two.example listed 3", "guarded 4"])
    #expect(kept.triggerCount == 2)
  }

  @Test("a fault in any file is told, and nothing is taken for whole")
  func faulty() throws {
    let folder = try SourceFolder()
    let binary = try folder.write("binary.zone", [UInt8]("$TTL 5\n".utf8) + [0, 1, 2, 3])
    let broken = try folder.write("broken.zone", zoneHead + "a.example CNAME\n")
    let faults = #expect(throws: Faults.self) {
      try CatalogueFiles([binary, broken, folder.path + "/none.zone"]).visit(CatalogueCounts())
    }
    #expect(
      faults?.list.map { folder.relative("\($0)") } == [
        "binary.zone:2:1: a NUL octet, expected text. Name a plain text file; unpack it first if it is compressed.",
        "broken.zone:5:11: a record of type CNAME without data. Complete the record.",
        "none.zone: cannot be read: open: No such file or directory. Check the path and its permissions.",
      ])
  }
}
