/// Which of a zone's triggers on addresses rules over an address: the one with the longest prefix (draft-vixie-dnsop-dns-rpz
/// sections 4.1.1 and 4.3).
package struct AddressIndex: Sendable {
  private let triggers: [PolicyZone.AddressTrigger]
  private let prefixes: PrefixMap<UInt16>

  /// - Parameter triggers: those of one zone and one kind, `clientTriggers` or `addressTriggers`. Of two with one prefix
  ///   the first holds.
  package init(_ triggers: [PolicyZone.AddressTrigger]) {
    self.triggers = triggers
    prefixes = PrefixMap(triggers.map { ($0.prefix, $0.action) })
  }

  package var isEmpty: Bool { triggers.isEmpty }

  /// The action, an index into the zone's actions, and the index of the trigger that asks for it. An IPv4-mapped IPv6
  /// address has been unmapped.
  @inline(__always)
  package func match(_ address: IPAddress) -> (action: UInt16, trigger: Int)? {
    prefixes.entry(for: address).map { (action: $0.value, trigger: $0.index) }
  }

  /// A fault for each trigger that asks for another action than one with the same prefix before it.
  ///
  /// - Parameter zone: the one that the triggers are of.
  package func conflicts(in zone: PolicyZone) -> [Fault] {
    prefixes.duplicates.compactMap { duplicate in
      let first = triggers[duplicate.first]
      let second = triggers[duplicate.second]
      guard first.action != second.action else { return nil }
      let file = first.file == second.file ? "" : " of \(zone.files[Int(first.file)])"
      return Fault(
        file: zone.files[Int(second.file)], line: Int(second.line), column: 1,
        "\"\(second.prefix)\" has another action on line \(first.line)\(file)", remedy: "Keep one of the two.")
    }
  }
}
