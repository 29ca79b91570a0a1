/// Who decides, as the server knows it and not as they say.
package struct Person: Sendable, Hashable {
  /// The account that the request came from, or the name that an account which may speak for others gave.
  package let name: String
  /// The account itself.
  package let account: String

  package init(name: String, account: String) {
    self.name = name
    self.account = account
  }

  package init(account: String) { self.init(name: account, account: account) }

  /// One person under any spelling of a name: letters of either case.
  func isSame(as other: Person) -> Bool { name.lowercased() == other.name.lowercased() }
}

extension Person: CustomStringConvertible {
  /// `kim`, or `kim (through console)`.
  package var description: String { name == account ? name : "\(name) (through \(account))" }
}
