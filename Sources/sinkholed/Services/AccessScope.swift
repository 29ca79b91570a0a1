import Sinkhole
import SinkholeLedger
import SinkholeWeb

/// For whom something is opened: between the words of people, the texts of the ledger and the values of the overlay.
enum AccessScope {
  /// A client as the ledger knows it: an IPv6 host by its /64, for it takes as many addresses there as it likes.
  static func client(_ address: IPAddress) -> String {
    let address = address.unmapped
    return address.family == .v4 ? "\(address)" : "\(IPPrefix(around: address, length: 64))"
  }

  /// - Throws: what was written is no client, prefix or group, with the remedy.
  static func read(_ input: GrantInput, _ policy: Policy) throws(AdministrationProblem) -> LiftScope? {
    let given = [input.client, input.prefix, input.group].compactMap(\.self)
    guard given.count <= 1 else { throw .input("client, prefix and group together. Give one of them.") }
    if let text = input.client {
      guard let address = IPAddress(text), !address.isUnspecified else {
        throw .input("\"\(text)\" is no IP address. Give a client's.")
      }
      return .client(client(address))
    }
    if let text = input.prefix {
      guard let prefix = IPPrefix(text) else {
        throw .input(
          "\"\(text)\" is no prefix. Write 192.0.2.0/24 or 2001:db8::/32, with no bit set beyond its length.")
      }
      let longest = prefix.address.family == .v4 ? 32 : 64
      guard (1...longest).contains(prefix.length) else {
        let remedy = prefix.length == 0 ? "For everyone, change the policy." : "IPv6 clients count by /64: use client."
        throw .input("\(prefix) has \(prefix.length) bits, expected 1 to \(longest). \(remedy)")
      }
      return .prefix("\(prefix)")
    }
    guard let name = input.group else { return nil }
    let known = policy.groups.compactMap(\.name)
    guard known.contains(name) else { throw unknown("group", name, among: known) }
    return .group(name)
  }

  static func services(_ ids: [String], _ policy: Policy) throws(AdministrationProblem) {
    for id in ids where policy.services[id] == nil {
      throw unknown("service", id, among: policy.services.keys.sorted())
    }
  }

  private static func unknown(_ kind: String, _ word: String, among known: [String]) -> AdministrationProblem {
    let meant = Spelling.nearest(to: word, among: known).map { " Did you mean \"\($0)\"?" } ?? " Correct it."
    return .input("there is no \(kind) \"\(word)\".\(meant)")
  }

  /// Nil for what no version of ours has written.
  static func overlayScope(_ scope: LiftScope) -> Overlay.Scope? {
    switch scope {
    case .client(let text): IPPrefix(text).map { .client($0.address) }
    case .prefix(let text): IPPrefix(text).map { .prefix($0) }
    case .group(let name): .group(name)
    }
  }
}
