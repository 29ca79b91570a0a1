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

  /// - Parameter size: octets for everything that the cache holds, its tables included.
  package init(size: Int) {
    let share = max(size, ResponseCache.minimumSize) / ResponseCache.shardCount
    shards = InlineArray { _ in Shard(lock: Mutex(CacheShard(size: share))) }
  }

  /// What came of a lookup.
  package enum Lookup {
    case miss
    /// The whole response is in the message, this long; a policy may have something to say about `traits` of it.
    /// `isDue`: it is in use and near its end: to be asked for again now.
    case hit(Int, MessageWalk.Traits, isDue: Bool)
    /// It has expired, and may be told where no upstream answers.
    case stale
  }

  /// Writes the cached response to `query` over it, TTLs lowered by its age.
  ///
  /// - Parameter now: seconds, monotonic.
  package func answer(
    _ name: Span<UInt8>, to head: QueryHead, key: CacheKey, now: UInt32, in message: inout MutableSpan<UInt8>
  ) -> Lookup {
    shards[Int(key.hash >> 56)].lock.withLock { shard in
      shard.answer(name, to: head, key: key, now: now, in: &message)
    }
  }

  package func answerStale(
    _ name: Span<UInt8>, to head: QueryHead, key: CacheKey, in message: inout MutableSpan<UInt8>
  ) -> (length: Int, traits: MessageWalk.Traits)? {
    nil
  }

  /// Keeps a response; replaces what was there. Counts as `kept` false when it is too large for a shard.
  @discardableResult
  package func store(_ response: CachedResponse, name: Span<UInt8>, key: CacheKey, now: UInt32, message: Span<UInt8>) -> Bool {
    shards[Int(key.hash >> 56)].lock.withLock { shard in
      shard.store(response, name: name, key: key, now: now, message: message)
    }
  }

  /// Sums over all shards; for status, not for the road.
  package func statistics() -> Statistics {
    var sum = Statistics()
    for index in 0..<ResponseCache.shardCount {
      shards[index].lock.withLock { shard in
        sum.entries += shard.count
        sum.evictions += shard.evictions
        sum.capacity += shard.capacity
      }
    }
    return sum
  }

  package struct Statistics: Sendable {
    package var entries = 0
    package var evictions = 0
    /// Octets for names and responses.
    package var capacity = 0
  }

  package func removeAll() {
    for index in 0..<ResponseCache.shardCount {
      shards[index].lock.withLock { $0.removeAll() }
    }
  }
}

package struct CacheLimits: Sendable, Hashable {
  package init() {}
}

/// What the cache keeps of a response beside its octets.
package struct CachedResponse: Sendable {
  /// The response's header octet 3: RCODE in the lower four bits.
  package let code: ResponseCode
  package let answers: Int
  package let authority: Int
  /// From the end of the question to here lie the records that are kept.
  package let questionEnd: Int
  package let end: Int
  /// Seconds it may be kept: more than 0.
  package let lifetime: UInt32
  package let traits: MessageWalk.Traits

  package static let maximumLifetime: UInt32 = 86_400
  /// RFC 2308 section 5 suggests one to three hours.
  package static let maximumNegativeLifetime: UInt32 = 3600

  /// Nil when the response may not be kept: an error, TTL 0, a negative one without SOA (RFC 2308 section 5).
  package init?(
    _ walk: MessageWalk, code: ResponseCode, questionEnd: Int, limits: CacheLimits = CacheLimits(),
    remark: Response.Remark? = nil, isAuthentic: Bool = false
  ) {
    guard code == .noError || code == .nxdomain else { return nil }
    var lifetime: UInt32
    if let positive = walk.leastTTL {
      lifetime = min(positive, walk.negativeTTL ?? positive, CachedResponse.maximumLifetime)
      if code == .nxdomain { lifetime = min(lifetime, CachedResponse.maximumNegativeLifetime) }
    } else {
      guard let negative = walk.negativeTTL else { return nil }
      lifetime = min(negative, CachedResponse.maximumNegativeLifetime)
    }
    guard lifetime > 0 else { return nil }
    self.code = code
    self.lifetime = lifetime
    self.questionEnd = questionEnd
    answers = walk.answers
    authority = walk.authority
    end = walk.end
    traits = walk.traits
  }
}
