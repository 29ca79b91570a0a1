import Sinkhole
import Support
import Testing

/// Lines of the plain form are read without ldns, all others by it. Which way a line goes must not be told by anything but
/// the time that it takes.
@Suite("The two ways to read a line")
struct ZonePathTests {
  private static let untimed = """
    $ORIGIN z.rpz.example.
    @ SOA localhost. root.localhost. 7 3600 600 86400 5

    """

  @Test(
    "with the scanner and without it odd text comes to the same rules, places, skips and faults", arguments: 0..<6 as Range<UInt64>)
  func odd(_ seed: UInt64) {
    var random = SeededRandom(seed: seed)
    var ends: [String: Int] = [:]
    for _ in 0..<700 {
      let head = Bool.random(using: &random) ? zoneHead : ZonePathTests.untimed
      let odd = (0..<Int.random(in: 1...2, using: &random)).map { _ in OddZoneText.entry(&random) }
      // What comes after tells what owner, origin and TTL are by then, and asks again for a target that is known.
      let text = """
        garden.example CNAME rpz-drop.
        b.example 99 CNAME garden.example.
        \(odd.joined(separator: "\n"))
          CNAME .
        c.example CNAME garden.example.
        last.example A 192.0.2.1
        """
      let scanned = listing(text, head: head)
      let plain = listing(text, head: head, scansPlainLines: false)
      #expect(scanned == plain, "\(odd)\n\(scanned)\n\(plain)")
      ends[scanned.faults.isEmpty ? scanned.skipped.isEmpty ? "taken" : "skipped" : "fault", default: 0] += 1
    }
    // The text is worth something when it comes to all ends.
    #expect(ends.count == 3 && ends.values.allSatisfy { $0 > 40 }, "\(ends)")
  }

  @Test("a zone of thousands of lines under changing origins is the same either way")
  func zones() {
    var random = SeededRandom(seed: 99)
    let origins = ["z.rpz.example.", "sub.z.rpz.example.", "deep.sub.z.rpz.example.", "rpz-ip.z.rpz.example."]
    let targets = [".", "*.", "rpz-drop.", "a.service.sinkhole.internal.", "b.service.sinkhole.internal.", "g.example."]
    var text = ""
    for number in 0..<5_000 {
      if number.isMultiple(of: 500) { text += "$ORIGIN \(origins[number / 500 % 3])\n" }
      let star = Bool.random(using: &random) ? "*." : ""
      let name = "n\(Int.random(in: 0..<2_000, using: &random)).example"
      text += "\(star)\(name) CNAME \(targets.randomElement(using: &random) ?? ".")\n"
    }
    text += "$ORIGIN \(origins[3])\n32.1.2.0.192 CNAME .\n"
    let scanned = listing(text)
    #expect(scanned == listing(text, scansPlainLines: false))
    #expect(scanned.faults.isEmpty && scanned.triggers.count == 5_000)
    #expect(scanned.addresses == ["response 192.0.2.1/32 nxdomain z.zone:5016"])
  }

  @Test("a last label rpz- alone is no name's and no alias' either way", arguments: [true, false])
  func bare(_ scans: Bool) {
    let zone = listing("a.rpz- CNAME .\nrpz- CNAME .\nx.example CNAME rpz-.\ny.example CNAME z.rpz-.", scansPlainLines: scans)
    #expect(
      zone.skipped == [
        "inexpressible 2 triggers below rpz- names that are no known kind z.zone:5:1",
        "inexpressible 2 targets below rpz- names that are no known action z.zone:7:1",
      ])
    #expect(zone.triggers.isEmpty)
  }
}
