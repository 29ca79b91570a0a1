import Synchronization

/// Small edits that stand above the rules until a moment: a service allowed, authorised or acknowledged for one client,
/// one block of addresses or one group. In memory; consulted only when a rule restricts a service, and never a reason to compile anything.
///
/// One for the process, shared by all workers and by the notice page, in 16 shards behind locks that are held for one
/// lookup. While it is empty it costs one load.
package final class Overlay: Sendable {
  package static let capacity = 65_536

  package enum Kind: UInt8, Sendable, CaseIterable {
    /// A reader has accepted a caution: lifts `caution` and nothing else.
    case acknowledged
    /// An approver let them use it.
    case authorised
    /// An administrator opened it.
    case allowed

    package var text: String {
      switch self {
      case .acknowledged: "acknowledged"
      case .authorised: "authorised"
      case .allowed: "allowed"
      }
    }
  }

  package enum Scope: Sendable, Hashable {
    /// An IPv4 address, or the /64 that an IPv6 address lies in: a host takes as many there as it likes.
    case client(IPAddress)
    /// A block, of IPv6 of at most 64 bits, for there clients count by those.
    case prefix(IPPrefix)
    case group(String)
  }

  package struct Entry: Sendable, Hashable {
    package let number: Int
    package let kind: Kind
    package let service: String
    package let scope: Scope
    /// Unix seconds: it holds before.
    package let until: Int64
  }

  package enum Refusal: Error, Sendable, Hashable, CustomStringConvertible {
    case full
    case over

    package var description: String {
      switch self {
      case .full: "\(Overlay.capacity) exceptions hold already. Remove some, or wait until they end."
      case .over: "the exception would have ended already. Give a later end."
      }
    }
  }

  private struct Key: Hashable {
    let service: UInt64
    let scope: UInt64
  }

  private struct Shard: ~Copyable, Sendable {
    let entries = Mutex<[Key: [Entry]]>([:])
  }

  private let shards: InlineArray<16, Shard> = InlineArray { _ in Shard() }
  /// Entries held, ended ones that nobody has looked at since included.
  private let held = Atomic<Int>(0)
  private let next = Atomic<Int>(1)
  /// No entry ends before: Unix seconds. So a full overlay refuses without a look at what it holds.
  private let earliestEnd = Atomic<Int64>(.max)
  private let sweeps = Atomic<Int>(0)
  private let lengths = PrefixLengths()

  package init() {}

  package var isEmpty: Bool { held.load(ordering: .relaxed) == 0 }

  /// How often all entries were looked at for those that have ended.
  package var sweepCount: Int { sweeps.load(ordering: .relaxed) }

  // MARK: Edits

  /// - Parameter now: Unix seconds.
  /// - Returns: the entry's number.
  /// - Throws: `Refusal`: it would be over, or there are too many.
  @discardableResult
  package func add(
    _ kind: Kind, service: String, for scope: Scope, until: Int64, now: Int64
  ) throws(Refusal) -> Int {
    guard until > now else { throw .over }
    if held.load(ordering: .relaxed) >= Overlay.capacity, earliestEnd.load(ordering: .acquiring) <= now {
      removeEnded(now: now)
    }
    guard held.wrappingAdd(1, ordering: .relaxed).oldValue < Overlay.capacity else {
      held.wrappingSubtract(1, ordering: .relaxed)
      throw .full
    }
    let number = next.wrappingAdd(1, ordering: .relaxed).oldValue
    let key = Overlay.key(service, scope)
    let entry = Entry(number: number, kind: kind, service: service, scope: scope, until: until)
    // Before the entry, and let go behind it: whoever finds the entry looks for its length.
    if case .prefix(let prefix) = scope { lengths.add(prefix) }
    shards[Overlay.shard(key)].entries.withLock { $0[key, default: []].append(entry) }
    // After the entry is there: a sweep that missed it began before, and keeps what is noted now.
    earliestEnd.min(until, ordering: .releasing)
    return number
  }

  /// False when there is none with this number.
  package func remove(_ number: Int) -> Bool {
    remove { $0.number == number } > 0
  }

  /// The same for one whose service and scope are known: only there it is looked for.
  @discardableResult
  package func remove(_ number: Int, service: String, for scope: Scope) -> Bool {
    let key = Overlay.key(service, scope)
    let removed = shards[Overlay.shard(key)].entries.withLock { entries -> [Entry] in
      guard let list = entries[key], list.contains(where: { $0.number == number }) else { return [] }
      let left = list.filter { $0.number != number }
      entries[key] = left.isEmpty ? nil : left
      return list.filter { $0.number == number }
    }
    letGo(removed)
    return !removed.isEmpty
  }

  package func removeEnded(now: Int64) {
    sweeps.wrappingAdd(1, ordering: .relaxed)
    // Forgotten before and noted after the look, so that what is added meanwhile counts. Two sweeps at once may leave it
    // too early, which costs one more, and for a moment too late, while what has ended is removed anyway.
    earliestEnd.store(.max, ordering: .sequentiallyConsistent)
    var earliest = Int64.max
    _ = remove { entry in
      if entry.until <= now { return true }
      earliest = min(earliest, entry.until)
      return false
    }
    earliestEnd.min(earliest, ordering: .releasing)
  }

  private func remove(_ isUnwanted: (Entry) -> Bool) -> Int {
    var removed: [Entry] = []
    for index in 0..<16 {
      shards[index].entries.withLock { entries in
        for (key, list) in entries where list.contains(where: isUnwanted) {
          let left = list.filter { !isUnwanted($0) }
          removed += list.filter(isUnwanted)
          entries[key] = left.isEmpty ? nil : left
        }
      }
    }
    letGo(removed)
    return removed.count
  }

  private func letGo(_ removed: [Entry]) {
    for entry in removed {
      if case .prefix(let prefix) = entry.scope { lengths.remove(prefix) }
    }
    held.wrappingSubtract(removed.count, ordering: .relaxed)
  }

  /// What holds at `now`, in the order in which it was added.
  package func entries(now: Int64) -> [Entry] {
    var all: [Entry] = []
    for index in 0..<16 {
      shards[index].entries.withLock { entries in all += entries.values.flatMap(\.self).filter { $0.until > now } }
    }
    return all.sorted { $0.number < $1.number }
  }

  // MARK: The road

  /// What lifts a restriction.
  package struct Lift: Sendable, Equatable {
    package let kind: Kind
    package let until: Int64
    package let number: Int
  }

  /// The exception that lifts `effect` for a client, the blocks it lies in and its group, the one that holds longest; nil
  /// when it stands.
  package func lift(_ effect: Effect, client: IPAddress, group: UInt64, now: Int64) -> Lift? {
    guard effect.restricts, effect.serviceKey != 0, !isEmpty else { return nil }
    var best = longest(Key(service: effect.serviceKey, scope: Overlay.key(ofClient: client)), effect, now: now)
    func consider(_ scope: UInt64) {
      guard let lift = longest(Key(service: effect.serviceKey, scope: scope), effect, now: now) else { return }
      if best.map({ $0.until < lift.until }) ?? true { best = lift }
    }
    if group != 0 { consider(group) }
    // One look for each length that some block has, mostly none.
    var left = lengths.used(client.family)
    while left != 0 {
      let length = left.trailingZeroBitCount + 1
      consider(Overlay.key(of: IPPrefix(around: client, length: length)))
      left &= left - 1
    }
    return best
  }

  private func longest(_ key: Key, _ effect: Effect, now: Int64) -> Lift? {
    shards[Overlay.shard(key)].entries.withLock { entries in
      var best: Lift?
      for entry in entries[key] ?? [] where entry.until > now && entry.service == effect.service?.id {
        if entry.kind == .acknowledged, effect.kind != .caution { continue }
        if let best, best.until >= entry.until { continue }
        best = Lift(kind: entry.kind, until: entry.until, number: entry.number)
      }
      return best
    }
  }

  // MARK: Keys

  /// The same for one service in every snapshot of the process.
  static func key(ofService id: String) -> UInt64 { key(of: id, salt: 1) }
  package static func key(ofGroup name: String) -> UInt64 { key(of: name, salt: 2) }

  private static func key(of text: String, salt: UInt64) -> UInt64 {
    var hash = SuffixHashes.mix(SuffixHashes.seed ^ salt)
    for octet in text.utf8 { hash = SuffixHashes.mix(hash ^ UInt64(octet)) &+ salt }
    return hash | 1
  }

  private static func key(ofClient client: IPAddress) -> UInt64 {
    let bits = client.family == .v4 ? client.low | 4 << 60 : client.high
    return SuffixHashes.mix(bits ^ SuffixHashes.seed) | 1
  }

  private static func key(of prefix: IPPrefix) -> UInt64 {
    let address = prefix.address
    let bits = SuffixHashes.mix((address.family == .v4 ? address.low : address.high) ^ SuffixHashes.seed)
    return SuffixHashes.mix(bits ^ UInt64(address.family.rawValue) << 8 ^ UInt64(prefix.length)) | 1
  }

  private static func key(_ service: String, _ scope: Scope) -> Key {
    switch scope {
    case .client(let address): Key(service: key(ofService: service), scope: key(ofClient: address))
    case .prefix(let prefix): Key(service: key(ofService: service), scope: key(of: prefix))
    case .group(let name): Key(service: key(ofService: service), scope: key(ofGroup: name))
    }
  }

  private static func shard(_ key: Key) -> Int { Int(truncatingIfNeeded: (key.service ^ key.scope) >> 32 & 15) }
}
