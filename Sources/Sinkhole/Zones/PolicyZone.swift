/// A policy zone as read from its source: triggers and actions, with the file and line that each stands on. Immutable;
/// snapshots share it, so that a reload costs nothing for a source that has not changed.
package struct PolicyZone: Sendable {
  /// What a trigger's record says to do (draft-vixie-dnsop-dns-rpz section 3).
  package enum Action: Hashable, Sendable {
    /// A redirect to `ID.service.sinkhole.internal.`: the AI service that the name belongs to.
    case service(String)
    /// An entry of a list, which names but does not say what to do.
    case listed
    /// `CNAME .`
    case nxdomain
    /// `CNAME *.`
    case nodata
    /// `CNAME rpz-passthru.`, or the old form, a CNAME to the trigger itself; the exception of a list.
    case passthru
    /// `CNAME rpz-drop.`
    case drop
    /// `CNAME rpz-tcp-only.`
    case tcpOnly
    /// Records of any type but CNAME: all that the name has.
    case data([LocalRecord])
    /// `CNAME garden.example.`: the name is an alias of that one.
    case alias(Name)
    /// `CNAME *.garden.example.`: of the name asked for, put before that one.
    case wildcardAlias(Name)
    /// A name that rules of the configuration hold themselves; which ones, the policy knows by this number.
    case named(Int)
  }

  /// One record of local data. Its owner is the name asked for.
  package struct LocalRecord: Hashable, Sendable {
    package let type: RecordType
    /// Seconds.
    package let ttl: UInt32
    /// Uncompressed wire form.
    package let rdata: [UInt8]

    package init(type: RecordType, ttl: UInt32, rdata: [UInt8]) {
      self.type = type
      self.ttl = ttl
      self.rdata = rdata
    }
  }

  /// A trigger on the client's address (section 4.1) or on an address in the response (section 4.3).
  package struct AddressTrigger: Sendable, Hashable {
    package let prefix: IPPrefix
    /// Index into `actions`.
    package let action: UInt16
    /// Index into `files`.
    package let file: UInt16
    package let line: UInt32

    package init(prefix: IPPrefix, action: UInt16, file: UInt16, line: UInt32) {
      self.prefix = prefix
      self.action = action
      self.file = file
      self.line = line
    }
  }

  /// How the names of a zone relate to each other.
  package enum Form: Sendable {
    /// RFC 4592: a name that exists hides the wildcards above it.
    case zone
    /// Entries are plain subtrees: the closest one above a name that says something holds.
    case list
  }

  /// One AI product, from the TXT record at `ID.service.sinkhole.internal`.
  package struct Service: Sendable, Hashable {
    package let id: String
    /// `name`, `name.ko`, `vendor`, `jurisdiction`, `category`, `home` and others as written.
    package var facts: [String: String]
    package var name: String { facts["name"] ?? id }

    package init(id: String, facts: [String: String]) {
      self.id = id
      self.facts = facts
    }
  }

  /// Entries that were read and not taken, of one kind.
  package struct Skip: Sendable, Hashable {
    package enum Cause: Sendable, Hashable {
      /// It would shut out far more than a service: the root, a top-level domain, a public suffix, a name of our own or one
      /// never to be blocked. `check --strict` fails on it.
      case guarded
      /// It is well written, and nothing that a forwarder can act on.
      case inexpressible
      /// It is no valid entry: what a list has between names, of which one with many is refused; a trigger on no address.
      case malformed
    }

    package let cause: Cause
    package let reason: String
    package internal(set) var count: Int
    /// What is wrong with the first of them, where the reason does not say all.
    package let example: String?
    /// Where the first of them stands; line and column from 1.
    package let file: String
    package let line: Int
    package let column: Int
  }

  /// What the operator calls it: `ai-chat`.
  package internal(set) var title: String
  /// The file that it was read from, then those that it includes.
  package internal(set) var files: [String]
  package let form: Form
  package internal(set) var origin = Name()
  package internal(set) var serial: UInt32 = 0
  package internal(set) var triggers = TriggerArena()
  package internal(set) var clientTriggers: [AddressTrigger] = []
  package internal(set) var addressTriggers: [AddressTrigger] = []
  package internal(set) var actions: [Action] = []
  package internal(set) var services: [String: Service] = [:]
  package internal(set) var skipped: [Skip] = []
  /// Triggers of all kinds.
  package internal(set) var triggerCount = 0

  package var file: String { files[0] }

  init(file: String, title: String, form: Form) {
    files = [file]
    self.title = title
    self.form = form
  }

  /// `zones/chat.zone:14`, of the QNAME trigger whose entry lies at `offset`.
  package func place(ofEntryAt offset: UInt32, isWildcard: Bool) -> String {
    let place = triggers.place(ofEntryAt: offset, isWildcard: isWildcard)
    return "\(files[place.file]):\(place.line)"
  }
}
