/// One upstream of one worker: its health and manners, its sockets and connections, and the queries of this round that
/// go to it.
final class UpstreamLane {
  static let poolSize = 16
  /// Sockets in use and those that still wait for a response: with all taken, the ones there are serve on.
  private static let maximumSockets = 64
  private static let maximumConnections = 8

  let server: UpstreamServer
  var health: UpstreamHealth
  var manners: UpstreamManners
  /// Queries that a response may still come to.
  var inFlight = 0
  /// No longer configured: finishes what waits, gets nothing new.
  private(set) var isRetired = false
  /// Whether this round has put something into it.
  private(set) var isDirty = false
  private let index: Int
  private let poller: Poller
  private var sockets: [UpstreamSocket?] = Array(repeating: nil, count: maximumSockets)
  /// Where those are that new queries leave by.
  private var pool: [Int?] = Array(repeating: nil, count: poolSize)
  private var connections: [UpstreamConnection?] = []
  private var outgoing = OutgoingDatagrams()
  /// The socket of this round: what leaves together leaves by one.
  private var current: UpstreamSocket?
  private var serial: UInt32 = 0

  init(
    _ server: UpstreamServer, index: Int, limits: Forwarder.Limits, poller: Poller, _ random: inout RandomPool
  ) {
    self.server = server
    self.index = index
    self.poller = poller
    health = UpstreamHealth(limits)
    manners = UpstreamManners(cookie: random.next())
  }

  /// A channel's place in its lower octet, and a number that tells it from the place's earlier ones.
  private func channel(at place: Int) -> UInt32 {
    serial &+= 1
    return serial << 8 | UInt32(place)
  }

  var isIdle: Bool { sockets.allSatisfy { $0 == nil } && connections.allSatisfy { $0 == nil } }

  func flush() {
    isDirty = false
    if let socket = current {
      outgoing.send(to: socket.socket)
      current = nil
    }
    for connection in connections {
      guard let connection else { continue }
      // What fails here is reported as an event, too, and is handled there.
      _ = connection.write()
      if let interest = connection.nextInterest() { poller.modify(connection.number, interest, token: connection.token.rawValue) }
    }
  }

  // MARK: Datagrams

  /// Puts one query into this round's datagrams. Nil when no socket can be had.
  func enqueue(
    _ exchange: Int, _ question: UpstreamQuery, as form: UpstreamQuery.Form, now: UInt64,
    _ random: inout RandomPool
  ) -> (channel: UInt32, id: UInt16)? {
    if outgoing.isFull { flush() }
    guard let socket = current ?? pick(now: now, &random), let id = socket.register(exchange, &random) else {
      return nil
    }
    current = socket
    isDirty = true
    outgoing.add { message in question.write(id: id, as: form, cookie: manners.cookie, to: &message) }
    return (socket.token.serial, id)
  }

  func socket(_ channel: UInt32) -> UpstreamSocket? {
    let place = Int(channel & 0xFF)
    guard place < sockets.count, let socket = sockets[place], socket.token.serial == channel else { return nil }
    return socket
  }

  private func pick(now: UInt64, _ random: inout RandomPool) -> UpstreamSocket? {
    let slot = Int(random.next() % UInt64(UpstreamLane.poolSize))
    let worn = pool[slot].flatMap { sockets[$0] }
    if let worn, !worn.isWorn(now) { return worn }
    guard let place = sockets.firstIndex(where: { $0 == nil }), let socket = open(at: place, now: now) else {
      // No place or no descriptor left: any that is open will do.
      return worn ?? pool.lazy.compactMap { $0.flatMap { self.sockets[$0] } }.first
    }
    if let worn, let old = pool[slot] {
      worn.isRetired = true
      if worn.isIdle { close(worn, at: old) }
    }
    pool[slot] = place
    return socket
  }

  private func open(at place: Int, now: UInt64) -> UpstreamSocket? {
    let token = EventToken(.upstreamDatagrams, index: index, serial: channel(at: place))
    do throws(SystemError) {
      let socket = UpstreamSocket(socket: try .connected(to: server.address), token: token, now: now)
      try poller.add(socket.socket.number, .readable, token: token.rawValue)
      sockets[place] = socket
      return socket
    } catch {
      return nil
    }
  }

  private func close(_ socket: UpstreamSocket, at place: Int) {
    poller.remove(socket.socket.number)
    sockets[place] = nil
  }

  // MARK: Streams

  /// Puts one query onto a connection. Nil when none can be had.
  func enqueueStream(
    _ exchange: Int, _ question: UpstreamQuery, as form: UpstreamQuery.Form, now: UInt64,
    _ random: inout RandomPool
  ) -> (channel: UInt32, id: UInt16)? {
    guard let connection = freeConnection ?? connect(now: now) else { return nil }
    let id = connection.enqueue(exchange, now: now, &random) { id, message in
      question.write(id: id, as: form, cookie: manners.cookie, to: &message)
    }
    guard let id else { return nil }
    isDirty = true
    return (connection.token.serial, id)
  }

  private var freeConnection: UpstreamConnection? {
    var best: UpstreamConnection?
    for case let connection? in connections where connection.hasRoom {
      if best.map({ connection.waiting.count < $0.waiting.count }) ?? true { best = connection }
    }
    return best
  }

  func connection(_ channel: UInt32) -> UpstreamConnection? {
    let place = Int(channel & 0xFF)
    guard place < connections.count, let connection = connections[place], connection.token.serial == channel else {
      return nil
    }
    return connection
  }

  private func connect(now: UInt64) -> UpstreamConnection? {
    let place: Int
    if let free = connections.firstIndex(where: { $0 == nil }) {
      place = free
    } else {
      guard connections.count < UpstreamLane.maximumConnections else { return nil }
      place = connections.count
      connections.append(nil)
    }
    let token = EventToken(.upstreamStream, index: index, serial: channel(at: place))
    do throws(SystemError) {
      let connection = UpstreamConnection(descriptor: try .connecting(to: server.address), token: token, now: now)
      try poller.add(connection.number, .writable, token: token.rawValue)
      connections[place] = connection
      return connection
    } catch {
      return nil
    }
  }

  /// Connections that owe responses and have been silent for too long.
  func stalled(_ now: UInt64) -> [UpstreamConnection] { connections.compactMap(\.self).filter { $0.isStalled(now) } }

  func close(_ connection: UpstreamConnection) {
    guard self.connection(connection.token.serial) != nil else { return }
    poller.remove(connection.number)
    connections[Int(connection.token.serial & 0xFF)] = nil
  }

  // MARK: Both

  func release(channel: UInt32, id: UInt16, isStream: Bool) {
    inFlight -= 1
    if isStream {
      connection(channel)?.release(id)
    } else if let socket = socket(channel) {
      socket.release(id)
      if isRetired || socket.isRetired, socket.isIdle { close(socket, at: Int(channel & 0xFF)) }
    }
  }

  /// Closes what has been idle for long. True while there is something that will be.
  func tidy(now: UInt64) -> Bool {
    var isLeft = false
    for case let connection? in connections {
      if connection.isIdle(now) || isRetired && connection.waiting.isEmpty { close(connection) } else { isLeft = true }
    }
    return isLeft
  }

  /// Closes what nothing waits on; called when the upstream is no longer configured.
  func retire(now: UInt64) {
    flush()
    isRetired = true
    for slot in pool.indices { pool[slot] = nil }
    for (place, socket) in sockets.enumerated() {
      guard let socket else { continue }
      socket.isRetired = true
      if socket.isIdle { close(socket, at: place) }
    }
    _ = tidy(now: now)
  }
}
