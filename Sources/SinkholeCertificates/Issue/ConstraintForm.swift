import SwiftASN1
import X509

/// The name constraints of both authorities: which names they may vouch for, and that they may vouch for nothing else.
///
/// 1. DNS names: those permitted and what lies below them, without those excluded and what lies below those.
/// 2. IP addresses: none. 0.0.0.0/0 and ::/0 are excluded, in the form of RFC 5280 section 4.2.1.10: address, then mask.
/// 3. Mail addresses and URIs: none but those of a host that cannot exist. A form of name that is not mentioned would be
///    unconstrained, and an empty exclusion is read as "all" by some and as "nothing" by others; a permitted host that
///    nobody has leaves no doubt.
/// 4. Directory names are not constrained: a leaf has an empty subject, and clients look for hosts in the alternative
///    names alone (RFC 9525 section 2).
enum ConstraintForm {
  /// RFC 2606 keeps `.invalid` free for ever.
  static let nobody = "nobody.invalid"

  static func constraints(permitted: [String], excluded: [String]) -> NameConstraints {
    NameConstraints(
      permittedDNSDomains: permitted, excludedDNSDomains: excluded,
      excludedIPRanges: [
        ASN1OctetString(contentBytes: ArraySlice([UInt8](repeating: 0, count: 8))),
        ASN1OctetString(contentBytes: ArraySlice([UInt8](repeating: 0, count: 32))),
      ],
      permittedEmailAddresses: [nobody], permittedURIDomains: [nobody])
  }
}
