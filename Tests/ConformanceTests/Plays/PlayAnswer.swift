import Sinkhole
import Support

/// What a step got, part for part as `PlayStep.expected` writes it.
struct PlayAnswer: CustomStringConvertible {
  var code: String
  var records: [String] = []
  var authority: [String] = []
  var error: String?
  /// What is never right, whatever was asked.
  var flaws: [String] = []
  /// Questions that reached the upstream during the step.
  var asked: [String]

  /// Silence.
  init(asked: [String]) {
    code = "silence"
    self.asked = asked
  }

  init(_ answer: Message, to query: [UInt8], over transport: Transport, asked: [String]) {
    let codes = [0: "NOERROR", 2: "SERVFAIL", 3: "NXDOMAIN", 4: "NOTIMP", 5: "REFUSED", 6: "YXDOMAIN"]
    code = answer.isTruncated ? "TC" : codes[answer.rcode] ?? "RCODE\(answer.rcode)"
    records = answer.answers.map { RecordText.text(of: $0, in: answer) }
    authority = answer.authority.map { "\(RecordText.name(ofType: $0.type)) \($0.owner.isEmpty ? "." : $0.owner)" }
    error = answer.extendedError.map { "EDE \($0.code) \($0.text)" }
    self.asked = asked
    let hasOPT = Message.uint16(query, 10) > 0
    if answer.question != Array(query[12..<answer.questionEnd]) { flaws.append("another question") }
    if answer.octets[2] & 0xFD != 0x81 { flaws.append("flags \(answer.octets[2])") }
    if answer.octets[3] & 0xE0 != 0x80 { flaws.append("RA or AD \(answer.octets[3])") }
    if (answer.opt != nil) != hasOPT { flaws.append("OPT \(hasOPT ? "missing" : "that was not asked for")") }
    if transport == .udp, answer.octets.count > (hasOPT ? 1232 : 512) { flaws.append("\(answer.octets.count) octets") }
  }

  var description: String {
    ([code] + records + authority + [error].compactMap(\.self) + flaws.map { "FLAW \($0)" }
      + (asked.isEmpty ? ["unasked"] : asked.map { "asked \($0)" })).joined(separator: " | ")
  }

  /// Whether it is what `expected` says.
  func fits(_ expected: String) -> Bool {
    var parts = expected.split(separator: "|").map { $0.trimmed }
    guard flaws.isEmpty, !parts.isEmpty, parts.removeFirst() == code else { return false }
    let errors = parts.filter { $0.hasPrefix("EDE ") }
    let questions = parts.filter { $0.hasPrefix("asked ") }.map { String($0.dropFirst(6)) }
    let isUnasked = parts.contains("unasked")
    let owners = parts.filter { $0.hasPrefix("SOA ") }
    parts.removeAll {
      $0.hasPrefix("EDE ") || $0.hasPrefix("asked ") || $0 == "unasked" || $0.hasPrefix("SOA ")
    }
    guard errors.isEmpty == (error == nil), errors.allSatisfy({ error?.hasPrefix($0) == true }) else { return false }
    guard authority == owners, questions.isEmpty || asked == questions, !isUnasked || asked.isEmpty else { return false }
    return parts.count == records.count && zip(parts, records).allSatisfy(PlayAnswer.isRecord)
  }

  /// `<=5` as a TTL is every one up to it.
  private static func isRecord(_ expected: String, _ actual: String) -> Bool {
    var (wanted, got) = (expected.split(separator: " "), actual.split(separator: " "))
    if wanted.count > 1, got.count > 1, wanted[1].hasPrefix("<="), let most = Int(wanted[1].dropFirst(2)),
      let ttl = Int(got[1]), ttl <= most
    {
      wanted[1] = ""
      got[1] = ""
    }
    return wanted == got
  }
}

extension StringProtocol {
  fileprivate var trimmed: String {
    String(drop { $0 == " " }.reversed().drop { $0 == " " }.reversed())
  }
}
