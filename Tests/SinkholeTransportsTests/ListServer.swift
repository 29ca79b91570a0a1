import NIOCore
import NIOPosix
import NIOSSL
import Synchronization

/// A web server on loopback that says what its script says, octet for octet.
final class ListServer: Sendable {
  /// What is done with one connection, in order; then it is closed properly.
  enum Step: Sendable {
    case send(String)
    case octets([UInt8])
    /// The same text so many times.
    case many(String, Int)
    /// One octet every 20 ms, without end.
    case drip
    /// Nothing more, until the client goes.
    case stall
    /// Ends the TCP connection without a word of TLS.
    case cut
  }

  private struct State {
    var heads: [String] = []
    var channels: [any Channel] = []
  }

  private let identity: Identity
  private let script: @Sendable (Int, String) -> [Step]
  private let state = Mutex(State())
  private let listening = Mutex(0)

  private init(_ identity: Identity, _ script: @escaping @Sendable (Int, String) -> [Step]) {
    self.identity = identity
    self.script = script
  }

  var port: Int { listening.withLock { $0 } }

  /// The request heads so far.
  var requests: [String] { state.withLock { $0.heads } }

  func url(_ path: String = "/list") -> String {
    "\([.plain, .silent].contains(identity) ? "http" : "https")://127.0.0.1:\(port)\(path)"
  }

  /// Serves while `body` runs.
  /// - Parameter script: Gets the number of the request, from 0, and its head.
  static func run(
    _ identity: Identity = .right, script: @escaping @Sendable (Int, String) -> [Step],
    _ body: @Sendable (ListServer) async throws -> Void
  ) async throws {
    let context = try identity.context()
    let server = ListServer(identity, script)
    let listener = try await ServerBootstrap(group: .singletonMultiThreadedEventLoopGroup)
      .childChannelInitializer { channel in
        channel.eventLoop.makeCompletedFuture {
          server.state.withLock { $0.channels.append(channel) }
          try channel.pipeline.syncOperations.addHandler(Cutter())
          if let context { try channel.pipeline.syncOperations.addHandler(NIOSSLServerHandler(context: context)) }
          try channel.pipeline.syncOperations.addHandler(Reader(server))
        }
      }
      .bind(host: "127.0.0.1", port: 0).get()
    server.listening.withLock { $0 = listener.localAddress?.port ?? 0 }
    do {
      try await body(server)
    } catch {
      try await server.stop(listener)
      throw error
    }
    try await server.stop(listener)
  }

  private func stop(_ listener: any Channel) async throws {
    try await listener.close()
    for channel in state.withLock({ $0.channels }) { channel.close(promise: nil) }
  }

  /// A TLS handshake, where there is no TLS.
  fileprivate func refuseTLS(_ channel: any Channel) {
    guard identity != .silent else { return }
    channel.writeAndFlush(ByteBuffer(string: "HTTP/1.1 400 Bad Request\r\n\r\n"), promise: nil)
    channel.close(promise: nil)
  }

  fileprivate func answer(_ head: String, on channel: any Channel) {
    let number = state.withLock { state in
      state.heads.append(head)
      return state.heads.count - 1
    }
    let steps = script(number, head)
    Task {
      // A client that breaks off is what many of these tests are about.
      for step in steps { try await run(step, on: channel) }
      try await channel.close()
    }
  }

  private func run(_ step: Step, on channel: any Channel) async throws {
    switch step {
    case .send(let text): try await channel.writeAndFlush(ByteBuffer(string: text))
    case .octets(let octets): try await channel.writeAndFlush(ByteBuffer(bytes: octets))
    case .many(let text, let count):
      for _ in 0..<count { try await channel.writeAndFlush(ByteBuffer(string: text)) }
    case .drip:
      while true {
        try await channel.writeAndFlush(ByteBuffer(string: "a"))
        try await Task.sleep(for: .milliseconds(20))
      }
    case .stall: try await channel.closeFuture.get()
    case .cut: try await channel.triggerUserOutboundEvent(Cut()).get()
    }
  }
}

/// Waits for a whole request head, then leaves the connection to the script.
private final class Reader: ChannelInboundHandler {
  typealias InboundIn = ByteBuffer

  private let server: ListServer
  private var head = ""
  private var isDone = false

  init(_ server: ListServer) { self.server = server }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    let buffer = unwrapInboundIn(data)
    guard !isDone else { return }
    // The first octet of a TLS handshake.
    if head.isEmpty, buffer.readableBytesView.first == 0x16 {
      isDone = true
      return server.refuseTLS(context.channel)
    }
    head += String(buffer: buffer)
    guard head.contains("\r\n\r\n") else { return }
    isDone = true
    server.answer(head, on: context.channel)
  }

  func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }
}

private struct Cut: Sendable {}

/// Next to the network, below TLS: closes without its farewell.
private final class Cutter: ChannelOutboundHandler {
  typealias OutboundIn = ByteBuffer

  func triggerUserOutboundEvent(context: ChannelHandlerContext, event: Any, promise: EventLoopPromise<Void>?) {
    guard event is Cut else { return context.triggerUserOutboundEvent(event, promise: promise) }
    promise?.succeed()
    context.close(promise: nil)
  }
}

/// Responses, as the steps of a script.
enum Reply {
  /// One with a body of known length.
  static func whole(_ status: String = "200 OK", _ body: String = "", _ fields: String...) -> [ListServer.Step] {
    whole(status, octets: Array(body.utf8), fields: fields)
  }

  static func whole(_ status: String = "200 OK", octets: [UInt8], fields: [String] = []) -> [ListServer.Step] {
    [head(fields + ["Content-Length: \(octets.count)"], status: status), .octets(octets)]
  }

  static func redirect(_ location: String, _ status: String = "302 Found") -> [ListServer.Step] {
    whole(status, "", "Location: \(location)")
  }

  /// The head alone.
  static func head(_ fields: [String], status: String = "200 OK") -> ListServer.Step {
    .send((["HTTP/1.1 \(status)", "Connection: close"] + fields).map { $0 + "\r\n" }.joined() + "\r\n")
  }
}
