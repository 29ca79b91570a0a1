/// Looks for what rules over one name while sources are read. It keeps the records above that name, 25 a zone at most, and
/// comes to what the policy's index comes to: in a zone the closest encloser decides (RFC 4592), in a list the closest entry
/// that says something.
package final class NameFinder: SourceVisitor {
  /// A record that was found.
  package struct Record: Sendable {
    package let owner: String
    package let action: PolicyZone.Action
    package let place: SourcePlace
    /// It is a list's entry for an excepted name.
    fileprivate let isPassthru: Bool
  }

  /// What one zone says.
  package struct Answer: Sendable {
    package let zone: PolicyZone
    package let record: Record
    /// The record names the very name; otherwise one above it, with `*.` before it.
    package let isExact: Bool
  }

  /// A wildcard that would cover the name, were it not for a closer name that exists in its zone.
  package struct Hidden: Sendable {
    package let record: Record
    package let by: String
  }

  package let name: Name
  package private(set) var answers: [Answer] = []
  package private(set) var hidden: [Hidden] = []
  /// Of all zones, whether or not they were named.
  package private(set) var services: [String: PolicyZone.Service] = [:]
  package private(set) var zones = 0

  private let wire: [UInt8]
  /// Where the labels of the name start, the top-level label first.
  private let labels: [Int]
  private var exact: Record?
  /// By labels of the name that the wildcard stands before.
  private var wildcards: [Int: Record] = [:]
  /// Labels of the deepest name above ours that exists, and what makes it exist.
  private var closest = (labels: 0, owner: "")

  package init(_ name: Name) {
    self.name = name
    wire = [UInt8](copying: name.wire)
    var starts: [Int] = []
    var at = 0
    while wire[at] != 0 {
      starts.append(at)
      at += Int(wire[at]) + 1
    }
    labels = starts.reversed()
  }

  package func take(
    _ name: Span<UInt8>, _ part: TriggerArena.Flags, _ action: PolicyZone.Action, at place: SourcePlace
  ) {
    let (shared, count) = compare(name)
    guard shared > 0 else { return }
    if shared > closest.labels { closest = (shared, NameFinder.text(name, part)) }
    guard shared == count else { return }
    if count == labels.count {
      if part.contains(.exact) { keep(&exact, name, .exact, action, place) }
    } else if part.contains(.wildcard) {
      keep(&wildcards[count], name, part, action, place)
    }
  }

  package func take(_ service: PolicyZone.Service, at place: SourcePlace) {
    if services[service.id] == nil { services[service.id] = service }
  }

  /// The first record of a trigger holds, but an exception of a list before all.
  private func keep(
    _ slot: inout Record?, _ name: Span<UInt8>, _ part: TriggerArena.Flags, _ action: PolicyZone.Action,
    _ place: SourcePlace
  ) {
    let isPassthru = action == .passthru
    if let slot, slot.isPassthru || !isPassthru { return }
    slot = Record(owner: NameFinder.text(name, part), action: action, place: place, isPassthru: isPassthru)
  }

  private static func text(_ name: Span<UInt8>, _ part: TriggerArena.Flags) -> String {
    (part == .wildcard ? "*." : "") + Name.presentation(of: name)
  }

  /// How many labels from the root on `owner` and our name share, and how many `owner` has.
  private func compare(_ owner: Span<UInt8>) -> (shared: Int, count: Int) {
    guard let starts = LabelStarts(owner) else { return (0, 0) }
    var shared = 0
    while shared < min(starts.count, labels.count) {
      let start = starts.start(shared + 1)
      let length = Int(owner[start])
      guard length == Int(wire[labels[shared]]) else { break }
      for index in 1..<(length + 1) where owner[start + index] != wire[labels[shared] + index] {
        return (shared, starts.count)
      }
      shared += 1
    }
    return (shared, starts.count)
  }

  /// Closes a zone, whose records have all been told.
  package func end(of zone: PolicyZone) {
    zones += 1
    let deepest = wildcards.keys.max()
    if let exact {
      answers.append(Answer(zone: zone, record: exact, isExact: true))
    } else if let deepest, let record = wildcards[deepest] {
      if zone.form == .list || deepest == closest.labels {
        answers.append(Answer(zone: zone, record: record, isExact: false))
      } else {
        hidden.append(Hidden(record: record, by: closest.owner))
      }
    }
    exact = nil
    wildcards = [:]
    closest = (0, "")
  }
}
