import Synchronization

/// Responses of upstreams, shared by all workers and bounded in octets.
///
/// 256 shards, each behind a lock of its own that is held for one lookup or one copy: an uncontended lock
/// costs 1 % of a query, one for all would cost ten times that under two threads. Which shard is told by
/// the key's hash, so no reference is counted on the way.
package final class ResponseCache: Sendable {
  package static let shardCount = 256
  /// The least size that still gives every shard room for a few responses.
  package static let minimumSize = 4 << 20

  private let shards: InlineArray<256, Shard>

  private struct Shard: ~Copyable, Sendable {
    let lock: Mutex<CacheShard>
  }

  /// For those who store: `CachedResponse` is made by them.
  package let limits: CacheLimits

  /// - Parameters:
  ///   - size: octets for everything that the cache holds, its tables included.
  ///   - renews: whether hits tell that an entry is due.
  package init(size: Int, limits: CacheLimits = CacheLimits(), renews: Bool = true) {
    let share = max(size, ResponseCache.minimumSize) / ResponseCache.shardCount
    shards = InlineArray { _ in Shard(lock: Mutex(CacheShard(size: share, limits: limits, renews: renews))) }
    self.limits = limits
  }

  /// What came of a lookup.
  package enum Lookup {
    case miss
    /// The whole response is in the message, this long; a policy may have something to say about `traits` of it.
    /// `isDue`, told once in its life: it was used before and is in its last tenth, so it should be asked for again now.
    case hit(Int, MessageWalk.Traits, isDue: Bool)
    /// It has expired, and may be used should no upstream answer: `answerStale`.
    case stale
  }

  /// Writes the cached response to `query`, whose question lies in `message`, behind it, TTLs lowered by its age.
  ///
  /// - Parameters:
  ///   - name: canonical wire octets.
  ///   - now: seconds, monotonic.
  package func answer(
    _ name: Span<UInt8>, to query: QueryHead, key: CacheKey, now: UInt32, in message: inout MutableSpan<UInt8>
  ) -> Lookup {
    shards[Int(key.hash >> 56)].lock.withLock { shard in
      shard.answer(name, to: query, key: key, now: now, in: &message)
    }
  }

  package func answer(
    _ query: borrowing Query, key: CacheKey, now: UInt32, in message: inout MutableSpan<UInt8>
  ) -> Lookup {
    answer(query.name.wire, to: query.head, key: key, now: now, in: &message)
  }

  package struct StaleAnswer {
    /// Octets of the response in the message.
    package let length: Int
    package let traits: MessageWalk.Traits
    /// False when somebody has renewed it meanwhile: then it is an answer like any other.
    package let isStale: Bool
  }

  /// Writes what is held, expired or not, when upstreams fail: stale data with TTL 30 (RFC 8767 section 4) and
  /// the extended error that says so (3, or 19 for NXDOMAIN). Nil when nothing is held, or for longer than `staleFor`.
  package func answerStale(
    _ name: Span<UInt8>, to query: QueryHead, key: CacheKey, now: UInt32, in message: inout MutableSpan<UInt8>
  ) -> StaleAnswer? {
    shards[Int(key.hash >> 56)].lock.withLock { shard in
      shard.answerStale(name, to: query, key: key, now: now, in: &message)
    }
  }

  /// Keeps a response; replaces what was there. False when it is too large for a shard.
  ///
  /// - Parameter name: canonical wire octets.
  @discardableResult
  package func store(
    _ response: CachedResponse, name: Span<UInt8>, key: CacheKey, now: UInt32, message: Span<UInt8>
  ) -> Bool {
    shards[Int(key.hash >> 56)].lock.withLock { shard in
      shard.store(response, name: name, key: key, now: now, message: message)
    }
  }

  /// Sums over all shards; for status, not for the road.
  /// - Parameter inspects: whether all entries are looked at, for `octets` and `isConsistent`; each shard's lock is held for it.
  package func statistics(inspects: Bool = false) -> Statistics {
    var sum = Statistics()
    for index in 0..<ResponseCache.shardCount {
      shards[index].lock.withLock { shard in
        sum.entries += shard.count
        sum.evictions += shard.evictions
        sum.capacity += shard.capacity
        guard inspects else { return }
        let books = shard.inspect()
        sum.octets += books.octets
        if !books.isConsistent { sum.isConsistent = false }
      }
    }
    return sum
  }

  package struct Statistics: Sendable {
    package var entries = 0
    package var evictions = 0
    /// Octets for names and responses.
    package var capacity = 0
    /// Of these, in use.
    package var octets = 0
    /// Whether the shards' books agree: what each queue holds, lies in it and is found by its table, and is counted.
    package var isConsistent = true
  }

  /// Shows `body` everything that is held, a few entries at a time while their shard is locked; what it says false to is
  /// taken out. `pause` is called whenever no lock is held.
  func walk<Failure: Error>(
    _ body: (CacheEntry, Span<UInt8>) -> Bool, pause: () throws(Failure) -> Void
  ) throws(Failure) {
    for index in 0..<ResponseCache.shardCount {
      var cursor = CacheShard.Cursor()
      while shards[index].lock.withLock({ $0.walk(from: &cursor, body) }) { try pause() }
      try pause()
    }
  }

  package func removeAll() {
    for index in 0..<ResponseCache.shardCount {
      shards[index].lock.withLock { $0.removeAll() }
    }
  }
}
