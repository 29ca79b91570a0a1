/// DNS over TCP of one worker (RFC 7766): many queries a connection, answered as they become ready, what is
/// ready together written together.
final class StreamServer {
  /// The worker: says who may connect, and decides the `length` octets at the front of `message`.
  protocol Handler: AnyObject {
    func mayConnect(_ peer: SocketAddress) -> Bool
    func handle(
      _ message: inout MutableSpan<UInt8>, length: Int, connection: UInt64, peer: SocketAddress
    ) -> StreamOutcome
  }

  /// Milliseconds in which a stub that was asked to close its connection may do so.
  private static let grace: UInt64 = 1000

  private let poller: Poller
  private let admission: StreamAdmission
  private let counters: Counters
  /// Milliseconds without a whole message after which a connection is closed.
  private let idle: UInt64
  private unowned let handler: any Handler

  private var listeners: [Listener] = []
  private var connections: [UInt32: Connection] = [:]
  private var timers: TimerWheel
  private var serial: UInt32 = 0
  private var scratch = [UInt8](repeating: 0, count: 65_536)
  /// Listeners rest until then, after descriptors ran out.
  private var acceptsAgainAt: UInt64 = 0

  private final class Listener {
    let socket: StreamListener
    init(_ socket: consuming StreamListener) { self.socket = socket }
  }

  init(
    poller: Poller, admission: StreamAdmission, counters: Counters, idle: UInt64, handler: any Handler, now: UInt64
  ) {
    self.poller = poller
    self.admission = admission
    self.counters = counters
    self.idle = idle
    self.handler = handler
    timers = TimerWheel(now: now)
  }

  var connectionCount: Int { connections.count }

  func add(_ socket: consuming StreamListener) throws(SystemError) {
    let listener = Listener(socket)
    try poller.add(
      listener.socket.number, .readable, token: EventToken(.listener, index: listeners.count).rawValue)
    listeners.append(listener)
  }

  // MARK: Connections

  func accept(_ token: EventToken, now: UInt64) {
    guard token.index < listeners.count else { return }
    // Bounded, so that a flood of connections cannot keep the worker from its datagrams.
    for _ in 0..<64 {
      switch listeners[token.index].socket.accept() {
      case .connection(let descriptor, let peer): admit(descriptor, peer, now: now)
      case .none: return
      case .exhausted:
        counters.add(.connectionsRefused)
        if !closeOldestIdle() { return pauseListening(now: now) }
      }
    }
  }

  private func admit(_ descriptor: consuming Descriptor, _ peer: SocketAddress, now: UInt64) {
    // A stranger costs no place, which others could want.
    guard handler.mayConnect(peer) else { return counters.add(.connectionsRefusedAccess) }
    switch admission.admit(peer.address) {
    case .admitted: break
    case .fullForClient: return counters.add(.connectionsRefusedForClient)
    case .full:
      // RFC 9210 section 4.2: the oldest idle connection makes room.
      guard closeOldestIdle(), case .admitted = admission.admit(peer.address) else {
        return counters.add(.connectionsRefused)
      }
    }
    serial &+= 1
    let token = EventToken(.connection, serial: serial)
    let connection = Connection(descriptor: descriptor, token: token, peer: peer, now: now)
    do throws(SystemError) {
      try poller.add(connection.descriptor.number, .readable, token: token.rawValue)
    } catch {
      return admission.leave(peer.address)
    }
    counters.add(.connectionsAccepted)
    connections[serial] = connection
    timers.schedule(UInt64(serial), at: now + patience)
  }

  /// Shorter near the limit (RFC 7766 section 6.2.3).
  private var patience: UInt64 {
    admission.total * 4 >= admission.limits.total * 3 ? max(1, idle / 4) : idle
  }

  /// How long `connection` is kept from now on without a message, in units of 100 ms (RFC 7828): 0 while all connections are
  /// taken, which asks the stub to close it.
  func promise(_ serial: UInt64, now: UInt64) -> UInt16 {
    let isFull = admission.total >= admission.limits.total
    let time = isFull ? min(patience, StreamServer.grace) : patience
    if let connection = connections[UInt32(truncatingIfNeeded: serial)] {
      // Its timer may come up later than that; one more is enough for it, as timers follow the last message.
      if connection.promise == nil || time < connection.promise ?? 0, !connection.hasOwnTimer {
        connection.hasOwnTimer = true
        timers.schedule(serial, at: now + time)
      }
      connection.promise = time
    }
    return isFull ? 0 : UInt16(clamping: max(1, time / 100))
  }

  private func closeOldestIdle() -> Bool {
    let idle = connections.values.filter { $0.waiting == 0 && !$0.hasUnsent }
    // Of those that came in one round, the first: who comes last must not be closed for its own sake.
    let oldest = idle.min { ($0.lastMessage, $0.token.serial) < ($1.lastMessage, $1.token.serial) }
    guard let oldest else { return false }
    counters.add(.connectionsIdleClosed)
    close(oldest)
    return true
  }

  private func pauseListening(now: UInt64) {
    acceptsAgainAt = now + 100
    for (index, listener) in listeners.enumerated() {
      poller.modify(listener.socket.number, [], token: EventToken(.listener, index: index).rawValue)
    }
    timers.schedule(0, at: acceptsAgainAt)
  }

  private func resumeListening() {
    acceptsAgainAt = 0
    for (index, listener) in listeners.enumerated() {
      poller.modify(listener.socket.number, .readable, token: EventToken(.listener, index: index).rawValue)
    }
  }

  private func close(_ connection: Connection) {
    guard connections.removeValue(forKey: connection.token.serial) != nil else { return }
    poller.remove(connection.descriptor.number)
    admission.leave(connection.peer.address)
  }

  // MARK: Messages

  func handle(_ token: EventToken, _ events: Poller.Interest, now: UInt64) {
    guard let connection = connections[token.serial] else { return }
    // Reset, or shut on both sides: nobody is left to be answered, and epoll would tell us for ever.
    if !events.isDisjoint(with: .closed) { return close(connection) }
    if events.contains(.readable) {
      guard connection.read() else { return close(connection) }
    }
    answer(connection, now: now)
  }

  /// Answers every whole message that has come, then writes once.
  private func answer(_ connection: Connection, now: UInt64) {
    while connection.mayAnswer, let length = connection.nextMessage(into: &scratch) {
      connection.lastMessage = now
      var span = scratch.mutableSpan
      switch handler.handle(&span, length: length, connection: UInt64(connection.token.serial), peer: connection.peer) {
      case .respond(let count): connection.append(scratch.span.extracting(0..<count))
      case .waits: connection.waiting += 1
      case .silent: break
      case .close:
        // What was answered before it is still the stub's.
        _ = connection.flush()
        return close(connection)
      }
    }
    settle(connection)
  }

  /// Writes, and waits for what comes next.
  private func settle(_ connection: Connection) {
    guard connection.flush(), !connection.isDone else { return close(connection) }
    var interest: Poller.Interest = connection.mayRead ? .readable : []
    // What is whole and has room is answered in the next round: a socket with room is writable at once.
    if connection.hasUnsent || connection.hasMessage && connection.mayAnswer { interest.insert(.writable) }
    guard interest != connection.interest else { return }
    connection.interest = interest
    poller.modify(connection.descriptor.number, interest, token: connection.token.rawValue)
  }

  /// A response that waited. The stub may have gone meanwhile.
  func reply(_ serial: UInt64, now: UInt64, _ write: (inout MutableSpan<UInt8>) -> DelayedReply) {
    guard let connection = connections[UInt32(truncatingIfNeeded: serial)] else { return }
    var span = scratch.mutableSpan
    switch write(&span) {
    case .respond(let length): connection.append(scratch.span.extracting(0..<length))
    case .silent: break
    case .waits: return
    }
    connection.waiting -= 1
    guard connection.flush(), !connection.isFlooded else {
      counters.add(.connectionsStalled)
      return close(connection)
    }
    // Room again: what came meanwhile is answered now.
    answer(connection, now: now)
  }

  // MARK: Time

  func wait(now: UInt64) -> UInt64? { timers.wait(now: now) }

  func expire(now: UInt64) {
    var due: [UInt64] = []
    timers.expire(now: now) { due.append($0) }
    for token in due {
      if token == 0 {
        resumeListening()
        continue
      }
      guard let connection = connections[UInt32(truncatingIfNeeded: token)] else { continue }
      let patience = connection.promise ?? patience
      if now >= connection.lastMessage + patience, connection.waiting == 0 || connection.hasUnsent {
        counters.add(connection.hasUnsent ? .connectionsStalled : .connectionsIdleClosed)
        close(connection)
      } else {
        timers.schedule(token, at: max(now + 1000, connection.lastMessage + patience))
      }
    }
  }
}

/// What becomes of one message on a connection.
enum StreamOutcome {
  /// The response lies where the message lay, this long.
  case respond(Int)
  case waits
  case silent
  /// What comes next cannot be told from garbage.
  case close
}

/// What became of a reply that waited.
enum DelayedReply {
  /// The response is in the buffer, this long.
  case respond(Int)
  case silent
  /// It waits on, for another response.
  case waits

  /// Octets, when there is a response now.
  var length: Int? {
    if case .respond(let length) = self { length } else { nil }
  }
}
