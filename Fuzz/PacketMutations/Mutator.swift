import Support

/// A repeatable stream of spoilt packets.
struct Mutator {
  var random: SeededRandom

  /// One to four of: an octet changed, a bit flipped, cut, lengthened, a stretch doubled or removed, a count
  /// changed, a pointer put in.
  mutating func spoil(_ packet: [UInt8]) -> [UInt8] {
    var packet = packet
    for _ in 0..<Int.random(in: 1...4, using: &random) {
      guard packet.count > 1 else { return packet }
      let at = Int.random(in: 0..<packet.count, using: &random)
      switch Int.random(in: 0..<9, using: &random) {
      case 0: packet[at] = UInt8.random(in: 0...255, using: &random)
      case 1: packet[at] ^= 1 << UInt8.random(in: 0...7, using: &random)
      case 2: packet.removeLast(min(packet.count - 1, Int.random(in: 1...40, using: &random)))
      case 3: packet += (0..<Int.random(in: 1...60, using: &random)).map { _ in UInt8.random(in: 0...255, using: &random) }
      case 4: packet.insert(contentsOf: packet[at..<min(packet.count, at + 20)], at: at)
      case 5: packet.removeSubrange(at..<min(packet.count, at + Int.random(in: 1...8, using: &random)))
      case 6 where packet.count >= 12: packet[5 + Int.random(in: 0...3, using: &random) * 2] = UInt8.random(in: 0...9, using: &random)
      case 7: packet.replaceSubrange(at..<min(packet.count, at + 2), with: [0xC0, UInt8.random(in: 0...64, using: &random)])
      default: packet[at] = [0, 0x3F, 0x40, 0x80, 0xC0, 0xFF].randomElement(using: &random) ?? 0
      }
    }
    return packet.count > 4000 ? Array(packet[..<4000]) : packet
  }
}

/// Packets that were right.
enum Seeds {
  static let queries: [[UInt8]] = [
    Message.query("chat.deepseek.com"), Message.query("deepseek.com", 65), Message.query("www.example.org", 28),
    Message.query("www.example.org", 1, edns: nil), Message.query("deepseek.com", 255), Message.query("x.org", 16, recordClass: 3),
    Message.query("deepseek.com.explain.sinkhole.internal", 16, recordClass: 3),
    Message.query("www.example.org", 1, edns: .init(flags: 0x8000, options: [0, 10, 0, 8, 1, 2, 3, 4, 5, 6, 7, 8])),
    Message.query("www.example.org", 1, edns: .init(options: [0, 8, 0, 7, 0, 1, 24, 0, 10, 9, 8, 0, 15, 0, 2, 0, 0])),
    Message.query("tcp.example.net"), Message.query("nx.example.net"), Message.query("garden.example.net"),
    Message.query("x.wild.example.net", 65), Message.query("data.example.net", 255), Message.query("www.example.org", 65), Message.query(String(repeating: "a.", count: 126) + "b"),
    tsig,
  ]

  /// A query with a TSIG record, which ldns would leak two of.
  private static var tsig: [UInt8] {
    var query = Message.query("www.example.org", edns: nil)
    query[11] = 1
    let rdata = Message.wire("hmac-sha256") + [0, 0, 0x65, 0, 0, 0, 1, 44, 0, 4, 1, 2, 3, 4, 0, 0, 0, 0, 0, 0]
    return query + Message.record(250, rdata, ttl: 0, owner: "key", recordClass: 255)
  }

  /// Every kind of trigger and action, so that spoilt responses are judged wherever they lead.
  static let zone =
    TestServer.zone + """

      garden.example.net CNAME www.example.org.
      *.wild.example.net CNAME *.example.org.
      data.example.net A 192.0.2.9
      data.example.net TXT "local"
      32.2.2.0.192.rpz-ip CNAME .
      24.0.100.51.198.rpz-ip CNAME deepseek.service.sinkhole.internal.
      128.1.zz.db8.2001.rpz-ip CNAME rpz-drop.
      32.77.2.0.192.rpz-client-ip CNAME .
      """

  /// RDATA of an HTTPS record with a target and hints of both families.
  private static let service: [UInt8] =
    [0, 1] + Message.wire("svc.example.org") + [0, 1, 0, 3, 2, 0x68, 0x32, 0, 4, 0, 8, 198, 51, 100, 1, 192, 0, 2, 7]
    + [0, 6, 0, 16, 0x20, 1, 0x0D, 0xB8] + [UInt8](repeating: 0, count: 11) + [1]

  /// Right responses to `query`.
  static func responses(to query: [UInt8]) -> [[UInt8]] {
    let alias = Message.record(5, Message.wire("target.example.org"))
    return [
      Message.response(to: query, answers: [Message.address("192.0.2.1")]),
      Message.response(to: query, answers: [alias, Message.address("192.0.2.2", owner: "target.example.org")]),
      Message.response(to: query, rcode: 3, authority: [Message.soa()]),
      Message.response(to: query, authority: [Message.soa()], withOPT: false),
      Message.response(to: query, answers: (0..<40).map { Message.address("192.0.2.\($0)") }),
      Message.response(to: query, rcode: 2),
      Message.response(
        to: query,
        answers: [
          Message.record(5, Message.wire("a.example.org")),
          Message.record(5, Message.wire("chat.deepseek.com"), owner: "a.example.org"),
          Message.address("198.51.100.9", owner: "chat.deepseek.com"),
        ]),
      Message.response(to: query, answers: [Message.record(65, service)]),
      Message.response(
        to: query, answers: [Message.record(5, Message.wire("x.wild.example.net")), Message.record(64, service, owner: "x.wild.example.net")]
      ),
    ]
  }
}

/// What a run came to.
struct Tally: CustomStringConvertible {
  var packets = 0
  var answers = 0
  var silences = 0
  var faults = 0

  var description: String { "\(packets) packets, \(answers) answered, \(silences) unanswered, \(faults) faults" }

  /// Notes what is wrong with `answer` to `query`.
  mutating func judge(_ answer: [UInt8], to query: [UInt8]) {
    answers += 1
    guard let problem = Judge.problem(answer, query) else { return }
    faults += 1
    print("fault: \(problem)\n  query \(query)\n  answer \(answer)")
  }
}

enum Judge {
  private static let codes: Set<Int> = [0, 1, 2, 3, 4, 5, 16]

  /// Nil when `answer` is what RFC 1035, 6891 and 8906 allow.
  static func problem(_ answer: [UInt8], _ query: [UInt8]) -> String? {
    guard let message = Message(answer) else { return "not well formed" }
    guard query.count >= 12, query[2] & 0x80 == 0 else { return "an answer to what is no query" }
    guard message.isResponse, message.octets[0..<2] == query[0..<2] else { return "not a response with our ID" }
    guard codes.contains(message.rcode) else { return "RCODE \(message.rcode)" }
    if message.questionCount == 0 {
      return answer.count == 12 ? nil : "records without a question"
    }
    guard query.count >= message.questionEnd, Array(query[12..<message.questionEnd]) == message.question else {
      return "another question"
    }
    return message.additional.filter { $0.type == 41 }.count > 1 ? "two OPT" : nil
  }
}
