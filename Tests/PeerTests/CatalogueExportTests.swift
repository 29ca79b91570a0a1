import Foundation
import Support
import Testing

/// The catalogue in other resolvers, as it is or as it is exported for them: the same names are restricted, and the same
/// are open.
@Suite("The catalogue in other resolvers")
struct CatalogueExportTests {
  /// What everyone was seen to do; all are started, asked everything and ended once.
  private struct Observed: Sendable {
    var verdicts: [CataloguePeers.Who: [String: String]] = [:]
    var texts: [CataloguePeers.Who: String] = [:]
    let losses: [String: String]
  }

  private static let observed = Result {
    let peers = try CataloguePeers()
    var observed = Observed(losses: peers.losses)
    for who in CataloguePeers.Who.allCases {
      for question in Question.all {
        observed.verdicts[who, default: [:]][question.name] = try peers.verdict(question.name, of: who)
      }
      observed.texts[who] = peers.text(who)
    }
    return observed
  }

  struct Question: Sendable, CustomTestStringConvertible {
    let name: String
    /// Sinkhole's own verdict.
    let verdict: String
    /// Those who say something else, and what.
    var others: [CataloguePeers.Who: String] = [:]
    var testDescription: String { "\(name): \(verdict)" }

    init(_ name: String, _ verdict: String, _ others: [CataloguePeers.Who: String] = [:]) {
      self.name = name
      self.verdict = verdict
      self.others = others
    }

    /// A passthru ends Knot Resolver's rules, those that forward too: it asks the root servers itself, of which the test has
    /// none.
    private static let passed: [CataloguePeers.Who: String] = [.knot: "servfail"]
    /// PowerDNS Recursor has wildcards cover what RFC 4592 hides from them; what is exported says it in words.
    private static let hidden = passed.merging([.recursor: "sinkhole"]) { one, _ in one }

    static let all = [
      Question("deepseek.com", "sinkhole"),
      Question("chat.deepseek.com", "sinkhole"),
      Question("a.b.c.deepseek.com", "sinkhole"),
      Question("sora.com", "sinkhole"),
      Question("cdn.oaistatic.com", "sinkhole"),
      Question("notdeepseek.com", "open"),
      Question("www.example.org", "open"),
      Question("use-application-dns.net", "nxdomain"),
      Question("x.use-application-dns.net", "nxdomain"),
      Question("mask.icloud.com", "nxdomain"),
      // The one place where a form takes more than was meant.
      Question("x.mask.icloud.com", "open", [.localZones: "nxdomain"]),
      Question("icloud.com", "open"),
      Question("sub.example.com", "sinkhole"),
      Question("a.b.sub.example.com", "sinkhole"),
      Question("open.sub.example.com", "open", passed),
      Question("x.open.sub.example.com", "open", passed),
      Question("exact.sub.example.com", "sinkhole"),
      Question("x.exact.sub.example.com", "open", hidden),
      Question("between.sub.example.com", "open", hidden),
      Question("x.between.sub.example.com", "open", hidden),
      Question("deep.between.sub.example.com", "sinkhole"),
      Question("host.example.com", "sinkhole"),
      Question("x.host.example.com", "open"),
      Question("below.example.com", "open"),
      Question("x.below.example.com", "sinkhole", [.localZones: "open"]),
      Question("no.example.com", "nodata", [.dnsmasq: "open"]),
      Question("x.no.example.com", "nodata", [.dnsmasq: "open"]),
    ]
  }

  @Test("a name gets the same everywhere", arguments: Question.all)
  func sameVerdict(_ question: Question) throws {
    let verdicts = try CatalogueExportTests.observed.get().verdicts
    for who in CataloguePeers.Who.allCases {
      #expect(verdicts[who]?[question.name] == question.others[who] ?? question.verdict, "\(who.rawValue)")
    }
  }

  @Test("what a form has no words for is told, and is what is answered otherwise")
  func losses() throws {
    let losses = try CatalogueExportTests.observed.get().losses
    #expect(losses["rpz"] == "")
    #expect(
      losses["unbound"]?.contains(
        "not exported: names whose subtree is restricted and they themselves are not (1)\n  below.example.com\n")
        == true)
    #expect(losses["dnsmasq"]?.contains("names with nodata, for which there is no option (") == true)
    #expect(losses["dnsmasq"]?.contains("\n  no.example.com\n") == true)
  }

  @Test("BIND and PowerDNS Recursor load the shipped zones without a warning")
  func loads() throws {
    let texts = try CatalogueExportTests.observed.get().texts
    let (bind, recursor) = (texts[.bind] ?? "", texts[.recursor] ?? "")
    for zone in ShippedZone.all {
      #expect(bind.contains("zone \(zone.origin)/IN: loaded serial"), "\(bind)")
      #expect(recursor.contains(zone.file), "\(recursor)")
    }
    for line in bind.split(separator: "\n") where line.contains("rpz") {
      #expect(!line.contains("error") && !line.contains("warning") && !line.contains("invalid"), "\(line)")
    }
    for line in recursor.split(separator: "\n") where line.lowercased().contains("rpz") {
      #expect(!line.lowercased().contains("error") && !line.lowercased().contains("unable"), "\(line)")
    }
  }
}
