import Support

/// What every answer of ours must be, whatever it answers.
enum AnswerCheck {
  private static let codes: Set<Int> = [0, 1, 2, 3, 4, 5, 16]

  /// Nil when `answer` is one that RFC 1035, 6891 and 8906 allow to `query`.
  static func problem(_ answer: [UInt8], to query: [UInt8]) -> String? {
    guard let message = Message(answer) else { return "an answer that is not well formed: \(answer)" }
    guard message.isResponse, answer[0..<2] == query[0..<2] else { return "not a response with the query's ID" }
    guard codes.contains(message.rcode) || answer.count > 12 else { return "RCODE \(message.rcode)" }
    if message.questionCount == 0 { return answer.count == 12 ? nil : "records without a question" }
    guard query.count >= message.questionEnd, Array(query[12..<message.questionEnd]) == message.question else {
      return "another question: \(answer)"
    }
    return message.additional.filter { $0.type == 41 }.count > 1 ? "two OPT" : nil
  }
}
