import Sinkhole

/// The server's own cache, asked like a model: a name is a real one, with a response of one address.
struct Subject {
  let cache: ResponseCache
  private var message = [UInt8](repeating: 0, count: 1232)
  private var name = Name()
  private var hashes = SuffixHashes()
  private var head = QueryHead.stub(questionEnd: 0)
  private(set) var key = CacheKey(nameHash: 0, type: .a, dnssecOK: false, checkingDisabled: false)

  init(size: Int) { cache = ResponseCache(size: size) }

  /// Makes `number` the question: `hNUMBER.example.org`, 20 octets more or less.
  mutating func turn(to number: Int) {
    var digits: [UInt8] = []
    var rest = number
    repeat {
      digits.append(UInt8(ascii: "0") + UInt8(rest % 10))
      rest /= 10
    } while rest > 0
    let wire = [UInt8(digits.count + 1), UInt8(ascii: "h")] + digits + [7] + Array("example".utf8) + [3] + Array("org".utf8) + [0]
    name = Name(wire: wire.span) ?? Name()
    hashes.update(name.wire)
    key = CacheKey(nameHash: hashes.whole, type: .a, dnssecOK: false, checkingDisabled: false)
    for index in wire.indices { message[12 + index] = wire[index] }
    head = .stub(questionEnd: 12 + wire.count + 4)
  }

  @inline(__always)
  mutating func look(second: UInt32) -> Bool {
    // Taken out and put back, so that one part is written while others are read.
    var octets: [UInt8] = []
    swap(&octets, &message)
    defer { swap(&octets, &message) }
    var span = octets.mutableSpan
    if case .hit = cache.answer(name.wire, to: head, key: key, now: second, in: &span) { return true }
    return false
  }

  /// A response of 100 octets, or as many as `extra` addresses add; with the walk that precedes each store.
  mutating func prepare(ttl: UInt32, extra: Int = 2) -> CachedResponse? {
    let question = head.questionEnd
    var end = question
    var span = message.mutableSpan
    for index in 0...extra {
      span.store(0xC00C as UInt16, at: end)
      span.store(1 as UInt16, at: end + 2)
      span.store(1 as UInt16, at: end + 4)
      span.store(ttl, at: end + 6)
      span.store(4 as UInt16, at: end + 10)
      span.store(0xC000_0200 + UInt32(index), at: end + 12)
      end += 16
    }
    span.store(0x8180 as UInt16, at: 2)
    span.store(1 as UInt16, at: 4)
    span.store(UInt16(extra + 1), at: 6)
    span.store(0 as UInt32, at: 8)
    length = end
    return MessageWalk(message.span.extracting(0..<end), questionEnd: question).flatMap {
      CachedResponse($0, code: .noError, questionEnd: question)
    }
  }

  private var length = 0

  @inline(__always)
  mutating func keep(_ response: CachedResponse, second: UInt32) {
    cache.store(response, name: name.wire, key: key, now: second, message: message.span.extracting(0..<length))
  }

  mutating func ask(_ number: Int, second: UInt32) -> Bool {
    turn(to: number)
    if look(second: second) { return true }
    if let response = prepare(ttl: Trace.ttl(of: number)) { keep(response, second: second) }
    return false
  }
}

extension QueryHead {
  /// A question over TCP without EDNS.
  fileprivate static func stub(questionEnd: Int) -> QueryHead {
    var octets = [UInt8](repeating: 0, count: 12)
    octets[2] = 1
    return QueryHead(octets.span, questionEnd: questionEnd, over: .tcp)
  }
}
