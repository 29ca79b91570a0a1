/// Sets of local data while a zone is read. Records of one name may stand anywhere in it, so a name's set grows record by
/// record; equal sets are one, and a set that no name has any longer is let go.
struct LocalDataSets {
  /// Octets of RDATA that one name may have: more would fit no answer.
  static let maximumOctets = 65_535
  /// Records that one name may have.
  static let maximumRecords = 256

  typealias SetNumber = Int32

  private struct Slot {
    var records: [PolicyZone.LocalRecord]
    var users: Int
  }

  private var slots: [Slot] = []
  private var free: [SetNumber] = []
  private var numbers: [[PolicyZone.LocalRecord]: SetNumber] = [:]

  /// The set of a name that had `number`, nil for none, with `record` in it; nil when it has no room.
  mutating func adding(_ record: PolicyZone.LocalRecord, to number: SetNumber?) -> SetNumber? {
    let before = number.map { slots[Int($0)].records } ?? []
    guard let records = LocalDataSets.adding(record, to: before) else { return nil }
    let after = use(records)
    if let number { release(number) }
    return after
  }

  /// Sets in use, in the order in which they came to be.
  func forEach(_ body: (SetNumber, [PolicyZone.LocalRecord]) -> Void) {
    for index in slots.indices where slots[index].users > 0 { body(SetNumber(index), slots[index].records) }
  }

  private mutating func use(_ records: [PolicyZone.LocalRecord]) -> SetNumber {
    if let known = numbers[records] {
      slots[Int(known)].users += 1
      return known
    }
    let slot = Slot(records: records, users: 1)
    let number: SetNumber
    if let reused = free.popLast() {
      number = reused
      slots[Int(reused)] = slot
    } else {
      number = SetNumber(slots.count)
      slots.append(slot)
    }
    numbers[records] = number
    return number
  }

  private mutating func release(_ number: SetNumber) {
    slots[Int(number)].users -= 1
    guard slots[Int(number)].users == 0 else { return }
    numbers[slots[Int(number)].records] = nil
    slots[Int(number)].records = []
    free.append(number)
  }

  /// `records` with `record`, sorted. A record that is there already counts once (RFC 2181 section 5), and an RRset has
  /// its lowest TTL (section 5.2).
  private static func adding(
    _ record: PolicyZone.LocalRecord, to records: [PolicyZone.LocalRecord]
  ) -> [PolicyZone.LocalRecord]? {
    let ttl = records.reduce(record.ttl) { $1.type == record.type ? min($0, $1.ttl) : $0 }
    var all = records.map {
      $0.type == record.type ? PolicyZone.LocalRecord(type: $0.type, ttl: ttl, rdata: $0.rdata) : $0
    }
    if all.contains(where: { $0.type == record.type && $0.rdata == record.rdata }) { return all }
    let octets = all.reduce(record.rdata.count) { $0 + $1.rdata.count }
    guard all.count < maximumRecords, octets <= maximumOctets else { return nil }
    let added = PolicyZone.LocalRecord(type: record.type, ttl: ttl, rdata: record.rdata)
    let index = all.firstIndex { LocalDataSets.precedes(added, $0) } ?? all.endIndex
    all.insert(added, at: index)
    return all
  }

  private static func precedes(_ one: PolicyZone.LocalRecord, _ other: PolicyZone.LocalRecord) -> Bool {
    if one.type != other.type { return one.type.rawValue < other.type.rawValue }
    return one.rdata.lexicographicallyPrecedes(other.rdata)
  }
}
