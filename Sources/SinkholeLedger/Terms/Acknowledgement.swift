/// A reader has accepted a caution: the service is open to that client until the end.
package struct Acknowledgement: Sendable, Equatable {
  package internal(set) var number: Int64 = 0
  package let client: String
  package let service: String
  /// Id of the rule that cautioned.
  package let rule: String
  /// What the reader called themselves; nil when the rule did not ask.
  package let name: String?
  package let reference: String?
  /// Unix seconds: it holds in `given..<until`.
  package let given: Int64
  package let until: Int64
}
