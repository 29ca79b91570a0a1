import Sinkhole
import Testing

/// One thing that a check finds: zone text behind the usual head, and what is said of it.
private struct CheckCase: Sendable, CustomTestStringConvertible {
  let testDescription: String
  let text: String
  var faults: [String] = []
  var advice: [String] = []

  init(_ description: String, _ text: String, faults: [String] = [], advice: [String] = []) {
    testDescription = description
    self.text = text
    self.faults = faults
    self.advice = advice
  }

  static let service = """
    ai.service.sinkhole.internal TXT "name=AI" "vendor=V" "jurisdiction=KR" "category=chat" "home=https://ai.example/"

    """

  static let all = [
    CheckCase(
      "a service with its apex and wildcard is right",
      service + "ai.example CNAME ai.service.sinkhole.internal.\n*.ai.example CNAME ai.service.sinkhole.internal."),
    CheckCase(
      "zone text that cannot be read is told with its place, all of it",
      "a.example CNAME\nb.example BOGUS x\nc.example CNAME .",
      faults: [
        "z.zone:5:11: a record of type CNAME without data. Complete the record.",
        "z.zone:6:11: \"BOGUS\" is no record type, expected OWNER [TTL] [CLASS] TYPE RDATA. Correct the record.",
      ]),
    CheckCase(
      "one record twice",
      "a.b.example CNAME .\n*.a.b.example CNAME .\nx.c.example CNAME .\n*.a.b.example CNAME .\na.b.example CNAME .",
      advice: [
        "z.zone:8:1: \"*.a.b.example\" stands at z.zone:6 already. Delete one of the two.",
        "z.zone:9:1: \"a.b.example\" stands at z.zone:5 already. Delete one of the two.",
      ]),
    CheckCase(
      "one trigger with two actions", "a.b.example CNAME .\na.b.example CNAME *.",
      faults: ["z.zone:6:1: \"a.b.example\" has another action on line 5. Keep one of the two."]),
    CheckCase(
      "an exact name under a wildcard without its own", "b.example CNAME .\n*.b.example CNAME .\na.b.example CNAME *.",
      advice: [
        """
        z.zone:7:1: "a.b.example" lies under "*.b.example" without a "*." of its own: what lies below it stays open. Write \
        *.a.b.example too, or delete it where it does what *.b.example does.
        """
      ]),
    CheckCase(
      "an exception under a wildcard needs none",
      "b.example CNAME .\n*.b.example CNAME .\na.b.example CNAME rpz-passthru."),
    CheckCase(
      "a name that does what the wildcard above does",
      "b.example CNAME .\n*.b.example CNAME .\na.b.example CNAME .\n*.a.b.example CNAME .",
      advice: ["z.zone:7:1: \"a.b.example\" adds nothing to \"*.b.example\" at z.zone:6. Delete it and its \"*.\"."]),
    CheckCase(
      "a name that hides one between itself and a wildcard",
      "b.example CNAME .\n*.b.example CNAME .\nx.a.b.example CNAME .\n*.x.a.b.example CNAME .",
      advice: [
        """
        z.zone:7:1: "x.a.b.example" makes "a.b.example" exist, which "*.b.example" at z.zone:6 then leaves open. Write it \
        and its "*." too, or delete x.a.b.example where it does what *.b.example does.
        """
      ]),
    CheckCase(
      "a wildcard without its apex", "*.a.b.example CNAME .",
      advice: [
        "z.zone:5:1: \"*.a.b.example\" without \"a.b.example\", which stays open. Write a.b.example too, if it is the service's."
      ]),
    CheckCase(
      "a service's domain without its wildcard, and what needs none: a host of somebody's, and another action",
      service + """
        b.example CNAME ai.service.sinkhole.internal.
        c.co.uk CNAME ai.service.sinkhole.internal.
        x.y.co.uk CNAME ai.service.sinkhole.internal.
        d.example CNAME .
        """,
      advice: [
        """
        z.zone:6:1: "b.example" is a domain without its "*.": what lies below it stays open. Write *.b.example too, if they \
        are the service's.
        """,
        """
        z.zone:7:1: "c.co.uk" is a domain without its "*.": what lies below it stays open. Write *.c.co.uk too, if they are \
        the service's.
        """,
      ]),
    CheckCase(
      "public suffixes and top-level domains", "co.uk CNAME .\n*.com CNAME .",
      faults: [
        "z.zone:5:1: a rule for a public suffix. It is left out: name the service's own hosts.",
        "z.zone:6:1: a rule for a top-level domain. It is left out: name the service's own hosts.",
      ]),
    CheckCase(
      "shared infrastructure, the name itself and what a wildcard above takes along",
      "cloudfront.net CNAME .\n*.cloudfront.net CNAME .\nd1.cloudfront.net CNAME .\n*.d1.cloudfront.net CNAME .\njsdelivr.net CNAME .\n*.jsdelivr.net CNAME .\nx.com CNAME rpz-passthru.",
      faults: [
        "z.zone:5:1: \"cloudfront.net\" is a content delivery network, which others need too. Name the service's own hosts.",
        """
        z.zone:9:1: "jsdelivr.net" takes along "cdn.jsdelivr.net", a content delivery network, which others need too. Name \
        the service's own hosts.
        """,
      ],
      advice: [
        "z.zone:7:1: \"d1.cloudfront.net\" adds nothing to \"*.cloudfront.net\" at z.zone:6. Delete it and its \"*.\"."
      ]),
    CheckCase(
      "records that cannot be acted on are told one by one",
      "a.b.example CNAME rpz-unknown.\nc.b.example CNAME rpz-unknown.",
      advice: [
        "z.zone:5:1: targets below rpz- names that are no known action. It is left out: delete it.",
        "z.zone:6:1: targets below rpz- names that are no known action. It is left out: delete it.",
      ]),
    CheckCase(
      "a service without a description, and a description without names",
      service + "x.b.example CNAME other.service.sinkhole.internal.",
      faults: [
        """
        z.zone:6:1: service "other" has no TXT record in its zone, expected other.service.sinkhole.internal. Describe it \
        there: name=, vendor=, jurisdiction=, category=, home=.
        """
      ],
      advice: ["z.zone:5:1: service \"ai\" has no name in its zone. Delete its TXT record."]),
    CheckCase(
      "facts that are missing or are none",
      """
      a_b.service.sinkhole.internal TXT "name=" "jurisdicton=KR" "vendor=V" "category=Chat" "home=ai.example"
      c.service.sinkhole.internal TXT "name=C" "jurisdiction=kr" "vendor=V" "category=chat" "home=https://c/"
      x.b.example CNAME a_b.service.sinkhole.internal.
      x.c.example CNAME c.service.sinkhole.internal.
      """,
      faults: [
        "z.zone:5:1: service \"a_b\": category is \"Chat\", expected a word in lower case. Correct it.",
        "z.zone:5:1: service \"a_b\": home is \"ai.example\", expected https://HOST/. Correct it, or leave it out.",
        "z.zone:5:1: service \"a_b\": its id is no word, expected letters, digits and hyphens between them. Give it another.",
        """
        z.zone:5:1: service "a_b": jurisdiction is missing. Add "jurisdiction=..." to its TXT record. Is "jurisdicton=" \
        meant?
        """,
        "z.zone:5:1: service \"a_b\": name is missing. Add \"name=...\" to its TXT record.",
        "z.zone:6:1: service \"c\": home is \"https://c/\", expected https://HOST/. Correct it, or leave it out.",
        """
        z.zone:6:1: service "c": jurisdiction is "kr", expected two letters of ISO 3166, or ZZ where it is not known. Write \
        "KR".
        """,
      ]),
  ]
}

@Suite("Checking zones")
struct CatalogueCheckTests {
  private static func check(_ folder: SourceFolder, _ files: [String]) throws -> (faults: [String], advice: [String]) {
    let nameGuard = NameGuard()
    let check = CatalogueCheck(try CatalogueFiles(files, guard: nameGuard), guard: nameGuard)
    return (check.faults.lines.map(folder.relative), check.advice.lines.map(folder.relative))
  }

  @Test("a zone is found to be", arguments: CheckCase.all)
  fileprivate func finds(_ row: CheckCase) throws {
    let folder = try SourceFolder()
    let found = try CatalogueCheckTests.check(folder, [folder.write("z.zone", zoneHead + row.text)])
    #expect(found.faults == row.faults)
    #expect(found.advice == row.advice)
  }

  @Test("zones are looked at together, the first as the strongest")
  func several() throws {
    let folder = try SourceFolder()
    func head(_ name: String) -> String { zoneHead.replacing("z.rpz.example", with: "\(name).rpz.example") }
    let other = CheckCase.service.replacing("vendor=V", with: "vendor=W")
    try folder.write(
      "a.zone",
      head("a") + CheckCase.service + """
        *.b.example CNAME .
        b.example CNAME .
        x.c.example CNAME ai.service.sinkhole.internal.
        """)
    try folder.write(
      "b.zone",
      head("b") + other + """
        two.service.sinkhole.internal TXT "name=Two" "vendor=V" "jurisdiction=ZZ" "category=chat"
        y.b.example CNAME ai.service.sinkhole.internal.
        *.y.b.example CNAME ai.service.sinkhole.internal.
        x.c.example CNAME two.service.sinkhole.internal.
        *.x.c.example CNAME two.service.sinkhole.internal.
        """)
    try folder.write("c.zone", head("a") + "x.d.example CNAME .")
    let found = try CatalogueCheckTests.check(folder, [folder.path])
    #expect(
      found.faults == [
        """
        b.zone:5:1: service "ai" is described otherwise than at a.zone:5. Write the same TXT record in both zones.
        """,
        """
        b.zone:9:1: "x.c.example" is of service "two" here and of "ai" at a.zone:8. Keep it under the one whose it is.
        """,
        "c.zone: the zone \"a.rpz.example\" is a.zone too. Give one an $ORIGIN of its own.",
      ])
    #expect(
      found.advice == [
        """
        b.zone:7:1: "y.b.example" is never reached without a rule: "*.b.example" at a.zone:6 comes first. Delete one of the \
        two, or load this zone before that one.
        """
      ])
  }

  @Test("of many findings a thousand are told, and the rest counted")
  func many() throws {
    let folder = try SourceFolder()
    let lines = (0..<1100).map { "*.a\($0).b.example CNAME .\n" }.joined()
    let found = try CatalogueCheckTests.check(folder, [folder.write("z.zone", zoneHead + lines)])
    #expect(found.faults == [])
    #expect(found.advice.count == 1001)
    #expect(found.advice.last == "and 100 more")
  }

  @Test("a folder without zones is a fault")
  func empty() throws {
    let folder = try SourceFolder()
    try folder.write("readme.txt", "none")
    #expect(throws: Faults.self) { try CatalogueFiles([folder.path]) }
  }
}
