/// One UDP socket of one worker to one upstream, connected from a port that the kernel drew.
///
/// A query leaves by one of sixteen at random, so whoever forges a response has to guess port and ID
/// (RFC 5452 section 9.2). A socket is retired after some queries or seconds and closed when nothing
/// waits on it any more.
final class UpstreamSocket {
  static let maximumQueries = 2048
  static let maximumAge: UInt64 = 30_000
  /// IDs of one socket that may wait: with more, one of two guesses would be right.
  private static let maximumWaiting = 32_768

  var socket: DatagramSocket
  let token: EventToken
  private let openedAt: UInt64
  private var queries = 0
  private(set) var waiting = WaitingIDs(limit: maximumWaiting)
  var isRetired = false

  init(socket: consuming DatagramSocket, token: EventToken, now: UInt64) {
    self.socket = socket
    self.token = token
    openedAt = now
  }

  func isWorn(_ now: UInt64) -> Bool {
    queries >= UpstreamSocket.maximumQueries || now - openedAt >= UpstreamSocket.maximumAge
  }

  var isIdle: Bool { waiting.isEmpty }

  /// A fresh random ID for `exchange`; nil when too many are taken.
  func register(_ exchange: Int, _ random: inout RandomPool) -> UInt16? {
    queries += 1
    return waiting.add(exchange, &random)
  }

  func release(_ id: UInt16) { waiting.remove(id) }
}
