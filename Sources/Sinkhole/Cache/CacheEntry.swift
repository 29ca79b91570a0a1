/// One response in a shard, without its octets. These lie in the ring of its queue one after the other: the offsets of
/// its TTLs in a message (two octets each), its name, its remark, its records.
struct CacheEntry: Sendable {
  var hash: UInt64 = 0
  var view: UInt64 = 0
  var offset: UInt32 = 0
  /// Octets in the ring.
  var length: UInt32 = 0
  /// Seconds, monotonic.
  var storedAt: UInt32 = 0
  var lifetime: UInt32 = 0
  var type = RecordType(rawValue: 0)
  var answers: UInt16 = 0
  var authority: UInt16 = 0
  var code: UInt8 = 0
  var nameLength: UInt8 = 0
  /// INFO-CODE and text of an extended error; 0: none.
  var remarkLength: UInt8 = 0
  var traits: MessageWalk.Traits = []
  var marks: Marks = []
  /// Hits since it was written or last passed over, as far as `maximumUses`.
  var uses: UInt8 = 0

  static let maximumUses: UInt8 = 3

  struct Marks: OptionSet, Sendable {
    let rawValue: UInt8

    static let dnssecOK = Marks(rawValue: CacheKey.dnssecOK)
    static let checkingDisabled = Marks(rawValue: CacheKey.checkingDisabled)
    static let key: Marks = [.dnssecOK, .checkingDisabled]
    /// AD.
    static let isAuthentic = Marks(rawValue: 4)
    /// Somebody has been told that it is due.
    static let isDueTold = Marks(rawValue: 8)
    /// Still in the table: no longer once a newer response took its place.
    static let isLive = Marks(rawValue: 16)
  }

  var ttlCount: Int { Int(answers) + Int(authority) }
  var nameStart: Int { Int(offset) + ttlCount * 2 }
  var remarkStart: Int { nameStart + Int(nameLength) }
  var recordsStart: Int { remarkStart + Int(remarkLength) }
  var end: Int { Int(offset) + Int(length) }

  func matches(_ key: CacheKey, _ name: Span<UInt8>, in ring: Span<UInt8>) -> Bool {
    hash == key.hash && type == key.type && marks.rawValue & Marks.key.rawValue == key.flags && view == key.view
      && Int(nameLength) == name.count && ring.matches(name, at: nameStart)
  }

  /// Lifetimes shorter than this are over before a renewal would help.
  private static let leastLifetimeToRenew: UInt32 = 10

  /// In the last tenth of its life.
  func isDue(at age: UInt32) -> Bool {
    lifetime >= CacheEntry.leastLifetimeToRenew && age >= lifetime - lifetime / 10
  }
}
