import Crypto
import GRDB

/// One line of the audit: who did what to which thing, and what it was before and after.
package struct AuditEntry: Sendable, Equatable {
  /// From 1, without gaps.
  package let number: Int64
  /// Unix seconds.
  package let at: Int64
  /// `account kim`, `account lee (through console)`, `reader 10.20.7.31 (Kim)`, `clock`.
  package let who: String
  /// `requested`, `approved`, `added`, `denied`, `revoked`, `active`, `ended`, `lapsed`, `acknowledged`, `trimmed`.
  package let what: String
  /// `authorisation 7`, `acknowledgement 3`, `audit`.
  package let subject: String
  package let before: String
  package let after: String
  package let reference: String
  /// SHA-256 over the hash of the entry before and all of the above, 64 hexadecimal digits.
  package let hash: String

  /// Every field with its length before it, so that no two entries read the same.
  static func hash(
    after previous: String, number: Int64, at: Int64, _ texts: [String]
  ) -> String {
    var function = SHA256()
    for text in [previous, "\(number)", "\(at)"] + texts {
      function.update(data: Array("\(text.utf8.count):\(text)".utf8))
    }
    return function.finalize().map { octet in (octet < 16 ? "0" : "") + String(octet, radix: 16) }.joined()
  }

  func isRight(after previous: String) -> Bool {
    hash == AuditEntry.hash(after: previous, number: number, at: at, [who, what, subject, before, after, reference])
  }

  init(_ row: Row) {
    number = row["number"]
    at = row["at"]
    who = row["who"]
    what = row["what"]
    subject = row["subject"]
    before = row["before"]
    after = row["after"]
    reference = row["reference"]
    hash = row["hash"]
  }
}

/// Who is written into the audit. A reader's name is their own word, so it stands behind the client that it came from.
enum Actor {
  case person(Person)
  case reader(client: String, name: String?)
  case clock

  var text: String {
    switch self {
    case .person(let person): "account \(person)"
    case .reader(let client, let name): "reader \(client)" + (name.map { " (\($0))" } ?? "")
    case .clock: "clock"
    }
  }
}
