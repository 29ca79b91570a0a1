import HummingbirdCore
import NIOCore

/// Makes a connection, or a stream of one, what a notice needs: one request head in, one response out, then closed.
///
/// Stands between the HTTP decoder and Hummingbird's handlers, one for each connection or stream:
///
/// 1. The first request head goes up, with an end of request right behind it. The body and whatever
///    else the client sends is dropped here as it arrives: prompts and keys reach no code of ours.
///    Our own forms alone (`OwnPath.takesBody`) are let through, up to a bound, and where there is a
///    desk to read them.
/// 2. After the response our side is closed. The other side is drained for `linger`, because closing
///    a socket with unread data sends a reset, and that can destroy a page on its way (RFC 9112
///    section 9.6).
/// 3. A stream leaves its connection to `Farewell`, which is told that a response is written.
final class SingleExchange: ChannelDuplexHandler, RemovableChannelHandler {
  // Hummingbird's names for the parts of a request and a response.
  typealias InboundIn = HTTPConnectionStateHandler.InboundIn
  typealias InboundOut = HTTPConnectionStateHandler.InboundOut
  typealias OutboundIn = HTTPConnectionStateHandler.OutboundIn
  typealias OutboundOut = HTTPConnectionStateHandler.OutboundOut

  /// What the exchange has for itself.
  enum Carrier {
    case connection
    /// One of HTTP/2.
    case stream
  }

  private enum State {
    case awaitingHead
    /// A form of ours is on its way.
    case receiving(BodyMeter)
    case responding
    /// The response is written; what arrives is dropped.
    case draining
    case closed
  }

  private let carrier: Carrier
  private let limits: NoticeLimits
  private let takesForms: Bool
  private var state = State.awaitingHead
  private var clientHasFinished = false
  private var timer: Scheduled<Void>?

  /// - Parameter takesForms: whether there is a desk that reads forms.
  init(on carrier: Carrier, limits: NoticeLimits, takesForms: Bool) {
    self.carrier = carrier
    self.limits = limits
    self.takesForms = takesForms
  }

  func channelInactive(context: ChannelHandlerContext) {
    release()
    context.fireChannelInactive()
  }

  func handlerRemoved(context: ChannelHandlerContext) {
    release()
  }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    let part = unwrapInboundIn(data)
    // HTTP/1 counts them in its decoder.
    if carrier == .stream, case .head(let head) = part, head.headerFields.count > limits.headerFields {
      state = .closed
      context.close(promise: nil)
      return
    }
    switch (state, part) {
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
    case .responding, .draining, .closed: break
    }
  }

  func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
    if let event = event as? ChannelEvent, event == .inputClosed {
      clientHasFinished = true
      switch state {
      case .awaitingHead, .receiving, .draining: context.close(promise: nil)
      case .responding, .closed: break
      }
    }
    context.fireUserInboundEventTriggered(event)
  }

  func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
    switch unwrapOutboundIn(data) {
    case .head(var head) where carrier == .stream:
      // Of HTTP/1 alone (RFC 9113 section 8.2.2); here the connection says it.
      head.headerFields[.connection] = nil
      context.channel.parent?.pipeline.fireUserInboundEventTriggered(Farewell.ResponseBegins())
      context.write(wrapOutboundOut(.head(head)), promise: promise)
      return
    case .head, .body:
      context.write(data, promise: promise)
      return
    case .end: break
    }
    let written = promise ?? context.eventLoop.makePromise()
    written.futureResult.assumeIsolated().whenComplete { _ in self.drain(context) }
    context.writeAndFlush(data, promise: written)
  }

  private func drain(_ context: ChannelHandlerContext) {
    // A stream may have closed with its last frame, before this is told.
    guard carrier == .connection else {
      context.channel.parent?.pipeline.fireUserInboundEventTriggered(Farewell.ResponseWritten())
      return
    }
    if case .closed = state { return }
    state = .draining
    if clientHasFinished {
      context.close(promise: nil)
    } else {
      context.close(mode: .output, promise: nil)
      timer = context.eventLoop.assumeIsolated().scheduleTask(in: TimeAmount(limits.linger)) {
        context.close(promise: nil)
      }
    }
  }

  private func release() {
    state = .closed
    timer?.cancel()
    timer = nil
  }
}
