import Sinkhole

/// What our own readers see in a message, in one line: for comparison with what others see in it.
package enum Reading {
  /// `drop`, `reject`, or `query NAME TYPE CLASS`, the name as hexadecimal octets in lower case.
  package static func query(_ message: [UInt8]) -> String {
    var query = Query()
    switch query.read(message.span, over: .tcp) {
    case .drop: return "drop"
    case .reject, .refuse: return "reject"
    case .query, .cookie:
      let name = query.name
      return "query \(hexadecimal(name.wire)) \(query.type.rawValue) \(query.recordClass.rawValue)"
    }
  }

  /// `reject`, or `response ANSWERS AUTHORITY TTL`: the least TTL of the answers, `-` without any.
  package static func response(_ message: [UInt8]) -> String {
    // The forwarder has seen that there is one question, its own, before it walks.
    guard message.count > Header.length, message.span.uint16(at: Header.questionCount) == 1,
      let end = Name.end(of: message.span, from: Header.length), end + 4 <= message.count,
      let walk = MessageWalk(message.span, questionEnd: end + 4)
    else { return "reject" }
    return "response \(walk.answers) \(walk.authority) \(walk.leastTTL.map { String($0) } ?? "-")"
  }

  private static func hexadecimal(_ octets: Span<UInt8>) -> String {
    let digits = Array("0123456789abcdef")
    var text = ""
    for index in octets.indices {
      text.append(digits[Int(octets[index] >> 4)])
      text.append(digits[Int(octets[index] & 15)])
    }
    return text
  }
}
