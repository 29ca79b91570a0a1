/// One TCP exchange with an upstream, after a truncated response (RFC 7766 section 5): connect, one
/// query, one response, close.
final class UpstreamStream {
  /// Length prefix and the largest message.
  private static let maximumLength = 2 + 65_535

  let descriptor: Descriptor
  let token: EventToken
  let exchange: Int
  /// The exchange's serial when this began.
  let serial: UInt32
  let lane: Int
  let id: UInt16
  private var outbox: [UInt8]
  private var inbox: [UInt8] = []

  enum Progress {
    case waiting(Poller.Interest)
    case done
    case failed
  }

  init(
    descriptor: consuming Descriptor, token: EventToken, exchange: Int, serial: UInt32, lane: Int, id: UInt16,
    question: UpstreamQuery
  ) {
    self.descriptor = descriptor
    self.token = token
    self.exchange = exchange
    self.serial = serial
    self.lane = lane
    self.id = id
    var message = [UInt8](repeating: 0, count: 512)
    var span = message.mutableSpan
    let length = question.write(id: id, to: &span)
    outbox = [UInt8(length >> 8), UInt8(length & 0xFF)] + message[..<length]
  }

  /// The response, once `.done`.
  func withResponse<R>(_ body: (Span<UInt8>) -> R) -> R {
    let response = inbox
    return body(response.span.extracting(2..<response.count))
  }

  /// Writes and reads as far as it goes now.
  func advance() -> Progress {
    while !outbox.isEmpty {
      switch descriptor.write(outbox.span) {
      case .moved(let count): outbox.removeFirst(count)
      case .later: return .waiting(.writable)
      case .ended, .failed: return .failed
      }
    }
    while true {
      let wanted = inbox.count < 2 ? 2 : 2 + (Int(inbox[0]) << 8 | Int(inbox[1]))
      if inbox.count >= 2, inbox.count == wanted { return wanted > 2 ? .done : .failed }
      var chunk = [UInt8](repeating: 0, count: wanted - inbox.count)
      var span = chunk.mutableSpan
      switch descriptor.read(into: &span) {
      case .moved(let count): inbox += chunk[..<count]
      case .later: return .waiting(.readable)
      case .ended, .failed: return .failed
      }
    }
  }
}
