import Logging
import NIOCore

/// The first of a connection's handlers that can refuse it, before a byte of it is read.
///
/// 1. A client with too many connections is closed at once.
/// 2. After `exchange` the connection is closed whatever its state, so that neither a slow handshake nor a slow writer or
///    reader holds its place. An idle timeout would not do: one octet a second resets it.
///
/// What it lets through it passes on as it is, octets or parts of a request.
final class ConnectionGate: ChannelInboundHandler, RemovableChannelHandler {
  typealias InboundIn = Any
  typealias InboundOut = Any

  /// What the gates of one server share.
  struct Admission: Sendable {
    let limits: NoticeLimits
    let connections: ClientConnections
    let logger: Logger
    let clientInLogs: @Sendable (String) -> String?
  }

  private enum State {
    case opening, open, closed
  }

  private let admission: Admission
  private var state = State.opening
  private var site: String?
  private var timer: Scheduled<Void>?

  init(_ admission: Admission) { self.admission = admission }

  func handlerAdded(context: ChannelHandlerContext) {
    if context.channel.isActive { open(context) }
  }

  func channelActive(context: ChannelHandlerContext) {
    open(context)
    context.fireChannelActive()
  }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    if case .open = state { context.fireChannelRead(data) }
  }

  func channelInactive(context: ChannelHandlerContext) {
    release()
    context.fireChannelInactive()
  }

  func handlerRemoved(context: ChannelHandlerContext) {
    release()
  }

  private func open(_ context: ChannelHandlerContext) {
    guard case .opening = state else { return }
    let client = ClientAddress(context.channel.remoteAddress)
    // A connection that was reset before we looked has no address and needs no place.
    guard let client else {
      state = .closed
      context.close(promise: nil)
      return
    }
    switch admission.connections.enter(client.site) {
    case .admitted:
      (state, site) = (.open, client.site)
      timer = context.eventLoop.assumeIsolated().scheduleTask(in: TimeAmount(admission.limits.exchange)) {
        // Past TLS, whose own farewell the other side may leave unanswered.
        context.close(promise: nil)
      }
    case .refused(let unreported):
      state = .closed
      if let unreported {
        let whose = admission.clientInLogs(client.text).map { " client=\($0)" } ?? ""
        admission.logger.warning("event=notice-refused\(whose) reason=connections-per-client count=\(unreported)")
      }
      context.close(promise: nil)
    }
  }

  private func release() {
    state = .closed
    timer?.cancel()
    timer = nil
    if let site = site.take() { admission.connections.leave(site) }
  }
}
