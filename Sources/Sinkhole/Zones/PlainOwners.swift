/// How the owner of a plain line becomes the trigger's name, under the origin that holds at the line.
struct PlainOwners {
  /// The zone's origin, canonical wire octets without the root label.
  private var zone: [UInt8] = []
  /// What the origin at the line has before the zone's.
  private var suffix: [UInt8] = []
  /// False before the zone is known, and where relative owners would lie outside it or be triggers of another kind.
  private(set) var areTriggers = false

  init() {}

  /// - Parameter origin: absolute canonical wire form.
  init(zone: Name, origin: [UInt8]) {
    guard let name = Name(wire: origin.span), name.isAtOrBelow(zone) else { return }
    self.zone = Array([UInt8](copying: zone.wire).dropLast())
    suffix = Array(origin.prefix(name.length - zone.length))
    var at = 0
    var last = 0
    while at < suffix.count {
      last = at
      at += Int(suffix[at]) + 1
    }
    areTriggers = suffix.isEmpty || !suffix[(last + 1)...].starts(with: "rpz-".utf8)
  }

  /// Makes `owner` the name of a trigger; false when it is none, or a fault.
  @inline(__always)
  func complete(_ owner: inout PlainName) -> Bool {
    if owner.isAbsolute {
      guard owner.remove(zone.span) else { return false }
    } else if !suffix.isEmpty {
      guard owner.append(suffix.span) else { return false }
    }
    return owner.length + zone.count < Name.maximumLength && !owner.endsSpecially
  }
}
