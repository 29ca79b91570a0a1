/// One UDP socket of one worker to one upstream, connected from a port that the kernel drew.
///
/// A query leaves by one of sixteen at random, so whoever forges a response has to guess port and ID
/// (RFC 5452 section 9.2). A socket is retired after some queries or seconds and closed when nothing
/// waits on it any more.
final class UpstreamSocket {
  static let maximumQueries = 2048
  static let maximumAge: UInt64 = 30_000

  var socket: DatagramSocket
  let token: EventToken
  /// Index of the upstream.
  let lane: Int
  private let openedAt: UInt64
  private var queries = 0
  /// Exchange by the ID of the query that waits for its response.
  private(set) var exchanges: [UInt16: Int] = [:]
  var isRetired = false

  init(socket: consuming DatagramSocket, token: EventToken, lane: Int, now: UInt64) {
    self.socket = socket
    self.token = token
    self.lane = lane
    openedAt = now
  }

  func isWorn(_ now: UInt64) -> Bool {
    queries >= UpstreamSocket.maximumQueries || now - openedAt >= UpstreamSocket.maximumAge
  }

  var isIdle: Bool { exchanges.isEmpty }

  /// A fresh random ID for `exchange`; nil when so many are taken that guessing one would be easy.
  func register(_ exchange: Int, _ random: inout RandomPool) -> UInt16? {
    guard exchanges.count < 32_768 else { return nil }
    queries += 1
    while true {
      let id = UInt16(truncatingIfNeeded: random.next())
      if exchanges[id] == nil {
        exchanges[id] = exchange
        return id
      }
    }
  }

  /// Frees `id`, unless it has come to serve another exchange.
  func release(_ id: UInt16, of exchange: Int) {
    if exchanges[id] == exchange { exchanges[id] = nil }
  }
}
