/// Answers that say no, or say that there is nothing to say.
package enum Refusal {
  private static let prohibited = Response.Remark(.prohibited, "this client may not ask here")
  private static let recursionNotDesired = Response.Remark(.notAuthoritative, "a forwarder answers with RD=1 only")
  private static let classNotServed = Response.Remark(.notSupported, "only class IN is served")
  private static let transfer = Response.Remark(.notSupported, "no zone transfer here")
  private static let noUpstream = Response.Remark(.noReachableAuthority, "no upstream answered")
  private static let badUpstream = Response.Remark(.networkError, "no upstream gave a usable answer")
  private static let failedBefore = Response.Remark(.cachedError, "no upstream had an answer a moment ago")
  private static let rebinding = Response.Remark(
    .blocked, "a name of the outside with an address of the inside: rebinding protection")
  private static let full = Response.Remark(.other, "too many queries in flight")
  private static let metaType = Response.Remark(.notSupported, "this type is no data of a name")
  /// CPU and OS of the one HINFO that answers ANY (RFC 8482 section 4.2).
  private static let anyRDATA: [UInt8] = [7] + Array("RFC8482".utf8) + [0]
  private static let hinfo = RecordType(rawValue: 13)

  package enum Reason: Sendable {
    case prohibited
    case recursionNotDesired
    case classNotServed
    case transfer
    case metaType
    case noUpstream
    case badUpstream
    case full
    /// It failed a moment ago and is not tried again yet.
    case failedBefore
    /// Private addresses in a public name.
    case rebinding
  }

  package static func write(
    _ reason: Reason, remark other: Response.Remark? = nil, to query: QueryHead, in message: inout MutableSpan<UInt8>
  ) -> Int {
    let (code, remark): (ResponseCode, Response.Remark) =
      switch reason {
      case .prohibited: (.refused, prohibited)
      case .recursionNotDesired: (.refused, recursionNotDesired)
      case .classNotServed: (.refused, classNotServed)
      case .transfer: (.refused, transfer)
      case .metaType: (.notImplemented, metaType)
      case .noUpstream: (.serverFailure, noUpstream)
      case .badUpstream: (.serverFailure, badUpstream)
      case .full: (.serverFailure, full)
      case .failedBefore: (.serverFailure, failedBefore)
      case .rebinding: (.noError, rebinding)
      }
    return Response(to: query).finish(code, to: query, remark: other ?? remark, in: &message)
  }

  /// The question and an OPT with this RCODE: BADVERS, BADCOOKIE.
  package static func write(_ code: ResponseCode, to query: QueryHead, in message: inout MutableSpan<UInt8>) -> Int {
    Response(to: query).finish(code, to: query, in: &message)
  }

  /// The question with TC: what there is to say is said over TCP.
  package static func writeTruncated(
    to query: QueryHead, remark: Response.Remark? = nil, in message: inout MutableSpan<UInt8>
  ) -> Int {
    var response = Response(to: query)
    response.adopt(octets: 0, answers: 0, authority: 0, additional: 0, truncated: true)
    return response.finish(.noError, to: query, remark: remark, in: &message)
  }

  /// ANY of an open name: one small record instead of everything an attacker could ask for.
  package static func writeAny(to query: QueryHead, in message: inout MutableSpan<UInt8>) -> Int {
    var response = Response(to: query)
    response.append(hinfo, ttl: 3600, rdata: anyRDATA.span, to: &message)
    return response.finish(.noError, to: query, in: &message)
  }
}
