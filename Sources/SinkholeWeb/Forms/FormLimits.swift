/// The bounds of what a reader may write. The fields of the page carry the same ones, so that a browser says so first.
package enum FormLimits {
  /// Octets of a body: the longest reason in Korean, percent-encoded, is some 9 octets a character.
  package static let bodyOctets = 12 * 1024
  /// Unicode scalars: what looks like one character may have thousands.
  package static let nameLength = 80
  package static let reasonLength = 500
  /// What may be asked for, in days.
  package static let days = [1, 7, 30, 90]
  /// Fields in a body; no form of ours has as many.
  static let fields = 8
  /// Seconds in which a form can be sent after its page was made. Longer than a reader thinks about it, and shorter
  /// than a page is kept open by accident.
  static let tokenLife: UnixSeconds = 3600
  /// Seconds in which the address of a receipt works, the process willing.
  static let receiptLife: UnixSeconds = 90 * 86_400
}
