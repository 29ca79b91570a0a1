/// A policy zone as read: its triggers and actions, with the line that each stands on.
///
/// Owner names lie in one array, triggers in another, so that a million of them are a few
/// allocations.
package struct PolicyZone: Sendable {
  /// What the zone's record says to do (draft-vixie-dnsop-dns-rpz section 3).
  package enum Action: Hashable, Sendable {
    /// A redirect to `ID.service.sinkhole.internal.`: the AI service that the name belongs to.
    case service(String)
    /// `CNAME .`
    case nxdomain
    /// `CNAME *.`
    case nodata
    /// `CNAME rpz-passthru.`, or the old form, a CNAME to the trigger itself.
    case passthru
    /// `CNAME rpz-drop.`
    case drop
    /// `CNAME rpz-tcp-only.`
    case tcpOnly
  }

  /// A QNAME trigger (section 4.2).
  package struct Trigger: Sendable {
    let nameOffset: UInt32
    let nameLength: UInt8
    /// Written `*.` before the name.
    package let isWildcard: Bool
    /// Index into `actions`.
    package let action: UInt16
    package let line: UInt32
  }

  /// One AI product, from the TXT record at `ID.service.sinkhole.internal`.
  package struct Service: Sendable, Hashable {
    package let id: String
    /// `name`, `name.ko`, `vendor`, `jurisdiction`, `category`, `home` and others as written.
    package var facts: [String: String]
    package var name: String { facts["name"] ?? id }
  }

  /// Rules that were read and not taken, of one kind.
  package struct Skip: Sendable, Hashable {
    package let reason: String
    package var count: Int
    /// The first of them.
    package let line: Int
  }

  package let file: String
  package internal(set) var origin = Name()
  package internal(set) var serial: UInt32 = 0
  package internal(set) var triggers: [Trigger] = []
  package internal(set) var actions: [Action] = []
  package internal(set) var services: [String: Service] = [:]
  package internal(set) var skipped: [Skip] = []
  var names: [UInt8] = []

  init(file: String) { self.file = file }

  /// The name of `trigger` in canonical wire form, without its `*.`
  package func name(of trigger: Trigger) -> ArraySlice<UInt8> {
    names[Int(trigger.nameOffset)..<(Int(trigger.nameOffset) + Int(trigger.nameLength))]
  }

  /// The first label of the origin, as people say it: `ai-chat`, `bypass`.
  package var title: String {
    String(origin.description.prefix(while: { $0 != "." }))
  }
}
