/// Which records a reader wants: those that meet everything that is set.
package struct RecordFilter: Sendable {
  /// Whose records: what was written of a client depends on `ClientPrivacy`, so one may be asked for in several ways.
  package struct Client: Sendable {
    private let prefix: IPPrefix?
    private let pseudonym: String?

    /// Takes an address, a prefix or a pseudonym; nil for anything else.
    /// - Parameter pseudonyms: finds an address under its pseudonym too, where the key is at hand.
    package init?(_ text: String, pseudonyms: ClientPrivacy? = nil) {
      if text.hasPrefix(ClientPrivacy.pseudonymPrefix) {
        (prefix, pseudonym) = (nil, text)
        return
      }
      guard let prefix = IPPrefix(text) else { return nil }
      self.prefix = prefix
      let isOne = prefix.length == prefix.address.octetCount * 8
      pseudonym = isOne ? pseudonyms?.text(of: prefix.address) : nil
    }

    /// Where a network was written, every client in it may be meant: prefixes match when either lies in the other.
    func matches(_ written: String) -> Bool {
      if written == pseudonym { return true }
      guard let prefix, let other = IPPrefix(written) else { return false }
      return prefix.contains(other.address) || other.contains(prefix.address)
    }
  }

  package var service: String?
  package var group: String?
  package var verdict: String?
  package var reference: String?
  /// This name and those below it.
  package var name: Name?
  package var client: Client?
  /// Milliseconds since 1970: lines of which at least one query is not before `since`, and one is before `until`.
  package var since: Int64?
  package var until: Int64?

  package init() {}

  package func matches(_ record: RecordView) -> Bool {
    if let since, (record.last ?? .min) < since { return false }
    if let until, (record.time ?? .max) >= until { return false }
    if let service, !record.has(.service, service) { return false }
    if let group, !record.has(.group, group) { return false }
    if let verdict, !record.has(.verdict, verdict) { return false }
    if let reference, !record.has(.reference, reference) { return false }
    if let name {
      guard let written = record.text(.name).flatMap({ Name($0) }), written.isAtOrBelow(name) else { return false }
    }
    if let client {
      guard let written = record.text(.client), client.matches(written) else { return false }
    }
    return true
  }
}
