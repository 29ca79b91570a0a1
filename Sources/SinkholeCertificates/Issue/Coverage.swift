/// Which of the policy's names an authority can vouch for.
package struct Coverage: Sendable, Equatable {
  /// Names that certificates are minted for, with what lies below them: those of the policy that the delegation covers,
  /// and those of the delegation that lie below a broader one of the policy.
  package let covered: [String]
  /// Names of the policy that lie outside the delegation, wholly or in part. They get no certificate.
  package let missing: [String]
  /// Names of the policy that no certificate can bear.
  package let unfitCount: Int
}
