import Foundation
import Support

/// What a server was seen to answer, as a line of text that can be compared and printed:
/// `NXDOMAIN, CNAME www.example.org`. RCODE unless it is NOERROR, TC, and the answer section as a set; a record of the
/// name asked for without its owner, all without TTL, class and final dots.
enum RPZObservation {
  /// Asks everyone each question three times, over UDP, TCP and UDP. All servers are asked at once, each by one `dig`
  /// after the other: one for each address that is asked from, those that a question names before 127.0.0.1.
  ///
  /// - Parameter mayBeSilent: questions that are not waited for long.
  /// - Returns: for each server and question, what was the same each time, or what was not.
  static func ask(
    _ questions: [String], mayBeSilent: Set<String>, of ports: [RPZPeers.Who: UInt16]
  ) throws -> [RPZPeers.Who: [String: String]] {
    var asking: [RPZPeers.Who: Peer] = [:]
    defer {
      for peer in asking.values {
        peer.stop()
        try? FileManager.default.removeItem(atPath: peer.folder)
      }
    }
    for (who, port) in ports {
      let folder = try Peer.folder()
      try script(questions, mayBeSilent, port).write(toFile: "\(folder)/ask", atomically: true, encoding: .utf8)
      asking[who] = try started(["sh", "ask"], in: folder)
    }
    guard Peer.wait(until: { asking.values.allSatisfy { !$0.process.isRunning } }) else {
      throw PeerFailure(text: "not all is asked after a minute")
    }
    var observed: [RPZPeers.Who: [String: String]] = [:]
    for (who, peer) in asking {
      let answers = split(peer.text)
      observed[who] = Dictionary(
        uniqueKeysWithValues: questions.enumerated().map { number, question in
          let seen = (0..<turns).map { describe(answers[number * turns + $0], question) }
          return (question, together(seen))
        })
    }
    return observed
  }

  private static let turns = 3

  private static func script(_ questions: [String], _ mayBeSilent: Set<String>, _ port: UInt16) -> String {
    var lines: [(source: String, words: String)] = []
    for (number, question) in questions.enumerated() {
      let parts = question.split(separator: " -b ").map(String.init)
      let source = parts.count > 1 ? parts[1] : "127.0.0.1"
      if !lines.contains(where: { $0.source == source }) {
        let isV6 = source.contains(":")
        lines.append((source, "dig \(isV6 ? "-6 @::1" : "-4 @127.0.0.1") -p \(port) -b \(source)"))
      }
      guard let line = lines.firstIndex(where: { $0.source == source }) else { continue }
      for turn in 0..<turns {
        // The ID tells to which question and turn an answer belongs.
        let options = """
          +qid=\(number * turns + turn) +tries=1 +time=\(mayBeSilent.contains(question) ? 1 : 10) +ignore \
          \(turn == 1 ? "+tcp" : "+notcp")
          """
        let words = parts[0].split(separator: " ").map { "'\($0)'" }.joined(separator: " ")
        lines[line].words += " \(words) \(options)"
      }
    }
    let sorted = lines.filter { $0.source != "127.0.0.1" } + lines.filter { $0.source == "127.0.0.1" }
    return sorted.map { $0.words + "\n" }.joined()
  }

  /// Answers by their ID.
  private static func split(_ text: String) -> [Int: String] {
    var answers: [Int: String] = [:]
    for part in text.split(separator: ";; ->>HEADER<<- ", omittingEmptySubsequences: true).dropFirst() {
      if let id = part.firstMatch(of: /id: (\d+)/).flatMap({ Int($0.output.1) }) {
        answers[id] = ";; ->>HEADER<<- " + part
      }
    }
    return answers
  }

  private static func describe(_ text: String?, _ question: String) -> String {
    guard let text else { return "silence" }
    let dig = Dig(text)
    let name = question.prefix { $0 != " " }.lowercased()
    let records = dig.answer.map { line in
      // Without the class too.
      var words = line.words.map { $0.count > 1 && $0.hasSuffix(".") ? String($0.dropLast()) : $0 }
      words.remove(at: 1)
      if words[0].lowercased() == name { words.removeFirst() }
      return words.joined(separator: " ")
    }
    var parts = dig.status == "NOERROR" ? [] : [dig.status]
    if dig.flags.contains("tc") { parts.append("TC") }
    parts += Set(records).sorted()
    return parts.isEmpty ? "NODATA" : parts.joined(separator: ", ")
  }

  private static func together(_ seen: [String]) -> String {
    if Set(seen).count == 1 { return seen[0] }
    if seen[0] == seen[2] { return "UDP: \(seen[0]); TCP: \(seen[1])" }
    if seen[1] == seen[2] { return "at first: \(seen[0]); then: \(seen[1])" }
    return seen.joined(separator: "; ")
  }
}
