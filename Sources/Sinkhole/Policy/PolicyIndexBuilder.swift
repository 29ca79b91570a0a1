/// Builds a `PolicyIndex` from zones, in their order.
struct PolicyIndexBuilder {
  private var slots: [UInt64]
  private var nodes: [PolicyIndex.Node] = []
  private var names: [UInt8] = []
  private var deepest = 0
  private(set) var faults: [Fault] = []
  private var hasWildcards = false

  /// - Parameter capacity: triggers to come; the table grows when more names turn up.
  init(capacity: Int) {
    slots = Array(repeating: 0, count: PolicyIndexBuilder.tableSize(for: capacity))
    nodes.reserveCapacity(capacity)
  }

  /// Adds every trigger of `zone`, the `position`th; `action` gives the policy's index of a zone's action.
  mutating func add(_ zone: PolicyZone, position: Int, action: (UInt16) -> UInt16) {
    var wildcards = false
    for trigger in zone.triggers {
      guard let name = Name(wire: zone.name(of: trigger).span) else { continue }
      let index = node(of: name, zone: UInt8(position))
      let value = action(trigger.action)
      let known = trigger.isWildcard ? nodes[index].wildcard : nodes[index].exact
      if known != 0 {
        if known != value { reportConflict(trigger, name, in: zone, with: nodes[index]) }
        continue
      }
      if trigger.isWildcard {
        wildcards = true
        nodes[index].wildcard = value
        nodes[index].wildcardLine = trigger.line
      } else {
        nodes[index].exact = value
        nodes[index].exactLine = trigger.line
      }
    }
    if wildcards { addEncloserNodes(of: zone, position: position) }
  }

  func finish() -> PolicyIndex {
    PolicyIndex(slots: slots, nodes: nodes, names: names, deepest: deepest)
  }

  private mutating func reportConflict(
    _ trigger: PolicyZone.Trigger, _ name: Name, in zone: PolicyZone, with node: PolicyIndex.Node
  ) {
    let line = trigger.isWildcard ? node.wildcardLine : node.exactLine
    faults.append(
      Fault(
        file: zone.file, line: Int(trigger.line), column: 1,
        "\"\(trigger.isWildcard ? "*." : "")\(name)\" has another action on line \(line)",
        remedy: "Keep one of the two."))
  }

  /// Names between a wildcard and a deeper trigger exist too (RFC 4592 section 2.2.2).
  private mutating func addEncloserNodes(of zone: PolicyZone, position: Int) {
    for trigger in zone.triggers {
      guard let name = Name(wire: zone.name(of: trigger).span) else { continue }
      var between: [Name] = []
      var ancestor = name.parent
      while let candidate = ancestor, !candidate.isRoot {
        if let index = existing(candidate, zone: UInt8(position)), nodes[index].wildcard != 0 {
          for name in between { _ = node(of: name, zone: UInt8(position)) }
          between = []
        } else {
          between.append(candidate)
        }
        ancestor = candidate.parent
      }
    }
  }

  // MARK: The table

  private func existing(_ name: Name, zone: UInt8) -> Int? {
    var next = head(of: name).reference
    while next != 0 {
      let node = nodes[Int(next) - 1]
      if node.zone == zone { return Int(next) - 1 }
      next = node.next
    }
    return nil
  }

  /// The node of `name` in `zone`, made when there is none yet.
  private mutating func node(of name: Name, zone: UInt8) -> Int {
    if (nodes.count + 1) * 2 > slots.count { grow() }
    let found = head(of: name)
    var last = found.reference
    var next = found.reference
    while next != 0 {
      if nodes[Int(next) - 1].zone == zone { return Int(next) - 1 }
      last = next
      next = nodes[Int(next) - 1].next
    }
    let reference = UInt32(nodes.count + 1)
    let nameOffset: UInt32
    if last != 0 {
      nameOffset = nodes[Int(last) - 1].nameOffset
      nodes[Int(last) - 1].next = reference
    } else {
      nameOffset = UInt32(names.count)
      for position in 0..<name.length { names.append(name.wire[position]) }
      slots[found.slot] = UInt64(found.tag) << 32 | UInt64(reference)
      deepest = max(deepest, name.labelCount)
    }
    nodes.append(PolicyIndex.Node(nameOffset: nameOffset, nameLength: UInt8(name.length), zone: zone))
    return Int(reference) - 1
  }

  private func head(of name: Name) -> (slot: Int, tag: UInt32, reference: UInt32) {
    var hashes = SuffixHashes()
    hashes.update(name.wire)
    let tag = UInt32(truncatingIfNeeded: hashes.whole >> 32)
    var index = Int(truncatingIfNeeded: hashes.whole) & (slots.count - 1)
    while slots[index] != 0 {
      let reference = UInt32(truncatingIfNeeded: slots[index])
      if UInt32(truncatingIfNeeded: slots[index] >> 32) == tag, isName(nodes[Int(reference) - 1], name) {
        return (index, tag, reference)
      }
      index = (index + 1) & (slots.count - 1)
    }
    return (index, tag, 0)
  }

  private func isName(_ node: PolicyIndex.Node, _ name: Name) -> Bool {
    guard Int(node.nameLength) == name.length else { return false }
    for position in 0..<name.length where names[Int(node.nameOffset) + position] != name.wire[position] { return false }
    return true
  }

  private mutating func grow() {
    let old = slots
    slots = Array(repeating: 0, count: old.count * 2)
    for slot in old where slot != 0 {
      let node = nodes[Int(UInt32(truncatingIfNeeded: slot)) - 1]
      let start = Int(node.nameOffset)
      guard let name = Name(wire: names[start..<(start + Int(node.nameLength))].span) else { continue }
      let found = head(of: name)
      slots[found.slot] = slot
    }
  }

  private static func tableSize(for count: Int) -> Int {
    var size = 64
    while size < count * 2 { size *= 2 }
    return size
  }
}
