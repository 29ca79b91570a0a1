import Foundation
import Sinkhole
import Support
import Testing

/// A play: policy text, what the upstream knows, and steps with what is expected of each. Performed whole over each
/// transport, on a server of its own, so that the first question of a name is asked fresh each time.
struct Play: Sendable, CustomTestStringConvertible {
  let name: String
  /// Groups, policies and whatever else of the configuration the play is about.
  let policy: String
  let zones: [PlayZone]
  /// Records, as in `RecordText`.
  let upstream: [String]
  let habits: [RecordTable.Habit]
  /// Who may ask, and who is believed when it says for whom.
  let listen: String
  let steps: [PlayStep]

  init(
    _ name: String, listen: String = "trusted_forwarders: [127.0.0.53]", policy: String = "", zones: [PlayZone] = [],
    upstream: [String] = [], _ habits: [RecordTable.Habit] = [], steps: [PlayStep]
  ) {
    self.name = name
    self.listen = listen
    self.policy = policy
    self.zones = zones
    self.upstream = upstream
    self.habits = habits
    self.steps = steps
  }

  var testDescription: String { name }
}

struct PlayStep: Sendable {
  enum Act: Sendable {
    /// A question, who asks it, and how.
    case ask(String, PlayAsker)
    /// A snapshot with other policy text, or with other zones, is published.
    case publish(policy: String?, zones: [PlayZone]?)
    /// An exception is made, for an hour.
    case except(Overlay.Kind, String, Overlay.Scope)
    /// The exception with this number ends.
    case end(Int)
  }

  let act: Act
  /// Parts with ` | ` between: RCODE, `TC` or `silence`; records of the answer section in their order, where `<=5` may stand
  /// for a TTL; `SOA OWNER` in authority; `EDE CODE START-OF-TEXT`; `asked NAME TYPE` for each question that reached the
  /// upstream, or `unasked`. A part that is not named is not there, but for the last two, of which nothing said means that it
  /// does not matter.
  let expected: String

  static func ask(_ question: String, _ expected: String, _ asker: PlayAsker = PlayAsker()) -> PlayStep {
    PlayStep(act: .ask(question, asker), expected: expected)
  }

  static func ask(_ question: String, from address: String, _ expected: String) -> PlayStep {
    PlayStep(act: .ask(question, PlayAsker(from: address)), expected: expected)
  }

  static func publish(policy: String? = nil, zones: [PlayZone]? = nil) -> PlayStep {
    PlayStep(act: .publish(policy: policy, zones: zones), expected: "")
  }

  static func except(_ kind: Overlay.Kind, _ service: String, for scope: Overlay.Scope) -> PlayStep {
    PlayStep(act: .except(kind, service, scope), expected: "")
  }

  static func end(_ number: Int) -> PlayStep { PlayStep(act: .end(number), expected: "") }
}

struct PlayAsker: Sendable {
  var from = "127.0.0.1"
  /// Nil: without OPT.
  var edns: Message.EDNS? = Message.EDNS()
  var flags: UInt16 = 0x0100
  /// Nil: whichever the play is performed over.
  var transport: Transport?

  static let signed = PlayAsker(edns: Message.EDNS(flags: 0x8000))
  static let plain = PlayAsker(edns: nil)

  /// A forwarder that says for whom it asks (RFC 7871).
  static func forwarder(
    _ from: String, for subnet: String, scope: UInt8 = 0, over transport: Transport? = nil
  ) -> PlayAsker {
    let edns = Message.EDNS(options: Packet.option(8, clientSubnet(subnet, scope)))
    return PlayAsker(from: from, edns: edns, transport: transport)
  }

  private static func clientSubnet(_ text: String, _ scope: UInt8) -> [UInt8] {
    let parts = text.split(separator: "/")
    guard parts.count == 2, let length = UInt8(parts[1]), let address = IPAddress(String(parts[0])) else { return [] }
    let octets = (0..<(Int(length) + 7) / 8).map { address.octet($0) }
    return Message.be(address.family == .v4 ? 1 : 2) + [length, scope] + octets
  }
}
