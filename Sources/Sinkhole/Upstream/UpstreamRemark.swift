/// What an upstream says of its answer, said again with its source named: an extended error is never relayed as if it were
/// ours (RFC 8914 section 3).
enum UpstreamRemark {
  private static let longestText = 160

  /// Its extended error; nil without one.
  static func extendedError(_ options: Span<UInt8>, from server: UpstreamServer) -> Response.Remark? {
    guard let data = EDNS.option(EDNS.extendedErrorOption, in: options), data.count >= 2 else { return nil }
    let code = ExtendedError(rawValue: options.uint16(at: data.lowerBound))
    var octets: [UInt8] = []
    for index in (data.lowerBound + 2)..<min(data.upperBound, data.lowerBound + 2 + longestText) {
      octets.append(options[index])
    }
    let text = PlainText.visible(String(decoding: octets, as: UTF8.self))
    return Response.Remark(code, "upstream \(server) says: \(code)\(text.isEmpty ? "" : ": \(text)")")
  }

  /// Why it was no use.
  static func remark(of message: Span<UInt8>, _ walk: MessageWalk?, from server: UpstreamServer) -> Response.Remark {
    guard let walk else { return Response.Remark(.networkError, "upstream \(server) sent what cannot be read") }
    if let remark = extendedError(message.extracting(walk.options), from: server) { return remark }
    let code = ResponseCode(rawValue: UInt16(walk.extendedCode) << 4 | Header.responseCode(message).rawValue)
    return Response.Remark(.networkError, "upstream \(server) says: \(code == .noError ? "a referral" : "\(code)")")
  }
}
