/// How many leaves may be minted: by one client, and in all. Two token buckets, both of which must have one.
///
/// The table holds clients whose bucket is not full again; when it is full itself, a client that is not in it counts on
/// the common bucket alone, so that nobody is shut out by others who fill it.
///
/// Not for several threads at once: its owner has a lock.
package struct MintLimiter {
  package struct Rates: Sendable {
    /// Leaves that a client may have minted at once, and for each second after that: a browser asks for some dozen names
    /// of a service, an office behind one address for more.
    package var clientBurst = 64.0
    package var clientPerSecond = 2.0
    package var totalBurst = 1024.0
    package var totalPerSecond = 200.0
    package var clients = 16_384

    package init() {}
  }

  package enum Outcome: Sendable, Equatable {
    case granted, clientLimited, totalLimited
  }

  private struct Bucket {
    var tokens: Double
    var filled: Double
  }

  private let rates: Rates
  private var total: Bucket
  private var clients: [String: Bucket] = [:]
  private var nextSweep = 0.0

  package init(_ rates: Rates = Rates(), now: Double) {
    self.rates = rates
    total = Bucket(tokens: rates.totalBurst, filled: now)
  }

  package var clientCount: Int { clients.count }

  /// Takes a token from both buckets, or from none.
  /// - Parameter now: seconds of a clock that is never set back.
  package mutating func take(_ client: String, now: Double) -> Outcome {
    sweep(now)
    var own = clients[client] ?? Bucket(tokens: rates.clientBurst, filled: now)
    MintLimiter.fill(&own, rates.clientPerSecond, rates.clientBurst, now)
    MintLimiter.fill(&total, rates.totalPerSecond, rates.totalBurst, now)
    guard own.tokens >= 1 else { return .clientLimited }
    guard total.tokens >= 1 else { return .totalLimited }
    own.tokens -= 1
    total.tokens -= 1
    if clients[client] != nil || clients.count < rates.clients { clients[client] = own }
    return .granted
  }

  /// Once a second, when the table is full: drops those whose bucket is full again.
  private mutating func sweep(_ now: Double) {
    guard clients.count >= rates.clients, now >= nextSweep else { return }
    nextSweep = now + 1
    clients = clients.filter { _, bucket in
      bucket.tokens + (now - bucket.filled) * rates.clientPerSecond < rates.clientBurst
    }
  }

  private static func fill(_ bucket: inout Bucket, _ rate: Double, _ burst: Double, _ now: Double) {
    bucket.tokens = min(burst, bucket.tokens + max(0, now - bucket.filled) * rate)
    bucket.filled = now
  }
}
