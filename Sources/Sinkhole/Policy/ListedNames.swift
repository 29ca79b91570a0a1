/// Every name that zones list, for tools that go through all of them.
package struct ListedNames {
  package struct Trigger {
    package let name: Name
    package let isWildcard: Bool
    package let action: PolicyZone.Action

    package var text: String { isWildcard ? name.isRoot ? "*." : "*.\(name)" : "\(name)" }

    /// A name that the trigger covers, to be asked for; nil when none fits in 255 octets.
    package var probe: Name? {
      guard isWildcard else { return name }
      var octets: [UInt8] = [1, UInt8(ascii: "x")]
      for index in 0..<name.length { octets.append(name.wire[index]) }
      return Name(wire: octets.span)
    }
  }

  private let zones: [PolicyZone]
  package init(_ zones: [PolicyZone]) { self.zones = zones }

  /// Calls `body` with each trigger on a name, and the number of its zone.
  package func forEach(_ body: (_ zone: Int, Trigger) throws -> Void) rethrows {
    for (number, zone) in zones.enumerated() {
      let arena = zone.triggers
      var offset = 0
      while offset < arena.octets.count {
        let entry = arena.entry(at: offset)
        offset = entry.end
        let octets = arena.octets[entry.nameStart..<(entry.nameStart + entry.nameLength)] + [0]
        guard let name = Name(wire: octets.span) else { continue }
        if let action = entry.exactAction {
          try body(number, Trigger(name: name, isWildcard: false, action: zone.actions[Int(action)]))
        }
        if let action = entry.wildcardAction {
          try body(number, Trigger(name: name, isWildcard: true, action: zone.actions[Int(action)]))
        }
      }
    }
  }
}
