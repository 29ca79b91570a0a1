/// The NSID option (RFC 5001): which of several servers behind one address has answered. Written into the OPT of a finished
/// response to a query that asked for it.
package struct ServerIdentifier: Sendable {
  /// Octets; a longer one would not fit beside an answer.
  package static let maximumLength = 128

  private let octets: [UInt8]

  /// `text` in UTF-8, which RFC 5001 section 3.1 leaves to the operator; cut to `maximumLength`.
  package init(_ text: String) { octets = Array(text.utf8.prefix(ServerIdentifier.maximumLength)) }

  /// Appends the option to the OPT that ends the response of `length` octets; returns its length now. One without an OPT,
  /// or without room, stays as it is: the rest of the answer matters more.
  package func append(to message: inout MutableSpan<UInt8>, length: Int, for query: QueryHead) -> Int {
    let size = 4 + octets.count
    guard length + size <= min(query.responseLimit, message.count), let fields = optFields(message, length, query)
    else { return length }
    let options = Int(message.uint16(at: fields + 8))
    guard fields + 10 + options == length else { return length }
    message.store(UInt16(options + size), at: fields + 8)
    message.store(EDNS.serverOption, at: length)
    message.store(UInt16(octets.count), at: length + 2)
    message.copy(octets.span, at: length + 4)
    return length + size
  }

  /// The offset of the TYPE of the last record, when that is an OPT.
  private func optFields(_ message: borrowing MutableSpan<UInt8>, _ length: Int, _ query: QueryHead) -> Int? {
    let response = message.span.extracting(0..<length)
    // A bare header has nothing to append to.
    guard length > query.questionEnd else { return nil }
    var left =
      Int(response.uint16(at: Header.answerCount)) + Int(response.uint16(at: Header.authorityCount))
      + Int(response.uint16(at: Header.additionalCount))
    var offset = query.questionEnd
    while left > 0 {
      guard let fields = MessageWalk.skipName(response, from: offset), fields + 10 <= length else { return nil }
      left -= 1
      if left == 0 { return RecordType(rawValue: response.uint16(at: fields)) == .opt ? fields : nil }
      offset = fields + 10 + Int(response.uint16(at: fields + 8))
    }
    return nil
  }
}
