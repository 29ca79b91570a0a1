import HummingbirdCore
import Logging
import NIOCore

/// Makes a connection what a notice needs: one request head in, one response out, then closed.
///
/// Stands between the HTTP decoder and Hummingbird's handlers, one for each connection:
///
/// 1. A client with too many connections is closed before a byte is read.
/// 2. The first request head goes up, with an end of request right behind it. The body and whatever
///    else the client sends is dropped here as it arrives: prompts and keys reach no code of ours.
///    Our own forms alone (`OwnPath.takesBody`) are let through, up to a bound, and where there is a
///    desk to read them.
/// 3. After the response our side is closed. The other side is drained for `linger`, because closing
///    a socket with unread data sends a reset, and that can destroy a page on its way (RFC 9112
///    section 9.6).
/// 4. After `exchange` the connection is closed whatever its state, so that neither a slow writer nor
///    a slow reader holds its place. An idle timeout would not do: one octet a second resets it.
final class SingleExchange: ChannelDuplexHandler, RemovableChannelHandler {
  // Hummingbird's names for the parts of a request and a response.
  typealias InboundIn = HTTPConnectionStateHandler.InboundIn
  typealias InboundOut = HTTPConnectionStateHandler.InboundOut
  typealias OutboundIn = HTTPConnectionStateHandler.OutboundIn
  typealias OutboundOut = HTTPConnectionStateHandler.OutboundOut

  private enum State {
    case opening
    case awaitingHead
    /// A form of ours is on its way.
    case receiving(BodyMeter)
    case responding
    /// The response is written; what arrives is dropped.
    case draining
    case closed
  }

  private let limits: NoticeLimits
  private let takesForms: Bool
  private let connections: ClientConnections
  private let clientInLogs: @Sendable (String) -> String?
  private let logger: Logger
  private var state = State.opening
  private var site: String?
  private var clientHasFinished = false
  private var timers: [Scheduled<Void>] = []

  init(
    limits: NoticeLimits, takesForms: Bool, connections: ClientConnections, logger: Logger,
    clientInLogs: @escaping @Sendable (String) -> String?
  ) {
    self.limits = limits
    self.takesForms = takesForms
    self.clientInLogs = clientInLogs
    self.connections = connections
    self.logger = logger
  }

  func handlerAdded(context: ChannelHandlerContext) {
    if context.channel.isActive { open(context) }
  }

  func channelActive(context: ChannelHandlerContext) {
    open(context)
    context.fireChannelActive()
  }

  func channelInactive(context: ChannelHandlerContext) {
    release()
    context.fireChannelInactive()
  }

  func handlerRemoved(context: ChannelHandlerContext) {
    release()
  }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    switch (state, unwrapInboundIn(data)) {
    case (.awaitingHead, .head(let head)) where takesForms && OwnPath.takesBody(head):
      state = .receiving(BodyMeter(limit: FormLimits.bodyOctets))
      context.fireChannelRead(data)
    case (.awaitingHead, .head):
      state = .responding
      context.fireChannelRead(data)
      context.fireChannelRead(wrapInboundOut(.end(nil)))
    case (.receiving(var meter), .body(let part)):
      guard let admitted = meter.admit(part) else { return }
      state = .receiving(meter)
      context.fireChannelRead(wrapInboundOut(.body(admitted)))
    case (.receiving, .end):
      state = .responding
      // Without the trailer fields.
      context.fireChannelRead(wrapInboundOut(.end(nil)))
    default: break
    }
  }

  /// A request that cannot be parsed goes up and is answered with 400. What cannot be parsed behind
  /// the first head, or the form, was going to be dropped anyway.
  func errorCaught(context: ChannelHandlerContext, error: any Error) {
    switch state {
    case .awaitingHead, .receiving: context.fireErrorCaught(error)
    case .opening, .responding, .draining, .closed: break
    }
  }

  func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
    if let event = event as? ChannelEvent, event == .inputClosed {
      clientHasFinished = true
      switch state {
      case .awaitingHead, .receiving, .draining: context.close(promise: nil)
      case .opening, .responding, .closed: break
      }
    }
    context.fireUserInboundEventTriggered(event)
  }

  func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
    guard case .end = unwrapOutboundIn(data) else {
      context.write(data, promise: promise)
      return
    }
    let written = promise ?? context.eventLoop.makePromise()
    written.futureResult.assumeIsolated().whenComplete { _ in self.drain(context) }
    context.writeAndFlush(data, promise: written)
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
    switch connections.enter(client.site) {
    case .admitted:
      (state, site) = (.awaitingHead, client.site)
      close(context, after: limits.exchange)
    case .refused(let unreported):
      state = .closed
      if let unreported {
        let whose = clientInLogs(client.text).map { " client=\($0)" } ?? ""
        logger.warning("event=notice-refused\(whose) reason=connections-per-client count=\(unreported)")
      }
      context.close(promise: nil)
    }
  }

  private func drain(_ context: ChannelHandlerContext) {
    if case .closed = state { return }
    state = .draining
    if clientHasFinished {
      context.close(promise: nil)
    } else {
      context.close(mode: .output, promise: nil)
      close(context, after: limits.linger)
    }
  }

  private func close(_ context: ChannelHandlerContext, after delay: Duration) {
    timers.append(
      context.eventLoop.assumeIsolated().scheduleTask(in: TimeAmount(delay)) {
        context.close(promise: nil)
      })
  }

  private func release() {
    state = .closed
    timers.forEach { $0.cancel() }
    timers = []
    if let site = site.take() { connections.leave(site) }
  }
}
