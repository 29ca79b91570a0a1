/// One TCP connection of a stub: octets that came and are no whole message yet, responses that have not gone.
final class Connection {
  /// Responses that a stub may leave unread before we stop reading from it.
  static let maximumOutbox = 256 * 1024
  /// Queries of one connection that may wait for upstreams before we stop reading from it.
  static let maximumWaiting = 256
  private static let readSize = 16 * 1024

  let descriptor: Descriptor
  let token: EventToken
  let peer: SocketAddress
  /// Milliseconds of the last whole message, or of the accept: only these keep it open (RFC 7766 section 6.2.3).
  var lastMessage: UInt64
  /// Milliseconds without a message that the stub was told it has; nil: it did not ask.
  var promise: UInt64?
  /// A promise has a timer besides that of the connection.
  var hasOwnTimer = false
  /// Queries that wait for upstreams.
  var waiting = 0
  /// The stub will send no more; it still gets what it asked for.
  private(set) var isHalfClosed = false
  private(set) var inbox: [UInt8] = []
  private var taken = 0
  private var outbox: [UInt8] = []
  private var sent = 0
  var interest: Poller.Interest = .readable

  init(descriptor: consuming Descriptor, token: EventToken, peer: SocketAddress, now: UInt64) {
    self.descriptor = descriptor
    self.token = token
    self.peer = peer
    lastMessage = now
  }

  var hasUnsent: Bool { sent < outbox.count }
  /// A whole message has come and is not taken yet.
  var hasMessage: Bool {
    let held = inbox.count - taken
    return held >= 2 && held >= 2 + (Int(inbox[taken]) << 8 | Int(inbox[taken + 1]))
  }
  var mayAnswer: Bool { outbox.count - sent < Connection.maximumOutbox && waiting < Connection.maximumWaiting }
  /// What is whole is answered before more is read, so that the inbox holds one message and one read at most.
  var mayRead: Bool { !isHalfClosed && mayAnswer && !hasMessage }
  /// Nothing is owed to the stub and nothing more can come.
  var isDone: Bool { isHalfClosed && waiting == 0 && !hasUnsent && !hasMessage }
  /// A stub that lets this much lie does not read.
  var isFlooded: Bool { outbox.count - sent > 4 * Connection.maximumOutbox }

  /// Reads what is there now. False when the connection is broken.
  func read() -> Bool {
    _ = compact()
    var chunk = [UInt8](repeating: 0, count: Connection.readSize)
    while mayRead {
      var span = chunk.mutableSpan
      switch descriptor.read(into: &span) {
      case .moved(let count):
        inbox += chunk[..<count]
        // A full read may have left more; whole messages are answered before it is taken.
        return true
      case .later: return true
      case .ended:
        isHalfClosed = true
        return true
      case .failed: return false
      }
    }
    return true
  }

  /// Copies the next whole message to the front of `scratch` and returns its length; nil when there is none.
  func nextMessage(into scratch: inout [UInt8]) -> Int? {
    guard inbox.count - taken >= 2 else { return compact() }
    let length = Int(inbox[taken]) << 8 | Int(inbox[taken + 1])
    guard inbox.count - taken >= 2 + length else { return compact() }
    for index in 0..<length { scratch[index] = inbox[taken + 2 + index] }
    taken += 2 + length
    return length
  }

  private func compact() -> Int? {
    if taken > 0 {
      inbox.removeFirst(taken)
      taken = 0
    }
    return nil
  }

  /// Appends a response with its length before it, so that both leave in one write (RFC 7766 section 8).
  func append(_ message: Span<UInt8>) {
    outbox.append(UInt8(message.count >> 8))
    outbox.append(UInt8(message.count & 0xFF))
    for index in 0..<message.count { outbox.append(message[index]) }
  }

  /// Writes what goes now. False when the connection is broken.
  func flush() -> Bool {
    while sent < outbox.count {
      switch descriptor.write(outbox.span.extracting(sent..<outbox.count)) {
      case .moved(let count): sent += count
      case .later: return true
      case .ended, .failed: return false
      }
    }
    outbox.removeAll(keepingCapacity: outbox.capacity <= Connection.readSize)
    sent = 0
    return true
  }
}
