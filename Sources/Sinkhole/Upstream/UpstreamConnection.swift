/// One TCP connection of one worker to one upstream: queries are pipelined on it and answered in any order (RFC 7766
/// sections 6.2.1.1 and 7), and it is kept for more of them.
final class UpstreamConnection {
  /// Queries that wait on one connection.
  static let maximumWaiting = 512
  /// Milliseconds after the last query or response at which it is closed.
  static let idle: UInt64 = 8000
  /// Milliseconds without an octet after which what is owed will not come.
  static let silence: UInt64 = 2500
  /// Octets that may wait to be written: far more than that many queries have.
  private static let maximumOutbox = 1 << 18
  private static let chunk = 16_384

  private let descriptor: Descriptor
  let token: EventToken
  private(set) var waiting = WaitingIDs(limit: maximumWaiting)
  private var outbox: [UInt8] = []
  private var written = 0
  private var inbox: [UInt8] = []
  private(set) var usedAt: UInt64
  /// When something was heard, or the first of what waits was asked.
  private var heardAt: UInt64
  /// Responses that came by it.
  private(set) var responses = 0
  /// What epoll has been told.
  private var interest = Poller.Interest.writable

  init(descriptor: consuming Descriptor, token: EventToken, now: UInt64) {
    self.descriptor = descriptor
    self.token = token
    usedAt = now
    heardAt = now
  }

  var number: Int32 { descriptor.number }
  var hasRoom: Bool { waiting.count < UpstreamConnection.maximumWaiting && outbox.count < UpstreamConnection.maximumOutbox }
  func isIdle(_ now: UInt64) -> Bool { waiting.isEmpty && now >= usedAt + UpstreamConnection.idle }

  func isStalled(_ now: UInt64) -> Bool { !waiting.isEmpty && now >= heardAt + UpstreamConnection.silence }

  func release(_ id: UInt16) { waiting.remove(id) }

  /// Puts a query into the outbox under a fresh random ID; nil when the connection is full.
  func enqueue(
    _ exchange: Int, now: UInt64, _ random: inout RandomPool, _ write: (UInt16, inout MutableSpan<UInt8>) -> Int
  ) -> UInt16? {
    guard hasRoom else { return nil }
    if waiting.isEmpty { heardAt = now }
    guard let id = waiting.add(exchange, &random) else { return nil }
    let start = outbox.count
    outbox.append(contentsOf: repeatElement(0, count: 2 + UpstreamQuery.maximumLength))
    var span = outbox.mutableSpan
    var message = span._mutatingExtracting((start + 2)...)
    let length = write(id, &message)
    outbox[start] = UInt8(length >> 8)
    outbox[start + 1] = UInt8(length & 0xFF)
    outbox.removeLast(outbox.count - start - 2 - length)
    usedAt = now
    return id
  }

  /// Writes what waits. False when the connection has failed.
  func write() -> Bool {
    while written < outbox.count {
      switch descriptor.write(outbox.span.extracting(written...)) {
      case .moved(let count): written += count
      case .later: return true
      case .ended, .failed: return false
      }
    }
    outbox.removeAll(keepingCapacity: true)
    written = 0
    return true
  }

  /// Reads what is there and calls `body` with each whole message. False when the connection has ended.
  func read(now: UInt64, _ body: (Span<UInt8>) -> Void) -> Bool {
    // Bounded: what keeps sending must not keep the worker from its stubs.
    for _ in 0..<8 {
      let start = inbox.count
      inbox.append(contentsOf: repeatElement(0, count: UpstreamConnection.chunk))
      var span = inbox.mutableSpan
      var free = span._mutatingExtracting(start...)
      let transfer = descriptor.read(into: &free)
      switch transfer {
      case .moved(let count):
        inbox.removeLast(UpstreamConnection.chunk - count)
        usedAt = now
        heardAt = now
        guard takeMessages(body) else { return false }
        if count < UpstreamConnection.chunk { return true }
      case .later:
        inbox.removeLast(UpstreamConnection.chunk)
        return true
      case .ended, .failed: return false
      }
    }
    return true
  }

  /// False when what came is no DNS.
  private func takeMessages(_ body: (Span<UInt8>) -> Void) -> Bool {
    let octets = inbox
    var offset = 0
    while offset + 2 <= octets.count {
      let length = Int(octets[offset]) << 8 | Int(octets[offset + 1])
      guard length >= Header.length else { return false }
      guard offset + 2 + length <= octets.count else { break }
      responses += 1
      body(octets.span.extracting((offset + 2)..<(offset + 2 + length)))
      offset += 2 + length
    }
    if offset > 0 { inbox = Array(octets[offset...]) }
    return true
  }

  /// What epoll should tell of it now, if that has changed.
  func nextInterest() -> Poller.Interest? {
    let wanted: Poller.Interest = written < outbox.count ? [.readable, .writable] : .readable
    guard wanted != interest else { return nil }
    interest = wanted
    return wanted
  }
}
