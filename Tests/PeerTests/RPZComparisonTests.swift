import Foundation
import Support
import Testing

/// The same policy zones in BIND, Unbound and Sinkhole, and the same questions to all of them.
@Suite("Response policy zones beside BIND and Unbound")
struct RPZComparisonTests {
  /// Everyone is started, asked everything and ended once.
  private static let observed = Result {
    let peers = try RPZPeers()
    let silent =
      RPZCase.all.filter { $0.ours == "silence" }.map(\.question)
      + RPZDifference.all.filter { $0.theirs.contains("silence") }.map(\.question)
    return try RPZObservation.ask(RPZCase.all.map(\.question), mayBeSilent: Set(silent), of: peers.ports)
  }

  @Test("a question is answered as listed, and by others as listed where they differ", arguments: RPZCase.all)
  func answers(_ row: RPZCase) throws {
    let observed = try RPZComparisonTests.observed.get()
    for who in RPZPeers.Who.allCases {
      let expected = who == .sinkhole ? row.ours : RPZDifference.answer(of: who, to: row)
      #expect(observed[who]?[row.question] == expected, "\(who.rawValue): \(row.question)")
    }
  }

  @Test(
    "a difference is one: about a question that is asked, listed once, and other than ours",
    arguments: RPZDifference.all)
  func differs(_ difference: RPZDifference) throws {
    let asked = RPZCase.all.filter { $0.question == difference.question }
    #expect(asked.count == 1 || difference.question.contains("::") && !RPZPeers.hasIPv6)
    #expect(asked.allSatisfy { $0.ours != difference.theirs })
    #expect(RPZDifference.all.filter { $0.question == difference.question && $0.who == difference.who }.count == 1)
  }

  @Test("docs/rpz.md lists each difference under its reason", arguments: RPZDifference.all)
  func documented(_ difference: RPZDifference) throws {
    let text = try String(contentsOfFile: Command.root + "/docs/rpz.md", encoding: .utf8)
      .split(whereSeparator: \.isWhitespace).joined(separator: " ")
    let reasons = RPZDifference.Why.allCases.compactMap { text.firstRange(of: $0.rawValue)?.lowerBound }
    #expect(reasons.count == RPZDifference.Why.allCases.count)
    let reason = try #require(text.firstRange(of: difference.why.rawValue), "\(difference.why.rawValue)")
    let end = reasons.filter { $0 >= reason.upperBound }.min() ?? text.endIndex
    #expect(text[reason.upperBound..<end].contains(difference.documentRow), "\(difference.documentRow)")
  }

  @Test("no question is asked twice")
  func distinct() {
    #expect(Set(RPZCase.all.map(\.question)).count == RPZCase.all.count)
  }
}
