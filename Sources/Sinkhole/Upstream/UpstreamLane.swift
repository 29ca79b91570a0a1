/// One upstream of one worker: its health, its sockets, and the queries of this round that go to it.
final class UpstreamLane {
  static let poolSize = 16

  let address: SocketAddress
  var health = UpstreamHealth()
  /// No longer configured: finishes what waits, gets nothing new.
  var isRetired = false
  private let index: Int
  private let poller: Poller
  private var pool: [UpstreamSocket?] = Array(repeating: nil, count: poolSize)
  private var outgoing = OutgoingDatagrams()
  /// The socket of this round: what leaves together leaves by one.
  private var current: UpstreamSocket?
  private var serial: UInt32 = 0
  /// Every open socket by its serial, retired ones included.
  private(set) var sockets: [UInt32: UpstreamSocket] = [:]

  init(address: SocketAddress, index: Int, poller: Poller) {
    self.address = address
    self.index = index
    self.poller = poller
  }

  /// Puts one query into this round's datagrams. Nil when no socket can be had.
  func enqueue(
    _ exchange: Int, _ question: UpstreamQuery, now: UInt64, _ random: inout RandomPool
  ) -> (socket: UInt32, id: UInt16)? {
    if outgoing.isFull { flush() }
    guard let socket = current ?? pick(now: now, &random), let id = socket.register(exchange, &random) else {
      return nil
    }
    current = socket
    outgoing.add { message in question.write(id: id, to: &message) }
    return (socket.token.serial, id)
  }

  func flush() {
    guard let socket = current else { return }
    outgoing.send(to: socket.socket)
    current = nil
  }

  private func pick(now: UInt64, _ random: inout RandomPool) -> UpstreamSocket? {
    let position = Int(random.next() % UInt64(UpstreamLane.poolSize))
    if let socket = pool[position], !socket.isWorn(now) { return socket }
    if let worn = pool[position] {
      worn.isRetired = true
      closeIfDone(worn)
      pool[position] = nil
    }
    guard let socket = open(now: now) else { return pool.lazy.compactMap(\.self).first }
    pool[position] = socket
    return socket
  }

  private func open(now: UInt64) -> UpstreamSocket? {
    serial &+= 1
    let token = EventToken(.upstreamDatagrams, index: index, serial: serial)
    do throws(SystemError) {
      let socket = UpstreamSocket(socket: try .connected(to: address), token: token, lane: index, now: now)
      try poller.add(socket.socket.number, .readable, token: token.rawValue)
      sockets[serial] = socket
      return socket
    } catch {
      return nil
    }
  }

  func release(socket: UInt32, id: UInt16, of exchange: Int) {
    guard let socket = sockets[socket] else { return }
    socket.release(id, of: exchange)
    closeIfDone(socket)
  }

  private func closeIfDone(_ socket: UpstreamSocket) {
    guard socket.isRetired, socket.isIdle else { return }
    poller.remove(socket.socket.number)
    sockets[socket.token.serial] = nil
  }

  /// Closes what nothing waits on; called when the upstream is no longer configured.
  func retire() {
    isRetired = true
    for position in pool.indices { pool[position] = nil }
    for socket in sockets.values {
      socket.isRetired = true
      closeIfDone(socket)
    }
  }
}
