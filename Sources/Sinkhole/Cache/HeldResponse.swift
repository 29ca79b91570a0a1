/// One response in the cache, as people look at it.
package struct HeldResponse: Sendable {
  package let type: RecordType
  package let code: ResponseCode
  /// What it was asked with.
  package let dnssecOK: Bool
  package let checkingDisabled: Bool
  /// 0: of the common upstreams.
  package let view: UInt64
  /// Seconds until it expires; less than 1: since.
  package let secondsLeft: Int64
  package let isAuthentic: Bool
  /// Records of all sections.
  package let records: Int
  /// In the cache, its name included.
  package let octets: Int
  /// The extended error that came with it.
  package let remark: (code: ExtendedError, text: String)?

  package var isStale: Bool { secondsLeft <= 0 }

  init(_ entry: CacheEntry, in ring: Span<UInt8>, now: UInt32) {
    type = entry.type
    code = ResponseCode(rawValue: UInt16(entry.code))
    dnssecOK = entry.marks.contains(.dnssecOK)
    checkingDisabled = entry.marks.contains(.checkingDisabled)
    view = entry.view
    secondsLeft = Int64(entry.lifetime) - Int64(now &- entry.storedAt)
    isAuthentic = entry.marks.contains(.isAuthentic)
    records = entry.ttlCount
    octets = Int(entry.length)
    guard entry.remarkLength >= 2 else {
      remark = nil
      return
    }
    var text: [UInt8] = []
    for index in (entry.remarkStart + 2)..<entry.recordsStart { text.append(ring[index]) }
    remark = (ExtendedError(rawValue: ring.uint16(at: entry.remarkStart)), String(decoding: text, as: UTF8.self))
  }
}

/// What operators do to the cache; not for the road.
extension ResponseCache {
  /// What is held for `name`, by type. What has expired for good and is not yet overwritten is no part of it.
  package func held(for name: Name, now: UInt32) -> [HeldResponse] {
    var found: [HeldResponse] = []
    walk { entry, ring in
      if Int(entry.nameLength) == name.length, ring.matches(name.wire, at: entry.nameStart) {
        let held = HeldResponse(entry, in: ring, now: now)
        if held.secondsLeft > -Int64(limits.staleFor) { found.append(held) }
      }
      return true
    } pause: {
    }
    return found.sorted { ($0.type.rawValue, $0.view) < ($1.type.rawValue, $1.view) }
  }

  /// Forgets `name`, of every type, or with all names below it. Returns how many responses that were.
  @discardableResult
  package func remove(_ name: Name, andBelow: Bool) -> Int {
    var count = 0
    walk { entry, ring in
      let held = ring.extracting(entry.nameStart..<entry.remarkStart)
      guard andBelow ? held.isAtOrBelow(name.wire) : held.count == name.length && held.matches(name.wire, at: 0) else {
        return true
      }
      count += 1
      return false
    } pause: {
    }
    return count
  }
}

extension Span where Element == UInt8 {
  /// Of canonical names.
  fileprivate func isAtOrBelow(_ ancestor: Span<UInt8>) -> Bool {
    var offset = 0
    while count - offset > ancestor.count { offset += Int(self[offset]) + 1 }
    return count - offset == ancestor.count && matches(ancestor, at: offset)
  }
}
