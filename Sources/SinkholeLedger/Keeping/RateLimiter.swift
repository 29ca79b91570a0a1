/// How fast each client, and all together, may write. A bucket for each, which fills by time; bounded.
struct RateLimiter {
  private struct Bucket {
    var level: Double
    var seen: Int64

    mutating func fill(_ allowance: LedgerLimits.Allowance, now: Int64) {
      // A clock that was set back fills nothing, and empties nothing.
      let gained = Double(max(0, now - seen)) / allowance.secondsForEach
      (level, seen) = (min(allowance.burst, level + gained), now)
    }
  }

  private let each: LedgerLimits.Allowance
  private let all: LedgerLimits.Allowance
  private let capacity: Int
  private var buckets: [String: Bucket] = [:]
  private var total: Bucket

  init(each: LedgerLimits.Allowance, all: LedgerLimits.Allowance, clients: Int) {
    self.each = each
    self.all = all
    capacity = clients
    total = Bucket(level: all.burst, seen: .max)
  }

  /// Clients remembered.
  var count: Int { buckets.count }

  /// Takes one of `client`'s. Throws when there is none, or no room for another client.
  mutating func take(_ client: String, now: Int64) throws(LedgerError) {
    if buckets[client] == nil, buckets.count >= capacity {
      // Whoever has a full bucket again is as good as unknown.
      buckets = buckets.filter { _, bucket in
        var bucket = bucket
        bucket.fill(each, now: now)
        return bucket.level < each.burst
      }
      guard buckets.count < capacity else { throw .rateLimited(LedgerError.wait(each)) }
    }
    var own = buckets[client] ?? Bucket(level: each.burst, seen: now)
    own.fill(each, now: now)
    if total.seen == .max { total.seen = now }
    total.fill(all, now: now)
    defer { buckets[client] = own }
    guard own.level >= 1 else { throw .rateLimited(LedgerError.wait(each)) }
    guard total.level >= 1 else { throw .rateLimited(LedgerError.wait(all)) }
    own.level -= 1
    total.level -= 1
  }
}

extension LedgerError {
  static func wait(_ allowance: LedgerLimits.Allowance) -> Int64 {
    max(1, Int64(allowance.secondsForEach.rounded(.up)))
  }
}
