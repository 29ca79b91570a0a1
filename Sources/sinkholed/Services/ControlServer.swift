import Glibc
import Logging
import NIOCore
import NIOPosix
import ServiceLifecycle
import Sinkhole
import SinkholeTransports
import SinkholeWeb

/// What a running server says to a command: `ok` or `failed`, then text.
struct ControlAnswer: Sendable {
  let isSuccess: Bool
  let text: String
}

/// A Unix socket for `reload`, `status`, exceptions, lists and the cache: one line in, text out, closed. Whoever may open it may reload, so the
/// folder and the socket are the server's user's alone.
struct ControlServer: Service {
  private static let maximumRequest = 2048
  private static let patience = TimeAmount.seconds(5)

  let path: String
  let reloader: Reloader
  let server: DNSServer
  let record: RecordCounters
  let lists: ListRefresher?
  let certificates: NoticeCertificates?
  let access: AccessService?
  let logger: Logger

  /// Sees to it, before anything is announced, that the socket can be ours.
  /// - Throws: `ControlError`: another server holds it, or its folder is no safe place.
  func prepare() async throws {
    try await refuseSecondServer()
    try SocketFolder.prepare(path, "control", key: "control")
  }

  func run() async throws {
    let listener = try await ServerBootstrap(group: .singletonMultiThreadedEventLoopGroup)
      .bind(unixDomainSocketPath: path, cleanupExistingSocketFile: true) { channel in
        channel.eventLoop.makeCompletedFuture {
          try channel.pipeline.syncOperations.addHandler(
            IdleStateHandler(allTimeout: ControlServer.patience))
          try channel.pipeline.syncOperations.addHandler(CloseWhenIdle())
          return try NIOAsyncChannel<ByteBuffer, ByteBuffer>(wrappingChannelSynchronously: channel)
        }
      }
    unsafe chmod(path, 0o600)
    defer { unsafe unlink(path) }
    try await withGracefulShutdownHandler {
      try await listener.executeThenClose { connections in
        try await withThrowingDiscardingTaskGroup { group in
          for try await connection in connections {
            group.addTask { await answer(connection) }
          }
        }
      }
    } onGracefulShutdown: {
      listener.channel.close(promise: nil)
    }
  }

  /// An old socket file is taken over, a living server's never.
  private func refuseSecondServer() async throws {
    guard (try? await ControlClient.send("status", to: path)) != nil else { return }
    throw ControlError(
      text: "control socket \(path) is held by another sinkholed. Stop it, or choose another path in control.")
  }

  private func answer(_ connection: NIOAsyncChannel<ByteBuffer, ByteBuffer>) async {
    // A client that breaks off is its own loss.
    try? await connection.executeThenClose { inbound, outbound in
      var request = ""
      for try await buffer in inbound {
        request += String(buffer: buffer)
        if request.contains("\n") || request.utf8.count > ControlServer.maximumRequest { break }
      }
      let answer = await respond(to: request.filter { !$0.isNewline })
      try await outbound.write(ByteBuffer(string: (answer.isSuccess ? "ok\n" : "failed\n") + answer.text + "\n"))
    }
  }

  private func respond(to request: String) async -> ControlAnswer {
    switch request {
    case "reload": return await reloader.reload()
    case "status":
      let report = StatusReport(server: server, record: record, certificates: certificates, access: access)
      return ControlAnswer(isSuccess: true, text: report.text)
    default: break
    }
    let words = request.split(separator: " ").map(String.init)
    if let answer = ExceptionDesk(server: server).respond(to: words) { return answer }
    if let answer = CacheDesk(cache: server.cache).respond(to: words) { return answer }
    if let answer = await ListDesk(refresher: lists).respond(to: words) { return answer }
    return ControlAnswer(isSuccess: false, text: "unknown request: this server is of another version than the command")
  }
}

/// A connection on which no request comes is closed. Once it has come, its answer takes what it takes.
private final class CloseWhenIdle: ChannelInboundHandler {
  typealias InboundIn = ByteBuffer

  private var hasRequest = false

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    if unwrapInboundIn(data).readableBytesView.contains(UInt8(ascii: "\n")) { hasRequest = true }
    context.fireChannelRead(data)
  }

  func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
    if event is IdleStateHandler.IdleStateEvent, !hasRequest { context.close(promise: nil) }
    context.fireUserInboundEventTriggered(event)
  }
}

struct ControlError: Error, CustomStringConvertible {
  let text: String
  var description: String { text }
}

/// The other end, for the commands.
enum ControlClient {
  /// - Throws: `ControlError` when no server listens at `path`.
  static func send(_ request: String, to path: String) async throws -> ControlAnswer {
    let channel: NIOAsyncChannel<ByteBuffer, ByteBuffer>
    do {
      channel = try await ClientBootstrap(group: .singletonMultiThreadedEventLoopGroup)
        .connect(unixDomainSocketPath: path) { channel in
          channel.eventLoop.makeCompletedFuture {
            try NIOAsyncChannel<ByteBuffer, ByteBuffer>(wrappingChannelSynchronously: channel)
          }
        }
    } catch {
      throw ControlError(text: "no server at \(path). Start one with sinkholed run, or give --control.")
    }
    return try await channel.executeThenClose { inbound, outbound in
      try await outbound.write(ByteBuffer(string: request + "\n"))
      var text = ""
      for try await buffer in inbound { text += String(buffer: buffer) }
      let lines = text.split(separator: "\n", maxSplits: 1, omittingEmptySubsequences: false)
      guard lines.count == 2 else { throw ControlError(text: "the server at \(path) broke off. See its log.") }
      let body = lines[1].hasSuffix("\n") ? lines[1].dropLast() : lines[1]
      return ControlAnswer(isSuccess: lines[0] == "ok", text: String(body))
    }
  }
}
